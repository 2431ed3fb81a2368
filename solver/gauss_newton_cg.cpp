// Gauss-Newton without matrices of the size of the problem: the damped normal equations by conjugate gradients
// (damped_normal_equations.hpp), loosely. Damping, bend and length of the step are those of damped_step.hpp.
#include "solver/damped_normal_equations.hpp"
#include "solver/damped_step.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

constexpr int most_products = 40;
constexpr double tolerance = 0.05;

class GaussNewtonCg final : public Optimizer {
 public:
  GaussNewtonCg(double damping, double floor) : damping_(damping), floor_(floor) {}

  OptimizerStep step(const LeastSquares& objective, Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    const DampedNormalEquations linear(objective, theta, tolerance, most_products);
    return damped_step(objective, theta, linear, damping_, floor_);
  }

  // A small damping belongs to the points that misled it.
  void points_changed(double damping) override { damping_ = damping; }
  OptimizerState state() const override { return {{"damping", at::full({1}, damping_, at::kDouble)}}; }
  void restore(const OptimizerState& state) override { damping_ = state.at("damping").item<double>(); }

 private:
  double damping_;
  double floor_;
};

const RegisterOptimizer entry({"gauss_newton_cg", [](const Settings& settings) {
                                 return std::make_unique<GaussNewtonCg>(settings.optimizer.damping,
                                                                        settings.optimizer.damping_floor);
                               }});

}  // namespace
}  // namespace nusselt
