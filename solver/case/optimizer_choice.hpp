// `optimizer.name: auto`: which method suits a case, from its sizes alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "networks/layout/subnetwork.hpp"
#include "solver/case/settings.hpp"

namespace nusselt {

/// Trained numbers of the network of these settings, or of several side by side.
std::int64_t trained_count(const NetworkSettings& network, const std::vector<Subnetwork>& parts = {});

struct OptimizerChoice {
  std::string name;
  std::string reason;  // a phrase: why this one
};

/// The optimizer the case names, or what `auto` chooses: dense second order in float64 for up to some thousand
/// parameters, beyond them a method without a matrix, and a stochastic one for float32 or points that are fresh at
/// every step. Of those only what `optimizer.name` in the table of keys offers.
OptimizerChoice choose_optimizer(const Settings& settings, std::int64_t parameters);

}  // namespace nusselt
