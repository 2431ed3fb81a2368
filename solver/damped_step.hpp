// One step of Levenberg-Marquardt: how the damping is chosen, the path bent and its length found. Shared by the
// optimizers that differ in how they solve the damped linear problem.
//
// The loss of a network has narrow curved valleys, in which straight steps creep. The second derivative of the residual
// along the step, a central difference, bends the path into the valley (M. K. Transtrum & J. P. Sethna,
// arXiv:1201.5885, eqs. 6 and 13): it costs two residuals and one more solve at the same damping. The step along the
// bent path is halved while that lowers the loss; a full step relaxes the damping, a short one raises it.
#pragma once

#include <algorithm>
#include <cmath>

#include "solver/optimizer.hpp"

namespace nusselt {

// Where a factorisation fails at damping zero, the next try has ten times this.
constexpr double smallest_damping = 1e-14;
// Beyond it the step is nothing but a tiny gradient step.
constexpr double largest_damping = 1e16;

/// Half the acceleration of the geodesic that starts along `velocity`.
template <class Linearized, class Factor>
torch::Tensor bend(const LeastSquares& objective, const torch::Tensor& theta, const Linearized& linear,
                   const torch::Tensor& velocity, const Factor& factor) {
  // Finite step for the second directional derivative, and the largest bend relative to the step (Transtrum & Sethna
  // use 0.1 and 0.75).
  constexpr double probe = 0.1;
  constexpr double largest_bend = 0.75;
  const torch::Tensor ahead = objective.residual(theta + probe * velocity);
  const torch::Tensor behind = objective.residual(theta - probe * velocity);
  const torch::Tensor curvature = (ahead + behind - 2 * linear.residual) / (probe * probe);
  if (!at::isfinite(curvature).all().item<bool>()) return at::zeros_like(velocity);
  const torch::Tensor half = 0.5 * linear.step(factor, curvature);
  const double ratio = half.norm().item<double>() / velocity.norm().item<double>();
  return ratio > largest_bend ? half * (largest_bend / ratio) : half;
}

/// Changes theta and damping, which does not fall below `floor`. `linear` is the objective linearized at theta:
///     double loss;  Tensor residual [R];
///     factor(damping): what solves at this damping, or nothing where it is too small for a factorisation
///     step(factor), step(factor, residual): the damped step [P] that would cancel its own residual, or another
template <class Linearized>
OptimizerStep damped_step(const LeastSquares& objective, torch::Tensor& theta, const Linearized& linear,
                          double& damping, double floor) {
  constexpr int most_tries = 14;
  constexpr int most_halvings = 10;
  OptimizerStep result{linear.loss, linear.loss, false, damping, 0};
  for (int attempt = 0; attempt < most_tries; ++attempt) {
    const auto factor = linear.factor(damping);
    if (!factor) {
      damping = 10 * std::max(damping, smallest_damping);
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
    result.damping = damping;
    if (length > 0) {
      theta = along(length);
      result = {best, linear.loss, true, damping, length};
      if (length >= 0.5) damping = std::max(damping / 4, floor);
      if (length <= 1.0 / 16) damping *= 4;
      break;
    }
    damping = std::min(16 * damping, largest_damping);
  }
  return result;
}

}  // namespace nusselt
