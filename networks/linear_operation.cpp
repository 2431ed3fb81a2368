// A linear map on jets: W on every channel, the bias on the value alone.
#include "networks/jet_operation.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

class Linear final : public JetOperation {
 public:
  explicit Linear(const NetworkLayout::Map& map) : map_(map) {}

  Tensor reference(const Tensors& inputs, const Tensor& theta) const override {
    return at::mm(inputs[0], weight(theta).t()) + bias(theta);
  }

  Tensor jet(const Tensors& inputs, const Tensor& theta, const JetSpec&, Tensors* tape) const override {
    const Tensor& a = inputs[0];
    Tensor z = at::mm(a.view({-1, map_.inputs}), weight(theta).t()).view({a.size(0), a.size(1), map_.outputs});
    z.select(0, 0).add_(bias(theta));
    if (tape) *tape = {a};
    return z;
  }

  Tensors adjoint(const Tensors& tape, const Tensor& theta, const JetSpec&, const Tensor& ybar,
                  ParameterGradient& gradient) const override {
    const Tensor zbar = ybar.contiguous();
    gradient.pointwise(map_.bias, zbar.select(0, 0));
    gradient.outer(map_.weight, zbar, tape[0]);
    if (map_.reads_coordinates) return {Tensor()};
    return {at::mm(zbar.view({-1, map_.outputs}), weight(theta))
                .view({zbar.size(0), zbar.size(1), zbar.size(2), map_.inputs})};
  }

  Tensor tangent(const Tensors& tape, const Tensor& theta, const Tensor& v, const JetSpec&,
                 const Tensors& dinputs) const override {
    const Tensor& a = tape[0];
    Tensor dz = at::mm(a.view({-1, map_.inputs}), weight(v).t());
    if (dinputs[0].defined()) dz.addmm_(dinputs[0].reshape({-1, map_.inputs}), weight(theta).t());
    dz = dz.view({a.size(0), a.size(1), map_.outputs});
    dz.select(0, 0).add_(bias(v));
    return dz;
  }

 private:
  Tensor weight(const Tensor& theta) const {
    return theta.narrow(0, map_.weight, std::int64_t{map_.outputs} * map_.inputs).view({map_.outputs, map_.inputs});
  }
  Tensor bias(const Tensor& theta) const { return theta.narrow(0, map_.bias, map_.outputs); }

  NetworkLayout::Map map_;
};

}  // namespace

std::unique_ptr<const JetOperation> make_linear(const NetworkLayout::Map& map) { return std::make_unique<Linear>(map); }

}  // namespace nusselt
