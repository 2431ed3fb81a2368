// Dense linear algebra of second-order training: LAPACK and BLAS directly on the CPU, LibTorch on a GPU. float64.
#pragma once

#include <torch/types.h>

#include <optional>
#include <utility>

namespace nusselt {

/// J^T J [P, P] when `of_columns`, else J J^T [R, R], for J [R, P] contiguous. On the CPU only the upper triangle
/// (row-major) is filled; the rest is zero. BLAS dsyrk.
torch::Tensor gram(const torch::Tensor& jacobian, bool of_columns);
/// Adds J^T J to `sum` [P, P], on the CPU to its upper triangle only. Both may be parts of larger matrices, with a
/// contiguous last dimension.
void add_gram(torch::Tensor& sum, const torch::Tensor& jacobian);

/// The Cholesky factor of a symmetric positive definite matrix. LAPACK dpotrf, dpotrs, dpotri.
class Cholesky {
 public:
  /// Of matrix + damping I; of `matrix`, which is left alone, the upper triangle (row-major) is read. Nothing when the
  /// sum is not positive definite or holds NaN.
  static std::optional<Cholesky> of(const torch::Tensor& matrix, double damping);
  torch::Tensor solve(const torch::Tensor& rhs) const;
  /// On the CPU the upper triangle (row-major) only.
  torch::Tensor inverse() const;

 private:
  explicit Cholesky(torch::Tensor factor) : factor_(std::move(factor)) {}
  torch::Tensor factor_;
};

/// Name of the BLAS in use, "OpenBLAS 0.3.21 ..."; empty when it does not say.
const char* blas_description();
void set_blas_threads(int threads);

}  // namespace nusselt
