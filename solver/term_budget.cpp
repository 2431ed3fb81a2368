#include "solver/term_budget.hpp"

#include <algorithm>

namespace nusselt {

namespace {

// Points at once, on a fine grid.
constexpr std::int64_t chunk = 8192;

std::vector<Expression> all_terms(const Case& c) {
  std::vector<Expression> terms;
  for (std::size_t e = 0; e < c.equations.size(); ++e) {
    for (const DimensionlessResidual::Term& term : c.equations[e].terms()) {
      terms.push_back(Expression::number(term.coefficient) * c.residual_factors[e] * term.factor);
    }
  }
  return terms;
}

}  // namespace

TermBudget::TermBudget(const Case& the_case)
    : case_(the_case), terms_(all_terms(the_case), the_case.trials, the_case.box.axes, the_case.input_columns()) {}

torch::Tensor TermBudget::terms(const Solution& solution, const Points& points) const {
  const at::NoGradGuard no_gradient;
  std::vector<torch::Tensor> parts;
  for (std::int64_t begin = 0; begin < points.x.size(0); begin += chunk) {
    const std::int64_t size = std::min(chunk, points.x.size(0) - begin);
    const Points part{points.x.narrow(0, begin, size), {}};
    parts.push_back(terms_.values(part, solution.jet(part.x, terms_.spec())));
  }
  return at::cat(parts);
}

torch::Tensor TermBudget::sizes(const Solution& solution, const Points& points) const {
  const torch::Tensor all = terms(solution, points).abs();
  std::vector<torch::Tensor> sizes;
  std::int64_t first = 0;
  for (const DimensionlessResidual& equation : case_.equations) {
    const auto count = static_cast<std::int64_t>(equation.terms().size());
    sizes.push_back(all.narrow(1, first, count).sum(1));
    first += count;
  }
  return at::stack(sizes, 1);
}

torch::Tensor TermBudget::imbalance(const Solution& solution, const Points& points) const {
  const torch::Tensor all = terms(solution, points);
  std::vector<torch::Tensor> parts;
  std::int64_t first = 0;
  for (const DimensionlessResidual& equation : case_.equations) {
    const auto count = static_cast<std::int64_t>(equation.terms().size());
    const torch::Tensor own = all.narrow(1, first, count);
    const torch::Tensor size = own.abs().sum(1);
    parts.push_back(at::where(size > 0, own.sum(1).abs() / size, at::zeros_like(size)));
    first += count;
  }
  return at::stack(parts, 1);
}

}  // namespace nusselt
