#include <gtest/gtest.h>

#include "solver/damped_normal_equations.hpp"
#include "solver/damped_step.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

struct Trained {
  explicit Trained(const std::string& name = "gauss_newton_cg")
      : c(tiny_cavity({"optimizer.name=" + name})),
        problem(c, float64()),
        objective(problem, problem.draw("gauss", 64, 8, "training", 1, 0),
                  std::vector<double>(problem.residuals().size(), 1.0)),
        theta(problem.network().initial_parameters(3)),
        optimizer(make_optimizer(c.settings)) {}
  double train(int steps) {
    for (int i = 0; i < steps; ++i) optimizer->step(objective, theta);
    return objective.loss(theta);
  }
  Case c;
  Problem problem;
  LeastSquares objective;
  Tensor theta;
  std::unique_ptr<Optimizer> optimizer;
};

TEST(GaussNewtonCg, TheLossNeverRises) {
  Trained t;
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
  Trained t;
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
  Trained t;
  t.optimizer->points_changed(0.125);
  EXPECT_EQ(t.optimizer->step(t.objective, t.theta).damping, 0.125);
}

TEST(GaussNewtonCg, ARestoredOneGoesOnWithTheSameBits) {
  Trained whole;
  Trained halves;
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
