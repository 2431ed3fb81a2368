#include <gtest/gtest.h>

#include <cmath>

#include "solver/optimizer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

const std::vector<std::string> with_adam = {"optimizer.name=adam", "optimizer.rate=0.02"};

TEST(Adam, ThreeStepsByHand) {
  Trained t(tiny_cavity(with_adam));
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
  Trained t(tiny_cavity(with_adam));
  const double first = t.objective.loss(t.theta);
  for (int i = 0; i < 60; ++i) t.optimizer->step(t.objective, t.theta);
  EXPECT_LT(t.objective.loss(t.theta), 0.5 * first);
}

TEST(Adam, ARestoredOneGoesOnWithTheSameBits) {
  Trained whole(tiny_cavity(with_adam));
  Trained halves(tiny_cavity(with_adam));
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
  Trained single(tiny_cavity(with_adam), at::TensorOptions().dtype(at::kFloat));
  Trained full(tiny_cavity(with_adam));
  for (int i = 0; i < 3; ++i) single.optimizer->step(single.objective, single.theta);
  for (int i = 0; i < 3; ++i) full.optimizer->step(full.objective, full.theta);
  EXPECT_EQ(single.theta.scalar_type(), at::kFloat);
  EXPECT_LT(testing::relative_difference(single.theta.to(at::kDouble), full.theta), 1e-3);
}

}  // namespace
}  // namespace nusselt
