// Levenberg-Marquardt on the scaled normal equations, with geodesic acceleration and a line search.
//
// Of J^T J [P, P] and J J^T [R, R] the smaller is factorised, and scaled to unit diagonal (Jacobi), so that one damping
// serves interior and boundary rows alike: with D the diagonal of the matrix in use,
//     step = -(J^T J + m D)^-1 J^T r   (D. W. Marquardt, SIAM J. Appl. Math. 11, 1963, 431, doi:10.1137/0111030)
//     step = -J^T (J J^T + m D)^-1 r .
// With D = I they would be one and the same; so the damping acts on parameters in the first and on residuals in the
// second.
//
// The loss of a network has narrow curved valleys, in which straight steps creep. The second derivative of the residual
// along the step, a central difference, bends the path into the valley (M. K. Transtrum & J. P. Sethna,
// arXiv:1201.5885, eqs. 6 and 13): it costs two residuals and one more solve with the same factor. The step along the
// bent path is halved while that lowers the loss; a full step relaxes the damping, a short one raises it.
//
// J^T J is summed tile by tile and J never stored; J J^T needs J, which is small then.
#include <cmath>

#include "solver/dense.hpp"
#include "solver/normal_matrix.hpp"
#include "solver/optimizer.hpp"

namespace nusselt {
namespace {

constexpr double smallest_damping = 1e-14;
// Beyond it the step is nothing but a tiny gradient step.
constexpr double largest_damping = 1e16;
constexpr int most_tries = 14;
constexpr int most_halvings = 10;
// Finite step for the second directional derivative, and the largest bend relative to the step (Transtrum & Sethna use
// 0.1 and 0.75).
constexpr double probe = 0.1;
constexpr double largest_bend = 0.75;

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
      const LeastSquares::Linear linear = objective.linearize(theta);
      loss = linear.loss;
      residual = linear.residual;
      rhs_ = residual;
      jacobian_ = linear.jacobian;
      matrix_ = gram(jacobian_, false);
    }
    scale_ = scale_to_unit_diagonal(matrix_);
  }

  std::optional<Cholesky> factor(double damping) const { return Cholesky::of(matrix_, damping); }
  /// The damped Gauss-Newton step that would cancel the residual.
  torch::Tensor step(const Cholesky& factor) const { return cancelling(factor, rhs_); }
  /// That would cancel other residuals [R] at the same state.
  torch::Tensor step(const Cholesky& factor, const torch::Tensor& other) const {
    return cancelling(factor, jacobian_.defined() ? other : objective_.pull(theta_, other));
  }

  double loss;
  torch::Tensor residual;

 private:
  torch::Tensor cancelling(const Cholesky& factor, const torch::Tensor& rhs) const {
    const torch::Tensor solution = scale_ * factor.solve(scale_ * rhs);
    return jacobian_.defined() ? -at::mv(jacobian_.t(), solution) : -solution;
  }

  const LeastSquares& objective_;
  const torch::Tensor& theta_;
  torch::Tensor rhs_;  // J^T r [P] or r [R]
  torch::Tensor matrix_;
  torch::Tensor scale_;
  torch::Tensor jacobian_;  // of the form J J^T only
};

class LevenbergMarquardt final : public Optimizer {
 public:
  explicit LevenbergMarquardt(double damping) : damping_(damping) {}

  OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    const Linearized linear(objective, theta);
    OptimizerStep result{linear.loss, linear.loss, false, damping_, 0};
    for (int attempt = 0; attempt < most_tries; ++attempt) {
      const auto factor = linear.factor(damping_);
      if (!factor) {
        damping_ = 10 * std::max(damping_, smallest_damping);
        continue;
      }
      const torch::Tensor velocity = linear.step(*factor);
      const torch::Tensor acceleration = bend(objective, theta, linear, velocity, *factor);
      const auto along = [&](double s) { return theta + s * velocity + s * s * acceleration; };
      double best = linear.loss;
      double length = 0;
      for (int i = 0; i <= most_halvings; ++i) {
        const double trial = std::ldexp(1.0, -i);
        const double loss = objective.loss(along(trial));
        if (std::isfinite(loss) && loss < best) {
          best = loss;
          length = trial;
        } else if (length > 0) {
          break;
        }
      }
      result.damping = damping_;
      if (length > 0) {
        theta = along(length);
        result = {best, linear.loss, true, damping_, length};
        if (length >= 0.5) damping_ = std::max(damping_ / 4, smallest_damping);
        if (length <= 1.0 / 16) damping_ *= 4;
        break;
      }
      damping_ = std::min(16 * damping_, largest_damping);
    }
    return result;
  }

  OptimizerState state() const override { return {{"damping", at::full({1}, damping_, at::kDouble)}}; }
  void restore(const OptimizerState& state) override { damping_ = state.at("damping").item<double>(); }

 private:
  /// Half the acceleration of the geodesic that starts along `velocity`.
  static torch::Tensor bend(const LeastSquares& objective, const torch::Tensor& theta, const Linearized& linear,
                            const torch::Tensor& velocity, const Cholesky& factor) {
    const torch::Tensor ahead = objective.residual(theta + probe * velocity);
    const torch::Tensor behind = objective.residual(theta - probe * velocity);
    const torch::Tensor curvature = (ahead + behind - 2 * linear.residual) / (probe * probe);
    if (!at::isfinite(curvature).all().item<bool>()) return at::zeros_like(velocity);
    const torch::Tensor half = 0.5 * linear.step(factor, curvature);
    const double ratio = half.norm().item<double>() / velocity.norm().item<double>();
    return ratio > largest_bend ? half * (largest_bend / ratio) : half;
  }

  double damping_;
};

const RegisterOptimizer entry({"levenberg_marquardt", [](const Settings& settings) {
                                 return std::make_unique<LevenbergMarquardt>(settings.optimizer.damping);
                               }});

}  // namespace
}  // namespace nusselt
