#include "solver/hybrid.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "solver/normal_matrix.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

TEST(HandOver, ComesWhenTheLossFallsTooSlowlyOverTheWindow) {
  const HandOverRule rule{3, 2, 1e-3, 6};
  const auto due = [&](const std::vector<double>& losses) { return time_to_hand_over(1e4, losses, rule); };
  EXPECT_FALSE(due({}));
  EXPECT_FALSE(due({1, 1, 1}));  // two steps only
  EXPECT_TRUE(due({1, 1, 1, 1}));
  EXPECT_TRUE(due({1, 0.9, 0.8, 0.51}));
  EXPECT_FALSE(due({1, 0.9, 0.8, 0.5}));
  EXPECT_TRUE(due({100, 1, 0.9, 0.8, 0.51}));  // the latest four count
  EXPECT_FALSE(due({1, 0.5, 0.25, 0.125}));
}

TEST(HandOver, WaitsWhereTheValleyIsNotFoundYet) {
  const HandOverRule rule{3, 2, 1e-3, 6};
  EXPECT_FALSE(time_to_hand_over(900, std::vector<double>{1, 1, 1, 1}, rule));
  EXPECT_FALSE(time_to_hand_over(900, std::vector<double>{1, 1, 1, 1, 1, 1}, rule));
  EXPECT_TRUE(time_to_hand_over(900, std::vector<double>{1, 1, 1, 1, 1, 1, 1}, rule));
  EXPECT_FALSE(time_to_hand_over(900, std::vector<double>{4, 3, 2, 1, 1, 1, 1}, rule));
}

bool handed_over(const Optimizer& optimizer) { return optimizer.state().at("handed_over").item<double>() != 0; }

TEST(GaussNewtonInverse, IsTheInverseOfTheDampedNormalMatrix) {
  Trained t(tiny_cavity());
  const Tensor jacobian = t.objective.linearize(t.theta).jacobian.clone();
  Tensor normal = at::mm(jacobian.t(), jacobian);
  const Tensor diagonal = normal.diagonal() + 1e-15 * normal.diagonal().max();
  const Tensor expected = at::linalg_inv(normal + 1e-3 * at::diag(diagonal));
  const Tensor upper = gauss_newton_inverse(t.objective, t.theta, 1e-3).triu();
  EXPECT_LT(relative_difference(upper, expected.triu()), 1e-6);
}

TEST(Hybrid, IsLevenbergMarquardtUntilItHandsOverAndThenTakesCheapSteps) {
  Trained hybrid(tiny_cavity({"optimizer.name=hybrid"}));
  Trained first(tiny_cavity({"optimizer.name=levenberg_marquardt"}));
  int steps = 0;
  for (; steps < 200 && !handed_over(*hybrid.optimizer); ++steps) {
    EXPECT_EQ(hybrid.optimizer->iterations_per_step(hybrid.objective), 1);
    hybrid.optimizer->step(hybrid.objective, hybrid.theta);
    first.optimizer->step(first.objective, first.theta);
    ASSERT_TRUE(at::equal(hybrid.theta, first.theta)) << steps;
  }
  ASSERT_LT(steps, 200);
  EXPECT_GT(hybrid.optimizer->iterations_per_step(hybrid.objective), 1);
  // The first cheap step goes along the Gauss-Newton direction.
  const Tensor before = hybrid.theta.clone();
  const Tensor gradient = hybrid.objective.gradient(before).gradient;
  const Tensor upper = gauss_newton_inverse(hybrid.objective, before, 1e-6).triu();
  const OptimizerStep step = hybrid.optimizer->step(hybrid.objective, hybrid.theta);
  ASSERT_TRUE(step.accepted);
  EXPECT_EQ(step.damping, 0);
  EXPECT_LT(step.loss, step.previous);
  const Tensor expected = -step.length * at::mv(upper + upper.triu(1).t(), gradient);
  EXPECT_LT(relative_difference(hybrid.theta - before, expected), 1e-6);
}

TEST(Hybrid, OtherWeightsAreNoProgress) {
  // Weights of 4 everywhere and back: the same problem, with a loss four times larger.
  Trained plain(tiny_cavity({"optimizer.name=hybrid"}));
  Trained told(tiny_cavity({"optimizer.name=hybrid"}));
  const LeastSquares fourfold(told.problem, told.problem.draw("gauss", 36, 6, "training", 1, 0),
                              std::vector<double>(told.problem.residuals().size(), 4.0));
  for (int step = 0; step < 200 && !handed_over(*plain.optimizer); ++step) {
    if (step > 0 && step % 4 == 0) {
      told.optimizer->objective_changed();
      const OptimizerState state = told.optimizer->state();
      told.optimizer = make_optimizer(told.c.settings);
      told.optimizer->restore(state);
    }
    plain.optimizer->step(plain.objective, plain.theta);
    told.optimizer->step(step / 4 % 2 == 0 ? told.objective : fourfold, told.theta);
    ASSERT_LT(relative_difference(told.theta, plain.theta), 1e-9) << step;
    ASSERT_EQ(handed_over(*told.optimizer), handed_over(*plain.optimizer)) << step;
  }
  EXPECT_TRUE(handed_over(*plain.optimizer));
}

TEST(Hybrid, ARestoredOneGoesOnWithTheSameBitsBeforeAndAfterTheHandOver) {
  Trained whole(tiny_cavity({"optimizer.name=hybrid"}));
  Trained pieces(tiny_cavity({"optimizer.name=hybrid"}));
  int after = 0;
  for (int i = 0; i < 200 && after < 8; ++i) {
    whole.optimizer->step(whole.objective, whole.theta);
    after += handed_over(*whole.optimizer) ? 1 : 0;
    const OptimizerState state = pieces.optimizer->state();
    pieces.optimizer = make_optimizer(pieces.c.settings);
    pieces.optimizer->restore(state);
    pieces.optimizer->step(pieces.objective, pieces.theta);
    ASSERT_TRUE(at::equal(whole.theta, pieces.theta)) << i;
  }
  EXPECT_EQ(after, 8);
}

TEST(Hybrid, OtherPointsRebuildTheMatrixThere) {
  Trained t(tiny_cavity({"optimizer.name=hybrid"}));
  EXPECT_FALSE(t.optimizer->wants_points_to_stay());
  t.optimizer->step(t.objective, t.theta);
  t.optimizer->points_changed(0.125);
  EXPECT_EQ(t.optimizer->state().at("levenberg_marquardt.damping").item<double>(), 0.125);
  EXPECT_EQ(t.optimizer->state().at("losses").numel(), 0);
  for (int i = 0; i < 200 && !handed_over(*t.optimizer); ++i) t.optimizer->step(t.objective, t.theta);
  ASSERT_TRUE(handed_over(*t.optimizer));
  EXPECT_TRUE(t.optimizer->wants_points_to_stay());
  for (int i = 0; i < 5; ++i) t.optimizer->step(t.objective, t.theta);
  t.optimizer->points_changed(0.125);
  const LeastSquares other(t.problem, t.problem.draw("sobol", 50, 8, "training", 1, 0),
                           std::vector<double>(t.problem.residuals().size(), 1.0));
  const OptimizerState state = t.optimizer->state();
  t.optimizer = make_optimizer(t.c.settings);
  t.optimizer->restore(state);
  const Tensor before = t.theta.clone();
  const Tensor gradient = other.gradient(before).gradient;
  const Tensor upper = gauss_newton_inverse(other, before, 1e-6).triu();
  const OptimizerStep step = t.optimizer->step(other, t.theta);
  ASSERT_TRUE(step.accepted);
  const Tensor expected = -step.length * at::mv(upper + upper.triu(1).t(), gradient);
  EXPECT_LT(relative_difference(t.theta - before, expected), 1e-6);
}

TEST(Hybrid, AStallRebuildsTheMatrixOnceAndThenIsAStall) {
  Trained t(tiny_bar({"optimizer.name=hybrid", "points.interior=4"}));
  int rejected_in_a_row = 0;
  int steps = 0;
  for (; steps < 3000 && rejected_in_a_row < 3; ++steps) {
    const Tensor before = t.theta.clone();
    const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
    rejected_in_a_row = step.accepted ? 0 : rejected_in_a_row + 1;
    if (!step.accepted) {
      EXPECT_TRUE(at::equal(t.theta, before));
    }
  }
  EXPECT_EQ(rejected_in_a_row, 3);
  EXPECT_TRUE(handed_over(*t.optimizer));
  EXPECT_EQ(t.optimizer->state().at("broyden.learned").item<double>(), 0);
  EXPECT_LT(t.objective.loss(t.theta), 1e-20);
}

}  // namespace
}  // namespace nusselt
