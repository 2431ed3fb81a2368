// Self-scaled members of the Broyden class with a dense inverse Hessian (J. F. Urban, P. Stefanou & J. A. Pons,
// J. Comput. Phys. 523, 2025, 113656, arXiv:2405.04230).
//
// With s = theta_new - theta, y = g_new - g, v = s/(y.s) - H y/(y.H y):
//     H <- (H - H y (H y)^T/(y.H y) + phi (y.H y) v v^T)/tau + s s^T/(y.s) .
// `ssbroyden` takes phi and tau from the measured curvature (the second variant of the paper), `ssbfgs` takes phi = 1
// and tau = min(1, (y.s)/(s.H^-1 s)). Both meet the secant equation H y = s and keep H positive definite.
//
// A step costs one gradient per trial of the line search and one pass over H.
#pragma once

#include <torch/types.h>

#include "solver/descent.hpp"
#include "solver/optimizer.hpp"
#include "solver/rank_two_update.hpp"

namespace nusselt {

enum class SelfScaling { ssbroyden, ssbfgs };

/// What the scaling needs to know of a step, and what it says. P is the number of parameters.
struct BroydenScaling {
  double phi;
  double tau;
};
/// `ys` = y.s > 0, `yHy` = y.H y, `sBs` = s.H^-1 s = -length (s.g).
BroydenScaling broyden_scaling(SelfScaling rule, double ys, double yHy, double sBs, std::int64_t parameters);

class SelfScaledBroyden {
 public:
  explicit SelfScaledBroyden(SelfScaling rule) : rule_(rule) {}

  /// One step from `theta`, which changes in place when the step is accepted. When the function has changed (points
  /// redrawn, weights changed) H is kept and the gradient taken anew.
  OptimizerStep step(const Differentiable& function, torch::Tensor& theta);

  /// Starts from this inverse Hessian [P, P] (upper triangle, row-major), and tries the full step first.
  void start_from(torch::Tensor inverse_hessian);
  /// Starts from the identity, with a first step of length 1 in the parameters at most.
  void start_from_identity();
  bool has_learned() const { return learned_; }

  /// H with all updates, upper triangle (row-major) on the CPU.
  torch::Tensor inverse_hessian() const;

  OptimizerState state() const;
  void restore(const OptimizerState& state);

 private:
  void choose_direction(const Differentiable& function, const torch::Tensor& theta);
  void learn(const torch::Tensor& step, const torch::Tensor& old_gradient, const torch::Tensor& gradient,
             double length);

  SelfScaling rule_;
  Latest latest_;
  torch::Tensor matrix_;     // H before `pending_`; undefined: the identity
  RankTwoUpdate pending_;    // made while the next product with H is
  torch::Tensor gradient_;   // that `direction_` belongs to
  torch::Tensor direction_;  // -H g
  bool learned_ = false;     // H holds more than its start
  double first_length_ = 1;
};

}  // namespace nusselt
