// A profile measured or computed elsewhere, as a function of one coordinate: a table becomes an Expression.
//
// Between the rows it is a piecewise cubic without overshoot: monotone where the rows are, with a continuous slope and
// a second derivative that jumps at the rows (F. N. Fritsch & J. Butland, SIAM J. Sci. Stat. Comput. 5, 1984, 300,
// doi:10.1137/0905021; slopes at the ends by three points). Two rows are joined by a straight line.
#pragma once

#include <string>
#include <vector>

#include "nondim/expression.hpp"
#include "physics/system.hpp"
#include "solver/case/box.hpp"
#include "solver/case/document.hpp"

namespace nusselt {

/// More rows than this cost every evaluation of a hard condition more than they can tell a network.
constexpr std::size_t most_profile_rows = 200;

/// The function of `coordinate` that is values[i] where it is at[i]; `at` increases. What lies beyond the ends is of no
/// meaning.
Expression interpolated(const Expression& coordinate, const std::vector<double>& at, const std::vector<double>& values,
                        const Dimension& dimension);

/// Reads `{file: inlet.csv, column: u}` at `key`, the value of a field on `face`: a table with the column, left out the
/// field's name, and one of a coordinate that varies on the face. Throws InputError: another file, unknown columns,
/// wrong units, rows that do not increase or do not reach from end to end of the face.
Expression read_profile(const Node& node, const std::string& key, const System::Field& field, const System& system,
                        const Box& box, const Face& face, const std::string& folder);

}  // namespace nusselt
