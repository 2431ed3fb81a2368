// Fields that training starts from, declared in the case: of several solutions it finds the one that is near.
#pragma once

#include <vector>

#include "nondim/nondimensionalize.hpp"
#include "physics/system.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/document.hpp"

namespace nusselt {

struct Start {
  int steps = 0;  // of Levenberg-Marquardt, at most
  /// One per field that is given, with its name: the field minus its given value. Empty where the network starts from
  /// random weights.
  std::vector<DimensionlessResidual> residuals;
};

/// Reads `start`. Throws InputError: names that are no fields, wrong dimensions, no field at all, a field given twice;
/// together with `continue_from`.
Start read_start(const Node& root, const System& system, const Constants& constants, const Scales& scales);

}  // namespace nusselt
