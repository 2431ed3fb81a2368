// Planes of symmetry: `- {at: x-, symmetry: yes}` stands for ordinary conditions, and these are what is enforced.
#pragma once

#include <vector>

#include "solver/case/domain.hpp"

namespace nusselt {

/// What a plane of symmetry comes to, in the language of conditions: the component of a velocity or of a vector of
/// fields across the face is zero, and so is the normal derivative of every other field that has second derivatives
/// across it; of the rest, such as a pressure, the equations take care. `flag` is the value of the key `symmetry`.
/// Throws InputError: a moment in time, a curved surface.
std::vector<Entry> symmetric_entries(const Node& flag, const std::string& key, const Face& face, const System& system,
                                     const Domain& domain);

}  // namespace nusselt
