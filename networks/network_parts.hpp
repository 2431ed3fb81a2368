// What the operations of a network need of it; private to networks/.
#pragma once

#include <memory>
#include <vector>

#include "networks/embedding.hpp"
#include "networks/jet_operation.hpp"
#include "networks/layout/network_layout.hpp"
#include "networks/parametrization.hpp"

namespace nusselt {

struct NetworkParts {
  NetworkParts(const NetworkSettings& given, const std::vector<Subnetwork>& parts);

  NetworkSettings settings;
  std::vector<Subnetwork> subnetworks;
  const Activation& activation;
  std::shared_ptr<const Norm> norm;
  NetworkLayout layout;
  Parametrization parametrization;
  Embedding embedding;
  std::vector<std::unique_ptr<const JetOperation>> operations;  ///< one for each step
  std::vector<std::size_t> last_use;                            ///< of each value: the last step that reads it

  std::vector<torch::Tensor> inputs_of(std::size_t step, const std::vector<torch::Tensor>& values) const {
    std::vector<torch::Tensor> inputs;
    for (int input : layout.steps[step].inputs) inputs.push_back(values[input]);
    return inputs;
  }
};

}  // namespace nusselt
