#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "solver/optimizer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

const std::string levenberg_marquardt = "optimizer.name=levenberg_marquardt";

/// The parameters after one step by the formulas in levenberg_marquardt.cpp and damped_step.hpp, with plain inverses.
/// `scaled_columns`: the form of J^T J, else that of J J^T. Damping and length of the step are taken from `step`.
Tensor expected_step(const LeastSquares& objective, const Tensor& theta, const OptimizerStep& step,
                     bool scaled_columns) {
  const LeastSquares::Linear linear = objective.linearize(theta);
  const Tensor jacobian = linear.jacobian.clone();
  const Tensor gram = scaled_columns ? at::mm(jacobian.t(), jacobian) : at::mm(jacobian, jacobian.t());
  const Tensor diagonal = gram.diagonal() + 1e-15 * gram.diagonal().max();
  // Scaled to unit diagonal and damped is the same as damped by the diagonal.
  const Tensor inverse = at::linalg_inv(gram + step.damping * at::diag(diagonal));
  const auto cancelling = [&](const Tensor& r) {
    return scaled_columns ? Tensor(-at::mv(inverse, at::mv(jacobian.t(), r)))
                          : Tensor(-at::mv(jacobian.t(), at::mv(inverse, r)));
  };
  const Tensor velocity = cancelling(linear.residual);
  const double h = 0.1;
  const Tensor curvature =
      (objective.residual(theta + h * velocity) + objective.residual(theta - h * velocity) - 2 * linear.residual) /
      (h * h);
  Tensor bend = 0.5 * cancelling(curvature);
  const double ratio = bend.norm().item<double>() / velocity.norm().item<double>();
  if (ratio > 0.75) bend = bend * (0.75 / ratio);
  return theta + step.length * velocity + step.length * step.length * bend;
}

void expect_one_step_by_formula(int interior, bool of_columns) {
  Trained t(tiny_cavity({levenberg_marquardt, "points.interior=" + std::to_string(interior)}));
  EXPECT_EQ(t.objective.rows() >= t.objective.parameters(), of_columns);
  const Tensor before = t.theta.clone();
  const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
  ASSERT_TRUE(step.accepted);
  EXPECT_GT(step.length, 0);
  EXPECT_DOUBLE_EQ(step.previous, t.objective.loss(before));
  EXPECT_DOUBLE_EQ(step.loss, t.objective.loss(t.theta));
  EXPECT_LT(step.loss, step.previous);
  const Tensor expected = expected_step(t.objective, before, step, of_columns);
  EXPECT_LT(relative_difference(t.theta - before, expected - before), 1e-8);
}

TEST(LevenbergMarquardt, StepOfTheSmallerMatrixOverParameters) { expect_one_step_by_formula(36, true); }
TEST(LevenbergMarquardt, StepOfTheSmallerMatrixOverResiduals) { expect_one_step_by_formula(4, false); }

TEST(LevenbergMarquardt, TheLossNeverRises) {
  Trained t(tiny_cavity({levenberg_marquardt}));
  double last = t.objective.loss(t.theta);
  const double first = last;
  for (int i = 0; i < 20; ++i) {
    const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
    EXPECT_DOUBLE_EQ(step.previous, last);
    EXPECT_LE(step.loss, step.previous);
    EXPECT_DOUBLE_EQ(step.loss, t.objective.loss(t.theta));
    last = step.loss;
  }
  EXPECT_LT(last, 0.05 * first);
}

TEST(LevenbergMarquardt, SolvesABarInFewSteps) {
  Trained t(tiny_bar({levenberg_marquardt, "network.width=10", "points.interior=30"}));
  for (int i = 0; i < 40; ++i) t.optimizer->step(t.objective, t.theta);
  EXPECT_LT(std::sqrt(t.objective.mean_squares(t.theta)[0]), 1e-6);
}

TEST(LevenbergMarquardt, ARejectedStepLeavesTheParametersAlone) {
  Trained t(tiny_bar({levenberg_marquardt}));
  t.theta.fill_(0);
  // At all zero parameters only the last bias is felt: the first steps go there, until nothing is left to gain.
  OptimizerStep step{};
  Tensor before;
  for (int i = 0; i < 60; ++i) {
    before = t.theta.clone();
    step = t.optimizer->step(t.objective, t.theta);
    if (!step.accepted) break;
  }
  ASSERT_FALSE(step.accepted);
  EXPECT_EQ(step.loss, step.previous);
  EXPECT_EQ(step.length, 0);
  EXPECT_TRUE(at::equal(t.theta, before));
}

TEST(LevenbergMarquardt, OtherPointsBeginWithTheDampingOfAWarmStart) {
  Trained t(tiny_cavity({levenberg_marquardt}));
  t.optimizer->points_changed(0.125);
  EXPECT_EQ(t.optimizer->step(t.objective, t.theta).damping, 0.125);
}

TEST(LevenbergMarquardt, ARestoredOneGoesOnWithTheSameBits) {
  Trained whole(tiny_cavity({levenberg_marquardt}));
  Trained halves(tiny_cavity({levenberg_marquardt}));
  for (int i = 0; i < 6; ++i) whole.optimizer->step(whole.objective, whole.theta);
  for (int i = 0; i < 3; ++i) halves.optimizer->step(halves.objective, halves.theta);
  const OptimizerState state = halves.optimizer->state();
  halves.optimizer = make_optimizer(halves.c.settings);
  halves.optimizer->restore(state);
  for (int i = 0; i < 3; ++i) halves.optimizer->step(halves.objective, halves.theta);
  EXPECT_TRUE(at::equal(whole.theta, halves.theta));
}

TEST(Optimizers, AnUnknownNameIsRefused) {
  Case c = tiny_bar();
  c.settings.optimizer.name = "bfgs";
  try {
    make_optimizer(c.settings);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "unknown optimizer 'bfgs'");
  }
  EXPECT_THROW(RegisterOptimizer({"adam", {}}), std::logic_error);
}

}  // namespace
}  // namespace nusselt
