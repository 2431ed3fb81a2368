#include "solver/term_budget.hpp"

#include <gtest/gtest.h>

#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

TEST(TermBudget, IsTheResidualOverTheSizesOfItsTerms) {
  const Trained t(tiny_cavity());
  const Solution solution(t.c, t.theta);
  const Points points = t.problem.draw("sobol", 20, 4, "test", 1, 0).front().points;
  const TermBudget budget(t.c);
  const torch::Tensor sizes = budget.sizes(solution, points), imbalance = budget.imbalance(solution, points);
  const torch::Tensor residuals = solution.residuals(points);
  ASSERT_EQ(sizes.sizes(), residuals.sizes());
  EXPECT_TRUE(at::allclose(imbalance, residuals.abs() / sizes, 1e-10, 1e-14));
  EXPECT_GE(imbalance.min().item<double>(), 0);
  EXPECT_LE(imbalance.max().item<double>(), 1 + 1e-12);
  EXPECT_GT(imbalance.max().item<double>(), 0.1) << "untrained";
}

TEST(TermBudget, OfContinuityIsTheDivergenceOverItsTwoParts) {
  const Trained t(tiny_cavity());
  const Solution solution(t.c, t.theta);
  const Points points = t.problem.draw("sobol", 20, 4, "test", 1, 0).front().points;
  const Expression u = t.c.system.field_named("u").symbol, v = t.c.system.field_named("v").symbol;
  const torch::Tensor parts = solution.values({derivative(u, axis_x), derivative(v, axis_y)}, points);
  const torch::Tensor expected = parts.sum(1).abs() / parts.abs().sum(1);
  EXPECT_TRUE(at::allclose(TermBudget(t.c).imbalance(solution, points).select(1, 0), expected, 1e-9, 1e-12));
}

}  // namespace
}  // namespace nusselt
