// The linear maps whose scale says nothing, because a norm and nothing else reads what they compute.
#pragma once

#include <vector>

#include "networks/layout/network_layout.hpp"

namespace nusselt {

struct NormalizedMap {
  int map;   ///< number in NetworkLayout::maps
  int norm;  ///< in NetworkLayout::norms
};

std::vector<NormalizedMap> normalized_maps(const NetworkLayout& layout);

}  // namespace nusselt
