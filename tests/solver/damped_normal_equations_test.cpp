#include "solver/damped_normal_equations.hpp"

#include <gtest/gtest.h>

#include "solver/conjugate_gradients.hpp"

#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using testing::wave;
using torch::Tensor;

struct Linearized : Trained {
  explicit Linearized(double tolerance, int most_products = 400)
      : Trained(tiny_cavity({"points.interior=64"})), linear(objective, theta, tolerance, most_products) {
    jacobian = objective.linearize(theta).jacobian.clone();
    const Tensor reduced = objective.reduced(6).linearize(theta).jacobian;
    unit = reduced.square().sum().item<double>() / static_cast<double>(theta.numel());
  }
  Tensor matrix(double damping) const {
    return at::mm(jacobian.t(), jacobian) + damping * unit * at::eye(theta.numel(), at::kDouble);
  }
  Tensor solved(double damping, const Tensor& residual) const {
    return -at::linalg_solve(matrix(damping), at::mv(jacobian.t(), residual));
  }
  DampedNormalEquations linear;
  Tensor jacobian;
  double unit;
};

TEST(DampedNormalEquations, AreSolvedToTheToleranceAsked) {
  const at::NoGradGuard no_gradient;
  const Linearized t(1e-12);
  EXPECT_DOUBLE_EQ(t.linear.loss, t.objective.loss(t.theta));
  EXPECT_LT(relative_difference(t.linear.residual, t.objective.residual(t.theta)), 1e-14);
  for (const double damping : {1.0, 1e-2, 1e-4}) {
    const auto factor = t.linear.factor(damping);
    ASSERT_TRUE(factor);
    EXPECT_NEAR(factor->shift, damping * t.unit, 1e-12 * factor->shift);
    EXPECT_LT(relative_difference(t.linear.step(*factor), t.solved(damping, t.linear.residual)), 1e-8) << damping;
    const Tensor other = wave({t.objective.rows()}, 0.6);
    EXPECT_LT(relative_difference(t.linear.step(*factor, other), t.solved(damping, other)), 1e-8) << damping;
  }
}

// Measured: 63 products against 202.
TEST(DampedNormalEquations, TheReducedPointsSaveMostProducts) {
  const at::NoGradGuard no_gradient;
  const Linearized t(1e-8);
  t.linear.step(*t.linear.factor(1e-4));
  const Tensor matrix = t.matrix(1e-4);
  const ConjugateGradients plain =
      conjugate_gradients([&](const Tensor& v) { return at::mv(matrix, v); }, [](const Tensor& v) { return v.clone(); },
                          at::mv(t.jacobian.t(), t.linear.residual), 1e-8, 4000);
  EXPECT_LT(2 * t.linear.products(), plain.products);
}

TEST(DampedNormalEquations, EndAtTheMostProducts) {
  const at::NoGradGuard no_gradient;
  const Linearized t(0.0, 3);
  const auto factor = t.linear.factor(1e-2);
  t.linear.step(*factor);
  EXPECT_EQ(t.linear.products(), 3);
  t.linear.step(*factor, t.linear.residual);
  EXPECT_EQ(t.linear.products(), 6);
}

TEST(DampedNormalEquations, ADampingTooSmallHasNoFactor) {
  const at::NoGradGuard no_gradient;
  EXPECT_FALSE(Linearized(0.05).linear.factor(-1.0));
}

}  // namespace
}  // namespace nusselt
