#include <gtest/gtest.h>

#include "solver/optimizer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

TEST(Sgd, GoesDownTheGradient) {
  Trained t(tiny_cavity({"optimizer.name=sgd", "optimizer.rate=0.02"}));
  torch::Tensor theta = t.theta.clone();
  for (int step = 0; step < 3; ++step) {
    const auto [loss, gradient] = t.objective.gradient(theta);
    theta = theta - 0.02 * gradient;
    const OptimizerStep made = t.optimizer->step(t.objective, t.theta);
    EXPECT_EQ(made.loss, loss);
    EXPECT_EQ(made.length, 0.02);
    EXPECT_TRUE(made.accepted);
    EXPECT_LT(testing::relative_difference(t.theta, theta), 1e-15) << step;
  }
}

TEST(Sgd, LowersTheLossAndHasNoState) {
  Trained t(tiny_cavity({"optimizer.name=sgd", "optimizer.rate=0.02"}));
  const double first = t.objective.loss(t.theta);
  EXPECT_LT(t.train(60), 0.8 * first);
  EXPECT_TRUE(t.optimizer->state().empty());
}

}  // namespace
}  // namespace nusselt
