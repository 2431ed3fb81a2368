#include <gtest/gtest.h>

#include <cmath>

#include "solver/optimizer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

struct Trained {
  explicit Trained(const torch::TensorOptions& options = float64())
      : problem(c, options),
        objective(problem, problem.draw("gauss", 36, 6, "training", 1, 0),
                  std::vector<double>(problem.residuals().size(), 1.0)),
        theta(problem.network().initial_parameters(3).to(options)),
        optimizer(make_optimizer(c.settings)) {}
  Case c = tiny_cavity({"optimizer.name=adam", "optimizer.rate=0.02"});
  Problem problem;
  LeastSquares objective;
  Tensor theta;
  std::unique_ptr<Optimizer> optimizer;
};

TEST(Adam, ThreeStepsByHand) {
  Trained t;
  Tensor theta = t.theta.clone();
  Tensor m = at::zeros_like(theta);
  Tensor v = at::zeros_like(theta);
  for (int step = 1; step <= 3; ++step) {
    const auto [loss, g] = t.objective.gradient(theta);
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const Tensor mean = m / (1 - std::pow(0.9, step));
    const Tensor square = v / (1 - std::pow(0.999, step));
    theta = theta - 0.02 * mean / (square.sqrt() + 1e-8);
    const OptimizerStep made = t.optimizer->step(t.objective, t.theta);
    EXPECT_NEAR(made.loss, loss, 1e-12 * loss);
    EXPECT_TRUE(made.accepted);
    EXPECT_EQ(made.length, 0.02);
    EXPECT_EQ(made.damping, 0);
    EXPECT_LT(testing::relative_difference(t.theta, theta), 1e-12) << step;
  }
}

TEST(Adam, LowersTheLoss) {
  Trained t;
  const double first = t.objective.loss(t.theta);
  for (int i = 0; i < 60; ++i) t.optimizer->step(t.objective, t.theta);
  EXPECT_LT(t.objective.loss(t.theta), 0.5 * first);
}

TEST(Adam, ARestoredOneGoesOnWithTheSameBits) {
  Trained whole;
  Trained halves;
  for (int i = 0; i < 6; ++i) whole.optimizer->step(whole.objective, whole.theta);
  const OptimizerState untouched = halves.optimizer->state();
  EXPECT_EQ(untouched.size(), 1u);
  halves.optimizer->restore(untouched);
  for (int i = 0; i < 3; ++i) halves.optimizer->step(halves.objective, halves.theta);
  const OptimizerState state = halves.optimizer->state();
  Tensor elsewhere = halves.theta.clone();
  halves.optimizer->step(halves.objective, elsewhere);  // must not touch the state, which is a copy
  halves.optimizer = make_optimizer(halves.c.settings);
  halves.optimizer->restore(state);
  for (int i = 0; i < 3; ++i) halves.optimizer->step(halves.objective, halves.theta);
  EXPECT_TRUE(at::equal(whole.theta, halves.theta));
}

TEST(Adam, RunsInSinglePrecision) {
  Trained single(at::TensorOptions().dtype(at::kFloat));
  Trained full;
  for (int i = 0; i < 3; ++i) single.optimizer->step(single.objective, single.theta);
  for (int i = 0; i < 3; ++i) full.optimizer->step(full.objective, full.theta);
  EXPECT_EQ(single.theta.scalar_type(), at::kFloat);
  EXPECT_LT(testing::relative_difference(single.theta.to(at::kDouble), full.theta), 1e-3);
}

}  // namespace
}  // namespace nusselt
