#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <functional>

#include "networks/network.hpp"
#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

constexpr int width = 12;
constexpr double eps = 1e-5;
using Normalize = std::function<Tensor(const Tensor&)>;

/// W3 tanh(norm(W2 tanh(W1 x + b1) + b2)) + b3, with the parameters as Network lays them out, gain and shift aside.
Tensor field(const Tensor& theta, const Tensor& x, const Normalize& normalize) {
  const auto part = [&](std::int64_t offset, at::IntArrayRef shape) {
    return theta.narrow(0, offset, c10::multiply_integers(shape)).view(shape);
  };
  const Tensor first = at::tanh(at::mm(x, part(0, {width, 1}).t()) + part(width, {width}));
  const Tensor second = at::mm(first, part(2 * width, {width, width}).t()) + part(2 * width + width * width, {width});
  const Tensor hidden = at::tanh(normalize(second));
  const std::int64_t last = 2 * width + width * width + width + 2 * width;  // behind gamma and beta, 1 and 0 here
  return at::mm(hidden, part(last, {1, width}).t()) + part(last + width, {1});
}

struct LossAndGradient {
  double loss;
  Tensor gradient;  // undefined where LibTorch refuses it
};

/// 1/2 mean of (d^k u / dx^k)^2 by nested reverse mode.
LossAndGradient nested(const Tensor& theta, const Tensor& points, int order, const Normalize& normalize) {
  const at::AutoGradMode record(true);
  const Tensor parameters = theta.clone().requires_grad_(true);
  const Tensor x = points.clone().requires_grad_(true);
  Tensor u = field(parameters, x, normalize);
  for (int k = 0; k < order; ++k) u = torch::autograd::grad({u.sum()}, {x}, {}, true, true)[0];
  const Tensor loss = 0.5 * u.square().mean();
  try {
    return {loss.item<double>(), torch::autograd::grad({loss}, {parameters}, {}, true, false, true)[0]};
  } catch (const c10::Error&) {  // since LibTorch 2 batch_norm has no third derivative
    return {loss.item<double>(), Tensor()};
  }
}

double relative(const Tensor& a, const Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); }

DemoTable measure() {
  DemoTable table;
  table.columns = {"operation", "error for u_x", "error for u_xx", "cosine for u_xx", "loss of u_xx"};
  const Network network({.inputs = 1,
                         .outputs = 1,
                         .depth = 2,
                         .width = width,
                         .norm = "layer",
                         .norm_eps = eps,
                         .lower = {-1},
                         .upper = {1}});
  const Tensor theta = network.initial_parameters(3) + 0.1 * normal_numbers(4, {network.parameter_count()});
  for (const ParameterSlice& slice : network.slices()) {
    if (slice.name == "norm1.gamma") theta.narrow(0, slice.offset, slice.size()).fill_(1);
    if (slice.name == "norm1.beta") theta.narrow(0, slice.offset, slice.size()).fill_(0);
  }
  const Tensor x = at::linspace(-0.9, 0.9, 20, at::kDouble).unsqueeze(1);
  const Tensor ones = at::ones({width}, at::kDouble), zeros = at::zeros({width}, at::kDouble);
  const auto per = [](const Tensor& a, std::int64_t axis) {
    const Tensor centred = a - a.mean({axis}, true);
    return centred / (centred.square().mean({axis}, true) + eps).sqrt();
  };
  const auto grouped = [&](const Tensor& a) { return per(a.view({-1, 3, width / 3}), 2).view({-1, width}); };
  struct Operation {
    const char* name;
    Normalize fused, composed;
  };
  const Operation operations[] = {
      {"layer_norm", [&](const Tensor& a) { return at::layer_norm(a, {width}, ones, zeros, eps); },
       [&](const Tensor& a) { return per(a, 1); }},
      {"batch_norm", [&](const Tensor& a) { return at::batch_norm(a, ones, zeros, {}, {}, true, 0.1, eps, false); },
       [&](const Tensor& a) { return per(a, 0); }},
      {"group_norm", [&](const Tensor& a) { return at::group_norm(a, 3, ones, zeros, eps, false); }, grouped}};
  double layer_loss = 0;
  for (const Operation& operation : operations) {
    std::vector<double> row;
    for (const int order : {1, 2}) {
      const LossAndGradient fused = nested(theta, x, order, operation.fused);
      const LossAndGradient right = nested(theta, x, order, operation.composed);
      const bool refused = !fused.gradient.defined();
      row.push_back(refused ? INFINITY : relative(fused.gradient, right.gradient));
      if (order == 1) continue;
      row.push_back(refused
                        ? NAN
                        : (at::dot(fused.gradient, right.gradient) / (fused.gradient.norm() * right.gradient.norm()))
                              .item<double>());
      if (refused) table.notes.push_back(std::string("This LibTorch refuses the gradient through ") + operation.name);
      row.push_back(fused.loss / right.loss - 1);
    }
    table.rows.push_back({std::string("at::") + operation.name, row});
    if (operation.name == std::string("layer_norm")) layer_loss = std::abs(row[3]);
  }

  // Nusselt's own: the adjoint of the jet, and the oracle both are measured with, differences of the loss.
  const auto own = [&](const Tensor& at_theta, int order) -> LossAndGradient {
    const JetSpec spec = JetSpec::pure_seconds(1);
    const Linearization jet = network.linearize(at_theta, x, spec);
    const int channel = order == 1 ? spec.first_channel(0) : spec.second_channel(0);
    Tensor seeds = at::zeros_like(jet.jet());
    const Tensor u = jet.jet().select(1, channel);
    seeds.select(1, channel).copy_(u / static_cast<double>(u.numel()));
    return {0.5 * u.square().mean().item<double>(), jet.adjoint(seeds)};
  };
  std::vector<double> row;
  const Tensor affine = at::zeros_like(theta);  // what `field` has and what it does not
  for (const ParameterSlice& slice : network.slices()) {
    if (!slice.name.starts_with("norm")) affine.narrow(0, slice.offset, slice.size()).fill_(1);
  }
  for (const int order : {1, 2}) {
    const Tensor gradient = own(theta, order).gradient;
    const Tensor right = nested(theta, x, order, operations[0].composed).gradient;
    row.push_back(relative(gradient * affine, right));
    if (order == 1) continue;
    row.push_back((at::dot(gradient * affine, right) / ((gradient * affine).norm() * right.norm())).item<double>());
    row.push_back(own(theta, 2).loss / nested(theta, x, 2, operations[0].composed).loss - 1);
    const Tensor direction = normal_numbers(5, {theta.numel()});
    const auto along = [&](double h) {
      return (own(theta + h * direction, 2).loss - own(theta - h * direction, 2).loss) / (2 * h);
    };
    const double differences = (4 * along(1e-4) - along(2e-4)) / 3;
    table.below("Nusselt's gradient for u_xx and differences of its loss along a direction differ by",
                std::abs(at::dot(gradient, direction).item<double>() / differences - 1), 1e-8);
  }
  table.rows.push_back({"nusselt, layer", row});
  table.below("Nusselt's gradient for u_xx and that of plain operations differ by", row[1], 1e-11);
  table.above("at::layer_norm's gradient for u_xx is wrong by", table.at("at::layer_norm", "error for u_xx"), 0.01);
  table.above("at::batch_norm's by (without end where LibTorch refuses it)",
              table.at("at::batch_norm", "error for u_xx"), 0.1);
  table.below("at::group_norm, which is composed of plain operations, is right to",
              table.at("at::group_norm", "error for u_xx"), 1e-11);
  table.below("the loss of u_xx with at::layer_norm is right to, so that nothing looks wrong", layer_loss, 1e-11);
  return table;
}

const RegisterDemonstration registered{
    {"fused_norms",
     "The loss of a second-order equation depends on u_xx, so its gradient in the parameters is a third derivative of "
     "the network. LibTorch's fused layer_norm and batch_norm save their mean and deviation for the backward pass and "
     "treat them as constants there: first-order equations come out right, and the loss always does, but the gradient "
     "for u_xx points elsewhere. Nusselt uses none of them; its norms carry jets with an adjoint in closed form.",
     "pytorch issues 175754 and 186256; measured here, against the same network in plain operations and against "
     "differences of the loss",
     measure}};

}  // namespace
}  // namespace nusselt
