// Balanced residual decay rate: points whose residual falls slowly weigh more. With R = r_ne,
//     irdr = R^2 / sqrt(v + eps),   v = EMA of R^4 with b, bias-corrected
//     q <- b q + (1 - b) irdr / mean(irdr),   q = 1 at the start; the mean is over all points of all residuals
// W. Chen, A. A. Howard, P. Stinis, J. Comput. Phys. 2025, arXiv:2407.01613, eq. (8) to (12), beta_c = beta_w = b. Its
// second half, one scale s for the whole loss, is left out: Adam and damped Gauss-Newton steps do not see it.
//
// One residual multiplied by 1e6: irdr is the same, so are the weights, and its loss keeps the 1e12. Mean weight 1:
// bounded, not unit-invariant.
#include <cmath>

#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class BalancedDecayRate final : public Balancer {
 public:
  BalancedDecayRate(const std::vector<DimensionlessResidual>& residuals, double memory)
      : Balancer(residuals), memory_(memory) {}

  void update(const BalanceView& view) override {
    if (fourths_.empty()) {
      count_ = 0;
      for (const BalanceView::Set& set : view.sets) {
        fourths_.push_back(at::zeros_like(set.residuals));
        point_weights_.push_back(at::ones_like(set.residuals));
      }
    }
    ++count_;
    std::vector<torch::Tensor> inverse_rates;
    double sum = 0;
    std::int64_t number = 0;
    for (std::size_t s = 0; s < view.sets.size(); ++s) {
      const torch::Tensor square = view.sets[s].residuals.square();
      fourths_[s] = memory_ * fourths_[s] + (1 - memory_) * square.square();
      inverse_rates.push_back(square / at::sqrt(fourths_[s] / (1 - std::pow(memory_, count_)) + epsilon));
      sum += inverse_rates.back().sum().item<double>();
      number += square.numel();
    }
    if (!(sum > 0)) return;  // all residuals vanish: nothing to tell them apart
    const double mean = sum / static_cast<double>(number);
    for (std::size_t s = 0; s < view.sets.size(); ++s) {
      point_weights_[s] = memory_ * point_weights_[s] + (1 - memory_) * inverse_rates[s] / mean;
    }
  }

  void points_changed() override {
    Balancer::points_changed();
    fourths_.clear();
  }

  OptimizerState state() const override {
    OptimizerState state = Balancer::state();
    state["count"] = at::full({1}, static_cast<double>(count_), at::kDouble);
    for (std::size_t s = 0; s < fourths_.size(); ++s) state["fourths." + std::to_string(s)] = fourths_[s].clone();
    return state;
  }
  void restore(const OptimizerState& state) override {
    Balancer::restore(state);
    count_ = static_cast<std::int64_t>(state.at("count").item<double>());
    fourths_.clear();
    for (std::size_t s = 0; s < point_weights_.size(); ++s) {
      fourths_.push_back(state.at("fourths." + std::to_string(s)).clone());
    }
  }

 private:
  static constexpr double epsilon = 1e-300;  // the residual's fourth power at 1e-70: far below anything reached
  double memory_;
  std::int64_t count_ = 0;
  std::vector<torch::Tensor> fourths_;  // running mean of r^4, [N, E] per set
};

const RegisterBalancer entry({"brdr",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<BalancedDecayRate>(residuals, settings.balancing.memory);
                              }});

}  // namespace
}  // namespace nusselt
