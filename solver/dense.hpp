// Dense linear algebra of second-order training: LAPACK and BLAS directly on the CPU, LibTorch on a GPU. float64.
#pragma once

#include <torch/types.h>

#include <optional>

namespace nusselt {

/// J^T J [P, P] when `of_columns`, else J J^T [R, R], for J [R, P] contiguous. On the CPU only the upper triangle
/// (row-major) is filled; the rest is zero. BLAS dsyrk.
torch::Tensor gram(const torch::Tensor& jacobian, bool of_columns);
/// Adds J^T J to `sum` [P, P], on the CPU to its upper triangle only.
void add_gram(torch::Tensor& sum, const torch::Tensor& jacobian);

/// Solution of (matrix + damping I) x = rhs for a symmetric matrix whose upper triangle (row-major) is set; nothing
/// when the matrix is not positive definite or holds NaN. LAPACK dpotrf and dpotrs. `matrix` is left alone.
std::optional<torch::Tensor> solve_damped(const torch::Tensor& matrix, double damping, const torch::Tensor& rhs);

/// Name of the BLAS in use, "OpenBLAS 0.3.21 ..."; empty when it does not say.
const char* blas_description();
void set_blas_threads(int threads);

}  // namespace nusselt
