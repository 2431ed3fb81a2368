// What a case says as functions of position: named formulas, the known parts of its fields, factors on its
// equations.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "physics/system.hpp"
#include "solver/case/box.hpp"
#include "solver/case/constants.hpp"

namespace nusselt {

/// What any text of the case may name: constants, coordinates, fields, vectors of fields, the case's `functions` and
/// its `formulas`, each of which may use those above it. Throws InputError: names that are taken, formulas that cannot
/// be read.
Scope case_scope(const Node& root, const System& system, const Constants& constants);
/// The same without what depends on the fields.
Scope position_scope(const Node& root, const System& system, const Constants& constants);

/// Throws TextError at `place` when an expression has derivatives of fields beyond the second, which the networks do
/// not give.
void require_derivatives(const Expression& expression, std::size_t place);

/// Parts of fields that are known before anything is solved, such as the singular flow in a corner, by the name of
/// their field. In SI, functions of constants and coordinates.
using KnownParts = std::map<std::string, Expression>;

/// Reads `known_parts`. Throws InputError: names that are no fields, wrong dimensions.
KnownParts read_known_parts(const Node& root, const System& system, const Constants& constants);

/// Reads `residual_factors`: one factor for each equation of the system, in their order, 1 where none is given; without
/// dimension, functions of constants and coordinates. Throws InputError: names that are no equations, factors that are
/// not positive numbers at points of the domain.
std::vector<Expression> read_residual_factors(const Node& root, const System& system, const Box& box,
                                              const Constants& constants);

}  // namespace nusselt
