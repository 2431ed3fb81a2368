#include <gtest/gtest.h>

#include <vector>

#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

TEST(Lbfgs, WithAllPairsItIsBfgsFromTheScaledIdentity) {
  Trained t(tiny_cavity({"optimizer.name=lbfgs"}));
  std::vector<Tensor> steps;
  std::vector<Tensor> changes;
  for (int i = 0; i < 10; ++i) {
    const Tensor before = t.theta.clone();
    const Tensor gradient = t.objective.gradient(before).gradient;
    // Dense BFGS over all pairs, N&W eq. 6.17, from the identity scaled by the newest.
    Tensor H = at::eye(before.numel(), at::kDouble);
    if (!steps.empty()) H = H * (at::dot(steps.back(), changes.back()) / at::dot(changes.back(), changes.back()));
    for (std::size_t k = 0; k < steps.size(); ++k) {
      const Tensor rho = 1 / at::dot(steps[k], changes[k]);
      const Tensor left = at::eye(before.numel(), at::kDouble) - rho * at::outer(steps[k], changes[k]);
      H = at::mm(at::mm(left, H), left.t()) + rho * at::outer(steps[k], steps[k]);
    }
    const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
    ASSERT_TRUE(step.accepted);
    EXPECT_LT(step.loss, step.previous);
    EXPECT_DOUBLE_EQ(step.loss, t.objective.gradient(t.theta).loss);
    EXPECT_LT(relative_difference(t.theta - before, -step.length * at::mv(H, gradient)), 1e-8) << i;
    steps.push_back(t.theta - before);
    changes.push_back(t.objective.gradient(t.theta).gradient - gradient);
  }
}

TEST(Lbfgs, BeginsAnewWithTheGradientWhenWeightsChange) {
  Trained t(tiny_cavity({"optimizer.name=lbfgs"}));
  t.train(5);
  EXPECT_FALSE(t.optimizer->state().empty());
  t.optimizer->objective_changed();
  EXPECT_TRUE(t.optimizer->state().empty());
  const Tensor before = t.theta.clone();
  const Tensor gradient = t.objective.gradient(before).gradient;
  const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
  ASSERT_TRUE(step.accepted);
  EXPECT_LT(relative_difference(t.theta - before, -step.length * gradient), 1e-12);
}

TEST(Lbfgs, ARestoredOneGoesOnWithTheSameBits) {
  Trained whole(tiny_cavity({"optimizer.name=lbfgs"}));
  Trained halves(tiny_cavity({"optimizer.name=lbfgs"}));
  for (int i = 0; i < 70; ++i) whole.optimizer->step(whole.objective, whole.theta);  // more than it keeps
  for (int i = 0; i < 60; ++i) halves.optimizer->step(halves.objective, halves.theta);
  const OptimizerState state = halves.optimizer->state();
  EXPECT_EQ(state.at("steps").size(0), 50);
  halves.optimizer = make_optimizer(halves.c.settings);
  halves.optimizer->restore(state);
  for (int i = 0; i < 10; ++i) halves.optimizer->step(halves.objective, halves.theta);
  EXPECT_TRUE(at::equal(whole.theta, halves.theta));
}

TEST(Lbfgs, LowersTheLossInSinglePrecision) {
  const Case c = tiny_cavity({"optimizer.name=lbfgs", "precision=float32"});
  Problem problem(c, at::TensorOptions().dtype(at::kFloat));
  const LeastSquares objective(problem, problem.draw("gauss", 36, 6, "training", 1, 0),
                               std::vector<double>(problem.residuals().size(), 1.0));
  Tensor theta = problem.network().initial_parameters(1).to(at::kFloat);
  const double first = objective.loss(theta);
  const auto optimizer = make_optimizer(c.settings);
  for (int i = 0; i < 60; ++i) optimizer->step(objective, theta);
  EXPECT_LT(objective.loss(theta), 0.2 * first);
}

}  // namespace
}  // namespace nusselt
