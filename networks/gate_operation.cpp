// The gate of the modified MLP on jets: y = c + a d with d = b - c.
#include <utility>

#include "networks/jet_operation.hpp"
#include "networks/jet_product.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

class Gate final : public JetOperation {
 public:
  Tensor reference(const Tensors& inputs, const Tensor&) const override {
    return inputs[2] + inputs[0] * (inputs[1] - inputs[2]);
  }

  Tensor jet(const Tensors& inputs, const Tensor&, const JetSpec& spec, Tensors* tape) const override {
    const Tensor d = at::sub(inputs[1], inputs[2]);
    if (tape) *tape = {inputs[0], d};
    return jet_product(inputs[0], d, spec).add_(inputs[2]);
  }

  Tensors adjoint(const Tensors& tape, const Tensor&, const JetSpec& spec, const Tensor& ybar,
                  ParameterGradient&) const override {
    const Tensor dbar = jet_product_adjoint(tape[0], spec, ybar);
    return {jet_product_adjoint(tape[1], spec, ybar), dbar, at::sub(ybar, dbar)};
  }

  Tensor tangent(const Tensors& tape, const Tensor&, const Tensor&, const JetSpec& spec,
                 const Tensors& dinputs) const override {
    Tensor dy = jet_product(dinputs[0], tape[1], spec);
    dy.add_(jet_product(tape[0], at::sub(dinputs[1], dinputs[2]), spec));
    return dy.add_(dinputs[2]);
  }
};

}  // namespace

std::unique_ptr<const JetOperation> make_gate() { return std::make_unique<Gate>(); }

}  // namespace nusselt
