// The name somebody meant when they mistyped one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nusselt {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`, no part being edited twice
/// (optimal string alignment distance; F. J. Damerau, Commun. ACM 7 (1964) 171, doi:10.1145/363958.363994).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`: equal but for case, or at most two edits away and fewer than half of the word's
/// letters. Empty when there is none; the first of equally near ones.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// A hint: what `word` may have been meant to be, and all that is known, "did you mean T0? `what`: L, T0".
std::string suggestion(std::string_view word, const std::vector<std::string>& known, const std::string& what);

}  // namespace nusselt
