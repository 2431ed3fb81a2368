// What flows into the domain: a field that its equation only carries along an axis, with first derivatives, must be
// known where it enters, or any profile is a solution.
#pragma once

#include <string>
#include <vector>

#include "physics/system.hpp"
#include "solver/case/conditions.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/domain.hpp"

namespace nusselt {

/// Throws InputError at `conditions` where nothing is said about such a field on either end of the axis. Systems in
/// which no equation is plainly that of one field, such as Darcy's law with continuity, are left alone, as are regions
/// that are no boxes, axes on which fields are periodic, and coefficients that vanish at one end, like a radius on the
/// axis of a pipe.
void require_inflow(const Node& root, const System& system, const Domain& domain, const Constants& constants,
                    const std::vector<Condition>& conditions);

}  // namespace nusselt
