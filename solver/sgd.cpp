// Gradient descent with one rate: theta -= rate * gradient. On fixed points nothing about it is stochastic; it is here
// because what is known of normalization and learning rates (layer_rates.hpp) is exact for it.
#include <cmath>
#include <optional>

#include "solver/layer_rates.hpp"
#include "solver/optimizer.hpp"

namespace nusselt {
namespace {

class Sgd final : public Optimizer {
 public:
  Sgd(double rate, std::string rule) : rate_(rate), rule_(std::move(rule)) {}

  OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    if (!rates_) rates_.emplace(rule_, objective.network());
    const auto [loss, gradient] = objective.gradient(theta);
    theta.sub_(rates_->active() ? gradient * rates_->of_gradient(theta, gradient) : gradient, rate_);
    return {loss, loss, std::isfinite(loss), 0, rate_};
  }

  bool follows_statistics() const override { return true; }

  OptimizerState state() const override { return {}; }
  void restore(const OptimizerState&) override {}

 private:
  double rate_;
  std::string rule_;
  std::optional<LayerRates> rates_;  // of the network of the first step
};

const RegisterOptimizer entry({"sgd", [](const Settings& settings) {
                                 return std::make_unique<Sgd>(settings.optimizer.rate, settings.optimizer.layer_lr);
                               }});

}  // namespace
}  // namespace nusselt
