#include "networks/activation.hpp"

namespace nusselt {

using torch::Tensor;

namespace {

/// A product of two channels in another one.
struct Pair {
  int i, j;
  double weight;
};

/// The pairs of every channel.
std::vector<std::vector<Pair>> pairs_of(const JetSpec& spec) {
  std::vector<std::vector<Pair>> pairs(spec.channels());
  for_each_term(spec, [&](int c, int i, int j, double weight) { pairs[c].push_back({i, j, weight}); });
  return pairs;
}

/// q_c = sum over pairs of weight * z_i * z_j, [N, H].
Tensor quadratic_form(const std::vector<Pair>& pairs, const Tensor& z) {
  Tensor sum;
  for (const Pair& pair : pairs) {
    const Tensor zi = z.select(0, pair.i);
    const Tensor zj = z.select(0, pair.j);
    if (!sum.defined()) {
      sum = at::mul(zi, zj);
      if (pair.weight != 1.0) sum.mul_(pair.weight);
    } else {
      sum.addcmul_(zi, zj, pair.weight);
    }
  }
  return sum;
}

/// p_t = sum over terms of weight * z_i * z_j * z_k, [N, H].
Tensor cubic_form(const ThirdOrder& channel, const Tensor& z, const JetSpec& spec) {
  Tensor sum = at::zeros_like(z.select(0, 0));
  for (const ThirdOrder::Term& term : channel.terms) {
    const Tensor product = at::mul(z.select(0, spec.first_channel(term.j)), z.select(0, spec.first_channel(term.k)));
    sum.addcmul_(z.select(0, spec.first_channel(term.i)), product, term.weight);
  }
  return sum;
}

/// Calls visit(channel t, channel i, s_3 * weight * z_j * z_k) for every term of every third-order channel and each of
/// its axes: dp_t/dz_i is the sum.
template <class Visit>
void for_each_slope(const std::vector<Tensor>& derivatives, const Tensor& z, const JetSpec& spec, const Visit& visit) {
  for (int k = 0; k < static_cast<int>(spec.third.size()); ++k) {
    for (const ThirdOrder::Term& term : spec.third[k].terms) {
      for_each_split(term, [&](int one, int i, int j) {
        const Tensor product = at::mul(z.select(0, spec.first_channel(i)), z.select(0, spec.first_channel(j)));
        visit(spec.third_channel(k), spec.first_channel(one), product.mul_(derivatives[3]).mul_(term.weight));
      });
    }
  }
}

}  // namespace

Tensor activation_jet(const std::vector<Tensor>& derivatives, const Tensor& z, const JetSpec& spec) {
  Tensor y = at::empty_like(z);
  y.select(0, 0).copy_(derivatives[0]);
  if (!spec.first) return y;
  Tensor tangents = y.narrow(0, 1, y.size(0) - 1);
  at::mul_out(tangents, z.narrow(0, 1, z.size(0) - 1), derivatives[1]);
  const std::vector<std::vector<Pair>> pairs = pairs_of(spec);
  for (int c = 1 + spec.axes; c < spec.channels(); ++c) {
    y.select(0, c).addcmul_(derivatives[2], quadratic_form(pairs[c], z));
  }
  for (int k = 0; k < static_cast<int>(spec.third.size()); ++k) {
    y.select(0, spec.third_channel(k)).addcmul_(derivatives[3], cubic_form(spec.third[k], z, spec));
  }
  return y;
}

Tensor activation_adjoint(const std::vector<Tensor>& derivatives, const Tensor& z, const JetSpec& spec,
                          const Tensor& ybar) {
  Tensor zbar = at::mul(ybar, derivatives[1]);
  if (!spec.first) return zbar;

  // [C-1, N, H]: s_2 z_c, the part that all derivatives share
  const Tensor curvature = at::mul(z.narrow(0, 1, z.size(0) - 1), derivatives[2]);
  Tensor value_bar = zbar.select(0, 0);
  for (int c = 1; c < spec.channels(); ++c) value_bar.addcmul_(curvature.select(0, c - 1), ybar.select(0, c));
  const std::vector<std::vector<Pair>> pairs = pairs_of(spec);
  for (int c = 1 + spec.axes; c < spec.channels(); ++c) {
    const Tensor seed = ybar.select(0, c);
    for (const auto& [i, j, weight] : pairs[c]) {
      if (i == j) {
        zbar.select(0, i).addcmul_(curvature.select(0, i - 1), seed, 2.0 * weight);
      } else {
        zbar.select(0, i).addcmul_(curvature.select(0, j - 1), seed, weight);
        zbar.select(0, j).addcmul_(curvature.select(0, i - 1), seed, weight);
      }
    }
    value_bar.addcmul_(at::mul(quadratic_form(pairs[c], z), derivatives[3]), seed);
  }
  for_each_slope(derivatives, z, spec,
                 [&](int t, int i, const Tensor& slope) { zbar.select(0, i).addcmul_(slope, ybar.select(0, t)); });
  for (int k = 0; k < static_cast<int>(spec.third.size()); ++k) {
    value_bar.addcmul_(at::mul(cubic_form(spec.third[k], z, spec), derivatives[4]),
                       ybar.select(0, spec.third_channel(k)));
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
  const std::vector<std::vector<Pair>> pairs = pairs_of(spec);
  for (int c = 1 + spec.axes; c < spec.channels(); ++c) {
    Tensor channel = dy.select(0, c);
    for (const auto& [i, j, weight] : pairs[c]) {
      if (i == j) {
        channel.addcmul_(curvature.select(0, i - 1), dz.select(0, i), 2.0 * weight);
      } else {
        channel.addcmul_(curvature.select(0, j - 1), dz.select(0, i), weight);
        channel.addcmul_(curvature.select(0, i - 1), dz.select(0, j), weight);
      }
    }
    channel.addcmul_(at::mul(quadratic_form(pairs[c], z), derivatives[3]), value);
  }
  for_each_slope(derivatives, z, spec,
                 [&](int t, int i, const Tensor& slope) { dy.select(0, t).addcmul_(slope, dz.select(0, i)); });
  for (int k = 0; k < static_cast<int>(spec.third.size()); ++k) {
    dy.select(0, spec.third_channel(k)).addcmul_(at::mul(cubic_form(spec.third[k], z, spec), derivatives[4]), value);
  }
  return dy;
}

}  // namespace nusselt
