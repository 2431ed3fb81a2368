// Layer normalization over the features of one point (Ba, Kiros & Hinton 2016, arXiv:1607.06450), on jets.
//
// With P the projection onto zero mean, d features, s = (mean((P z_0)^2) + eps)^(-1/2), w_c = s P z_c and
// q_c = mean(w_0 w_c) the jet before gain and bias is, exactly and for any eps,
//     y_0 = w_0
//     y_i = w_i - q_i w_0
//     y_k = w_k + sum over terms of weight ( [3 q_i q_j - mean(w_i w_j)] w_0 - q_i w_j - q_j w_i ) - q_k w_0 .
// It is pointwise: no point knows of another. LibTorch's own layer_norm is not used anywhere: the derivative of its
// backward treats the saved statistics as constants, so parameter gradients of second derivatives come out wrong.
#include <torch/types.h>

#include <utility>

#include "networks/registry.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

Tensor mean_over_features(const Tensor& t) { return t.mean({-1}, /*keepdim=*/true); }

/// Inner product over features, keeping the dimension.
Tensor feature_dot(const Tensor& a, const Tensor& b) { return at::mul(a, b).sum({-1}, /*keepdim=*/true); }

class LayerNorm final : public Norm {
 public:
  explicit LayerNorm(double eps) : eps_(eps) {}

  std::vector<Parameter> parameters() const override { return {{"gamma", 1.0}, {"beta", 0.0}}; }

  Tensor reference(const Tensor& z, const Tensor& parameters) const override {
    const Tensor centred = z - mean_over_features(z);
    const Tensor scale = (mean_over_features(centred * centred) + eps_).rsqrt();
    return centred * scale * parameters[0] + parameters[1];
  }

  Tensor jet(const Tensor& z, const Tensor& parameters, const JetSpec& spec, Tape* tape) const override {
    Tensor w = at::sub(z, mean_over_features(z));
    const Tensor w0 = w.select(0, 0);
    const Tensor scale = mean_over_features(at::mul(w0, w0)).add_(eps_).rsqrt_();
    w.mul_(scale);
    if (!spec.first) {
      if (tape) *tape = {w, scale};
      return at::mul(w, parameters[0]).add_(parameters[1]);
    }

    const Tensor q = mean_over_features(at::mul(w.narrow(0, 1, w.size(0) - 1), w0));  // [C-1, N, 1], channel c at c-1
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
    if (tape) *tape = {w, scale, q, value_part, y};
    Tensor result = at::mul(y, parameters[0]);
    result.select(0, 0).add_(parameters[1]);
    return result;
  }

  Tensor adjoint(const Tape& tape, const Tensor& parameters, const JetSpec& spec, const Tensor& ybar,
                 ParameterGradient& gradient, std::int64_t offset) const override {
    const Tensor& w = tape[0];
    const Tensor& scale = tape[1];
    const Tensor& normalized = spec.first ? tape[4] : w;
    const double per_feature = 1.0 / static_cast<double>(w.size(2));

    gradient.pointwise(offset, at::mul(ybar, normalized.unsqueeze(1)).sum(0));
    gradient.pointwise(offset + w.size(2), ybar.select(0, 0));

    const Tensor seed = at::mul(ybar, parameters[0]);
    Tensor wbar = seed.clone();
    if (spec.first) adjoint_of_tangents(tape, spec, seed, per_feature, wbar);

    // w_c = s P z_c, with s a function of z_0 alone: s_bar reaches z_0 through -s^2 w_0 / d.
    const Tensor projection = at::mul(wbar, w.unsqueeze(1)).sum(at::IntArrayRef({0, 3})).unsqueeze(-1);  // [E, N, 1]
    wbar.select(0, 0).addcmul_(projection, w.select(0, 0), -per_feature);
    return wbar.sub_(mean_over_features(wbar)).mul_(scale);
  }

  Tensor tangent(const Tape& tape, const Tensor& parameters, const JetSpec& spec, const Tensor& dz,
                 const Tensor& dparameters) const override {
    const Tensor& w = tape[0];
    const Tensor& scale = tape[1];
    const Tensor w0 = w.select(0, 0);

    Tensor dw = at::sub(dz, mean_over_features(dz)).mul_(scale);
    dw.sub_(at::mul(w, mean_over_features(at::mul(dw.select(0, 0), w0))));
    const Tensor dy = spec.first ? tangent_of_tangents(tape, spec, dw) : dw;

    Tensor result = at::mul(dy, parameters[0]);
    result.addcmul_(spec.first ? tape[4] : w, dparameters[0]);
    result.select(0, 0).add_(dparameters[1]);
    return result;
  }

 private:
  /// Calls visit(channel of the sum, channel of d/dx_i, channel of d/dx_j, weight) for every term.
  template <typename Visit>
  static void for_each_term(const JetSpec& spec, const Visit& visit) {
    for (int k = 0; k < static_cast<int>(spec.second.size()); ++k) {
      for (const SecondOrder::Term& term : spec.second[k].terms) {
        visit(spec.second_channel(k), spec.first_channel(term.i), spec.first_channel(term.j), term.weight);
      }
    }
  }

  /// Adds to wbar [C, E, N, H] what the formulas of y_i and y_k send back to w, directly and through q.
  static void adjoint_of_tangents(const Tape& tape, const JetSpec& spec, const Tensor& seed, double per_feature,
                                  Tensor& wbar) {
    const Tensor& w = tape[0];
    const Tensor& q = tape[2];
    const Tensor& value_part = tape[3];
    const Tensor w0 = w.select(0, 0);
    const std::int64_t tangents = w.size(0) - 1;

    // [C-1, E, N, 1]: adjoint of the coefficient of w_0; q_c enters it with -1.
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

  /// The derivative of y [C, N, H] along dw.
  static Tensor tangent_of_tangents(const Tape& tape, const JetSpec& spec, const Tensor& dw) {
    const Tensor& w = tape[0];
    const Tensor& q = tape[2];
    const Tensor& value_part = tape[3];
    const Tensor w0 = w.select(0, 0), dw0 = dw.select(0, 0);
    const std::int64_t tangents = w.size(0) - 1;

    const Tensor dq =
        mean_over_features(at::mul(dw.narrow(0, 1, tangents), w0).addcmul_(w.narrow(0, 1, tangents), dw0));
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

  double eps_;
};

const RegisterNorm registered{
    "layer", [](double eps) -> std::shared_ptr<const Norm> { return std::make_shared<LayerNorm>(eps); }};

}  // namespace
}  // namespace nusselt
