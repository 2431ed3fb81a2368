// A likelihood's own weights: 1/2 sum_e (exp(-s_e) L_e + s_e) is lowered in s along with the residuals, by one step of
// Adam for each update, s_e = 0 at the start;
//     l_e = exp(-s_e),   d/ds_e = (1 - exp(-s_e) L_e)/2
// A. Kendall, Y. Gal, R. Cipolla, CVPR 2018, arXiv:1705.07115, eq. (7), with the logarithm of the variance as in their
// section 3.3; for physics-informed networks Z. Xiang et al., Neurocomputing 496, 2022, 11, arXiv:2104.06217.
//
// At its optimum s_e = log L_e: descent on the sum of log L_e, which draws to whichever residual vanishes most easily.
// One residual multiplied by 1e6: s_e ends larger by log 1e12 and exp(-s_e) L_e is 1 all the same, so the end is
// unit-invariant; but s moves by the rate at most, and Adam remembers the first, huge slopes for thousands of updates.
#include <cmath>

#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class Homoscedastic final : public Balancer {
 public:
  Homoscedastic(const std::vector<DimensionlessResidual>& residuals, double rate)
      : Balancer(residuals),
        rate_(rate),
        log_variance_(at::zeros({static_cast<std::int64_t>(residuals.size())}, at::kDouble)) {
    moments_ = {0, at::zeros_like(log_variance_), at::zeros_like(log_variance_)};
  }

  void update(const BalanceView& view) override {
    const torch::Tensor slope = 0.5 * (1 - at::exp(-log_variance_) * to_tensor(view.losses));
    ++moments_.count;
    adam_update(slope, adam_factor(rate_, moments_.count), adam_correction(moments_.count), moments_.first,
                moments_.second, log_variance_);
    weights_ = to_numbers(at::exp(-log_variance_));
  }

  OptimizerState state() const override {
    OptimizerState state = Balancer::state();
    state["log_variance"] = log_variance_.clone();
    save(moments_, "", state);
    return state;
  }
  void restore(const OptimizerState& state) override {
    Balancer::restore(state);
    log_variance_ = state.at("log_variance").clone();
    moments_ = load("", state);
  }

 private:
  double rate_;
  torch::Tensor log_variance_;  // s [m]
  AdamState moments_;
};

const RegisterBalancer entry({"homoscedastic",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<Homoscedastic>(residuals, settings.balancing.rate);
                              }});

}  // namespace
}  // namespace nusselt
