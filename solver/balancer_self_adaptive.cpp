// Self-adaptive weights: every residual at every point has its own lambda, raised along the gradient of the same loss
// that the parameters descend, one step of Adam for each update:
//     loss = 1/2 sum w_n (lambda_ne r_ne)^2,   q_ne = lambda_ne^2,   d/d lambda_ne = w_n lambda_ne r_ne^2
// lambda is uniform in (0, 1) at the start, from the case's seed. L. D. McClenny, U. M. Braga-Neto, J. Comput. Phys.
// 474, 2023, 111722, arXiv:2009.04544, eq. (8) to (11) with the mask lambda^2 of the authors' code; which starts the
// lambdas of initial states from (0, 100), has Adam's first decay at 0.99, here 0.9 as everywhere, and steps parameters
// and lambdas at once, here in turn. w_n is left out of the slope: Adam does not see a constant factor.
//
// One residual multiplied by 1e6: Adam's ascent does not see it, its lambdas are the same and its loss keeps the 1e12:
// neither bounded by a constant (lambda grows by up to the rate at each update) nor unit-invariant.
#include "solver/balancer.hpp"
#include "solver/sampling.hpp"

namespace nusselt {
namespace {

class SelfAdaptive final : public Balancer {
 public:
  SelfAdaptive(const std::vector<DimensionlessResidual>& residuals, const Settings& settings)
      : Balancer(residuals), rate_(settings.balancing.rate), seed_(settings.seed) {}

  void update(const BalanceView& view) override {
    if (lambda_.empty()) {
      begin(view);
    } else {
      for (std::size_t s = 0; s < lambda_.size(); ++s) {
        AdamState& moments = moments_[s];
        ++moments.count;
        adam_update(-lambda_[s] * view.sets[s].residuals.square(), adam_factor(rate_, moments.count),
                    adam_correction(moments.count), moments.first, moments.second, lambda_[s]);
      }
    }
    point_weights_.clear();
    for (const torch::Tensor& lambda : lambda_) point_weights_.push_back(lambda.square());
  }

  void points_changed() override {
    Balancer::points_changed();
    lambda_.clear();
    moments_.clear();
  }

  OptimizerState state() const override {
    OptimizerState state = Balancer::state();
    for (std::size_t s = 0; s < lambda_.size(); ++s) {
      const std::string set = "." + std::to_string(s);
      state["lambda" + set] = lambda_[s].clone();
      save(moments_[s], set, state);
    }
    return state;
  }
  void restore(const OptimizerState& state) override {
    Balancer::restore(state);
    lambda_.clear();
    moments_.clear();
    for (std::size_t s = 0; s < point_weights_.size(); ++s) {
      const std::string set = "." + std::to_string(s);
      lambda_.push_back(state.at("lambda" + set).clone());
      moments_.push_back(load(set, state));
    }
  }

 private:
  void begin(const BalanceView& view) {
    for (std::size_t s = 0; s < view.sets.size(); ++s) {
      const torch::Tensor& residuals = view.sets[s].residuals;
      const std::vector<double> uniform =
          sample_box("random", {{0.0}, {1.0}}, static_cast<int>(residuals.numel()), {seed_, "self-adaptive", s}).x;
      lambda_.push_back(to_tensor(uniform).view(residuals.sizes()).clone());
      moments_.push_back({0, at::zeros_like(residuals), at::zeros_like(residuals)});
    }
  }

  double rate_;
  std::uint64_t seed_;
  std::vector<torch::Tensor> lambda_;  // [N, E] per set
  std::vector<AdamState> moments_;
};

const RegisterBalancer entry({"self_adaptive",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<SelfAdaptive>(residuals, settings);
                              }});

}  // namespace
}  // namespace nusselt
