#include "solver/descent.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "solver/line_search.hpp"

namespace nusselt {

Differentiable differentiable(const LeastSquares& objective) {
  return {objective.identity(), [&objective](const torch::Tensor& theta) { return objective.gradient(theta); }};
}

const LeastSquares::Gradient& Latest::of(const Differentiable& function, const torch::Tensor& theta) {
  if (!theta_.defined() || identity_ != function.identity || !at::equal(theta_, theta)) {
    set(function, theta, function.at(theta));
  }
  return value_;
}

void Latest::set(const Differentiable& function, const torch::Tensor& theta, LeastSquares::Gradient value) {
  identity_ = function.identity;
  theta_ = theta.clone();
  value_ = std::move(value);
}

std::optional<Descent> descend(const Differentiable& function, const torch::Tensor& theta,
                               const LeastSquares::Gradient& start, const torch::Tensor& direction,
                               double first_length) {
  const double slope = at::dot(start.gradient, direction).item<double>();
  if (!(slope < 0)) return std::nullopt;
  std::vector<Descent> tried;
  const auto at = [&](double length) {
    tried.push_back({length, theta + length * direction, {0, {}}});
    Descent& now = tried.back();
    now.end = function.at(now.theta);
    return LinePoint{length, now.end.loss, at::dot(now.end.gradient, direction).item<double>()};
  };
  LineSearchRules rules;
  if (theta.scalar_type() == at::kFloat) rules.resolution = 1e-6;
  const auto found = search_line(at, {0, start.loss, slope}, first_length, rules);
  if (!found) return std::nullopt;
  return *std::find_if(tried.begin(), tried.end(), [&](const Descent& d) { return d.length == found->step; });
}

int iterations_per_step(const LeastSquares& objective, bool dense_matrix) {
  constexpr double most = 50;
  // Multiplications: of dsyrk and Cholesky, and of forward and adjoint sweep with some ten derivatives to carry.
  const auto rows = static_cast<double>(objective.rows());
  const auto parameters = static_cast<double>(objective.parameters());
  const double smaller = std::min(rows, parameters);
  const double step = rows * parameters * smaller + smaller * smaller * smaller;
  const double iteration = 10 * rows * parameters + (dense_matrix ? 20 * parameters * parameters : 0);
  return static_cast<int>(std::clamp(std::round(step / iteration), 1.0, most));
}

}  // namespace nusselt
