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
// along the step bends the path into the valley (M. K. Transtrum & J. P. Sethna, arXiv:1201.5885, eqs. 6 and 13): it
// costs one residual and one more solve. The step along the bent path is halved while that
// lowers the loss; a full step relaxes the damping, a short one raises it.
#include <cmath>
#include <optional>

#include "solver/dense.hpp"
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

class LevenbergMarquardt final : public Optimizer {
 public:
  LevenbergMarquardt(double damping, double floor) : damping_(damping), floor_(floor) {}

  OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    const LeastSquares::Linear linear = objective.linearize(theta);
    const bool primal = objective.rows() >= objective.parameters();
    torch::Tensor matrix = gram(linear.jacobian, primal);
    const torch::Tensor diagonal = matrix.diagonal();
    // A parameter that no residual feels, such as the constant of a pressure, has a zero column.
    const torch::Tensor scale = (diagonal + 1e-15 * diagonal.max()).rsqrt();
    matrix.mul_(scale.unsqueeze(0)).mul_(scale.unsqueeze(1));
    // The damped Gauss-Newton step that would cancel a residual.
    const auto cancelling = [&](const torch::Tensor& residual) -> std::optional<torch::Tensor> {
      const torch::Tensor rhs = scale * (primal ? at::mv(linear.jacobian.t(), residual) : residual);
      const auto solution = solve_damped(matrix, damping_, rhs);
      if (!solution) return std::nullopt;
      const torch::Tensor step = scale * *solution;
      return primal ? -step : -at::mv(linear.jacobian.t(), step);
    };

    OptimizerStep result{linear.loss, linear.loss, false, damping_, 0};
    for (int attempt = 0; attempt < most_tries; ++attempt) {
      const auto velocity = cancelling(linear.residual);
      if (!velocity) {
        damping_ = 10 * std::max(damping_, smallest_damping);
        continue;
      }
      const torch::Tensor acceleration = bend(objective, theta, linear, *velocity, cancelling);
      const auto along = [&](double s) { return theta + s * *velocity + s * s * acceleration; };
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
        if (length >= 0.5) damping_ = std::max(damping_ / 4, floor_);
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
  static torch::Tensor bend(const LeastSquares& objective, const torch::Tensor& theta,
                            const LeastSquares::Linear& linear, const torch::Tensor& velocity,
                            const std::function<std::optional<torch::Tensor>(const torch::Tensor&)>& cancelling) {
    const torch::Tensor ahead = objective.residual(theta + probe * velocity);
    const torch::Tensor curvature =
        (2 / probe) * ((ahead - linear.residual) / probe - at::mv(linear.jacobian, velocity));
    if (!at::isfinite(curvature).all().item<bool>()) return at::zeros_like(velocity);
    const torch::Tensor half = 0.5 * *cancelling(curvature);
    const double ratio = half.norm().item<double>() / velocity.norm().item<double>();
    return ratio > largest_bend ? half * (largest_bend / ratio) : half;
  }

  double damping_;
  double floor_;
};

const RegisterOptimizer entry({"levenberg_marquardt", [](const Settings& settings) {
                                 return std::make_unique<LevenbergMarquardt>(settings.optimizer.damping,
                                                                             settings.optimizer.damping_floor);
                               }});

}  // namespace
}  // namespace nusselt
