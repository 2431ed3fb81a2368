#include "solver/nested_autograd.hpp"

#include <gtest/gtest.h>

#include "solver/least_squares.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

/// Hard and soft conditions, sources of the normal, and a lift.
struct Cavity {
  Case c = tiny_cavity();
  Problem problem{c, float64()};
  NestedAutograd nested{c, problem};
  torch::Tensor theta = problem.network().initial_parameters(5);
  std::vector<WeightedPoints> points = problem.draw("random", 23, 7, "test", 1, 0);
};

TEST(NestedAutograd, ResidualsAreThoseOfTheJets) {
  const Cavity cavity;
  ASSERT_GT(cavity.problem.sets().size(), 1u);
  for (std::size_t s = 0; s < cavity.problem.sets().size(); ++s) {
    const Points& points = cavity.points[s].points;
    const torch::Tensor expected = cavity.problem.evaluate(s, cavity.theta, points);
    EXPECT_GT(expected.abs().max().item<double>(), 1e-3);
    EXPECT_LT((cavity.nested.residuals(s, cavity.theta, points) - expected).abs().max().item<double>(), 1e-12)
        << cavity.problem.sets()[s].name;
  }
}

TEST(NestedAutograd, GradientIsThatOfTheLeastSquares) {
  const Cavity cavity;
  const LeastSquares objective(cavity.problem, cavity.points,
                               std::vector<double>(cavity.problem.residuals().size(), 1));
  const LeastSquares::Gradient expected = objective.gradient(cavity.theta);
  const NestedAutograd::Gradient got = cavity.nested.gradient(cavity.theta, cavity.points, 1000);
  EXPECT_NEAR(got.loss / expected.loss, 1, 1e-13);
  EXPECT_LT(((got.gradient - expected.gradient).norm() / expected.gradient.norm()).item<double>(), 1e-12);
}

TEST(NestedAutograd, ChunksAddUp) {
  const Cavity cavity;
  const NestedAutograd::Gradient whole = cavity.nested.gradient(cavity.theta, cavity.points, 1000);
  const NestedAutograd::Gradient parts = cavity.nested.gradient(cavity.theta, cavity.points, 5);
  EXPECT_NEAR(parts.loss / whole.loss, 1, 1e-13);
  EXPECT_LT(((parts.gradient - whole.gradient).norm() / whole.gradient.norm()).item<double>(), 1e-12);
  EXPECT_FALSE(cavity.theta.requires_grad());
}

TEST(NestedAutograd, KnowsTheWeightsOfTheCase) {
  Case c = tiny_cavity();
  for (SoftCondition& soft : c.soft_conditions) soft.weight = 4;
  const Problem weighted(c, float64());
  const Cavity cavity;
  const double plain = cavity.nested.gradient(cavity.theta, cavity.points, 1000).loss;
  const double interior = 0.5 * (cavity.nested.residuals(0, cavity.theta, cavity.points[0].points).square().sum(1) *
                                 cavity.points[0].weights)
                                    .sum()
                                    .item<double>();
  const double heavy = NestedAutograd(c, weighted).gradient(cavity.theta, cavity.points, 1000).loss;
  EXPECT_NEAR((heavy - interior) / (plain - interior), 4, 1e-10);
}

}  // namespace
}  // namespace nusselt
