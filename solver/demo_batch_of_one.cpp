#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "networks/network.hpp"
#include "solver/case/case.hpp"
#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

DemoTable measure() {
  DemoTable table;
  table.columns = {"points", "largest |u - u_beta|", "largest |du/dx|", "error of the deviation", "1/(2N)^(1/2)"};
  const Tensor weights = normal_numbers(1, {1, 16}), bias = normal_numbers(2, {16}),
               readout = normal_numbers(3, {16, 1});
  for (const std::int64_t n : {1, 2, 4, 16, 64}) {
    // As frameworks do it: every point moves the statistics, and one point is its own mean.
    const at::AutoGradMode record(true);
    const Tensor x = at::linspace(0.3, 0.9, n, at::kDouble).unsqueeze(1).requires_grad_(true);
    const Tensor a = at::sin(at::mm(x, weights) + bias);
    const Tensor centred = a - a.mean({0}, true);
    const Tensor u = at::mm(at::tanh(centred / (centred.square().mean({0}, true) + 1e-5).sqrt()), readout);
    double slope = 0;
    for (std::int64_t k = 0; k < n; ++k) {
      slope = std::max(slope, std::abs(torch::autograd::grad({u[k][0]}, {x}, {}, true)[0][k][0].item<double>()));
    }
    // How far the deviation of n points is from that of all, over many draws.
    const Tensor draws = normal_numbers(static_cast<std::uint64_t>(10 + n), {4000, n});
    const Tensor deviation = (draws - draws.mean({1}, true)).square().mean({1}).sqrt();
    const double error = n == 1 ? NAN : (deviation.std() / deviation.mean()).item<double>();
    table.rows.push_back(
        {std::to_string(n), {u.abs().max().item<double>(), slope, error, 1 / std::sqrt(2.0 * static_cast<double>(n))}});
  }
  table.below("one point gives the output of the shifts alone, whatever the point",
              table.at("1", "largest |u - u_beta|"), 1e-15);
  table.below("and its coordinate derivative is zero: no NaN, training stalls in silence",
              table.at("1", "largest |du/dx|"), 1e-15);
  table.above("two points have one", table.at("2", "largest |du/dx|"), 1e-4);
  table.between("the deviation of 16 points is off by its sampling error", table.at("16", "error of the deviation"),
                0.16, 0.20);
  table.between("that of 64 points", table.at("64", "error of the deviation"), 0.08, 0.096);

  const Network network(
      {.inputs = 1, .outputs = 1, .depth = 3, .width = 16, .norm = "batch", .lower = {-1}, .upper = {1}});
  const Tensor one = at::zeros({1, 1}, at::kDouble);
  double refused = 0;
  try {
    network.batch_statistics(network.initial_parameters(1), one);
  } catch (const std::invalid_argument& error) {
    refused = 1;
    table.notes.push_back("Nusselt on a reference set of one point: " + std::string(error.what()));
  }
  table.between("Nusselt refuses a reference set of one point", refused, 1, 1);
  return table;
}

const RegisterDemonstration registered{
    {"batch_of_one",
     "Batch normalization of one point divides zero by the root of eps: the output is the shift beta for every point, "
     "every coordinate derivative is zero, and no NaN tells. What counts is the number of values per channel. With N "
     "points the deviation carries the sampling error (2N)^(-1/2), which is why Nusselt warns of small reference sets "
     "and refuses one point.",
     "S. Ioffe, C. Szegedy, arXiv:1502.03167 (2015); LibTorch refuses it as well: Expected more than 1 value per "
     "channel "
     "when training",
     measure}};

}  // namespace
}  // namespace nusselt
