// What joins a block to its skip connection: a + b, a + alpha b and a + alpha (b - a), alpha a trained number.
#include "networks/jet_operation.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

class Add final : public JetOperation {
 public:
  Tensor reference(const Tensors& inputs, const Tensor&) const override { return inputs[0] + inputs[1]; }

  Tensor jet(const Tensors& inputs, const Tensor&, const JetSpec&, Tensors*) const override {
    return at::add(inputs[0], inputs[1]);
  }

  Tensors adjoint(const Tensors&, const Tensor&, const JetSpec&, const Tensor& ybar,
                  ParameterGradient&) const override {
    return {ybar, ybar};
  }

  Tensor tangent(const Tensors&, const Tensor&, const Tensor&, const JetSpec&, const Tensors& dinputs) const override {
    return at::add(dinputs[0], dinputs[1]);
  }
};

/// a + alpha b, or a + alpha (b - a).
class Scaled final : public JetOperation {
 public:
  Scaled(std::int64_t alpha, bool mixes) : at_(alpha), mixes_(mixes) {}

  Tensor reference(const Tensors& inputs, const Tensor& theta) const override {
    return inputs[0] + alpha(theta) * scaled(inputs);
  }

  Tensor jet(const Tensors& inputs, const Tensor& theta, const JetSpec&, Tensors* tape) const override {
    const Tensor d = scaled(inputs);
    if (tape) *tape = {d};
    return at::addcmul(inputs[0], d, alpha(theta));
  }

  Tensors adjoint(const Tensors& tape, const Tensor& theta, const JetSpec&, const Tensor& ybar,
                  ParameterGradient& gradient) const override {
    gradient.pointwise(at_, at::mul(ybar, tape[0].unsqueeze(1)).sum(at::IntArrayRef({0, 3})).unsqueeze(-1));
    const Tensor bbar = at::mul(ybar, alpha(theta));
    return {mixes_ ? at::sub(ybar, bbar) : ybar, bbar};
  }

  Tensor tangent(const Tensors& tape, const Tensor& theta, const Tensor& v, const JetSpec&,
                 const Tensors& dinputs) const override {
    Tensor dy = at::mul(tape[0], alpha(v));
    dy.addcmul_(dinputs[1], alpha(theta));
    if (!dinputs[0].defined()) return dy;
    dy.add_(dinputs[0]);
    return mixes_ ? dy.addcmul_(dinputs[0], alpha(theta), -1.0) : dy;
  }

 private:
  Tensor alpha(const Tensor& theta) const { return theta.narrow(0, at_, 1); }
  Tensor scaled(const Tensors& inputs) const { return mixes_ ? inputs[1] - inputs[0] : inputs[1]; }

  std::int64_t at_;
  bool mixes_;
};

}  // namespace

std::unique_ptr<const JetOperation> make_add() { return std::make_unique<Add>(); }

std::unique_ptr<const JetOperation> make_scaled_add(std::int64_t alpha) {
  return std::make_unique<Scaled>(alpha, false);
}

std::unique_ptr<const JetOperation> make_mix(std::int64_t alpha) { return std::make_unique<Scaled>(alpha, true); }

}  // namespace nusselt
