// One step of a network (layout/network_layout.hpp) on jets: forward, adjoint, tangent, and the same in plain
// operations as reference.
//
// Jets are channel-major, [C, N, H], adjoints of E equations at once [C, E, N, H], see activation.hpp. `theta` are the
// effective parameters, with plain weights.
#pragma once

#include <torch/types.h>

#include <memory>
#include <vector>

#include "networks/activation.hpp"
#include "networks/layout/network_layout.hpp"
#include "networks/norm.hpp"
#include "networks/parameter_gradient.hpp"

namespace nusselt {

class JetOperation {
 public:
  using Tensors = std::vector<torch::Tensor>;

  virtual ~JetOperation() = default;

  /// Values [N, H] of the inputs -> [N, H'], in operations that autograd differentiates correctly to any order.
  virtual torch::Tensor reference(const Tensors& inputs, const torch::Tensor& theta) const = 0;

  /// Jets of the inputs -> jet; fills `tape`, if there is one, with what adjoint and tangent need.
  virtual torch::Tensor jet(const Tensors& inputs, const torch::Tensor& theta, const JetSpec& spec,
                            Tensors* tape) const = 0;

  /// ybar -> adjoints of the inputs, undefined for one that nobody asks for; hands the gradient of its parameters to
  /// `gradient`. A result may share memory with ybar.
  virtual Tensors adjoint(const Tensors& tape, const torch::Tensor& theta, const JetSpec& spec,
                          const torch::Tensor& ybar, ParameterGradient& gradient) const = 0;

  /// Derivative of the jet along the direction v of the parameters and along `dinputs`, which are undefined where the
  /// input does not depend on parameters.
  virtual torch::Tensor tangent(const Tensors& tape, const torch::Tensor& theta, const torch::Tensor& v,
                                const JetSpec& spec, const Tensors& dinputs) const = 0;
};

std::unique_ptr<const JetOperation> make_linear(const NetworkLayout::Map& map);
/// The norm with its gain and shift: y_c = gamma n_c, and beta on the value.
std::unique_ptr<const JetOperation> make_norm_operation(const NetworkLayout::Norm& place,
                                                        std::shared_ptr<const Norm> norm);
std::unique_ptr<const JetOperation> make_activation(const Activation& activation);
/// a + b
std::unique_ptr<const JetOperation> make_add();
/// a + alpha b
std::unique_ptr<const JetOperation> make_scaled_add(std::int64_t alpha);
/// a + alpha (b - a)
std::unique_ptr<const JetOperation> make_mix(std::int64_t alpha);
/// c + a (b - c)
std::unique_ptr<const JetOperation> make_gate();
/// [a, b]
std::unique_ptr<const JetOperation> make_concatenation();

/// The operation of one step.
std::unique_ptr<const JetOperation> make_operation(const NetworkLayout& layout, const NetworkLayout::Step& step,
                                                   const Activation& activation, std::shared_ptr<const Norm> norm);

}  // namespace nusselt
