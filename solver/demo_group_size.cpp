#include <cmath>

#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

DemoTable measure() {
  DemoTable table;
  table.columns = {"neurons in a group", "|dy|^2 var / |da|^2", "(g - 2)/g", "std of log(1/deviation)"};
  const JetSpec spec = JetSpec::first_order(1);
  for (const std::int64_t g : {2, 3, 4, 8, 16, 64}) {
    // A group is a layer norm over its neurons.
    const Tensor a = normal_numbers(static_cast<std::uint64_t>(g), {4000, g});
    const Tensor direction = normal_numbers(static_cast<std::uint64_t>(100 + g), {4000, g});
    const Tensor y = normalized_jet("layer", 0, at::stack({a, direction}), spec);
    const Tensor variance = (a - a.mean({1}, true)).square().mean({1}, true);
    const double passed = (y[1].square() * variance).mean().item<double>();
    const double noise = (0.5 * variance.log()).std().item<double>();
    const double expected = static_cast<double>(g - 2) / static_cast<double>(g);
    table.rows.push_back({std::to_string(g), {passed, expected, noise}});
  }
  table.below("a group of 2 has no derivative at all", table.at("2", "|dy|^2 var / |da|^2"), 1e-24);
  table.between("a group of 3 passes a third of a tangent", table.at("3", "|dy|^2 var / |da|^2"), 0.3, 0.367);
  table.between("a group of 8 passes three quarters", table.at("8", "|dy|^2 var / |da|^2"), 0.73, 0.77);
  table.between("the deviation of 2 neurons is noise of", table.at("2", "std of log(1/deviation)"), 1.05, 1.18);
  table.between("of 8 neurons", table.at("8", "std of log(1/deviation)"), 0.26, 0.30);
  table.between("of 64 neurons", table.at("64", "std of log(1/deviation)"), 0.08, 0.10);
  return table;
}

const RegisterDemonstration registered{
    {"group_size",
     "Normalizing g numbers fixes their mean and their deviation, and leaves g - 2 directions in which the output can "
     "move: with g = 2 it is +1 and -1 whatever comes in, every derivative is zero, and no equation can be solved; "
     "with "
     "g = 3 two thirds of a tangent are lost. The deviation of few neurons is noisy as well. So Nusselt refuses groups "
     "of 1 and 2 and warns below 8.",
     "the tangent space of {mean 0, variance 1} in g dimensions; Y. Wu, K. He, arXiv:1803.08494 (2018) for the layer",
     measure}};

}  // namespace
}  // namespace nusselt
