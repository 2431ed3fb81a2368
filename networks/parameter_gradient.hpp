// Where the adjoint sweep of a network puts parameter gradients: one row per point and equation, their sum, or the
// factors of the rows, not multiplied out.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace nusselt {

/// The part of all rows that belongs to one matrix or vector of parameters, as the factors it is the product of:
/// row (n, e) is sum over channels of zbar[:, e, n] (x) a[:, n] for a matrix [Ho, Hi], and zbar[0, e, n] for a vector.
struct RowFactors {
  torch::Tensor zbar;       ///< [C, E, N, Ho], of a vector [1, E, N, H]
  torch::Tensor a;          ///< [C, N, Hi], of a vector undefined
  std::int64_t offset = 0;  ///< of the first of its parameters

  std::int64_t columns() const;
  /// Multiplies out into block [N, E, columns()], which may be strided with a contiguous last dimension.
  void write(const torch::Tensor& block) const;
};

class ParameterGradient {
 public:
  /// One row per point and equation: out [N, E, P], last dimension contiguous. Gradients of parameters behind the end
  /// of `out` are left out, here and in a sum.
  static ParameterGradient rows(const torch::Tensor& out);
  /// The sum over points and equations: out [P].
  static ParameterGradient sum(const torch::Tensor& out);
  /// One entry per matrix and vector of the first `count` parameters, appended in the order of the sweep, which is the
  /// same for every batch of points.
  static ParameterGradient factors(std::vector<RowFactors>& out, std::int64_t count);

  /// Whether gradients of the parameters from `offset` on are kept.
  bool wants(std::int64_t offset) const { return offset < count_; }

  /// Gradient of a matrix [Ho, Hi] stored from `offset` on: sum over channels of zbar (x) a.
  /// zbar [C, E, N, Ho] and a [C, N, Hi] are contiguous.
  void outer(std::int64_t offset, const torch::Tensor& zbar, const torch::Tensor& a);

  /// Gradient of a vector [H] stored from `offset` on: g [E, N, H].
  void pointwise(std::int64_t offset, const torch::Tensor& g);

 private:
  ParameterGradient() = default;
  void put(RowFactors factors);

  std::int64_t count_ = 0;
  torch::Tensor rows_;                          // defined in the first case
  torch::Tensor sum_;                           // in the second
  std::vector<RowFactors>* factors_ = nullptr;  // in the third
};

/// block [N, E, Ho * Hi] (strided, last dimension contiguous) = sum over channels of zbar (x) a, as one batched
/// product.
void outer_rows_batched(const torch::Tensor& block, const torch::Tensor& zbar, const torch::Tensor& a);

/// The same for tensors on the CPU, written straight into `block`: batched products of LibTorch are serial loops of
/// tiny matrix products there, and need a second pass to reach a strided block.
void outer_rows_cpu(const torch::Tensor& block, const torch::Tensor& zbar, const torch::Tensor& a);

}  // namespace nusselt
