#include "solver/least_squares.hpp"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

class LeastSquaresTest : public ::testing::Test {
 protected:
  std::vector<WeightedPoints> points() const { return problem_.draw("gauss", 36, 6, "training", 1, 0); }

  /// The documented loss, with the jets of `jet_of`.
  template <class JetOf>
  Tensor documented_loss(const JetOf& jet_of) const {
    Tensor loss = at::zeros({}, at::kDouble);
    std::size_t index = 0;
    const std::vector<WeightedPoints> drawn = points();
    for (std::size_t s = 0; s < problem_.sets().size(); ++s) {
      const ResidualSet& set = problem_.sets()[s];
      const Tensor values = set.residual.values(drawn[s].points, jet_of(drawn[s].points.x, set.residual.spec()));
      for (std::size_t e = 0; e < set.names.size(); ++e, ++index) {
        loss = loss + 0.5 * set.weights[e] * balance_[index] *
                          (drawn[s].weights * values.select(1, static_cast<std::int64_t>(e)).square()).sum();
      }
    }
    return loss;
  }

  // The floor's condition weighs 2.5 in the case: its residual is the only one of its set.
  Case case_ = tiny_cavity({"conditions.3.weight=2.5", "engine=libtorch"});  // tile_objective_test has the other
  Problem problem_{case_, float64()};
  std::vector<double> balance_ = {0.5, 2.0, 1.5, 0.7, 3.0, 0.2};
  Tensor theta_ = testing::generic_parameters(problem_.network(), 5);
  LeastSquares objective_{problem_, points(), balance_};
};

TEST_F(LeastSquaresTest, HasOneRowPerPointAndResidual) {
  ASSERT_EQ(problem_.sets().size(), 3u);  // interior, y-, y+
  EXPECT_EQ(problem_.sets()[1].name, "y-");
  EXPECT_EQ(problem_.sets()[1].weights, std::vector<double>{2.5});
  EXPECT_EQ(problem_.residuals().size(), 6u);
  EXPECT_EQ(objective_.rows(), 36 * 4 + 6 + 6);
  EXPECT_EQ(objective_.parameters(), theta_.numel());
}

TEST_F(LeastSquaresTest, WeightsEnterAsDocumentedOnBothPaths) {
  const double loss = objective_.loss(theta_);
  const Network& network = problem_.network();
  const double fast = documented_loss([&](const Tensor& x, const JetSpec& spec) {
                        return network.jet(theta_, x, spec);
                      }).item<double>();
  const double reference = documented_loss([&](const Tensor& x, const JetSpec& spec) {
                             return network.reference_jet(theta_, x, spec);
                           }).item<double>();
  EXPECT_NEAR(loss, fast, 1e-13 * fast);
  EXPECT_NEAR(loss, reference, 1e-11 * reference);
  EXPECT_NEAR(0.5 * objective_.residual(theta_).square().sum().item<double>(), loss, 1e-14 * loss);
}

TEST_F(LeastSquaresTest, LossGradientAndJacobianAgree) {
  const LeastSquares::Gradient gradient = objective_.gradient(theta_);
  const LeastSquares::Linear linear = objective_.linearize(theta_);
  EXPECT_DOUBLE_EQ(gradient.loss, objective_.loss(theta_));
  EXPECT_DOUBLE_EQ(linear.loss, objective_.loss(theta_));
  EXPECT_LT(relative_difference(linear.residual, objective_.residual(theta_)), 1e-14);
  EXPECT_LT(relative_difference(at::mv(linear.jacobian.t(), linear.residual), gradient.gradient), 1e-12);
}

TEST_F(LeastSquaresTest, NormalEquationsAndPullAgreeWithTheJacobian) {
  const LeastSquares::Linear linear = objective_.linearize(theta_);
  const LeastSquares::NormalEquations normal = objective_.normal_equations(theta_);
  EXPECT_DOUBLE_EQ(normal.loss, linear.loss);
  EXPECT_TRUE(normal.residual.equal(linear.residual));
  EXPECT_LT(relative_difference(normal.gradient, at::mv(linear.jacobian.t(), linear.residual)), 1e-12);
  EXPECT_LT(relative_difference(normal.matrix, at::mm(linear.jacobian.t(), linear.jacobian).triu()), 1e-12);
  const Tensor w = testing::wave({objective_.rows()}, 0.3);
  EXPECT_LT(relative_difference(objective_.pull(theta_, w), at::mv(linear.jacobian.t(), w)), 1e-12);
}

TEST_F(LeastSquaresTest, ProductsAgreeWithTheJacobian) {
  // More points than a tile of products, in both sets.
  const LeastSquares many(problem_, problem_.draw("sobol", 300, 270, "training", 1, 0), balance_);
  const LeastSquares::Linear linear = many.linearize(theta_);
  const Tensor& j = linear.jacobian;
  const Tensor v = testing::wave({theta_.numel()}, 0.3), w = testing::wave({many.rows()}, 0.8);
  const Tensor pushed = at::mv(j, v), pulled = at::mv(j.t(), w), product = at::mv(j.t(), pushed);
  EXPECT_LT(relative_difference(many.push(theta_, v), pushed), 1e-12);
  EXPECT_LT(relative_difference(many.pull(theta_, w), pulled), 1e-12);
  EXPECT_LT(relative_difference(many.product(theta_, v), product), 1e-12);
  const LeastSquares::Operator whole = many.jacobian(theta_);
  const LeastSquares::Operator nothing_kept(many, theta_, 0);
  const LeastSquares::Operator half_kept(many, theta_, whole.bytes() / 2);
  EXPECT_EQ(nothing_kept.bytes(), 0);
  EXPECT_GT(half_kept.bytes(), 0);
  EXPECT_LE(half_kept.bytes(), whole.bytes() / 2);
  for (const LeastSquares::Operator* jacobian : {&whole, &nothing_kept, &half_kept}) {
    EXPECT_DOUBLE_EQ(jacobian->loss(), linear.loss);
    EXPECT_LT(relative_difference(jacobian->residual(), linear.residual), 1e-13);
    EXPECT_LT(relative_difference(jacobian->gradient(), many.gradient(theta_).gradient), 1e-12);
    EXPECT_LT(relative_difference(jacobian->push(v), pushed), 1e-12);
    EXPECT_LT(relative_difference(jacobian->pull(w), pulled), 1e-12);
    EXPECT_LT(relative_difference(jacobian->product(v), product), 1e-12);
    EXPECT_LT(relative_difference(jacobian->kernel().triu(), at::mm(j, j.t()).triu()), 1e-12);
  }
}

TEST_F(LeastSquaresTest, GradientAgreesWithDifferences) {
  const Tensor gradient = objective_.gradient(theta_).gradient;
  const Tensor direction = testing::wave({theta_.numel()}, 0.9);
  const auto loss = [&](double t) { return objective_.loss(theta_ + t * direction); };
  const double h = 1e-4;
  const double slope = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h);
  EXPECT_NEAR((gradient * direction).sum().item<double>(), slope, 1e-8 * std::abs(slope));
  // The Jacobian row by row.
  const Tensor rows = at::mv(objective_.linearize(theta_).jacobian, direction);
  const Tensor difference =
      (objective_.residual(theta_ + h * direction) - objective_.residual(theta_ - h * direction)) / (2 * h);
  EXPECT_LT(relative_difference(rows, difference), 1e-5);
}

TEST_F(LeastSquaresTest, GradientEqualsAutogradThroughBothJets) {
  const Tensor gradient = objective_.gradient(theta_).gradient;
  const Tensor leaf = theta_.clone().requires_grad_(true);
  const Network& network = problem_.network();
  const Tensor fast = documented_loss([&](const Tensor& x, const JetSpec& spec) { return network.jet(leaf, x, spec); });
  EXPECT_LT(relative_difference(gradient, torch::autograd::grad({fast}, {leaf})[0]), 1e-12);
  const Tensor reference =
      documented_loss([&](const Tensor& x, const JetSpec& spec) { return network.reference_jet(leaf, x, spec); });
  EXPECT_LT(relative_difference(gradient, torch::autograd::grad({reference}, {leaf})[0]), 1e-10);
}

TEST_F(LeastSquaresTest, MeanSquaresKnowOnlyTheQuadrature) {
  const std::vector<double> means = objective_.mean_squares(theta_);
  ASSERT_EQ(means.size(), 6u);
  const std::vector<double> stated = {1, 1, 1, 1, 2.5, 2.5};
  double loss = 0;
  for (std::size_t e = 0; e < means.size(); ++e) loss += 0.5 * stated[e] * balance_[e] * means[e];
  EXPECT_NEAR(loss, objective_.loss(theta_), 1e-12 * loss);
  const LeastSquares unweighted(problem_, points(), std::vector<double>(6, 1.0));
  for (std::size_t e = 0; e < means.size(); ++e) EXPECT_DOUBLE_EQ(unweighted.mean_squares(theta_)[e], means[e]);
}

TEST_F(LeastSquaresTest, MorePointsThanATileGiveTheSameGradient) {
  const LeastSquares many(problem_, problem_.draw("sobol", 1500, 3, "training", 1, 0), balance_);
  const LeastSquares::Linear linear = many.linearize(theta_);
  EXPECT_LT(relative_difference(at::mv(linear.jacobian.t(), linear.residual), many.gradient(theta_).gradient), 1e-12);
  EXPECT_LT(relative_difference(linear.residual, many.residual(theta_)), 1e-13);
}

}  // namespace
}  // namespace nusselt
