// A converged run may have found nothing: with its velocity, or all of its fields, set to zero the equations and
// conditions hold as well, as for air at rest between a warm floor and a cool ceiling. No residual tells such an answer
// from the one that is meant, so a case says whether it wants it (`criteria.trivial`).
#pragma once

#include <string>
#include <vector>

#include "solver/verdict.hpp"

namespace nusselt {

/// For the velocities, and for all fields that mean more than a derivative: by how much the solution is told from one
/// where they vanish, as the limit over the largest residual of that one. Nothing where the case allows such states.
/// Costs as much as an evaluation for each; meant for states that pass everything else.
std::vector<Criterion> trivial_state_criteria(const Case& c, const Solution& solution);

/// What to do where the criterion of that name has failed; empty where it is none of these.
std::string trivial_state_advice(const std::string& criterion);

}  // namespace nusselt
