// What no nature allows and what has no solution, found before anything is computed: densities below zero, temperatures
// below 0 K, time in equations that do not know it, two statements about one field on one face that contradict each
// other. What is only unlikely becomes a warning.
#pragma once

#include <string>
#include <vector>

#include "physics/system.hpp"
#include "solver/case/box.hpp"
#include "solver/case/conditions.hpp"
#include "solver/case/constants.hpp"

namespace nusselt {

/// Throws InputError: a property of the physics, such as a viscosity, that is not positive; a temperature below 0 K
/// among the readings in degC or degF, the temperatures of the physics and the level of the scales.
void require_possible_constants(const Node& root, const System& system, const Constants& constants);

/// Throws InputError: a time axis although no equation contains a derivative in time.
void require_evolution(const Node& root, const System& system, const Box& box);
/// Throws InputError: an equation whose diffusion runs backwards in time, so that the finest ripple grows fastest.
void require_forward_diffusion(const Node& root, const std::vector<DimensionlessResidual>& equations);

/// Throws InputError: temperatures below 0 K on a face, two statements about a field on a face that contradict or
/// repeat each other, pressures that differ where faces meet. What may be meant is added to `warnings`.
void require_consistent_conditions(const System& system, const Domain& domain, const std::vector<Condition>& conditions,
                                   const Constants& constants, const Scales& scales,
                                   std::vector<std::string>& warnings);

}  // namespace nusselt
