// The dimensions that the field has a word for: what `list units` is grouped by.
#pragma once

#include <string>
#include <vector>

#include "nondim/dimension.hpp"

namespace nusselt {

struct NamedDimension {
  std::string name;  // "dynamic viscosity"
  Dimension dimension;
};

/// Base quantities first, then mechanics, heat and electricity.
std::vector<NamedDimension> named_dimensions();

}  // namespace nusselt
