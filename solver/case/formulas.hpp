// What a case says as functions of position: named formulas, the known parts of its fields, the factor on its
// equations.
#pragma once

#include <map>
#include <string>

#include "physics/system.hpp"
#include "solver/case/box.hpp"
#include "solver/case/constants.hpp"

namespace nusselt {

/// What a formula of position may name: constants, coordinates, and the case's `formulas`, each of which may use those
/// above it. Throws InputError: names that are taken, formulas that cannot be read.
Scope position_scope(const Node& root, const System& system, const Box& box, const Constants& constants);

/// Parts of fields that are known before anything is solved, such as the singular flow in a corner, by the name of
/// their field. In SI, functions of constants and coordinates.
using KnownParts = std::map<std::string, Expression>;

/// Reads `known_parts`. Throws InputError: names that are no fields, wrong dimensions.
KnownParts read_known_parts(const Node& root, const System& system, const Box& box, const Constants& constants);

/// Reads `equations.factor`, 1 when it is left out: dimensionless, a function of constants and coordinates. Throws
/// InputError when it is not a positive number at points of the domain.
Expression read_equation_factor(const Node& root, const System& system, const Box& box, const Constants& constants);

}  // namespace nusselt
