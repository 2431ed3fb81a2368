// The gate of the modified MLP on jets: y = c + a d with d = b - c, where the product of two jets is
//     (a d)_0 = a_0 d_0,   (a d)_i = a_i d_0 + a_0 d_i,
//     (a d)_k = a_k d_0 + a_0 d_k + sum over terms of  weight (a_i d_j + a_j d_i) .
#include <utility>

#include "networks/jet_operation.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

/// The product of the jets a and d, [C, N, H].
Tensor product(const Tensor& a, const Tensor& d, const JetSpec& spec) {
  Tensor y = at::mul(a, d.select(0, 0));
  if (!spec.first) return y;
  const std::int64_t tangents = a.size(0) - 1;
  y.narrow(0, 1, tangents).addcmul_(d.narrow(0, 1, tangents), a.select(0, 0));
  for_each_term(spec, [&](int k, int i, int j, double weight) {
    Tensor channel = y.select(0, k);
    channel.addcmul_(a.select(0, i), d.select(0, j), weight);
    channel.addcmul_(a.select(0, j), d.select(0, i), weight);
  });
  return y;
}

/// The adjoint of one factor of the product, given the other one.
Tensor product_adjoint(const Tensor& other, const JetSpec& spec, const Tensor& ybar) {
  Tensor abar = at::mul(ybar, other.select(0, 0));
  if (!spec.first) return abar;
  Tensor value = abar.select(0, 0);
  for (std::int64_t c = 1; c < other.size(0); ++c) value.addcmul_(ybar.select(0, c), other.select(0, c));
  for_each_term(spec, [&](int k, int i, int j, double weight) {
    abar.select(0, i).addcmul_(ybar.select(0, k), other.select(0, j), weight);
    abar.select(0, j).addcmul_(ybar.select(0, k), other.select(0, i), weight);
  });
  return abar;
}

class Gate final : public JetOperation {
 public:
  Tensor reference(const Tensors& inputs, const Tensor&) const override {
    return inputs[2] + inputs[0] * (inputs[1] - inputs[2]);
  }

  Tensor jet(const Tensors& inputs, const Tensor&, const JetSpec& spec, Tensors* tape) const override {
    const Tensor d = at::sub(inputs[1], inputs[2]);
    if (tape) *tape = {inputs[0], d};
    return product(inputs[0], d, spec).add_(inputs[2]);
  }

  Tensors adjoint(const Tensors& tape, const Tensor&, const JetSpec& spec, const Tensor& ybar,
                  ParameterGradient&) const override {
    const Tensor dbar = product_adjoint(tape[0], spec, ybar);
    return {product_adjoint(tape[1], spec, ybar), dbar, at::sub(ybar, dbar)};
  }

  Tensor tangent(const Tensors& tape, const Tensor&, const Tensor&, const JetSpec& spec,
                 const Tensors& dinputs) const override {
    Tensor dy = product(dinputs[0], tape[1], spec);
    dy.add_(product(tape[0], at::sub(dinputs[1], dinputs[2]), spec));
    return dy.add_(dinputs[2]);
  }
};

}  // namespace

std::unique_ptr<const JetOperation> make_gate() { return std::make_unique<Gate>(); }

}  // namespace nusselt
