// Where the adjoint sweep of a network puts parameter gradients: one row per point and equation, or their sum.
#pragma once

#include <torch/types.h>

#include <cstdint>

namespace nusselt {

class ParameterGradient {
 public:
  /// One row per point and equation: out [N, E, P], last dimension contiguous.
  static ParameterGradient rows(const torch::Tensor& out);
  /// The sum over points and equations: out [P].
  static ParameterGradient sum(const torch::Tensor& out);

  /// Gradient of a matrix [Ho, Hi] stored from `offset` on: sum over channels of zbar (x) a.
  /// zbar [C, E, N, Ho] and a [C, N, Hi] are contiguous.
  void outer(std::int64_t offset, const torch::Tensor& zbar, const torch::Tensor& a);

  /// Gradient of a vector [H] stored from `offset` on: g [E, N, H].
  void pointwise(std::int64_t offset, const torch::Tensor& g);

 private:
  ParameterGradient(const torch::Tensor& out, bool per_point) : out_(out), per_point_(per_point) {}

  torch::Tensor out_;
  bool per_point_;
};

/// block [N, E, Ho * Hi] (strided, last dimension contiguous) = sum over channels of zbar (x) a, as one batched
/// product.
void outer_rows_batched(const torch::Tensor& block, const torch::Tensor& zbar, const torch::Tensor& a);

/// The same for tensors on the CPU, written straight into `block`: batched products of LibTorch are serial loops of
/// tiny matrix products there, and need a second pass to reach a strided block.
void outer_rows_cpu(const torch::Tensor& block, const torch::Tensor& zbar, const torch::Tensor& a);

}  // namespace nusselt
