#include "networks/layout/normalized_maps.hpp"

namespace nusselt {

std::vector<NormalizedMap> normalized_maps(const NetworkLayout& layout) {
  using Kind = NetworkLayout::Step::Kind;
  std::vector<int> readers(layout.steps.size() + 1, 0);
  for (const NetworkLayout::Step& step : layout.steps) {
    for (const int value : step.inputs) ++readers[value];
  }
  std::vector<NormalizedMap> pairs;
  for (const NetworkLayout::Step& step : layout.steps) {
    if (step.kind != Kind::norm || step.inputs[0] == 0) continue;
    const NetworkLayout::Step& before = layout.steps[step.inputs[0] - 1];
    if (before.kind == Kind::linear && readers[step.inputs[0]] == 1) pairs.push_back({before.index, step.index});
  }
  return pairs;
}

}  // namespace nusselt
