// What the quasi-Newton optimizers share: a function with its gradient, and one step of descent along a line.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <optional>

#include "solver/least_squares.hpp"

namespace nusselt {

/// A function of the parameters. `identity` differs between functions: while it is the same a value computed before
/// holds.
struct Differentiable {
  std::uint64_t identity;
  std::function<LeastSquares::Gradient(const torch::Tensor& theta)> at;
};

Differentiable differentiable(const LeastSquares& objective);

/// The latest value and gradient of a function, so that a step does not compute again what the one before it ended
/// with.
class Latest {
 public:
  const LeastSquares::Gradient& of(const Differentiable& function, const torch::Tensor& theta);
  void set(const Differentiable& function, const torch::Tensor& theta, LeastSquares::Gradient value);

 private:
  std::uint64_t identity_ = 0;
  torch::Tensor theta_;
  LeastSquares::Gradient value_{0, {}};
};

struct Descent {
  double length;
  torch::Tensor theta;
  LeastSquares::Gradient end;
};

/// The Wolfe point along `direction`, from `theta` with `start` there; nothing when the direction is not one of descent
/// or no step lowers the function.
std::optional<Descent> descend(const Differentiable& function, const torch::Tensor& theta,
                               const LeastSquares::Gradient& start, const torch::Tensor& direction,
                               double first_length);

/// How many iterations of one gradient each, with a dense [P, P] matrix or without, make about the work of one step of
/// Levenberg-Marquardt: at least 1, at most 50.
int iterations_per_step(const LeastSquares& objective, bool dense_matrix);

}  // namespace nusselt
