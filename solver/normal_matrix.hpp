// The Gauss-Newton matrix scaled to unit diagonal, so that one damping serves all parameters alike.
#pragma once

#include <torch/types.h>

#include "solver/least_squares.hpp"

namespace nusselt {

/// Scales a Gram matrix [n, n] in place to diag(s) M diag(s) with unit diagonal and returns s [n] (Jacobi). A zero
/// row, of a parameter that no residual feels, stays zero.
torch::Tensor scale_to_unit_diagonal(torch::Tensor& matrix);

/// (J^T J + damping diag(J^T J))^-1 [P, P] at `theta`, on the CPU its upper triangle (row-major): the metric that
/// Gauss-Newton has learned, in which quasi-Newton steps may start. The damping is raised tenfold until the matrix is
/// numerically positive definite.
torch::Tensor gauss_newton_inverse(const LeastSquares& objective, const torch::Tensor& theta, double damping);

}  // namespace nusselt
