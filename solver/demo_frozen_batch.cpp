#include <cmath>

#include "networks/network.hpp"
#include "solver/batch_statistics.hpp"
#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

/// 1/2 mean (u_xx + u_xy + u - 1)^2 and its adjoint in all parameters, statistics among them.
std::pair<double, Tensor> loss(const Network& network, const Tensor& all, const Tensor& x) {
  const JetSpec spec = JetSpec::second_order(2, {SecondOrder::derivative(0, 0), SecondOrder::derivative(0, 1)});
  const Linearization jet = network.linearize(all, x, spec);
  const int channels[] = {0, spec.second_channel(0), spec.second_channel(1)};
  Tensor residual = at::full_like(jet.jet().select(1, 0), -1);
  for (const int c : channels) residual = residual + jet.jet().select(1, c);
  Tensor seeds = at::zeros_like(jet.jet());
  for (const int c : channels) seeds.select(1, c).copy_(residual);
  return {0.5 * residual.square().mean().item<double>(), jet.adjoint(seeds / static_cast<double>(residual.numel()))};
}

DemoTable measure() {
  DemoTable table;
  table.columns = {"norm", "u_x", "u_xx", "u_xy", "gradient", "with statistics held"};
  const Tensor reference = 0.8 * at::tanh(normal_numbers(1, {60, 2})), x = 0.8 * at::tanh(normal_numbers(2, {12, 2}));
  for (const char* norm : {"batch", "instance"}) {
    const Network network(
        {.inputs = 2, .outputs = 1, .depth = 3, .width = 12, .norm = norm, .lower = {-1, -1}, .upper = {1, 1}});
    const Tensor theta = network.initial_parameters(4).narrow(0, 0, network.trained_count()) +
                         0.05 * normal_numbers(5, {network.trained_count()});
    const BatchStatistics statistics = BatchStatistics::live(network, reference);
    const Tensor all = statistics.all(theta);

    // Jets against extrapolated differences of the field whose statistics are these numbers.
    const JetSpec spec = JetSpec::second_order(2, {SecondOrder::derivative(0, 0), SecondOrder::derivative(0, 1)});
    const Tensor jet = network.jet(all, x, spec);
    const auto u = [&](double a, double b) {
      return network.values(all, x + at::tensor({a, b}, at::TensorOptions().dtype(at::kDouble)));
    };
    const auto extrapolated = [](const auto& at_step, double h) { return (4 * at_step(h / 2) - at_step(h)) / 3; };
    const Tensor first = extrapolated([&](double h) { return (u(h, 0) - u(-h, 0)) / (2 * h); }, 2e-3);
    const Tensor second = extrapolated([&](double h) { return (u(h, 0) - 2 * u(0, 0) + u(-h, 0)) / (h * h); }, 4e-3);
    const Tensor mixed =
        extrapolated([&](double h) { return (u(h, h) - u(h, -h) - u(-h, h) + u(-h, -h)) / (4 * h * h); }, 4e-3);
    const auto error = [&](int channel, const Tensor& d) {
      return largest(jet.select(1, channel) - d) / largest(jet.select(1, channel));
    };

    // The gradient in the trained parameters against differences of the loss, which moves the statistics along.
    const auto [value, adjoint] = loss(network, all, x);
    const Tensor followed = statistics.at(theta).pull(adjoint);
    const Tensor held = adjoint.narrow(0, 0, network.trained_count());
    const Tensor direction = followed / followed.norm();
    const auto along = [&](double h) {
      return (loss(network, statistics.all(theta + h * direction), x).first -
              loss(network, statistics.all(theta - h * direction), x).first) /
             (2 * h);
    };
    const double differences = (4 * along(5e-5) - along(1e-4)) / 3;
    const double exact = std::abs(at::dot(followed, direction).item<double>() / differences - 1);
    const double without = std::abs(at::dot(held, direction).item<double>() / differences - 1);
    table.rows.push_back({norm,
                          {error(spec.first_channel(0), first), error(spec.second_channel(0), second),
                           error(spec.second_channel(1), mixed), exact, without}});
    const std::vector<double>& row = table.rows.back().values;
    table.below(std::string(norm) + ": jets equal differences of the frozen field to",
                std::max({row[0], row[1], row[2]}), 1e-7);
    table.below(std::string(norm) + ": the gradient, statistics followed, equals differences of the loss to", exact,
                1e-7);
    table.above(std::string(norm) + ": with the statistics held in the parameters too it is off by", without, 0.01);
  }
  return table;
}

const RegisterDemonstration registered{
    {"frozen_batch",
     "A statistic of the batch is the Monte Carlo estimate of an integral over the domain: it does not depend on where "
     "the field is evaluated, but it does depend on the parameters. So Nusselt's batch norm is constant in the "
     "coordinates, which makes it pointwise with exact jets, and is differentiated in the parameters through the "
     "reference set. The columns are relative errors against extrapolated differences; the last one shows what it "
     "costs "
     "to hold the statistics in the parameters as well.",
     "S. Ioffe, C. Szegedy, arXiv:1502.03167 (2015) for the layer and its backward pass; frozen in the coordinates "
     "here",
     measure}};

}  // namespace
}  // namespace nusselt
