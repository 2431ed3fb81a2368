// What a normalization layer is to a network: a function of jets with parameters of its own.
//
// Layout as in activation.hpp: jets [C, N, H], adjoints of E equations [C, E, N, H].
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "networks/jet.hpp"
#include "networks/parameter_gradient.hpp"

namespace nusselt {

class Norm {
 public:
  /// One parameter of the layer, a vector over the features.
  struct Parameter {
    std::string name;
    double initial;
  };
  /// What the forward sweep keeps for the adjoint and the tangent; its meaning belongs to the layer.
  using Tape = std::vector<torch::Tensor>;

  virtual ~Norm() = default;

  /// The layer's parameters in the order in which they lie in its part of theta, each of `width` numbers.
  virtual std::vector<Parameter> parameters() const = 0;

  /// z [N, H] -> [N, H] in operations that autograd differentiates correctly to any order; parameters [K, H].
  virtual torch::Tensor reference(const torch::Tensor& z, const torch::Tensor& parameters) const = 0;

  /// z [C, N, H] -> [C, N, H]; fills `tape` if there is one.
  virtual torch::Tensor jet(const torch::Tensor& z, const torch::Tensor& parameters, const JetSpec& spec,
                            Tape* tape) const = 0;

  /// ybar [C, E, N, H] -> zbar [C, E, N, H]; hands the gradient of its parameters to `gradient` from `offset` on.
  virtual torch::Tensor adjoint(const Tape& tape, const torch::Tensor& parameters, const JetSpec& spec,
                                const torch::Tensor& ybar, ParameterGradient& gradient, std::int64_t offset) const = 0;

  /// Derivative of the jet along dz [C, N, H] and dparameters [K, H].
  virtual torch::Tensor tangent(const Tape& tape, const torch::Tensor& parameters, const JetSpec& spec,
                                const torch::Tensor& dz, const torch::Tensor& dparameters) const = 0;
};

}  // namespace nusselt
