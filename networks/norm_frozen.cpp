#include "networks/norm_frozen.hpp"

namespace nusselt {

using torch::Tensor;

Tensor FrozenNorm::reference(const Tensor& z, const Tensor& statistics) const {
  return (z - statistics[0]) * (statistics[1] + eps_).rsqrt();
}

Tensor FrozenNorm::jet(const Tensor& z, const Tensor& statistics, const JetSpec&, Tape* tape) const {
  const Tensor scale = at::add(statistics[1], eps_).rsqrt_();
  Tensor y = at::mul(z, scale);
  y.select(0, 0).addcmul_(statistics[0], scale, -1.0);
  if (tape) *tape = {y, scale};
  return y;
}

Tensor FrozenNorm::adjoint(const Tape& tape, const JetSpec&, const Tensor& ybar, ParameterGradient& gradient,
                           std::int64_t offset) const {
  const Tensor& y = tape[0];
  const Tensor& scale = tape[1];
  const Tensor zbar = at::mul(ybar, scale);
  if (gradient.wants(offset)) {
    gradient.pointwise(offset, at::neg(zbar.select(0, 0)));
    gradient.pointwise(offset + y.size(2), at::mul(ybar, y.unsqueeze(1)).sum(0).mul_(scale * scale).mul_(-0.5));
  }
  return zbar;
}

Tensor FrozenNorm::tangent(const Tape& tape, const JetSpec&, const Tensor& dz, const Tensor& dstatistics) const {
  const Tensor& y = tape[0];
  const Tensor& scale = tape[1];
  Tensor dy = at::mul(dz, scale);
  dy.select(0, 0).addcmul_(dstatistics[0], scale, -1.0);
  return dy.addcmul_(y, scale * scale * dstatistics[1], -0.5);
}

}  // namespace nusselt
