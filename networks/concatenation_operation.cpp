// Features of two jets side by side.
#include "networks/jet_operation.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

// The tape keeps the inputs for their shapes.
class Concatenation final : public JetOperation {
 public:
  Tensor reference(const Tensors& inputs, const Tensor&) const override { return at::cat(inputs, -1); }

  Tensor jet(const Tensors& inputs, const Tensor&, const JetSpec&, Tensors* tape) const override {
    if (tape) *tape = inputs;
    return at::cat(inputs, -1);
  }

  Tensors adjoint(const Tensors& tape, const Tensor&, const JetSpec&, const Tensor& ybar,
                  ParameterGradient&) const override {
    const std::int64_t first = tape[0].size(-1), second = tape[1].size(-1);
    return {ybar.narrow(-1, 0, first), ybar.narrow(-1, first, second)};
  }

  Tensor tangent(const Tensors& tape, const Tensor&, const Tensor&, const JetSpec&,
                 const Tensors& dinputs) const override {
    return at::cat({dinputs[0].defined() ? dinputs[0] : at::zeros_like(tape[0]), dinputs[1]}, -1);
  }
};

}  // namespace

std::unique_ptr<const JetOperation> make_concatenation() { return std::make_unique<Concatenation>(); }

}  // namespace nusselt
