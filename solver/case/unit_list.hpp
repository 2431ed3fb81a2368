// What `nusselt list units` prints: the units that may be written, by what they measure.
#pragma once

#include <string>

namespace nusselt {

/// Without a word: all units of the table, by quantity, and how prefixes and temperatures are written. With one, such
/// as "viscosity", "psi" or "W/(m K)": the quantities of that name with their units, or what such a unit measures.
/// Throws std::out_of_range, with a suggestion, when nothing is called so.
std::string list_units(const std::string& word);

}  // namespace nusselt
