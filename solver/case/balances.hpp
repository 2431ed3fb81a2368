// What a case says is conserved besides what its equations say themselves.
#pragma once

#include <array>

#include "physics/system.hpp"
#include "solver/case/constants.hpp"

namespace nusselt {

/// Reads `balances` into the system. Throws InputError.
void read_balances(const Node& root, const Constants& constants, System& system);

/// The components of a vector at the places of x, y and z.
std::array<Expression, 3> along_axes(const SpaceTensor& vector, const Axes& axes);

}  // namespace nusselt
