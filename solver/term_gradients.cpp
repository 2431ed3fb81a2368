#include "solver/term_gradients.hpp"

#include <utility>

namespace nusselt {

using torch::Tensor;

TermGradients term_gradients(const LeastSquares& objective, const Tensor& theta) {
  const at::NoGradGuard no_gradient;
  std::vector<Tensor> losses, gradients, traces;  // of the sets: [E], [E, P], [E]
  objective.for_each_block(theta, [&](std::size_t set, const Tensor& r, const Tensor& jacobian) {
    if (set == losses.size()) {
      losses.push_back(at::zeros({r.size(1)}, r.options().dtype(at::kDouble)));
      traces.push_back(at::zeros_like(losses.back()));
      gradients.push_back(at::zeros({r.size(1), jacobian.size(2)}, r.options()));
    }
    losses[set].add_(r.square().sum(0).to(at::kDouble), 0.5);
    for (std::int64_t e = 0; e < r.size(1); ++e) {
      const Tensor rows = jacobian.select(1, e);
      gradients[set].select(0, e).addmv_(rows.t(), r.select(1, e));
      traces[set].select(0, e).add_(rows.square().sum().to(at::kDouble));
    }
  });
  const auto numbers = [](const std::vector<Tensor>& of) {
    const Tensor all = at::cat(of).cpu();
    return std::vector<double>(all.data_ptr<double>(), all.data_ptr<double>() + all.numel());
  };
  return {numbers(losses), at::cat(gradients), numbers(traces)};
}

TermGradients term_gradients(const Problem& problem, std::vector<WeightedPoints> points, const Tensor& theta) {
  const std::vector<double> ones(problem.residuals().size(), 1.0);
  return term_gradients(LeastSquares(problem, std::move(points), ones).unweighted(), theta);
}

}  // namespace nusselt
