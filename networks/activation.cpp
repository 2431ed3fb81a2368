#include "networks/activation.hpp"

namespace nusselt {

using torch::Tensor;

namespace {

/// q_k = sum over terms of weight * z_i * z_j, [N, H].
Tensor quadratic_form(const SecondOrder& channel, const Tensor& z, const JetSpec& spec) {
  Tensor sum;
  for (const SecondOrder::Term& term : channel.terms) {
    const Tensor zi = z.select(0, spec.first_channel(term.i));
    const Tensor zj = z.select(0, spec.first_channel(term.j));
    if (!sum.defined()) {
      sum = at::mul(zi, zj);
      if (term.weight != 1.0) sum.mul_(term.weight);
    } else {
      sum.addcmul_(zi, zj, term.weight);
    }
  }
  return sum;
}

}  // namespace

Tensor activation_jet(const std::vector<Tensor>& derivatives, const Tensor& z, const JetSpec& spec) {
  Tensor y = at::empty_like(z);
  y.select(0, 0).copy_(derivatives[0]);
  if (!spec.first) return y;
  Tensor tangents = y.narrow(0, 1, y.size(0) - 1);
  at::mul_out(tangents, z.narrow(0, 1, z.size(0) - 1), derivatives[1]);
  for (int k = 0; k < static_cast<int>(spec.second.size()); ++k) {
    y.select(0, spec.second_channel(k)).addcmul_(derivatives[2], quadratic_form(spec.second[k], z, spec));
  }
  return y;
}

Tensor activation_adjoint(const std::vector<Tensor>& derivatives, const Tensor& z, const JetSpec& spec,
                          const Tensor& ybar) {
  Tensor zbar = at::mul(ybar, derivatives[1]);
  if (!spec.first) return zbar;

  // [C-1, N, H]: s_2 z_c, the part that first and second channels share
  const Tensor curvature = at::mul(z.narrow(0, 1, z.size(0) - 1), derivatives[2]);
  Tensor value_bar = zbar.select(0, 0);
  for (int c = 1; c < spec.channels(); ++c) value_bar.addcmul_(curvature.select(0, c - 1), ybar.select(0, c));
  for (int k = 0; k < static_cast<int>(spec.second.size()); ++k) {
    const Tensor seed = ybar.select(0, spec.second_channel(k));
    for (const SecondOrder::Term& term : spec.second[k].terms) {
      const int i = spec.first_channel(term.i);
      const int j = spec.first_channel(term.j);
      if (i == j) {
        zbar.select(0, i).addcmul_(curvature.select(0, i - 1), seed, 2.0 * term.weight);
      } else {
        zbar.select(0, i).addcmul_(curvature.select(0, j - 1), seed, term.weight);
        zbar.select(0, j).addcmul_(curvature.select(0, i - 1), seed, term.weight);
      }
    }
    value_bar.addcmul_(at::mul(quadratic_form(spec.second[k], z, spec), derivatives[3]), seed);
  }
  return zbar;
}

Tensor activation_tangent(const std::vector<Tensor>& derivatives, const Tensor& z, const JetSpec& spec,
                          const Tensor& dz) {
  Tensor dy = at::mul(dz, derivatives[1]);
  if (!spec.first) return dy;

  const Tensor curvature = at::mul(z.narrow(0, 1, z.size(0) - 1), derivatives[2]);
  const Tensor value = dz.select(0, 0);
  dy.narrow(0, 1, z.size(0) - 1).addcmul_(curvature, value);
  for (int k = 0; k < static_cast<int>(spec.second.size()); ++k) {
    Tensor channel = dy.select(0, spec.second_channel(k));
    for (const SecondOrder::Term& term : spec.second[k].terms) {
      const int i = spec.first_channel(term.i);
      const int j = spec.first_channel(term.j);
      if (i == j) {
        channel.addcmul_(curvature.select(0, i - 1), dz.select(0, i), 2.0 * term.weight);
      } else {
        channel.addcmul_(curvature.select(0, j - 1), dz.select(0, i), term.weight);
        channel.addcmul_(curvature.select(0, i - 1), dz.select(0, j), term.weight);
      }
    }
    channel.addcmul_(at::mul(quadratic_form(spec.second[k], z, spec), derivatives[3]), value);
  }
  return dy;
}

}  // namespace nusselt
