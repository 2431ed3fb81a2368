#include <gtest/gtest.h>

#include <cmath>

#include "solver/optimizer.hpp"
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

TEST(GaussNewtonCg, TheStepIsThatOfTheDampedNormalEquations) {
  Trained t;
  const Tensor before = t.theta.clone();
  const LeastSquares::Linear linear = t.objective.linearize(before);
  const Tensor jacobian = linear.jacobian.clone();
  // The unit of the damping is the mean diagonal, estimated from the reduced points.
  const Tensor reduced = t.objective.reduced(6).linearize(before).jacobian;
  const double unit = reduced.square().sum().item<double>() / static_cast<double>(before.numel());
  const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
  ASSERT_TRUE(step.accepted);
  const auto cancelling = [&](const Tensor& r) {
    const Tensor matrix = at::mm(jacobian.t(), jacobian) +
                          step.damping * unit * at::eye(before.numel(), at::TensorOptions().dtype(at::kDouble));
    return Tensor(-at::mv(at::linalg_inv(matrix), at::mv(jacobian.t(), r)));
  };
  const Tensor velocity = cancelling(linear.residual);
  const Tensor curvature = (t.objective.residual(before + 0.1 * velocity) +
                            t.objective.residual(before - 0.1 * velocity) - 2 * linear.residual) /
                           0.01;
  Tensor bend = 0.5 * cancelling(curvature);
  const double ratio = (bend.norm() / velocity.norm()).item<double>();
  if (ratio > 0.75) bend = bend * (0.75 / ratio);
  const Tensor expected = step.length * velocity + step.length * step.length * bend;
  // Conjugate gradients end at 5 % in a norm near that of J, not in that of the parameters.
  const Tensor difference = at::mv(jacobian, t.theta - before - expected);
  EXPECT_LT((difference.norm() / at::mv(jacobian, expected).norm()).item<double>(), 0.3);
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
