#include "networks/network.hpp"
#include "solver/demo.hpp"
#include "solver/pointwise.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

DemoTable measure() {
  DemoTable table;
  table.columns = {"network", "each point alone against the batch", "pointwise"};
  const Tensor x = 0.5 * normal_numbers(1, {40, 2});
  const auto row = [&](const std::string& name, bool expected, const std::function<Tensor(const Tensor&)>& f) {
    const double deviation = pointwise_deviation(f, x);
    table.rows.push_back({name, {deviation, deviation <= pointwise_limit ? 1.0 : 0.0}});
    if (expected) {
      table.below(name + " is pointwise", deviation, 1e-13);
    } else {
      table.above(name + " is not, by far", deviation, 1e-3);
    }
  };
  for (const std::string& norm : pointwise_norms()) {
    const Network network(
        {.inputs = 2, .outputs = 3, .depth = 3, .width = 16, .norm = norm, .lower = {-2, -2}, .upper = {2, 2}});
    const Tensor theta = network.initial_parameters(1);
    row(std::string("norm ") + norm, true, [=](const Tensor& p) { return network.values(theta, p); });
  }
  const Tensor w1 = normal_numbers(2, {2, 16}), w2 = normal_numbers(3, {16, 3}) / 4;
  const auto over_points = [=](const Tensor& p) {
    const Tensor a = at::mm(p, w1);
    const Tensor centred = a - a.mean({0}, true);
    return at::mm(at::tanh(centred / (centred.square().mean({0}, true) + 1e-3).sqrt()), w2);
  };
  row("batch norm, statistics of the batch", false, over_points);
  row("instance norm over the points", false, [=](const Tensor& p) {
    const Tensor a = at::mm(p, w1).t();  // one instance: a channel's numbers along its points
    const Tensor centred = a - a.mean({1}, true);
    return at::mm(at::tanh(centred / (centred.square().mean({1}, true) + 1e-3).sqrt()).t(), w2);
  });
  row("self-attention among points", false, [=](const Tensor& p) {
    const Tensor a = at::mm(p, w1);
    return at::mm(at::mm(at::softmax(at::mm(a, a.t()) / 4, 1), a), w2);
  });
  const Tensor keys = normal_numbers(4, {10, 16});
  row("attention of points to fixed keys", true,
      [=](const Tensor& p) { return at::mm(at::mm(at::softmax(at::mm(at::mm(p, w1), keys.t()) / 4, 1), keys), w2); });
  return table;
}

const RegisterDemonstration registered{
    {"pointwise",
     "A residual at a point is made of derivatives of the field at that point, so the field must not depend on which "
     "other points happen to be evaluated with it. The audit evaluates a batch and each point alone. Rounding differs "
     "by 1e-13, because products are blocked by the batch's size; whatever is coupled shows by many orders. `nusselt "
     "audit` does the same to any case or run.",
     "the same test finds training-mode batch norm in PINNs and the pseudo-sequences of PINNsFormer, arXiv:2307.11833",
     measure}};

}  // namespace
}  // namespace nusselt
