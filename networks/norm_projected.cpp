#include "networks/norm_projected.hpp"

#include <utility>

#include "networks/activation.hpp"
#include "networks/jet_product.hpp"

namespace nusselt {

using torch::Tensor;

namespace {

Tensor mean_over_features(const Tensor& t) { return t.mean({-1}, /*keepdim=*/true); }

/// Inner product over features, keeping the dimension.
Tensor feature_dot(const Tensor& a, const Tensor& b) { return at::mul(a, b).sum({-1}, /*keepdim=*/true); }

/// Adds to wbar [C, E, N, G, d] what the formulas of y_i and y_k send back to w, directly and through q.
void adjoint_of_tangents(const Norm::Tape& tape, const JetSpec& spec, const Tensor& seed, double per_feature,
                         Tensor& wbar) {
  const Tensor& w = tape[0];
  const Tensor& q = tape[2];
  const Tensor& value_part = tape[3];
  const Tensor w0 = w.select(0, 0);
  const std::int64_t tangents = w.size(0) - 1;

  // [C-1, E, N, G, 1]: adjoint of the coefficient of w_0; q_c enters it with -1.
  const Tensor value_part_bar = feature_dot(seed.narrow(0, 1, tangents), w0);
  Tensor qbar = at::neg(value_part_bar);
  Tensor value_bar = wbar.select(0, 0);
  for (std::int64_t c = 1; c <= tangents; ++c) value_bar.addcmul_(value_part.select(0, c - 1), seed.select(0, c));

  for_each_term(spec, [&](int k, int i, int j, double weight) {
    const Tensor seed_k = seed.select(0, k);
    const Tensor part_bar = value_part_bar.select(0, k - 1);
    for (const auto& [one, other] : {std::pair{i, j}, std::pair{j, i}}) {
      const Tensor q_other = q.select(0, other - 1);
      const Tensor w_other = w.select(0, other);
      Tensor qbar_one = qbar.select(0, one - 1);
      qbar_one.addcmul_(q_other, part_bar, 3.0 * weight);
      qbar_one.sub_(feature_dot(seed_k, w_other), weight);
      Tensor wbar_one = wbar.select(0, one);
      wbar_one.addcmul_(q_other, seed_k, -weight);
      wbar_one.addcmul_(part_bar, w_other, -weight * per_feature);
    }
  });

  qbar.mul_(per_feature);
  for (std::int64_t c = 1; c <= tangents; ++c) value_bar.addcmul_(qbar.select(0, c - 1), w.select(0, c));
  wbar.narrow(0, 1, tangents).addcmul_(qbar, w0);
}

/// The derivative of y [C, N, G, d] along dw.
Tensor tangent_of_tangents(const Norm::Tape& tape, const JetSpec& spec, const Tensor& dw) {
  const Tensor& w = tape[0];
  const Tensor& q = tape[2];
  const Tensor& value_part = tape[3];
  const Tensor w0 = w.select(0, 0), dw0 = dw.select(0, 0);
  const std::int64_t tangents = w.size(0) - 1;

  const Tensor dq = mean_over_features(at::mul(dw.narrow(0, 1, tangents), w0).addcmul_(w.narrow(0, 1, tangents), dw0));
  Tensor dvalue_part = at::neg(dq);
  for_each_term(spec, [&](int k, int i, int j, double weight) {
    Tensor coefficient = dvalue_part.select(0, k - 1);
    for (const auto& [one, other] : {std::pair{i, j}, std::pair{j, i}}) {
      coefficient.addcmul_(dq.select(0, one - 1), q.select(0, other - 1), 3.0 * weight);
      coefficient.sub_(mean_over_features(at::mul(dw.select(0, one), w.select(0, other))), weight);
    }
  });
  Tensor dy = dw.clone();
  dy.narrow(0, 1, tangents).addcmul_(dvalue_part, w0).addcmul_(value_part, dw0);
  for_each_term(spec, [&](int k, int i, int j, double weight) {
    Tensor channel = dy.select(0, k);
    for (const auto& [one, other] : {std::pair{i, j}, std::pair{j, i}}) {
      channel.addcmul_(dq.select(0, one - 1), w.select(0, other), -weight);
      channel.addcmul_(q.select(0, one - 1), dw.select(0, other), -weight);
    }
  });
  return dy;
}

/// r(q) = (q + eps)^(-1/2) and its derivatives, to one order more than third derivatives need.
std::vector<Tensor> inverse_root(const Tensor& q, double eps) {
  const Tensor shifted = at::add(q, eps);
  std::vector<Tensor> derivatives{shifted.rsqrt()};
  for (int k = 0; k < 4; ++k) derivatives.push_back(at::div(derivatives.back(), shifted).mul_(-0.5 - k));
  return derivatives;
}

}  // namespace

Tensor ProjectedNorm::grouped(const Tensor& t) const {
  std::vector<std::int64_t> sizes = t.sizes().vec();
  sizes.back() /= groups_;
  sizes.insert(sizes.end() - 1, groups_);
  return t.view(sizes);
}

Tensor ProjectedNorm::projected(const Tensor& t) const { return centred_ ? at::sub(t, mean_over_features(t)) : t; }

Tensor ProjectedNorm::reference(const Tensor& z, const Tensor&) const {
  const Tensor c = projected(z.reshape({z.size(0), groups_, z.size(1) / groups_}));
  const Tensor scale = (mean_over_features(c * c) + eps_).rsqrt();
  return (c * scale).reshape(z.sizes());
}

Tensor ProjectedNorm::jet(const Tensor& z, const Tensor&, const JetSpec& spec, Tape* tape) const {
  const Tensor features = grouped(z);
  if (!spec.third.empty()) {
    const Tensor c = projected(features), q = mean_over_features(jet_product(c, c, spec));
    const std::vector<Tensor> root = inverse_root(q.select(0, 0), eps_);
    const Tensor s = activation_jet(root, q, spec);
    if (tape) {
      *tape = {c, q, s};
      tape->insert(tape->end(), root.begin(), root.end());
    }
    return jet_product(c, s, spec).view(z.sizes());
  }
  Tensor w;
  Tensor scale;
  if (centred_) {
    w = projected(features);
    scale = mean_over_features(at::mul(w.select(0, 0), w.select(0, 0))).add_(eps_).rsqrt_();
    w.mul_(scale);
  } else {
    scale = mean_over_features(at::mul(features.select(0, 0), features.select(0, 0))).add_(eps_).rsqrt_();
    w = at::mul(features, scale);
  }
  if (!spec.first) {
    if (tape) *tape = {w, scale};
    return w.view(z.sizes());
  }

  const Tensor w0 = w.select(0, 0);
  const Tensor q = mean_over_features(at::mul(w.narrow(0, 1, w.size(0) - 1), w0));  // channel c at c - 1
  // The coefficient of w_0 in channel c is -q_c plus, in second-order channels, the sums over terms.
  Tensor value_part = at::neg(q);
  for_each_term(spec, [&](int k, int i, int j, double weight) {
    Tensor coefficient = value_part.select(0, k - 1);
    coefficient.addcmul_(q.select(0, i - 1), q.select(0, j - 1), 3.0 * weight);
    coefficient.sub_(mean_over_features(at::mul(w.select(0, i), w.select(0, j))), weight);
  });
  Tensor y = w.clone();
  y.narrow(0, 1, y.size(0) - 1).addcmul_(value_part, w0);
  for_each_term(spec, [&](int k, int i, int j, double weight) {
    Tensor channel = y.select(0, k);
    channel.addcmul_(q.select(0, i - 1), w.select(0, j), -weight);
    channel.addcmul_(q.select(0, j - 1), w.select(0, i), -weight);
  });
  if (tape) *tape = {w, scale, q, value_part};
  return y.view(z.sizes());
}

Tensor ProjectedNorm::adjoint(const Tape& tape, const JetSpec& spec, const Tensor& ybar, ParameterGradient&,
                              std::int64_t) const {
  if (!spec.third.empty()) return adjoint_of_composition(tape, spec, ybar);
  const Tensor& w = tape[0];
  const Tensor& scale = tape[1];
  const double per_feature = 1.0 / static_cast<double>(w.size(-1));

  const Tensor seed = grouped(ybar);
  Tensor wbar = seed.clone();
  if (spec.first) adjoint_of_tangents(tape, spec, seed, per_feature, wbar);

  // w_c = s Pi z_c, with s a function of z_0 alone: s_bar reaches z_0 through -s^2 w_0 / d.
  const Tensor projection = at::mul(wbar, w.unsqueeze(1)).sum(at::IntArrayRef({0, 4})).unsqueeze(-1);  // [E, N, G, 1]
  wbar.select(0, 0).addcmul_(projection, w.select(0, 0), -per_feature);
  if (centred_) wbar.sub_(mean_over_features(wbar));
  return wbar.mul_(scale).view(ybar.sizes());
}

Tensor ProjectedNorm::adjoint_of_composition(const Tape& tape, const JetSpec& spec, const Tensor& ybar) const {
  const Tensor &c = tape[0], &q = tape[1], &s = tape[2];
  const Tensor seed = grouped(ybar);
  const Tensor sbar = jet_product_adjoint(c, spec, seed).sum({-1}, /*keepdim=*/true);
  const Tensor qbar = activation_adjoint({tape.begin() + 3, tape.end()}, q, spec, sbar);
  Tensor cbar = jet_product_adjoint(s, spec, seed);
  cbar.add_(jet_product_adjoint(c, spec, qbar.expand_as(cbar)), 2.0 / static_cast<double>(c.size(-1)));
  return projected(cbar).reshape(ybar.sizes());
}

Tensor ProjectedNorm::tangent_of_composition(const Tape& tape, const JetSpec& spec, const Tensor& dz) const {
  const Tensor &c = tape[0], &q = tape[1], &s = tape[2];
  const Tensor dc = projected(grouped(dz));
  const Tensor dq = mean_over_features(jet_product(c, dc, spec)).mul_(2.0);
  const Tensor ds = activation_tangent({tape.begin() + 3, tape.end()}, q, spec, dq);
  return jet_product(dc, s, spec).add_(jet_product(c, ds, spec)).reshape(dz.sizes());
}

Tensor ProjectedNorm::tangent(const Tape& tape, const JetSpec& spec, const Tensor& dz, const Tensor&) const {
  if (!spec.third.empty()) return tangent_of_composition(tape, spec, dz);
  const Tensor& w = tape[0];
  const Tensor& scale = tape[1];
  Tensor dw = at::mul(projected(grouped(dz)), scale);
  dw.sub_(at::mul(w, mean_over_features(at::mul(dw.select(0, 0), w.select(0, 0)))));
  return (spec.first ? tangent_of_tangents(tape, spec, dw) : dw).view(dz.sizes());
}

}  // namespace nusselt
