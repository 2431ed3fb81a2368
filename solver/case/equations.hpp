// The system of a case: a physics by its name, equations as text, or both.
#pragma once

#include <string>
#include <vector>

#include "physics/system.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/document.hpp"
#include "solver/case/domain.hpp"

namespace nusselt {

/// Reads `physics`, `fields`, `equations` and `balances`. An equation of the case replaces that of the same name, and
/// `notes` says so. Throws InputError: constants that a physics lacks or of the wrong dimension, names that are taken,
/// equations that cannot be read or have no field, a number of equations that differs from that of the fields.
System read_system(const Node& root, const Axes& axes, const Constants& constants, std::vector<std::string>& notes);

/// Throws InputError where the domain reaches to a negative x and x is a radius or a distance.
void require_distances(const Node& root, const Domain& domain);

/// Takes what the case gives under `sources` into the equations of `system`. Throws InputError.
void read_sources(const Node& root, const Constants& constants, System& system);

}  // namespace nusselt
