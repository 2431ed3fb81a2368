// Adam (D. P. Kingma & J. Ba, ICLR 2015, arXiv:1412.6980, algorithm 1) on the flat parameter vector.
#include <cmath>

#include "solver/optimizer.hpp"

namespace nusselt {
namespace {

constexpr double first_decay = 0.9;
constexpr double second_decay = 0.999;
constexpr double epsilon = 1e-8;

class Adam final : public Optimizer {
 public:
  explicit Adam(double rate) : rate_(rate) {}

  OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    const auto [loss, gradient] = objective.gradient(theta);
    if (!first_.defined()) {
      first_ = at::zeros_like(theta);
      second_ = at::zeros_like(theta);
    }
    first_ = first_.to(theta.options());
    second_ = second_.to(theta.options());
    ++count_;
    first_.mul_(first_decay).add_(gradient, 1 - first_decay);
    second_.mul_(second_decay).addcmul_(gradient, gradient, 1 - second_decay);
    const double first_correction = 1 - std::pow(first_decay, count_);
    const double second_correction = std::sqrt(1 - std::pow(second_decay, count_));
    theta.addcdiv_(first_, second_.sqrt().div_(second_correction).add_(epsilon), -rate_ / first_correction);
    // A rate far too large overflows the moments before the loss shows it.
    if (!at::isfinite(second_).all().item<bool>()) return {NAN, loss, false, 0, rate_};
    // The loss after the step is the next step's business: evaluating it here would double the cost.
    return {loss, loss, true, 0, rate_};
  }

  OptimizerState state() const override {
    OptimizerState state = {{"count", at::full({1}, count_, at::kDouble)}};
    if (first_.defined()) {
      state["first"] = first_.detach().cpu().clone();
      state["second"] = second_.detach().cpu().clone();
    }
    return state;
  }
  void restore(const OptimizerState& state) override {
    count_ = static_cast<std::int64_t>(state.at("count").item<double>());
    if (count_ == 0) return;
    first_ = state.at("first").clone();
    second_ = state.at("second").clone();
  }

 private:
  double rate_;
  std::int64_t count_ = 0;
  torch::Tensor first_;
  torch::Tensor second_;
};

const RegisterOptimizer entry({"adam", [](const Settings& settings) {
                                 return std::make_unique<Adam>(settings.optimizer.rate);
                               }});

}  // namespace
}  // namespace nusselt
