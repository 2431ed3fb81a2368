#include "networks/layout/subnetwork.hpp"

namespace nusselt {

void require_separable(const NetworkSettings& s, const std::vector<Subnetwork>& parts) {
  if (parts.empty()) return;
  int outputs = 0;
  for (const Subnetwork& part : parts) {
    if (part.outputs < 1) throw SettingError("regions", "the network of " + part.name + " has no output");
    outputs += part.outputs;
  }
  if (outputs != s.outputs) {
    throw SettingError("regions", "networks side by side have " + std::to_string(outputs) + " outputs together, and " +
                                      std::to_string(s.outputs) + " are asked for");
  }
  const std::string apart = "with a network for each region ";
  const std::string advice = "say regions=shared: one network for all of them";
  if (s.norm != "none") {
    throw SettingError("norm", apart + "there is no norm " + s.norm + ": it would mix their neurons, or their points",
                       advice);
  }
  if (s.block != "plain" && s.block != "residual") {
    throw SettingError("block", apart + "blocks are plain or residual, not " + s.block, advice);
  }
  if (s.skip != "plain") {
    throw SettingError("skip", apart + "there is no skip " + s.skip + ": its number would be one for all", advice);
  }
}

}  // namespace nusselt
