// Normalizations of the features of one point, on jets: layer, group and rms differ in a projection alone.
//
// Features lie in groups of d. With Pi the projection (onto zero mean within a group, or the identity), s =
// (mean((Pi z_0)^2) + eps)^(-1/2), w_c = s Pi z_c and q_c = mean(w_0 w_c), means over a group, the jet is, exactly and
// for any eps,
//     y_0 = w_0
//     y_i = w_i - q_i w_0
//     y_k = w_k + sum over terms of weight ( [3 q_i q_j - mean(w_i w_j)] w_0 - q_i w_j - q_j w_i ) - q_k w_0 .
// With third derivatives it is computed as it stands, Pi z times (mean((Pi z)^2) + eps)^(-1/2) by products of jets.
// It is pointwise: no point knows of another. LibTorch's own layer_norm is not used anywhere: the derivative of its
// backward treats the saved statistics as constants, so parameter gradients of second derivatives come out wrong.
#pragma once

#include "networks/norm.hpp"

namespace nusselt {

class ProjectedNorm final : public Norm {
 public:
  enum class Projection { mean_free, identity };

  ProjectedNorm(Projection projection, std::int64_t groups, double eps)
      : centred_(projection == Projection::mean_free), groups_(groups), eps_(eps) {}

  bool over_points() const override { return false; }
  torch::Tensor reference(const torch::Tensor& z, const torch::Tensor& statistics) const override;
  torch::Tensor jet(const torch::Tensor& z, const torch::Tensor& statistics, const JetSpec& spec,
                    Tape* tape) const override;
  torch::Tensor adjoint(const Tape& tape, const JetSpec& spec, const torch::Tensor& ybar, ParameterGradient& gradient,
                        std::int64_t offset) const override;
  torch::Tensor tangent(const Tape& tape, const JetSpec& spec, const torch::Tensor& dz,
                        const torch::Tensor& dstatistics) const override;

 private:
  torch::Tensor adjoint_of_composition(const Tape& tape, const JetSpec& spec, const torch::Tensor& ybar) const;
  torch::Tensor tangent_of_composition(const Tape& tape, const JetSpec& spec, const torch::Tensor& dz) const;
  /// [..., H] as [..., G, d]
  torch::Tensor grouped(const torch::Tensor& t) const;
  torch::Tensor projected(const torch::Tensor& t) const;

  bool centred_;
  std::int64_t groups_;
  double eps_;
};

}  // namespace nusselt
