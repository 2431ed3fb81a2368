// A reparametrization of weights: a matrix W [Ho, Hi] as a function of a matrix V of the same shape and one factor per
// row. Jets do not notice, because W does not depend on the point.
#pragma once

#include <torch/types.h>

#include <optional>
#include <utility>
#include <vector>

#include "networks/layout/network_settings.hpp"
#include "networks/normal_generator.hpp"
#include "networks/parameter_gradient.hpp"

namespace nusselt {

class Reparam {
 public:
  virtual ~Reparam() = default;

  /// W, in operations that autograd differentiates.
  virtual torch::Tensor weight(const torch::Tensor& v, const torch::Tensor& factor) const = 0;

  /// { V, factor } with weight(V, factor) = w, float64 on the CPU.
  virtual std::pair<torch::Tensor, torch::Tensor> start(const torch::Tensor& w, const NetworkSettings& settings,
                                                        NormalGenerator& normal) const = 0;

  /// wbar [..., Ho, Hi] -> { vbar [..., Ho, Hi], fbar [..., Ho] }
  virtual std::pair<torch::Tensor, torch::Tensor> pull_back(const torch::Tensor& v, const torch::Tensor& factor,
                                                            const torch::Tensor& wbar) const = 0;

  /// The derivative of W along dv and dfactor.
  virtual torch::Tensor push_forward(const torch::Tensor& v, const torch::Tensor& factor, const torch::Tensor& dv,
                                     const torch::Tensor& dfactor) const = 0;

  /// Whether rows of V stay products of an adjoint and an input, so that `factors` exists.
  virtual bool factorable() const = 0;
  /// The rows of V and of the factor from those of W; throws std::logic_error where not factorable.
  virtual std::vector<RowFactors> factors(const torch::Tensor& v, const torch::Tensor& factor,
                                          const RowFactors& rows) const = 0;
};

}  // namespace nusselt
