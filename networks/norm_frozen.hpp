// Normalization by the mean m and the variance v of each feature over a set of points, on jets: batch and instance.
//
// The statistics are constants in the coordinates and functions of the parameters: the population statistic is an
// integral over the domain that does not depend on the point of evaluation. So with r = (v + eps)^(-1/2)
//     y_0 = r (z_0 - m),   y_c = r z_c ,
// affine and pointwise, and m, v come in as parameters. Whoever trains adds what they owe to the other parameters,
// through Network::batch_statistics. (Differentiating through the statistics of the points at hand instead gives the
// column or row sums of a matrix that couples all points, wrong by O(1) for any number of points.)
#pragma once

#include "networks/norm.hpp"

namespace nusselt {

class FrozenNorm final : public Norm {
 public:
  explicit FrozenNorm(double eps) : eps_(eps) {}

  bool over_points() const override { return true; }
  torch::Tensor reference(const torch::Tensor& z, const torch::Tensor& statistics) const override;
  torch::Tensor jet(const torch::Tensor& z, const torch::Tensor& statistics, const JetSpec& spec,
                    Tape* tape) const override;
  torch::Tensor adjoint(const Tape& tape, const JetSpec& spec, const torch::Tensor& ybar, ParameterGradient& gradient,
                        std::int64_t offset) const override;
  torch::Tensor tangent(const Tape& tape, const JetSpec& spec, const torch::Tensor& dz,
                        const torch::Tensor& dstatistics) const override;

 private:
  double eps_;
};

}  // namespace nusselt
