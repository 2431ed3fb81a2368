#include <cmath>

#include "networks/network.hpp"
#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

/// 1/2 mean (u_xx + u - 1)^2 and its gradient.
std::pair<double, Tensor> loss(const Network& network, const Tensor& theta, const Tensor& x) {
  const JetSpec spec = JetSpec::pure_seconds(1);
  const Linearization jet = network.linearize(theta, x, spec);
  const Tensor residual = jet.jet().select(1, spec.second_channel(0)) + jet.jet().select(1, 0) - 1;
  Tensor seeds = at::zeros_like(jet.jet());
  seeds.select(1, spec.second_channel(0)).copy_(residual);
  seeds.select(1, 0).copy_(residual);
  return {0.5 * residual.square().mean().item<double>(), jet.adjoint(seeds / static_cast<double>(residual.numel()))};
}

DemoTable measure() {
  DemoTable table;
  table.columns = {"norm", "c", "|L(cW) - L(W)| / L", "<W, dL/dW> / (|W| |dL/dW|)", "|dL(cW)| / |dL(W)|"};
  const Tensor x = at::linspace(-0.9, 0.9, 20, at::kDouble).unsqueeze(1);
  for (const std::string& norm : pointwise_norms()) {
    const Network network({.inputs = 1,
                           .outputs = 1,
                           .depth = 2,
                           .width = 16,
                           .norm = norm,
                           .norm_eps = 1e-14,
                           .lower = {-1},
                           .upper = {1}});
    const Tensor theta = network.initial_parameters(2) + 0.05 * normal_numbers(3, {network.parameter_count()});
    Tensor before = at::zeros_like(theta);  // 1 for the weights and biases right before the norm
    for (const ParameterSlice& slice : network.slices()) {
      if (slice.name.starts_with("layer1.")) before.narrow(0, slice.offset, slice.size()).fill_(1);
    }
    const auto [value, gradient] = loss(network, theta, x);
    const Tensor w = theta * before, g = gradient * before;
    for (const double c : {0.1, 10.0}) {
      const auto [scaled_value, scaled_gradient] = loss(network, theta * (1 + (c - 1) * before), x);
      table.rows.push_back(
          {norm + (c < 1 ? "" : " "),
           {c, std::abs(scaled_value / value - 1), std::abs((at::dot(w, g) / (w.norm() * g.norm())).item<double>()),
            ((scaled_gradient * before).norm() / g.norm()).item<double>()}});
      const std::vector<double>& row = table.rows.back().values;
      if (norm == "none") continue;
      if (c == 10.0) {
        table.below(norm + ": the loss is the same with ten times the weights, to", row[1], 1e-8);
        table.below(norm + ": the gradient is orthogonal to the weights, cosine", row[2], 1e-8);
        table.between(norm + ": and ten times smaller there", row[3], 0.1 - 1e-8, 0.1 + 1e-8);
      }
    }
  }
  table.above("without a norm the loss changes by", table.at("none ", "|L(cW) - L(W)| / L"), 0.1);
  return table;
}

const RegisterDemonstration registered{
    {"weight_scale",
     "Right before a norm the scale of weights and bias is invisible: L(cW) = L(W) for the loss of a second-order "
     "equation as for any other. Differentiating in c gives <W, dL/dW> = 0: a gradient step always makes |W| longer. "
     "Differentiating in W gives dL/dW(cW) = dL/dW(W)/c: longer weights learn more slowly.",
     "T. van Laarhoven, arXiv:1706.05350 (2017); S. Arora, Z. Li, K. Lyu, arXiv:1812.03981 (2018), lemma 2.4",
     measure}};

}  // namespace
}  // namespace nusselt
