// The algebra of a pointwise activation on jets, written once for every scalar function.
//
// Inside networks/ jets are channel-major, [C, N, H], and adjoints of E equations at once are [C, E, N, H]: every
// channel is then one contiguous block. With s_k = f^(k)(z_0) the jet of y = f(z) is
//     y_0 = f(z_0),   y_i = s_1 z_i,   y_k = s_1 z_k + s_2 q_k,   q_k = sum over terms of  weight z_i z_j ,
// and its adjoint
//     zbar_k = s_1 ybar_k,   zbar_i = s_1 ybar_i + s_2 sum_k ybar_k dq_k/dz_i,
//     zbar_0 = s_1 ybar_0 + s_2 sum_{c>0} ybar_c z_c + s_3 sum_k ybar_k q_k .
// Its tangent along dz is the transpose of that:
//     dy_0 = s_1 dz_0,   dy_c = s_1 dz_c + s_2 z_c dz_0,   dy_k += s_2 dq_k + s_3 q_k dz_0 .
// A third-order channel adds a cubic form to the same formulas (Faa di Bruno),
//     y_t = s_1 z_t + s_2 q_t + s_3 p_t,   p_t = sum over terms of  weight z_i z_j z_k ,
//     q_t = sum over terms of  weight (z_i z_jk + z_j z_ik + z_k z_ij) .
#pragma once

#include <torch/types.h>

#include <optional>
#include <vector>

#include "networks/activation_kernel.hpp"
#include "networks/jet.hpp"

namespace nusselt {

/// A scalar function and its derivatives.
struct Activation {
  const char* name;
  /// Standard deviation of initial weights relative to Glorot's.
  double gain;
  /// f(z) in operations that autograd differentiates correctly to any order.
  torch::Tensor (*value)(const torch::Tensor& z);
  /// { f, f', ..., f^(highest) } at z, highest <= 4.
  std::vector<torch::Tensor> (*derivatives)(const torch::Tensor& z, int highest);
  /// The same function in activation_kernel.hpp; without one the operations above serve on a GPU as well.
  std::optional<PointwiseFunction> kernel = {};
};

/// z [C, N, H] -> y [C, N, H]; `derivatives` holds at least spec.order() + 1 entries at z_0, each [N, H].
torch::Tensor activation_jet(const std::vector<torch::Tensor>& derivatives, const torch::Tensor& z,
                             const JetSpec& spec);

/// ybar [C, E, N, H] -> zbar [C, E, N, H]; `derivatives` holds at least spec.order() + 2 entries.
torch::Tensor activation_adjoint(const std::vector<torch::Tensor>& derivatives, const torch::Tensor& z,
                                 const JetSpec& spec, const torch::Tensor& ybar);

/// Derivative of the jet along dz [C, N, H]; `derivatives` holds at least spec.order() + 2 entries.
torch::Tensor activation_tangent(const std::vector<torch::Tensor>& derivatives, const torch::Tensor& z,
                                 const JetSpec& spec, const torch::Tensor& dz);

}  // namespace nusselt
