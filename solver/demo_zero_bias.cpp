#include <cmath>

#include "solver/case/case.hpp"
#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

DemoTable measure() {
  DemoTable table;
  table.columns = {"first layer", "|u(2x) - u(x)| / |u|", "slope at x = 0"};
  constexpr std::int64_t width = 16;
  const Tensor w = normal_numbers(1, {2, width}), readout = normal_numbers(2, {width, 1}) / 4;
  const Tensor bias = normal_numbers(3, {width});
  const Tensor x = at::cat(
      {at::linspace(0.3, 1, 30, at::kDouble).unsqueeze(1), at::linspace(-1, -0.2, 30, at::kDouble).unsqueeze(1)}, 1);
  const auto row = [&](const std::string& name, const Tensor& b, double eps) {
    const auto u = [&](const Tensor& p) {
      return at::mm(at::tanh(normalized("layer", eps, at::mm(p, w) + b)), readout);
    };
    const double change = ((u(2 * x) - u(x)).norm() / u(x).norm()).item<double>();
    // A step short beside eps^(1/2), on which the field turns where its preactivations vanish.
    const double h = 1e-3 * std::sqrt(eps);
    const Tensor ends = at::tensor({h, 0.0, -h, 0.0}, at::kDouble).view({2, 2});
    const Tensor values = u(ends);
    table.rows.push_back({name, {change, std::abs((values[0] - values[1]).item<double>()) / (2 * h)}});
  };
  for (const double eps : {1e-3, 1e-5, 1e-7, 1e-9}) {
    row("no bias, eps " + to_string(eps, 1), at::zeros({width}, at::kDouble), eps);
  }
  row("random bias, eps 0.001", bias, 1e-3);
  const auto slope = [&](const char* eps) { return table.at(std::string("no bias, eps ") + eps, "slope at x = 0"); };
  table.below("without a bias u(2x) = u(x) as eps goes to zero; at 1e-9 they differ by",
              table.at("no bias, eps 1e-09", "|u(2x) - u(x)| / |u|"), 1e-7);
  table.between("the slope at the origin grows as eps^(-1/2): from 1e-3 to 1e-9 by", slope("1e-09") / slope("0.001"),
                950, 1050);
  table.above("with a random bias the field knows how far x is",
              table.at("random bias, eps 0.001", "|u(2x) - u(x)| / |u|"), 0.1);
  return table;
}

const RegisterDemonstration registered{
    {"zero_bias",
     "LayerNorm right after a first layer whose bias is zero removes the length of the coordinates: the field is the "
     "same at x and at 2x, so it is constant along every ray from the middle of the box, and turns within a distance "
     "of "
     "eps^(1/2) of it. So Nusselt leaves the first layer without norm, and where a case asks for one there it wants an "
     "initial bias as well (network.first_bias).",
     "LN(c W x) = LN(W x), J. L. Ba et al., arXiv:1607.06450 (2016), section 5.1", measure}};

}  // namespace
}  // namespace nusselt
