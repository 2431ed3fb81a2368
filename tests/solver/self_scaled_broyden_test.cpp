#include "solver/self_scaled_broyden.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/solver/known_functions.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

Tensor symmetric(const Tensor& upper) { return upper.triu() + upper.triu(1).t(); }
double product(const Tensor& a, const Tensor& b) { return at::dot(a, b).item<double>(); }

/// H after a step by the formulas of the paper, arXiv:2405.04230, with full matrices and B = H^-1.
Tensor updated(const Tensor& H, const Tensor& s, const Tensor& y, SelfScaling rule) {
  const double ys = product(y, s);
  const Tensor Hy = at::mv(H, y);
  const double yHy = product(y, Hy);
  const double b = product(s, at::mv(at::linalg_inv(H), s)) / ys;
  double phi = 1;
  double tau = std::min(1.0, 1 / b);
  if (rule == SelfScaling::ssbroyden) {
    const double h = yHy / ys;
    const double a = h * b - 1;
    const double c = std::sqrt(a / (a + 1));
    const double rho_minus = std::min(1.0, h * (1 - c));
    const double theta = std::max((rho_minus - 1) / a, std::min(1 / rho_minus, (1 - b) / b));
    const double sigma = 1 + a * theta;
    const double sigma_n = std::pow(std::abs(sigma), -1.0 / (static_cast<double>(s.numel()) - 1));
    const double rho = std::min(1.0, 1 / b);
    tau = theta <= 0 ? std::min(rho * sigma_n, sigma) : rho * std::min(sigma_n, 1 / theta);
    phi = (1 - theta) / (1 + a * theta);
  }
  const Tensor v = s / ys - Hy / yHy;
  return (H - at::outer(Hy, Hy) / yHy + phi * yHy * at::outer(v, v)) / tau + at::outer(s, s) / ys;
}

class EachRule : public ::testing::TestWithParam<SelfScaling> {};
INSTANTIATE_TEST_SUITE_P(SelfScaledBroyden, EachRule, ::testing::Values(SelfScaling::ssbroyden, SelfScaling::ssbfgs));

TEST_P(EachRule, UpdatesByTheFormulaKeepsTheSecantEquationAndStaysPositiveDefinite) {
  const std::int64_t n = 9;
  const Differentiable f = rosenbrock();
  SelfScaledBroyden broyden(GetParam());
  Tensor theta = testing::wave({n}, 0.3);
  const Tensor start = at::eye(n, at::kDouble) * 0.01 + 0.001;
  broyden.start_from(start.triu().contiguous());
  Tensor H = start;
  for (int i = 0; i < 12; ++i) {
    const Tensor before = theta.clone();
    const Tensor g = f.at(before).gradient;
    const OptimizerStep step = broyden.step(f, theta);
    ASSERT_TRUE(step.accepted);
    const Tensor s = theta - before;
    const Tensor y = f.at(theta).gradient - g;
    EXPECT_LT(relative_difference(s, -step.length * at::mv(H, g)), 1e-9) << i;
    H = updated(H, s, y, GetParam());
    const Tensor ours = symmetric(broyden.inverse_hessian());
    EXPECT_LT(relative_difference(ours, H), 1e-9) << i;
    EXPECT_LT(relative_difference(at::mv(ours, y), s), 1e-9) << i;
    EXPECT_GT(at::linalg_eigvalsh(ours, "L").min().item<double>(), 0) << i;
    H = ours;
  }
}

TEST_P(EachRule, FindsTheMinimumOfAQuadraticAndOfRosenbrocksValley) {
  SelfScaledBroyden on_quadratic(GetParam());
  Tensor x = testing::wave({12}, 0.9);
  int steps = 0;
  const Differentiable bowl = quadratic(quadratic_matrix(12));
  while (bowl.at(x).gradient.norm().item<double>() > 1e-10 && ++steps < 100) on_quadratic.step(bowl, x);
  EXPECT_LT(steps, 60);
  SelfScaledBroyden in_valley(GetParam());
  Tensor z = at::full({6}, -0.5, at::kDouble);
  for (int i = 0; i < 120; ++i) in_valley.step(rosenbrock(), z);
  EXPECT_LT((z - 1).abs().max().item<double>(), 1e-8);
}

TEST(SelfScaledBroyden, TheExactInverseHessianIsNewtonsStep) {
  const Tensor a = quadratic_matrix(7);
  SelfScaledBroyden broyden(SelfScaling::ssbroyden);
  broyden.start_from(at::linalg_inv(a).triu().contiguous());
  Tensor x = testing::wave({7}, 0.9);
  EXPECT_FALSE(broyden.has_learned());
  const OptimizerStep step = broyden.step(quadratic(a), x);
  EXPECT_EQ(step.length, 1);
  EXPECT_TRUE(broyden.has_learned());
  EXPECT_LT(x.norm().item<double>(), 1e-12);
}

TEST(SelfScaledBroyden, AnotherFunctionGetsANewGradientAndTheSameMatrix) {
  const Tensor a = quadratic_matrix(7);
  const Differentiable first = quadratic(a);
  Differentiable second = quadratic(3 * a);
  second.identity = 0xF003;
  SelfScaledBroyden broyden(SelfScaling::ssbroyden);
  Tensor x = testing::wave({7}, 0.9);
  for (int i = 0; i < 4; ++i) broyden.step(first, x);
  const Tensor H = symmetric(broyden.inverse_hessian());
  const Tensor before = x.clone();
  const OptimizerStep step = broyden.step(second, x);
  ASSERT_TRUE(step.accepted);
  EXPECT_DOUBLE_EQ(step.previous, second.at(before).loss);
  EXPECT_LT(relative_difference(x - before, -step.length * at::mv(H, second.at(before).gradient)), 1e-9);
}

TEST(SelfScaledBroyden, AnUphillMatrixIsNoStep) {
  SelfScaledBroyden broyden(SelfScaling::ssbroyden);
  broyden.start_from(-at::eye(5, at::kDouble));
  Tensor x = testing::wave({5}, 0.9);
  const Tensor before = x.clone();
  EXPECT_FALSE(broyden.step(quadratic(quadratic_matrix(5)), x).accepted);
  EXPECT_TRUE(at::equal(x, before));
}

TEST_P(EachRule, ARestoredOneGoesOnWithTheSameBits) {
  const std::string name = GetParam() == SelfScaling::ssbroyden ? "optimizer.name=ssbroyden" : "optimizer.name=ssbfgs";
  Trained whole(tiny_cavity({name}));
  Trained halves(tiny_cavity({name}));
  for (int i = 0; i < 12; ++i) whole.optimizer->step(whole.objective, whole.theta);
  for (int i = 0; i < 5; ++i) halves.optimizer->step(halves.objective, halves.theta);
  const OptimizerState state = halves.optimizer->state();
  halves.optimizer = make_optimizer(halves.c.settings);
  halves.optimizer->restore(state);
  for (int i = 0; i < 7; ++i) halves.optimizer->step(halves.objective, halves.theta);
  EXPECT_TRUE(at::equal(whole.theta, halves.theta));
}

}  // namespace
}  // namespace nusselt
