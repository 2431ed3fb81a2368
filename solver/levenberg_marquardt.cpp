// Levenberg-Marquardt on the scaled normal equations; damping, bend and length of the step as in damped_step.hpp.
//
// Of J^T J [P, P] and J J^T [R, R] the smaller is factorised, and scaled to unit diagonal (Jacobi), so that one damping
// serves interior and boundary rows alike: with D the diagonal of the matrix in use,
//     step = -(J^T J + m D)^-1 J^T r   (D. W. Marquardt, SIAM J. Appl. Math. 11, 1963, 431, doi:10.1137/0111030)
//     step = -J^T (J J^T + m D)^-1 r .
// With D = I they would be one and the same; so the damping acts on parameters in the first and on residuals in the
// second.
//
// J is stored in neither: J^T J is summed tile by tile, J J^T comes from gram_kernel.hpp.
#include <optional>

#include "solver/damped_step.hpp"
#include "solver/dense.hpp"
#include "solver/normal_matrix.hpp"

namespace nusselt {
namespace {

/// The problem linearized at one state, in the form of the smaller matrix.
class Linearized {
 public:
  Linearized(const LeastSquares& objective, const torch::Tensor& theta) : objective_(objective), theta_(theta) {
    if (objective.rows() >= objective.parameters()) {
      LeastSquares::NormalEquations normal = objective.normal_equations(theta);
      loss = normal.loss;
      residual = normal.residual;
      rhs_ = normal.gradient;
      matrix_ = normal.matrix;
    } else {
      jacobian_.emplace(objective, theta);
      loss = jacobian_->loss();
      residual = jacobian_->residual();
      rhs_ = residual;
      matrix_ = jacobian_->kernel();
    }
    scale_ = scale_to_unit_diagonal(matrix_);
  }

  std::optional<Cholesky> factor(double damping) const { return Cholesky::of(matrix_, damping); }
  /// The damped Gauss-Newton step that would cancel the residual.
  torch::Tensor step(const Cholesky& factor) const { return cancelling(factor, rhs_); }
  /// That would cancel other residuals [R] at the same state.
  torch::Tensor step(const Cholesky& factor, const torch::Tensor& other) const {
    return cancelling(factor, jacobian_ ? other : objective_.pull(theta_, other));
  }

  double loss;
  torch::Tensor residual;

 private:
  torch::Tensor cancelling(const Cholesky& factor, const torch::Tensor& rhs) const {
    const torch::Tensor solution = scale_ * factor.solve(scale_ * rhs);
    return jacobian_ ? -jacobian_->pull(solution) : -solution;
  }

  const LeastSquares& objective_;
  const torch::Tensor theta_;
  torch::Tensor rhs_;  // J^T r [P] or r [R]
  torch::Tensor matrix_;
  torch::Tensor scale_;
  std::optional<LeastSquares::Operator> jacobian_;  // of the form J J^T only
};

class LevenbergMarquardt final : public Optimizer {
 public:
  LevenbergMarquardt(double damping, double floor) : damping_(damping), floor_(floor) {}

  OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    return damped_step(objective, theta, Linearized(objective, theta), damping_, floor_);
  }

  // A small damping belongs to the points that misled it.
  void points_changed(double damping) override { damping_ = damping; }
  OptimizerState state() const override { return {{"damping", at::full({1}, damping_, at::kDouble)}}; }
  void restore(const OptimizerState& state) override { damping_ = state.at("damping").item<double>(); }

 private:
  double damping_;
  double floor_;
};

const RegisterOptimizer entry({"levenberg_marquardt", [](const Settings& settings) {
                                 return std::make_unique<LevenbergMarquardt>(settings.optimizer.damping,
                                                                             settings.optimizer.damping_floor);
                               }});

}  // namespace
}  // namespace nusselt
