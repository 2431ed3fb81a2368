// The velocity of a plane flow from a stream function, u = dy(psi) and v = -dx(psi) (Batchelor, An Introduction to
// Fluid Dynamics, 1967, eq. 2.2.7): the network has one output psi in place of two, no flow that it can represent has a
// divergence, and the equation that says so is left out. Viscous terms are then third derivatives of psi.
//
// u and v stay the fields of the case: conditions, quantities, references and balances speak of them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "solver/case/conditions.hpp"

namespace nusselt {

struct StreamFunction {
  std::string name;                     // psi
  std::array<std::string, 2> velocity;  // its components along x and y
  std::string equation;                 // that holds whatever psi is
};

/// Nothing where `network.velocity` is components. Throws InputError where there is no stream function: a domain that
/// is no plane, regions, no equation that says that a vector has no divergence, a known part of its components.
std::optional<StreamFunction> read_stream_function(const Node& root, const System& system, const Constants& constants);

/// Given values of the velocity become soft: they are derivatives of psi. Throws InputError where they must be hard.
void enforce_softly(const StreamFunction& stream, std::vector<Condition>& conditions);

/// psi in place of the velocity.
std::vector<TrialField> with_stream_function(const StreamFunction& stream, const System& system, const Scales& scales,
                                             std::vector<TrialField> trials);

}  // namespace nusselt
