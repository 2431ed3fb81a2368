#include "solver/case/extremes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nondim/scale_choice.hpp"

namespace nusselt {

std::vector<std::string> extreme_notes(const std::vector<DimensionlessResidual>& equations, const CaseGroups& groups) {
  constexpr double most_decades = 4;
  constexpr double most_buoyancy = 1e7;  // a cavity of air with warm side walls is steady up to some 1e8
  std::vector<std::string> notes;
  for (const Group& group : groups.all()) {
    if ((group.name != "Ra" && group.name != "Gr") || group.value <= most_buoyancy * (1 + 1e-9)) continue;
    notes.push_back(fmt::format(
        "{} = {} is extreme: layers at the walls are some {}^(-1/4) = {} of the size, and a steady flow may not exist; "
        "place many points, and climb over smaller values (`ladder`)",
        group.name, to_string(group.value, 3), group.name, to_string(std::pow(group.value, -0.25), 2)));
  }
  for (const DimensionlessResidual& equation : equations) {
    if (spread(equation) <= most_decades) continue;
    const auto& terms = equation.terms();
    const auto smallest = std::min_element(terms.begin(), terms.end(), [](const auto& a, const auto& b) {
      return std::abs(a.coefficient) < std::abs(b.coefficient);
    });
    const std::string in_groups = groups.text_of(*smallest);
    notes.push_back(fmt::format(
        "{}: the coefficient {}{} of {} is {:.1f} decades below the largest. Its term matters in thin layers only, or "
        "not at all: training is slow there; climb over easier cases (`ladder`), or choose scales that spread less",
        equation.name(), to_string(std::abs(smallest->coefficient), 3), in_groups.empty() ? "" : " = " + in_groups,
        to_string(smallest->factor), spread(equation)));
  }
  return notes;
}

}  // namespace nusselt
