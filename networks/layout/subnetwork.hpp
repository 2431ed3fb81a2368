// Networks side by side that are one for everybody who evaluates it: each has the depth and the width of the settings,
// outputs and parameters of its own, and reads the same coordinates.
#pragma once

#include <string>
#include <vector>

#include "networks/layout/network_settings.hpp"

namespace nusselt {

struct Subnetwork {
  std::string name;
  int outputs = 0;                 ///< the next ones of the network's
  std::vector<double> lower = {};  ///< box that its first layer sees as [-1, 1]; empty for that of the network
  std::vector<double> upper = {};
};

/// Throws SettingError where they do not make the outputs of the settings, or the settings ask for what would join
/// them.
void require_separable(const NetworkSettings& settings, const std::vector<Subnetwork>& parts);

}  // namespace nusselt
