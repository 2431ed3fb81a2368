// A pointwise activation on jets, by one kernel where there is one.
#include "networks/fused_activation.hpp"
#include "networks/jet_operation.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

// The tape is the preactivation followed by the activation's derivatives there; alone where a kernel computes them.
class ActivationOperation final : public JetOperation {
 public:
  explicit ActivationOperation(const Activation& activation) : activation_(activation) {}

  Tensor reference(const Tensors& inputs, const Tensor&) const override { return activation_.value(inputs[0]); }

  Tensor jet(const Tensors& inputs, const Tensor&, const JetSpec& spec, Tensors* tape) const override {
    const Tensor& z = inputs[0];
    if (has_activation_kernel(activation_, z, spec)) {
      if (tape) *tape = {z};
      return fused_activation_jet(activation_, z, spec);
    }
    // The adjoint needs one derivative of the activation more than the jet itself.
    const Tensors derivatives = activation_.derivatives(z.select(0, 0), spec.order() + (tape ? 1 : 0));
    if (tape) {
      *tape = {z};
      tape->insert(tape->end(), derivatives.begin(), derivatives.end());
    }
    return activation_jet(derivatives, z, spec);
  }

  Tensors adjoint(const Tensors& tape, const Tensor&, const JetSpec& spec, const Tensor& ybar,
                  ParameterGradient&) const override {
    if (tape.size() == 1) return {fused_activation_adjoint(activation_, tape[0], spec, ybar.contiguous())};
    return {activation_adjoint({tape.begin() + 1, tape.end()}, tape[0], spec, ybar)};
  }

  Tensor tangent(const Tensors& tape, const Tensor&, const Tensor&, const JetSpec& spec,
                 const Tensors& dinputs) const override {
    const Tensors derivatives = tape.size() == 1 ? activation_.derivatives(tape[0].select(0, 0), spec.order() + 1)
                                                 : Tensors(tape.begin() + 1, tape.end());
    return activation_tangent(derivatives, tape[0], spec, dinputs[0]);
  }

 private:
  const Activation& activation_;
};

}  // namespace

std::unique_ptr<const JetOperation> make_activation(const Activation& activation) {
  return std::make_unique<ActivationOperation>(activation);
}

}  // namespace nusselt
