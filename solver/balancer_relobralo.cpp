// ReLoBRaLo, relative loss balancing with random lookback:
//     l^_e(t, t') = m softmax_e(L_e(t) / (tau L_e(t')))
//     l_e(t) = a (rho l_e(t-1) + (1 - rho) l^_e(t, 0)) + (1 - a) l^_e(t, t-1),   rho ~ Bernoulli(beta)
// l_e = 1 at the first look. R. Bischof, M. Kraus, Comput. Methods Appl. Mech. Eng. 439, 2025, 117914,
// arXiv:2110.09813, eq. (10) to (12); alpha, beta and tau of the authors' code. rho is drawn from the case's seed and
// the number of the update.
//
// One residual multiplied by 1e6: only ratios of its own losses enter, so the weights are the same, and it keeps its
// 1e12 in the loss: weights between 0 and m cannot undo units.
#include <cmath>

#include "solver/balancer.hpp"
#include "solver/sampling.hpp"

namespace nusselt {
namespace {

class ReLoBRaLo final : public Balancer {
 public:
  ReLoBRaLo(const std::vector<DimensionlessResidual>& residuals, const Settings& settings)
      : Balancer(residuals), settings_(settings.balancing), seed_(settings.seed) {}

  void update(const BalanceView& view) override {
    if (first_.empty()) {
      first_ = before_ = view.losses;
      return;
    }
    ++count_;
    const double uniform = sample_box("random", {{0.0}, {1.0}}, 1, {seed_, "lookback", count_}).x[0];
    const bool keep = uniform < settings_.lookback;  // rho
    const std::vector<double> since_start = relative(view.losses, first_), since_last = relative(view.losses, before_);
    const double a = settings_.memory;
    for (std::size_t e = 0; e < weights_.size(); ++e) {
      weights_[e] = a * (keep ? weights_[e] : since_start[e]) + (1 - a) * since_last[e];
    }
    before_ = view.losses;
  }

  OptimizerState state() const override {
    OptimizerState state = Balancer::state();
    state["count"] = at::full({1}, static_cast<double>(count_), at::kDouble);
    if (first_.empty()) return state;
    state["first_losses"] = to_tensor(first_);
    state["before"] = to_tensor(before_);
    return state;
  }
  void restore(const OptimizerState& state) override {
    Balancer::restore(state);
    count_ = static_cast<std::uint64_t>(state.at("count").item<double>());
    first_ = state.contains("first_losses") ? to_numbers(state.at("first_losses")) : std::vector<double>();
    before_ = state.contains("before") ? to_numbers(state.at("before")) : std::vector<double>();
  }

 private:
  std::vector<double> relative(const std::vector<double>& now, const std::vector<double>& then) const {
    std::vector<double> ratio;
    for (std::size_t e = 0; e < now.size(); ++e) {
      ratio.push_back(then[e] > 0 ? now[e] / (settings_.temperature * then[e]) : 0);
    }
    ratio = softmax(ratio);
    for (double& weight : ratio) weight *= static_cast<double>(ratio.size());
    return ratio;
  }

  Settings::Balancing settings_;
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
  std::vector<double> first_;
  std::vector<double> before_;
};

const RegisterBalancer entry({"relobralo",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<ReLoBRaLo>(residuals, settings);
                              }});

}  // namespace
}  // namespace nusselt
