// Where training starts when not from random weights: the weights of another run.
#pragma once

#include <torch/types.h>

#include <nlohmann/json.hpp>

#include "solver/case/case.hpp"

namespace nusselt {

struct Origin {
  torch::Tensor theta;
  /// What the report says of it: `run`, `step`, `weights_sha256`, and the `constants` they were trained for, in SI.
  nlohmann::json record;
};

/// Reads the run that the case continues from, `continue_from`. Throws InputError: no such folder, another network,
/// other fields; CheckpointError: no readable checkpoint.
Origin read_origin(const Case& the_case);

}  // namespace nusselt
