#include <torch/csrc/autograd/autograd.h>

#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

/// Batch normalization over the points, as frameworks do it: every point moves the statistics.
Tensor batch_norm(const Tensor& a) {
  const Tensor centred = a - a.mean({0}, true);
  return centred / centred.square().mean({0}, true).sqrt();
}

Tensor gradient(const Tensor& y, const Tensor& x) { return torch::autograd::grad({y}, {x}, {}, true)[0]; }

double relative(const Tensor& a, const Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); }

struct Network {
  Tensor w1, b1, w2, w3;
  Tensor hidden(const Tensor& x) const { return at::mm(at::tanh(at::mm(x, w1) + b1), w2); }
  Tensor operator()(const Tensor& x) const { return at::mm(at::tanh(batch_norm(hidden(x))), w3).select(1, 0); }
  /// d/dx with the statistics held: what the field is whose statistics are numbers.
  Tensor frozen(const Tensor& x) const {
    const Tensor a = hidden(x).detach();
    const Tensor mean = a.mean({0}, true);
    const Tensor deviation = (a - mean).square().mean({0}, true).sqrt();
    return gradient(at::mm(at::tanh((hidden(x) - mean) / deviation), w3).sum(), x).select(1, 0);
  }
};

DemoTable measure() {
  const at::AutoGradMode record(true);
  DemoTable table;
  table.columns = {"points", "grad of the sum", "all-ones tangent", "one point's own", "|grad of sum|, u = BN(wx)"};
  const Network u{normal_numbers(1, {1, 16}), normal_numbers(2, {16}), normal_numbers(3, {16, 16}) / 4,
                  normal_numbers(4, {16, 1})};
  double nothing = 0, column_error = 1, row_error = 1;
  double first_own = 0, last_own = 0;
  for (const std::int64_t n : {4, 16, 64, 256}) {
    const Tensor x = at::linspace(-1, 1, n, at::kDouble).unsqueeze(1).requires_grad_(true);
    const Tensor y = u(x);
    std::vector<Tensor> rows;
    for (std::int64_t k = 0; k < n; ++k) rows.push_back(gradient(y[k], x).select(1, 0));
    const Tensor jacobian = at::stack(rows);  // du_k/dx_j
    const Tensor frozen = u.frozen(x);
    const double column = relative(gradient(y.sum(), x).select(1, 0), frozen);
    const double row = relative(jacobian.sum(1), frozen);
    const double own = relative(jacobian.diagonal(), frozen);
    const double linear = gradient(batch_norm(1.7 * x).sum(), x).abs().max().item<double>();
    table.rows.push_back({std::to_string(n), {column, row, own, linear}});
    nothing = std::max(nothing, linear);
    column_error = std::min(column_error, column);
    row_error = std::min(row_error, row);
    if (n == 4) first_own = own;
    last_own = own;
  }
  table.below("for u = BN(wx) the gradient of the sum is zero, whatever the points", nothing, 1e-12);
  table.above("its error for a network does not go away with more points; the smallest", column_error, 0.3);
  table.above("nor does that of a tangent of ones; the smallest", row_error, 0.3);
  table.below("a point's own derivative comes near the frozen one as 1/N; at 256 points", last_own, 0.05);
  table.above("and at 4 it is far", first_own, 0.1);
  return table;
}

const RegisterDemonstration registered{
    {"grad_of_sum",
     "Frameworks get du/dx at all points at once as the gradient of the sum of u, or with a tangent of ones. That is "
     "right when no point knows of another. Under batch normalization it is a column or a row sum of the batch's "
     "Jacobian, and neither is the derivative of anything: errors are relative to the derivative of the field whose "
     "statistics are held, which is what Nusselt's batch norm computes, and they do not fall with the number of "
     "points. "
     "Only a point's own entry comes near it.",
     "S. Ioffe, C. Szegedy, arXiv:1502.03167 (2015) for the layer; the sums follow from its backward formula",
     measure}};

}  // namespace
}  // namespace nusselt
