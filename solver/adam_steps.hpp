// Steps of Adam that never leave their device: counter, bias corrections and losses are tensors, and nothing is read
// back before the last step of a group is done. On a GPU a step is one CUDA graph.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "solver/layer_rates.hpp"
#include "solver/least_squares.hpp"
#include "solver/step_graph.hpp"

namespace nusselt {

struct AdamState {
  std::int64_t count = 0;  // steps done
  torch::Tensor first;     // moments of the gradient [P]
  torch::Tensor second;
};

/// The update of moments and parameters (Kingma & Ba, arXiv:1412.6980, algorithm 1), in place. `factor`: minus the rate
/// over the correction of the first moment; `correction`: root of that of the second. Both float64 without dimension.
/// `rates` act on steps of the rate `rate`.
void adam_update(const torch::Tensor& gradient, const torch::Tensor& factor, const torch::Tensor& correction,
                 torch::Tensor& first, torch::Tensor& second, torch::Tensor& theta, const LayerRates& rates = {},
                 double rate = 1);
/// These two after `count` steps, on the host.
torch::Tensor adam_factor(double rate, std::int64_t count);
torch::Tensor adam_correction(std::int64_t count);

/// Steps on one objective.
class AdamSteps {
 public:
  /// Of one run; the losses of so many are kept on the device.
  static constexpr int most = 1000;
  /// The objective must outlive it, and be computed by LibTorch.
  AdamSteps(const LeastSquares& objective, const torch::Tensor& theta, double rate, const LayerRates& rates = {});
  AdamSteps(const AdamSteps&) = delete;
  AdamSteps& operator=(const AdamSteps&) = delete;

  /// Does `count` <= most steps from theta and state, which it changes in place; the loss before each step, NaN where
  /// the moments were not finite after it. Reads the losses back once, at the end.
  std::vector<double> run(int count, torch::Tensor& theta, AdamState& state);
  /// The operations of one step.
  void step();

  std::uint64_t objective() const { return objective_.identity(); }
  /// Why there is no CUDA graph; empty where there is one.
  const std::string& refusal() const { return graph_.refusal(); }

 private:
  const LeastSquares& objective_;
  double rate_;
  LayerRates rates_;
  torch::Tensor theta_, first_, second_, gradient_;
  torch::Tensor loss_, count_;    // float64 without dimension
  torch::Tensor losses_, taken_;  // [most], and how many of them are there [1]
  StepGraph graph_;
};

}  // namespace nusselt
