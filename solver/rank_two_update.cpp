#include "solver/rank_two_update.hpp"

#include <algorithm>
#include <stdexcept>

namespace nusselt {

namespace {

constexpr std::int64_t width = 8;
constexpr std::int64_t rows = 4;  // at once: they share what is loaded of u, v, x and the result
using Vector = double __attribute__((vector_size(width * sizeof(double)), aligned(sizeof(double)), may_alias));

/// y += (updated h) x, y zero at the start. Compiled for several instruction sets, of which the loader takes the best.
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) void pass(double* h, std::int64_t n,
                                                                                        const RankTwoUpdate& update,
                                                                                        const double* u,
                                                                                        const double* v,
                                                                                        const double* x, double* y) {
  const double scale = update.scale;
  for (std::int64_t i = 0; i < n; i += rows) {
    const std::int64_t here = std::min(rows, n - i);
    double* row[rows];
    double of_u[rows];
    double of_v[rows];
    double x_row[rows];
    for (std::int64_t k = 0; k < rows; ++k) {
      const std::int64_t r = std::min(i + k, n - 1);
      row[k] = h + r * n;
      of_u[k] = update.uu * u[r] + update.uv * v[r];
      of_v[k] = update.uv * u[r] + update.vv * v[r];
      x_row[k] = x[r];
    }
    double total[rows] = {};
    const auto single = [&](std::int64_t k, std::int64_t j) __attribute__((always_inline)) {
      const double entry = row[k][j] = scale * row[k][j] + of_u[k] * u[j] + of_v[k] * v[j];
      total[k] += entry * x[j];
      if (j != i + k) y[j] += entry * x_row[k];
    };
    const std::int64_t first = here == rows ? std::min(n, (i + rows + width - 1) / width * width) : n;
    for (std::int64_t k = 0; k < here; ++k) {
      for (std::int64_t j = i + k; j < first; ++j) single(k, j);
    }
    Vector sums[rows] = {};
    std::int64_t j = first;
    for (; j + width <= n; j += width) {
      const Vector u_j = *reinterpret_cast<const Vector*>(u + j);
      const Vector v_j = *reinterpret_cast<const Vector*>(v + j);
      const Vector x_j = *reinterpret_cast<const Vector*>(x + j);
      Vector y_j = *reinterpret_cast<Vector*>(y + j);
#pragma GCC unroll 4
      for (std::int64_t k = 0; k < rows; ++k) {
        auto* place = reinterpret_cast<Vector*>(row[k] + j);
        const Vector entry = scale * *place + of_u[k] * u_j + of_v[k] * v_j;
        *place = entry;
        sums[k] += entry * x_j;
        y_j += x_row[k] * entry;
      }
      *reinterpret_cast<Vector*>(y + j) = y_j;
    }
    for (std::int64_t k = 0; k < here; ++k) {
      for (std::int64_t rest = j; rest < n; ++rest) single(k, rest);
      for (std::int64_t lane = 0; lane < width; ++lane) total[k] += sums[k][lane];
      y[i + k] += total[k];
    }
  }
}

}  // namespace

torch::Tensor update_and_multiply(torch::Tensor& matrix, const RankTwoUpdate& update, const torch::Tensor& x) {
  const torch::Tensor& u = update.u.defined() ? update.u : x;
  const torch::Tensor& v = update.v.defined() ? update.v : x;
  if (matrix.is_cuda()) {
    matrix.mul_(update.scale);
    const torch::Tensor of_u = update.uu * u + update.uv * v;
    const torch::Tensor of_v = update.uv * u + update.vv * v;
    matrix.addmm_(at::stack({of_u, of_v}, 1), at::stack({u, v}, 0));
    return at::mv(matrix, x);
  }
  const std::int64_t n = matrix.size(0);
  for (const torch::Tensor& tensor : {matrix, u, v, x}) {
    if (tensor.scalar_type() != at::kDouble || !tensor.is_contiguous() || tensor.size(0) != n) {
      throw std::invalid_argument("update_and_multiply takes contiguous float64 tensors of one size");
    }
  }
  torch::Tensor product = at::zeros_like(x);
  pass(matrix.data_ptr<double>(), n, update, u.data_ptr<double>(), v.data_ptr<double>(), x.data_ptr<double>(),
       product.data_ptr<double>());
  return product;
}

}  // namespace nusselt
