#include <gtest/gtest.h>

#include "solver/damped_normal_equations.hpp"
#include "solver/damped_step.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

const std::vector<std::string> matrix_free = {"optimizer.name=gauss_newton_cg", "points.interior=64",
                                              "points.boundary=8"};

TEST(GaussNewtonCg, TheLossNeverRises) {
  Trained t(tiny_cavity(matrix_free));
  const double first = t.objective.loss(t.theta);
  double last = first;
  for (int i = 0; i < 10; ++i) {
    const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
    EXPECT_DOUBLE_EQ(step.previous, last);
    EXPECT_LE(step.loss, step.previous);
    EXPECT_DOUBLE_EQ(step.loss, t.objective.loss(t.theta));
    last = step.loss;
  }
  EXPECT_LT(last, 0.1 * first);
}

TEST(GaussNewtonCg, TakesTheDampedStep) {
  Trained t(tiny_cavity(matrix_free));
  Tensor theta = t.theta.clone();
  double damping = t.c.settings.optimizer.damping;
  const DampedNormalEquations linear(t.objective, theta, 0.05, 40);
  const OptimizerStep expected = damped_step(t.objective, theta, linear, damping, 0.0);
  const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
  ASSERT_TRUE(step.accepted);
  EXPECT_EQ(step.loss, expected.loss);
  EXPECT_TRUE(at::equal(t.theta, theta));
  EXPECT_EQ(t.optimizer->state().at("damping").item<double>(), damping);
}

TEST(GaussNewtonCg, OtherPointsBeginWithTheDampingOfAWarmStart) {
  Trained t(tiny_cavity(matrix_free));
  t.optimizer->points_changed(0.125);
  EXPECT_EQ(t.optimizer->step(t.objective, t.theta).damping, 0.125);
}

TEST(GaussNewtonCg, ARestoredOneGoesOnWithTheSameBits) {
  Trained whole(tiny_cavity(matrix_free));
  Trained halves(tiny_cavity(matrix_free));
  whole.train(6);
  halves.train(3);
  const OptimizerState state = halves.optimizer->state();
  halves.optimizer = make_optimizer(halves.c.settings);
  halves.optimizer->restore(state);
  halves.train(3);
  EXPECT_TRUE(at::equal(whole.theta, halves.theta));
}

}  // namespace
}  // namespace nusselt
