// Adam (D. P. Kingma & J. Ba, ICLR 2015, arXiv:1412.6980, algorithm 1) on the flat parameter vector.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "solver/adam_steps.hpp"
#include "solver/optimizer.hpp"

namespace nusselt {
namespace {

class Adam final : public Optimizer {
 public:
  Adam(double rate, std::string rule) : rate_(rate), rule_(std::move(rule)) {}

  OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    const auto [loss, gradient] = objective.gradient(theta);
    prepare_for(theta, objective.network());
    ++state_.count;
    adam_update(gradient, adam_factor(rate_, state_.count), adam_correction(state_.count), state_.first, state_.second,
                theta, *rates_, rate_);
    // A rate far too large overflows the moments before the loss shows it.
    if (!at::isfinite(state_.second).all().item<bool>()) return result(loss, NAN);
    return result(loss, loss);
  }

  std::vector<OptimizerStep> steps(const LeastSquares& objective, torch::Tensor& theta, int most) override {
    // The derivative of live statistics is LibTorch's, which no CUDA graph can hold; nor can it combine gradients.
    if (!theta.is_cuda() || objective.statistics().is_live() || objective.combines_gradients()) {
      return Optimizer::steps(objective, theta, most);
    }
    prepare_for(theta, objective.network());
    if (!on_device_ || on_device_->objective() != objective.identity()) {
      on_device_ = std::make_unique<AdamSteps>(objective, theta, rate_, *rates_);
    }
    std::vector<OptimizerStep> results;
    for (double loss : on_device_->run(std::min(most, AdamSteps::most), theta, state_)) {
      results.push_back(result(loss, loss));
    }
    if (!said_ && !on_device_->refusal().empty()) {
      said_ = true;
      remark_ = "steps of adam are not replayed as a CUDA graph: " + on_device_->refusal();
    }
    return results;
  }

  std::string take_remark() override { return std::exchange(remark_, {}); }

  bool follows_statistics() const override { return true; }

  OptimizerState state() const override {
    OptimizerState state = {{"count", at::full({1}, state_.count, at::kDouble)}};
    if (state_.first.defined()) {
      state["first"] = state_.first.detach().cpu().clone();
      state["second"] = state_.second.detach().cpu().clone();
    }
    return state;
  }
  void restore(const OptimizerState& state) override {
    state_.count = static_cast<std::int64_t>(state.at("count").item<double>());
    if (state_.count == 0) return;
    state_.first = state.at("first").clone();
    state_.second = state.at("second").clone();
  }

 private:
  // The loss after the step is the next step's business: evaluating it here would double the cost.
  OptimizerStep result(double before, double loss) const { return {loss, before, std::isfinite(loss), 0, rate_}; }

  void prepare_for(const torch::Tensor& theta, const Network& network) {
    if (!rates_) rates_.emplace(rule_, network);
    if (!state_.first.defined()) {
      state_.first = at::zeros_like(theta);
      state_.second = at::zeros_like(theta);
    }
    state_.first = state_.first.to(theta.options());
    state_.second = state_.second.to(theta.options());
  }

  double rate_;
  std::string rule_;
  std::optional<LayerRates> rates_;  // of the network of the first step
  AdamState state_;
  std::unique_ptr<AdamSteps> on_device_;  // for the objective of the last steps there
  std::string remark_;
  bool said_ = false;
};

const RegisterOptimizer entry({"adam", [](const Settings& settings) {
                                 return std::make_unique<Adam>(settings.optimizer.rate, settings.optimizer.layer_lr);
                               }});

}  // namespace
}  // namespace nusselt
