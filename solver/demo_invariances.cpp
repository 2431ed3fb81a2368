#include <algorithm>
#include <cmath>

#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

constexpr double eps = 1e-6;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

DemoTable measure() {
  DemoTable table;
  table.columns = {"norm", "a -> c a", "a -> a + 10", "a -> 2 a at eps 1e-6", "eps/(2 var) (1 - 1/4)"};
  const Tensor a = normal_numbers(1, {50, 32}) + 0.3;
  for (const std::string& name : pointwise_norms()) {
    if (name == "none") continue;
    const Tensor y = normalized(name, 0, a);
    double scale = 0;
    for (const double c : {1e-3, 1e-1, 7.0, 1e3}) scale = std::max(scale, largest(normalized(name, 0, c * a) - y));
    const double shift = largest(normalized(name, 0, a + 10) - y);
    // Neurons of a group share mean and deviation: y = (a - mean)/deviation, from any two of them.
    const Tensor spread = (a.select(1, 0) - a.select(1, 1)) / (y.select(1, 0) - y.select(1, 1));
    const double predicted = (eps / 2 * 0.75 / spread.square()).max().item<double>();
    const Tensor once = normalized(name, eps, a), twice = normalized(name, eps, 2 * a);
    const double seen = largest((twice / once - 1).select(1, 0));
    table.rows.push_back({name, {scale, shift, seen, predicted}});
    table.below(name + ": a and c a, c from 1e-3 to 1e3, give the same", scale, 1e-12);
    if (name == "rms") {
      table.above("rms: a and a + 10 do not, because nothing is subtracted", shift, 0.1);
    } else {
      table.below(name + ": a and a + 10 give the same", shift, 1e-12);
    }
    table.between(name + ": with eps the scale is seen as predicted, ratio", seen / predicted, 0.999, 1.001);
  }
  const Tensor angle = normal_numbers(2, {20, 16});
  const Tensor waves = at::cat({angle.cos(), angle.sin()}, 1);
  const Tensor lengths = (waves.square().mean(1) - 0.5).abs();
  table.below("the mean square of [cos, sin] features is 1/2 at every point: RMSNorm after them multiplies by 2^(1/2)",
              largest(lengths), 1e-15);
  return table;
}

const RegisterDemonstration registered{
    {"invariances",
     "A norm that divides by a size it measures cannot see that size: with eps = 0 the activations a and c a of a "
     "point "
     "give the same output. One that subtracts the mean first is blind to a shift as well; RMSNorm is not. With eps > "
     "0 "
     "the scale is seen by the relative amount eps/(2 variance) (1 - 1/c^2), which the last columns compare. All of "
     "them look at one point at a time.",
     "J. L. Ba, J. R. Kiros, G. E. Hinton, Layer normalization, arXiv:1607.06450 (2016), section 5.1; B. Zhang, R. "
     "Sennrich, arXiv:1910.07467 (2019); Y. Wu, K. He, arXiv:1803.08494 (2018)",
     measure}};

}  // namespace
}  // namespace nusselt
