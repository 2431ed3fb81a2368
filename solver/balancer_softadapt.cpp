// SoftAdapt: more weight for losses that fall slowly or rise,
//     l_e = m softmax_e(b (L_e(t) - L_e(t - 1))),   l_e = 1 at the first look
// A. A. Heydari, C. A. Thompson, A. Mehmood, arXiv:1912.12355, eq. (8): the plain variant, times m so that the mean
// weight is 1. PhysicsNeMo takes the softmax of the ratios L(t)/L(t - 1) instead, which is relobralo without memory.
//
// One residual multiplied by 1e6: its difference rules the softmax: while it falls its weight is 0, and m when it
// rises. Bounded, not unit-invariant.
#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class SoftAdapt final : public Balancer {
 public:
  SoftAdapt(const std::vector<DimensionlessResidual>& residuals, double sharpness)
      : Balancer(residuals), sharpness_(sharpness) {}

  void update(const BalanceView& view) override {
    if (!before_.empty()) {
      std::vector<double> rise;
      for (std::size_t e = 0; e < before_.size(); ++e) rise.push_back(sharpness_ * (view.losses[e] - before_[e]));
      weights_ = softmax(rise);
      for (double& weight : weights_) weight *= static_cast<double>(weights_.size());
    }
    before_ = view.losses;
  }

  OptimizerState state() const override {
    OptimizerState state = Balancer::state();
    if (!before_.empty()) state["before"] = to_tensor(before_);
    return state;
  }
  void restore(const OptimizerState& state) override {
    Balancer::restore(state);
    before_ = state.contains("before") ? to_numbers(state.at("before")) : std::vector<double>();
  }

 private:
  double sharpness_;
  std::vector<double> before_;
};

const RegisterBalancer entry({"softadapt",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<SoftAdapt>(residuals, settings.balancing.sharpness);
                              }});

}  // namespace
}  // namespace nusselt
