// What a normalization is to a network: a function of jets. Gain and shift behind it are the network's own, see
// norm_operation.hpp.
//
// Layout as in activation.hpp: jets [C, N, H], adjoints of E equations [C, E, N, H].
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "networks/jet.hpp"
#include "networks/parameter_gradient.hpp"

namespace nusselt {

struct NormOptions {
  double eps = 1e-3;
  int groups = 1;
};

class Norm {
 public:
  /// What the forward sweep keeps for the adjoint and the tangent; its meaning belongs to the norm.
  using Tape = std::vector<torch::Tensor>;

  virtual ~Norm() = default;

  /// Whether mean and variance are those of a set of points, and handed in as `statistics` [2, H]: to a jet and its
  /// adjoint they are parameters, the norm is affine and pointwise. Otherwise `statistics` is undefined everywhere
  /// below.
  virtual bool over_points() const = 0;

  /// z [N, H] -> [N, H] in operations that autograd differentiates correctly to any order.
  virtual torch::Tensor reference(const torch::Tensor& z, const torch::Tensor& statistics) const = 0;

  /// z [C, N, H] -> [C, N, H]; fills `tape` if there is one.
  virtual torch::Tensor jet(const torch::Tensor& z, const torch::Tensor& statistics, const JetSpec& spec,
                            Tape* tape) const = 0;

  /// ybar [C, E, N, H] -> zbar [C, E, N, H]; hands the gradient of its statistics to `gradient` from `offset` on.
  virtual torch::Tensor adjoint(const Tape& tape, const JetSpec& spec, const torch::Tensor& ybar,
                                ParameterGradient& gradient, std::int64_t offset) const = 0;

  /// Derivative of the jet along dz [C, N, H] and dstatistics.
  virtual torch::Tensor tangent(const Tape& tape, const JetSpec& spec, const torch::Tensor& dz,
                                const torch::Tensor& dstatistics) const = 0;
};

}  // namespace nusselt
