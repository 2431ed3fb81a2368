// Functions with a known minimum, for optimizers that take a value and a gradient.
#pragma once

#include <torch/types.h>

#include "solver/descent.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {

/// 1/2 x.A x with the condition number 100, minimum 0 at 0.
inline torch::Tensor quadratic_matrix(std::int64_t n) {
  const torch::Tensor q = std::get<0>(at::linalg_qr(testing::wave({n, n}, 0.7) + at::eye(n, at::kDouble)));
  const torch::Tensor spectrum = at::logspace(-1, 1, n, 10.0, at::TensorOptions().dtype(at::kDouble));
  return at::mm(q * spectrum, q.t());
}
inline Differentiable quadratic(const torch::Tensor& a) {
  return {0xF001, [a](const torch::Tensor& x) {
            const torch::Tensor g = at::mv(a, x);
            return LeastSquares::Gradient{0.5 * at::dot(x, g).item<double>(), g};
          }};
}

/// H. H. Rosenbrock, Comput. J. 3 (1960) 175, chained over all coordinates: minimum 0 at (1, 1, ...).
inline Differentiable rosenbrock() {
  return {0xF002, [](const torch::Tensor& x) {
            const std::int64_t n = x.size(0) - 1;
            const torch::Tensor low = x.narrow(0, 0, n);
            const torch::Tensor bend = x.narrow(0, 1, n) - low.square();
            torch::Tensor g = at::zeros_like(x);
            g.narrow(0, 0, n).sub_(400 * low * bend + 2 * (1 - low));
            g.narrow(0, 1, n).add_(200 * bend);
            return LeastSquares::Gradient{(100 * bend.square().sum() + (1 - low).square().sum()).item<double>(), g};
          }};
}

}  // namespace nusselt
