// A profile measured or computed elsewhere, as a function of one coordinate: a table becomes an Expression.
//
// Between the rows it is a cubic spline (C. de Boor, A Practical Guide to Splines, Springer 1978, chapter IV,
// not-a-knot ends), of which a smooth profile's first and second derivatives are continuous. Where that would overshoot
// its slopes are limited (R. L. Dougherty, A. Edelman & J. M. Hyman, Math. Comp. 52, 1989, 471,
// doi:10.1090/S0025-5718-1989-0962209-1) so that it is monotone where the rows are, and the second derivative jumps.
// Two rows are joined by a straight line.
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
