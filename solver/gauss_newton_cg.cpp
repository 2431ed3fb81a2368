// Gauss-Newton without matrices of the size of the problem: the damped normal equations
//     (J^T J + m d I) step = -J^T r ,   d = mean of the diagonal of J^T J ,
// by conjugate gradients, with one tangent and one adjoint sweep per product.
//
// The preconditioner is the same matrix at a sixth of the points (the Gramian of a reduced set: accuracy of the metric
// matters less than its shape). With J_s the Jacobian of their rows and K_s = J_s J_s^T, from gram_kernel.hpp, its
// inverse is  ( I - J_s^T (K_s + m d I)^-1 J_s ) / (m d) , one Cholesky factorisation and two sweeps of the reduced
// set.
//
// Conjugate gradients end when the preconditioned residual has fallen to a twentieth, or after 40 products. Damping,
// bend and length of the step are those of damped_step.hpp.
#include <optional>
#include <utility>

#include "solver/conjugate_gradients.hpp"
#include "solver/damped_step.hpp"
#include "solver/dense.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

constexpr std::int64_t points_per_reduced_point = 6;
constexpr int most_products = 40;
constexpr double tolerance = 0.05;

/// The objective linearized at one state.
class Linearized {
 public:
  Linearized(const LeastSquares& objective, const Tensor& theta)
      : jacobian_(objective.jacobian(theta)),
        reduced_objective_(objective.reduced(points_per_reduced_point)),
        reduced_(reduced_objective_.jacobian(theta)),
        kernel_(reduced_.kernel()),
        unit_(kernel_.diagonal().sum().item<double>() / static_cast<double>(theta.numel())) {
    loss = jacobian_.loss();
    residual = jacobian_.residual();
  }

  struct Factor {
    double shift;
    Cholesky kernel;
  };
  std::optional<Factor> factor(double damping) const {
    const double shift = damping * unit_;
    auto kernel = Cholesky::of(kernel_, shift);
    if (!kernel) return std::nullopt;
    return Factor{shift, *std::move(kernel)};
  }
  Tensor step(const Factor& factor) const { return solve(factor, -jacobian_.gradient()); }
  Tensor step(const Factor& factor, const Tensor& other) const { return solve(factor, -jacobian_.pull(other)); }

  double loss;
  Tensor residual;

 private:
  Tensor solve(const Factor& factor, const Tensor& rhs) const {
    const auto product = [&](const Tensor& v) { return jacobian_.product(v).add_(v, factor.shift); };
    const auto precondition = [&](const Tensor& v) {
      return (v - reduced_.pull(factor.kernel.solve(reduced_.push(v)))).div_(factor.shift);
    };
    return conjugate_gradients(product, precondition, rhs, tolerance, most_products).solution;
  }

  LeastSquares::Operator jacobian_;
  LeastSquares reduced_objective_;
  LeastSquares::Operator reduced_;
  Tensor kernel_;  // of the reduced rows
  double unit_;
};

class GaussNewtonCg final : public Optimizer {
 public:
  GaussNewtonCg(double damping, double floor) : damping_(damping), floor_(floor) {}

  OptimizerStep step(const LeastSquares& objective, Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    return damped_step(objective, theta, Linearized(objective, theta), damping_, floor_);
  }

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
