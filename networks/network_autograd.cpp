// Where jets meet LibTorch's autograd: the oracle by nested reverse mode, and the fast path as one node of the graph.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <map>
#include <stdexcept>
#include <utility>

#include "networks/network.hpp"

namespace nusselt {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// Row sums are right here because no point of a network knows of another: d(sum over points)/dx_n = d y_n / dx_n.
Tensor derivative_of_sum(const Tensor& y, const Tensor& x) {
  const Tensor gradient = torch::autograd::grad({y.sum()}, {x}, {}, /*retain_graph=*/true, /*create_graph=*/true,
                                                /*allow_unused=*/true)[0];
  return gradient.defined() ? gradient : at::zeros_like(x);
}

struct LinearizationHolder : torch::CustomClassHolder {
  explicit LinearizationHolder(Linearization linearization) : value(std::move(linearization)) {}
  Linearization value;
};

struct JetFunction : torch::autograd::Function<JetFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& theta, const Linearization& linearization) {
    // Saved for the check that nobody changes theta in place between here and backward.
    context->save_for_backward({theta});
    context->saved_data["linearization"] =
        at::IValue::make_capsule(c10::make_intrusive<LinearizationHolder>(linearization));
    return linearization.jet();
  }

  static variable_list backward(AutogradContext* context, variable_list seeds) {
    TORCH_CHECK(!at::GradMode::is_enabled(),
                "the jet of a network is once differentiable in its parameters: its adjoint leaves no graph, so "
                "create_graph=true would lose terms. Use Network::reference_jet for higher derivatives.");
    context->get_saved_variables();
    const auto holder = context->saved_data["linearization"].toCapsule();
    const auto& linearization = static_cast<const LinearizationHolder&>(*holder).value;
    return {linearization.adjoint(seeds[0]), Tensor()};
  }
};

}  // namespace

Tensor Network::reference_jet(const Tensor& theta, const Tensor& x, const JetSpec& spec) const {
  spec.validate();
  check_arguments(theta, x, spec.axes);
  const bool differentiable = at::GradMode::is_enabled() && theta.requires_grad();
  const at::AutoGradMode grad_mode(true);
  const Tensor points = x.detach().clone().requires_grad_(true);
  const Tensor y = values(theta, points);
  std::vector<Tensor> outputs;
  for (std::int64_t h = 0; h < y.size(1); ++h) {
    std::vector<Tensor> channels{y.select(1, h)};
    if (spec.first) {
      const Tensor gradient = derivative_of_sum(channels[0], points);
      for (int axis = 0; axis < spec.axes; ++axis) channels.push_back(gradient.select(1, axis));
    }
    std::vector<Tensor> hessian_rows(spec.axes);
    for (const SecondOrder& second : spec.second) {
      Tensor sum = at::zeros_like(channels[0]);
      for (const SecondOrder::Term& term : second.terms) {
        Tensor& row = hessian_rows[term.i];
        if (!row.defined()) row = derivative_of_sum(channels[spec.first_channel(term.i)], points);
        sum = sum + term.weight * row.select(1, term.j);
      }
      channels.push_back(sum);
    }
    std::map<std::pair<int, int>, Tensor> third_rows;
    for (const ThirdOrder& third : spec.third) {
      Tensor sum = at::zeros_like(channels[0]);
      for (const ThirdOrder::Term& term : third.terms) {
        Tensor& row = third_rows[{term.i, term.j}];
        if (!row.defined()) row = derivative_of_sum(channels[spec.second_channel(term.i, term.j)], points);
        sum = sum + term.weight * row.select(1, term.k);
      }
      channels.push_back(sum);
    }
    outputs.push_back(at::stack(channels, 1));
  }
  const Tensor jet = at::stack(outputs, 2);
  return differentiable ? jet : jet.detach();
}

Tensor Network::jet(const Tensor& theta, const Tensor& x, const JetSpec& spec) const {
  if (at::GradMode::is_enabled() && x.requires_grad()) {
    throw std::invalid_argument(
        "points of a jet must not require grad: derivatives with respect to coordinates are what the JetSpec asks for");
  }
  if (at::GradMode::is_enabled() && theta.requires_grad()) {
    return JetFunction::apply(theta, linearize(theta, x, spec));
  }
  return jet_values(theta, x, spec);
}

}  // namespace nusselt
