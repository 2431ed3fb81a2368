// GradNorm: gradient norms are drawn to a common size, longer for residuals that lag behind. With g_e = |grad L_e|,
//     G_e = l_e g_e,   T_e = mean_k G_k * r_e^alpha,   r_e = (L_e/L_e(0)) / mean_k(L_k/L_k(0))
// sum_e |G_e - T_e| is lowered by one step of Adam in l, T held constant: d/dl_e = g_e sign(G_e - T_e). Then l_e is
// kept at least 1e-3 and rescaled to the sum m. Z. Chen, V. Badrinarayanan, C.-Y. Lee, A. Rabinovich, ICML 2018,
// arXiv:1711.02257, eq. (1), (2) and algorithm 1. The norms are of the gradients in all parameters; the paper, and
// PhysicsNeMo, take those of one layer.
//
// One residual multiplied by 1e6: Adam steps by the rate whatever g is, and the sum is m, so its weight only falls to
// about 1e-3: bounded, not unit-invariant.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "solver/balancer.hpp"

namespace nusselt {
namespace {

constexpr double smallest_weight = 1e-3;

class ChensGradNorm final : public Balancer {
 public:
  ChensGradNorm(const std::vector<DimensionlessResidual>& residuals, double rate, double exponent)
      : Balancer(residuals), rate_(rate), exponent_(exponent) {}

  void update(const BalanceView& view) override {
    const std::size_t m = weights_.size();
    if (first_losses_.empty()) {
      first_losses_ = view.losses;
      moments_ = {0, at::zeros({static_cast<std::int64_t>(m)}, at::kDouble),
                  at::zeros({static_cast<std::int64_t>(m)}, at::kDouble)};
    }
    const std::vector<double> norms = to_numbers(view.gradients.norm(2, 1));
    std::vector<double> lag(m), slopes(m);
    double mean_lag = 0, mean_norm = 0;
    for (std::size_t e = 0; e < m; ++e) {
      lag[e] = first_losses_[e] > 0 ? view.losses[e] / first_losses_[e] : 1;
      mean_lag += lag[e] / static_cast<double>(m);
      mean_norm += weights_[e] * norms[e] / static_cast<double>(m);
    }
    for (std::size_t e = 0; e < m; ++e) {
      const double target = mean_norm * std::pow(mean_lag > 0 ? lag[e] / mean_lag : 1, exponent_);
      const double excess = weights_[e] * norms[e] - target;
      slopes[e] = excess > 0 ? norms[e] : excess < 0 ? -norms[e] : 0;
    }
    torch::Tensor weights = to_tensor(weights_);
    ++moments_.count;
    adam_update(to_tensor(slopes), adam_factor(rate_, moments_.count), adam_correction(moments_.count), moments_.first,
                moments_.second, weights);
    weights_ = to_numbers(weights.clamp_min(smallest_weight));
    const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    for (double& weight : weights_) weight *= static_cast<double>(m) / sum;
  }

  OptimizerState state() const override {
    OptimizerState state = Balancer::state();
    if (first_losses_.empty()) return state;
    state["first_losses"] = to_tensor(first_losses_);
    save(moments_, "", state);
    return state;
  }
  void restore(const OptimizerState& state) override {
    Balancer::restore(state);
    first_losses_.clear();
    if (!state.contains("first_losses")) return;
    first_losses_ = to_numbers(state.at("first_losses"));
    moments_ = load("", state);
  }

 private:
  double rate_;
  double exponent_;
  std::vector<double> first_losses_;
  AdamState moments_;
};

const RegisterBalancer entry({"gradnorm",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<ChensGradNorm>(residuals, settings.balancing.rate,
                                                                       settings.balancing.asymmetry);
                              }});

}  // namespace
}  // namespace nusselt
