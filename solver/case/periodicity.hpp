// Pairs of faces that are one and the same: `- {at: [x-, x+], periodic: yes}`. The network repeats itself along the
// axis, with all derivatives, so nothing remains to be enforced there.
#pragma once

#include <vector>

#include "solver/case/conditions.hpp"

namespace nusselt {

/// The axes whose faces a condition declares periodic. Throws InputError: one face without the other, faces of shapes
/// or regions, anything said beside.
Axes read_periodic_axes(const Node& root, const Box& box);

/// Whether the face is one of a periodic pair.
bool is_periodic(const Face& face, const Box& box);

/// Throws InputError where a given value, or a known part of a field, is not the same at both ends of a periodic axis:
/// then the field could not be either.
void require_periodic_values(const Node& root, const System& system, const Box& box,
                             const std::vector<Condition>& conditions, const KnownParts& known_parts,
                             const Constants& constants);

}  // namespace nusselt
