// A solid parallel to the axes: an interval, a rectangle or a block.
#pragma once

#include <memory>

#include "solver/case/solid.hpp"

namespace nusselt {

/// The upper corner above the lower one; faces `x-` to `z+`.
std::shared_ptr<const Solid> box_solid(int dimensions, const Position& lower, const Position& upper);

}  // namespace nusselt
