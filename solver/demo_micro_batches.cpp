#include <torch/csrc/autograd/autograd.h>

#include "networks/network.hpp"
#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

constexpr std::int64_t points = 64;

/// Gradient of sum (u_xx + u - 1)^2 / (2 points) over these points.
Tensor pointwise_gradient(const Network& network, const Tensor& theta, const Tensor& x) {
  const JetSpec spec = JetSpec::pure_seconds(1);
  const Linearization jet = network.linearize(theta, x, spec);
  const Tensor residual = jet.jet().select(1, spec.second_channel(0)) + jet.jet().select(1, 0) - 1;
  Tensor seeds = at::zeros_like(jet.jet());
  seeds.select(1, spec.second_channel(0)).copy_(residual);
  seeds.select(1, 0).copy_(residual);
  return jet.adjoint(seeds / static_cast<double>(points));
}

/// The same sum for u = w2 . tanh(BN(W1 x)), statistics of the points at hand, u alone.
Tensor batch_gradient(const Tensor& w1, const Tensor& w2, const Tensor& x) {
  const at::AutoGradMode record(true);
  const Tensor weights = w1.clone().requires_grad_(true);
  const Tensor a = at::mm(x, weights);
  const Tensor centred = a - a.mean({0}, true);
  const Tensor u = at::mm(at::tanh(centred / (centred.square().mean({0}, true) + 1e-3).sqrt()), w2);
  const Tensor loss = (u - x.square()).square().sum() / (2 * points);
  return torch::autograd::grad({loss}, {weights})[0].view({-1});
}

double relative(const Tensor& a, const Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); }

DemoTable measure() {
  DemoTable table;
  table.columns = {"norm", "batches of 2", "of 4", "of 16"};
  const Tensor x = at::linspace(-1, 1, points, at::kDouble).unsqueeze(1);
  const auto row = [&](const std::string& name, const std::function<Tensor(const Tensor&)>& gradient) {
    const Tensor full = gradient(x);
    std::vector<double> errors;
    for (const std::int64_t size : {2, 4, 16}) {
      Tensor sum = at::zeros_like(full);
      for (std::int64_t begin = 0; begin < points; begin += size) sum += gradient(x.narrow(0, begin, size));
      errors.push_back(relative(sum, full));
    }
    table.rows.push_back({name, errors});
  };
  for (const std::string& norm : pointwise_norms()) {
    const Network network(
        {.inputs = 1, .outputs = 1, .depth = 3, .width = 16, .norm = norm, .lower = {-1}, .upper = {1}});
    const Tensor theta = network.initial_parameters(2);
    row(norm, [&](const Tensor& part) { return pointwise_gradient(network, theta, part); });
    const std::vector<double>& errors = table.rows.back().values;
    table.below(norm + ": sums over micro-batches equal the full batch's gradient to",
                *std::max_element(errors.begin(), errors.end()), 1e-12);
  }
  const Tensor w1 = normal_numbers(1, {1, 16}), w2 = normal_numbers(2, {16, 1});
  row("batch, own statistics", [&](const Tensor& part) { return batch_gradient(w1, w2, part); });
  table.above("batch: with the statistics of each micro-batch they do not", table.at("batch, own statistics", "of 16"),
              1e-2);
  return table;
}

const RegisterDemonstration registered{
    {"micro_batches",
     "What does not fit into memory is cut into micro-batches whose gradients are summed. For layer, RMS and group "
     "norm "
     "every point stands for itself and the sum is the full batch's gradient to rounding. Batch norm with the "
     "statistics of each micro-batch is another function for each of them. Nusselt's batch norm takes its statistics "
     "from one reference set, whatever tiles the points are cut into.",
     "Y. Wu, K. He, Group normalization, arXiv:1803.08494 (2018), section 1", measure}};

}  // namespace
}  // namespace nusselt
