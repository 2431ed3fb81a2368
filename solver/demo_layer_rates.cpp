#include "networks/network.hpp"
#include "solver/demo.hpp"
#include "solver/layer_rates.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

constexpr int steps = 30;

/// Gradient of 1/2 mean (u_xx + u - 1)^2.
Tensor gradient(const Network& network, const Tensor& theta, const Tensor& x) {
  const JetSpec spec = JetSpec::pure_seconds(1);
  const Linearization jet = network.linearize(theta, x, spec);
  const Tensor residual = jet.jet().select(1, spec.second_channel(0)) + jet.jet().select(1, 0) - 1;
  Tensor seeds = at::zeros_like(jet.jet());
  seeds.select(1, spec.second_channel(0)).copy_(residual);
  seeds.select(1, 0).copy_(residual);
  return jet.adjoint(seeds / static_cast<double>(residual.numel()));
}

DemoTable measure() {
  DemoTable table;
  table.columns = {"rate of each layer", "|u from 10 W - u from W| / |u|"};
  const Network network({.inputs = 1,
                         .outputs = 1,
                         .depth = 3,
                         .width = 16,
                         .norm = "layer",
                         .norm_eps = 0,
                         .lower = {-1},
                         .upper = {1}});
  const Tensor x = at::linspace(-0.9, 0.9, 24, at::kDouble).unsqueeze(1);
  const auto trained = [&](const LayerRates& rates, double scale) {
    Tensor theta = network.initial_parameters(2);
    for (const ParameterSlice& slice : network.slices()) {
      if (slice.name.starts_with("layer1.") || slice.name.starts_with("layer2.")) {
        theta.narrow(0, slice.offset, slice.size()).mul_(scale);
      }
    }
    for (int i = 0; i < steps; ++i) {
      const Tensor g = gradient(network, theta, x);
      theta = theta - 1e-3 * (rates.active() ? g * rates.of_gradient(theta, g) : g);
    }
    return network.values(theta, x);
  };
  const auto apart = [&](const LayerRates& rates) {
    const Tensor one = trained(rates, 1), ten = trained(rates, 10);
    return ((ten - one).norm() / one.norm()).item<double>();
  };
  const double plain = apart(LayerRates()), driven = apart(LayerRates("normalization", network));
  table.rows.push_back({"the same", {plain}});
  table.rows.push_back({"w^2 / rms(gamma)", {driven}});
  table.above("with one rate a start from ten times the weights is another training", plain, 1e-4);
  table.below("with the rate that follows the weights it is the same one, to", driven, 1e-12);
  return table;
}

const RegisterDemonstration registered{
    {"layer_rates",
     "Before a norm the scale of the weights W is invisible to the loss, and not to gradient descent: the gradient "
     "falls "
     "as 1/|W|, so the angle by which a step turns W falls as 1/|W|^2. A rate of that layer proportional to w^2, w = "
     "|W|_F/sqrt(d_out), takes that back: a training that starts from 10 W is the same training. Shown are the fields "
     "of "
     "an equation with u_xx after 30 steps from both. In a case it is optimizer.layer_lr=normalization.",
     "T. van Laarhoven, arXiv:1706.05350 (2017); E. Hoffer et al., arXiv:1803.01814 (2018)", measure}};

}  // namespace
}  // namespace nusselt
