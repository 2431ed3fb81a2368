#include "solver/damped_normal_equations.hpp"

#include <algorithm>
#include <utility>

#include "solver/conjugate_gradients.hpp"

namespace nusselt {

using torch::Tensor;

namespace {

// One point in six, or fewer where their kernel would outgrow memory: its size is the square of the reduced rows.
constexpr std::int64_t points_per_reduced_point = 6;
constexpr std::int64_t most_reduced_rows = 4000;

std::int64_t thinning(const LeastSquares& objective) {
  return std::max(points_per_reduced_point, (objective.rows() + most_reduced_rows - 1) / most_reduced_rows);
}

}  // namespace

DampedNormalEquations::DampedNormalEquations(const LeastSquares& objective, const Tensor& theta, double tolerance,
                                             int most_products)
    : tolerance_(tolerance),
      most_products_(most_products),
      jacobian_(objective.jacobian(theta)),
      reduced_objective_(objective.reduced(thinning(objective))),
      reduced_(reduced_objective_.jacobian(theta)),
      kernel_(reduced_.kernel()),
      unit_(kernel_.diagonal().sum().item<double>() / static_cast<double>(theta.numel())) {
  loss = jacobian_.loss();
  residual = jacobian_.residual();
}

std::optional<DampedNormalEquations::Factor> DampedNormalEquations::factor(double damping) const {
  const double shift = damping * unit_;
  auto kernel = Cholesky::of(kernel_, shift);
  if (!kernel) return std::nullopt;
  return Factor{shift, *std::move(kernel)};
}

Tensor DampedNormalEquations::step(const Factor& factor) const { return solve(factor, -jacobian_.gradient()); }

Tensor DampedNormalEquations::step(const Factor& factor, const Tensor& other) const {
  return solve(factor, -jacobian_.pull(other));
}

Tensor DampedNormalEquations::solve(const Factor& factor, const Tensor& rhs) const {
  const auto product = [&](const Tensor& v) { return jacobian_.product(v).add_(v, factor.shift); };
  const auto precondition = [&](const Tensor& v) {
    return (v - reduced_.pull(factor.kernel.solve(reduced_.push(v)))).div_(factor.shift);
  };
  const ConjugateGradients result = conjugate_gradients(product, precondition, rhs, tolerance_, most_products_);
  products_ += result.products;
  return result.solution;
}

}  // namespace nusselt
