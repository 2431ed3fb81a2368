#include <torch/csrc/autograd/autograd.h>

#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

DemoTable measure() {
  DemoTable table;
  table.columns = {"norm", "gamma 1", "gamma 2", "gamma 4", "weights x 2"};
  constexpr std::int64_t width = 16;
  const Tensor x = normal_numbers(1, {30, 8}), weights = normal_numbers(2, {8, width}) / 3;
  const Tensor readout = normal_numbers(3, {30, width}) / 30;
  for (const std::string& name : pointwise_norms()) {
    if (name == "none") continue;
    const auto gradient = [&](double gamma, double scale) {
      const at::AutoGradMode record(true);
      const Tensor w = (scale * weights).detach().requires_grad_(true);
      const Tensor loss = (gamma * normalized(name, 1e-14, at::mm(x, w)) * readout).sum();
      return torch::autograd::grad({loss}, {w})[0].norm().item<double>();
    };
    const double one = gradient(1, 1), two = gradient(2, 1), four = gradient(4, 1), longer = gradient(1, 2);
    table.rows.push_back({name, {one, two, four, longer}});
    table.between(name + ": twice the gain, twice the gradient", two / one, 2 - 1e-12, 2 + 1e-12);
    table.between(name + ": four times", four / one, 4 - 1e-12, 4 + 1e-12);
    table.between(name + ": twice the weights, half of it", longer / one, 0.5 - 1e-8, 0.5 + 1e-8);
  }
  return table;
}

const RegisterDemonstration registered{
    {"gamma",
     "The Jacobian of a norm is gamma/sigma times a projection: what flows back through it is amplified by the gain "
     "and "
     "divided by the deviation of what came in. So the gain of a norm layer sets the learning rate of the weights "
     "below "
     "it for plain gradient descent; for Adam, which divides by the gradient's size, only |W| does. The table has "
     "|dL/dW| for a loss that is linear in the norm's output.",
     "T. van Laarhoven, arXiv:1706.05350 (2017); E. Hoffer et al., arXiv:1803.01814 (2018)", measure}};

}  // namespace
}  // namespace nusselt
