#include "solver/dense.hpp"

#include <dlfcn.h>

#include <limits>
#include <stdexcept>

// Fortran BLAS and LAPACK; there is no portable C header that both LibTorch lanes can include.
extern "C" {
void dsyrk_(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha, const double* a,
            const int* lda, const double* beta, double* c, const int* ldc);
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dpotrs_(const char* uplo, const int* n, const int* nrhs, const double* a, const int* lda, double* b,
             const int* ldb, int* info);
void dpotri_(const char* uplo, const int* n, double* a, const int* lda, int* info);
}

namespace nusselt {

namespace {

// A row-major upper triangle is a column-major lower one.
constexpr char lower = 'L';

int fortran_size(std::int64_t size) {
  if (size > std::numeric_limits<int>::max()) throw std::invalid_argument("a matrix is too large for LAPACK");
  return static_cast<int>(size);
}

/// OpenBLAS factorises NaN without complaint; every NaN reaches the diagonal of the factor.
bool has_finite_diagonal(const torch::Tensor& factor) { return at::isfinite(factor.diagonal()).all().item<bool>(); }

void accumulate_gram(torch::Tensor& sum, const torch::Tensor& jacobian, bool of_columns) {
  if (jacobian.is_cuda()) {
    sum.addmm_(of_columns ? jacobian.t() : jacobian, of_columns ? jacobian : jacobian.t());
    return;
  }
  const int rows = fortran_size(jacobian.size(0));
  const int columns = fortran_size(jacobian.size(1));
  const int jacobian_stride = fortran_size(jacobian.stride(0));
  const int sum_stride = fortran_size(sum.stride(0));
  const int n = of_columns ? columns : rows;
  const int k = of_columns ? rows : columns;
  if (k == 0) return;  // BLAS wants a leading dimension even then
  // The row-major J is the column-major J^T.
  const char trans = of_columns ? 'N' : 'T';
  const double one = 1;
  dsyrk_(&lower, &trans, &n, &k, &one, jacobian.data_ptr<double>(), &jacobian_stride, &one, sum.data_ptr<double>(),
         &sum_stride);
}

}  // namespace

torch::Tensor gram(const torch::Tensor& jacobian, bool of_columns) {
  const std::int64_t size = jacobian.size(of_columns ? 1 : 0);
  torch::Tensor result = at::zeros({size, size}, jacobian.options());
  accumulate_gram(result, jacobian, of_columns);
  return result;
}

void add_gram(torch::Tensor& sum, const torch::Tensor& jacobian) { accumulate_gram(sum, jacobian, true); }

std::optional<Cholesky> Cholesky::of(const torch::Tensor& matrix, double damping) {
  torch::Tensor factor = matrix.clone();
  factor.diagonal().add_(damping);
  if (matrix.is_cuda()) {
    const auto [upper, info] = at::linalg_cholesky_ex(factor, /*upper=*/true);
    if (info.item<int>() != 0 || !has_finite_diagonal(upper)) return std::nullopt;
    return Cholesky(upper);
  }
  const int n = fortran_size(matrix.size(0));
  int info = 0;
  dpotrf_(&lower, &n, factor.data_ptr<double>(), &n, &info);
  if (info != 0 || !has_finite_diagonal(factor)) return std::nullopt;
  return Cholesky(factor);
}

torch::Tensor Cholesky::solve(const torch::Tensor& rhs) const {
  if (factor_.is_cuda()) return at::cholesky_solve(rhs.unsqueeze(1), factor_, /*upper=*/true).squeeze(1);
  const int n = fortran_size(factor_.size(0));
  const int one = 1;
  int info = 0;
  torch::Tensor solution = rhs.clone();
  dpotrs_(&lower, &n, &one, factor_.data_ptr<double>(), &n, solution.data_ptr<double>(), &n, &info);
  if (info != 0) throw std::logic_error("dpotrs refused its arguments");
  return solution;
}

torch::Tensor Cholesky::inverse() const {
  if (factor_.is_cuda()) return at::cholesky_inverse(factor_, /*upper=*/true);
  const int n = fortran_size(factor_.size(0));
  int info = 0;
  torch::Tensor result = factor_.clone();
  dpotri_(&lower, &n, result.data_ptr<double>(), &n, &info);
  if (info != 0) throw std::logic_error("dpotri met a factor with a zero on its diagonal");
  return result;
}

const char* blas_description() {
  using Describe = const char* (*)();
  const auto describe = reinterpret_cast<Describe>(dlsym(RTLD_DEFAULT, "openblas_get_config"));
  return describe == nullptr ? "" : describe();
}

void set_blas_threads(int threads) {
  // OpenBLAS keeps its own count; LibTorch's setting does not reach it.
  using Set = void (*)(int);
  const auto set = reinterpret_cast<Set>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set != nullptr) set(threads);
}

}  // namespace nusselt
