#include "nondim/did_you_mean.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace nusselt {

namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t most_edits = 2;
  std::string nearest;
  // Case counts less than any letter: the second number decides only between equally near candidates.
  std::pair<std::size_t, std::size_t> smallest{most_edits + 1, 0};
  for (const std::string& candidate : candidates) {
    const std::size_t difference = std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size());
    if (difference > most_edits) continue;
    const std::size_t edits = edit_distance(lower_case(word), lower_case(candidate));
    if (edits > most_edits || (edits > 0 && 2 * edits >= word.size())) continue;
    const std::pair<std::size_t, std::size_t> distance{edits, edit_distance(word, candidate)};
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known, const std::string& what) {
  const std::string near = did_you_mean(word, known);
  std::string all;
  for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
  return (near.empty() ? "" : "did you mean " + near + "? ") + what + ": " + (all.empty() ? "none" : all);
}

}  // namespace nusselt
