#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

/// LayerNorm of one vector of residuals, over the equations, as layer_normalized has it, for autograd.
Tensor naive(const Tensor& r, double eps = 0) {
  const Tensor centred = r - r.mean();
  return centred / (centred.square().mean() + eps).sqrt();
}

Tensor vector(const std::vector<double>& values) { return at::tensor(values, at::TensorOptions().dtype(at::kDouble)); }

DemoTable measure() {
  DemoTable table;
  table.columns = {"residuals", "sum of LN squares", "LN_1", "LN_2", "LN_3", "loss, eps 1e-6"};
  const std::pair<const char*, std::vector<double>> vectors[] = {{"0.3, -1.2, 0.9", {0.3, -1.2, 0.9}},
                                                                 {"the first with its sign flipped", {-0.3, -1.2, 0.9}},
                                                                 {"1e-3, 2e-3, -1e-3", {1e-3, 2e-3, -1e-3}},
                                                                 {"1e6, 1e6, 1e6", {1e6, 1e6, 1e6}},
                                                                 {"two equations, 5 and 7", {5.0, 7.0}}};
  for (const auto& [name, values] : vectors) {
    const Tensor r = vector(values);
    const Tensor y = naive(r);
    const bool equal = values[0] == values[1];
    std::vector<double> row = {equal ? NAN : y.square().sum().item<double>()};
    for (std::size_t e = 0; e < 3; ++e) {
      row.push_back(equal || e >= values.size() ? NAN : y[static_cast<std::int64_t>(e)].item<double>());
    }
    row.push_back(naive(r, 1e-6).square().mean().item<double>());
    table.rows.push_back({name, row});
  }
  for (const std::int64_t m : {2, 3, 4, 6}) {
    const double sum = naive(normal_numbers(static_cast<std::uint64_t>(m), {m})).square().sum().item<double>();
    table.between("its squares sum to the number of equations, " + std::to_string(m), sum,
                  static_cast<double>(m) - 1e-12, static_cast<double>(m) + 1e-12);
  }
  table.between("with two equations it is -1 and +1 whatever they are: LN_2",
                table.at("two equations, 5 and 7", "LN_2"), 1 - 1e-12, 1 + 1e-12);
  table.below("residuals of a million, all equal, have the loss", table.at("1e6, 1e6, 1e6", "loss, eps 1e-6"), 1e-12);
  table.above("small ones that differ have the loss", table.at("1e-3, 2e-3, -1e-3", "loss, eps 1e-6"), 0.5);
  table.above("the sign of one equation, a convention, changes |LN_1| by",
              std::abs(std::abs(table.at("0.3, -1.2, 0.9", "LN_1")) -
                       std::abs(table.at("the first with its sign flipped", "LN_1"))),
              0.05);

  // Descent on it, with the statistics differentiated: three residuals that could all be zero.
  const at::AutoGradMode record(true);
  Tensor r = vector({0.3, -1.2, 1.8});
  for (int i = 0; i < 4000; ++i) {
    const Tensor here = r.detach().requires_grad_(true);
    r = r - 0.05 * torch::autograd::grad({naive(here, 0.1).square().mean()}, {here})[0];
  }
  const double spread = (r - r.mean()).abs().max().item<double>();
  table.rows.push_back({"1, 2, 3 themselves after descent from 0.3, -1.2, 1.8",
                        {NAN, r[0].item<double>(), r[1].item<double>(), r[2].item<double>(), NAN}});
  table.below("descent makes the residuals equal, to", spread, 1e-3);
  table.between("and not zero: they end at their mean", r.mean().item<double>(), 0.3 - 1e-3, 0.3 + 1e-3);
  return table;
}

const RegisterDemonstration registered{
    {"naive_layernorm",
     "LayerNorm of the vector of residuals looks like a way to balance them, and is not: its squares sum to the number "
     "of equations for every state, so the loss is a constant; with an eps its minimum is equal residuals, be they a "
     "million, and not zero; two equations always give -1 and +1; and it depends on which side of the equals sign a "
     "term "
     "stands. Subtracting a mean moves the target away from zero. Nusselt's conditioning: layernorm acts on the logs "
     "of "
     "the equations' norms instead, as weights that no gradient flows through, and leaves zero the target.",
     "derived and measured here; the layer is J. L. Ba et al., arXiv:1607.06450 (2016)", measure}};

}  // namespace
}  // namespace nusselt
