#include "solver/term_gradients.hpp"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <numeric>

#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

/// Every residual at every point, by autograd through the reference jet.
struct ByAutograd {
  std::vector<double> losses, traces;
  std::vector<Tensor> gradients;
  ByAutograd(const Problem& problem, const std::vector<WeightedPoints>& points, const Tensor& theta) {
    const Tensor leaf = theta.clone().requires_grad_(true);
    for (std::size_t s = 0; s < points.size(); ++s) {
      const CompiledResidual& residual = problem.sets()[s].residual;
      const Tensor r =
          residual.values(points[s].points, problem.network().reference_jet(leaf, points[s].points.x, residual.spec()));
      for (std::int64_t e = 0; e < r.size(1); ++e) {
        const Tensor loss = 0.5 * (points[s].weights * r.select(1, e).square()).sum();
        losses.push_back(loss.item<double>());
        gradients.push_back(torch::autograd::grad({loss}, {leaf}, {}, true)[0]);
        double trace = 0;
        for (std::int64_t n = 0; n < r.size(0); ++n) {
          trace += points[s].weights[n].item<double>() *
                   torch::autograd::grad({r[n][e]}, {leaf}, {}, true)[0].square().sum().item<double>();
        }
        traces.push_back(trace);
      }
    }
  }
};

class TermGradientsTest : public ::testing::TestWithParam<const char*> {
 protected:
  Case case_ = tiny_cavity({"conditions.3.weight=2.5", std::string("engine=") + GetParam()});
  Problem problem_{case_, float64()};
  Tensor theta_ = testing::generic_parameters(problem_.network(), 5);
};
INSTANTIATE_TEST_SUITE_P(Engines, TermGradientsTest, ::testing::Values("tile", "libtorch"));

TEST_P(TermGradientsTest, EqualAutogradWithoutWeightsOfTheCase) {
  const std::vector<WeightedPoints> points = problem_.draw("sobol", 9, 3, "training", 1, 0);
  const ByAutograd exact(problem_, points, theta_);
  const TermGradients terms = term_gradients(problem_, points, theta_);
  ASSERT_EQ(terms.losses.size(), 6u);
  ASSERT_EQ(terms.gradients.sizes(), (std::vector<std::int64_t>{6, theta_.numel()}));
  for (std::size_t e = 0; e < 6; ++e) {
    EXPECT_NEAR(terms.losses[e], exact.losses[e], 1e-11 * exact.losses[e]) << e;
    EXPECT_NEAR(terms.traces[e], exact.traces[e], 1e-11 * exact.traces[e]) << e;
    EXPECT_LT(relative_difference(terms.gradients[static_cast<std::int64_t>(e)], exact.gradients[e]), 1e-10) << e;
  }
}

TEST_P(TermGradientsTest, AreTheSameWhateverWeightsThePointsBring) {
  std::vector<WeightedPoints> points = problem_.draw("sobol", 9, 3, "training", 1, 0);
  const TermGradients plain = term_gradients(problem_, points, theta_);
  points[0].balance = at::full({9, 4}, 7.0, at::kDouble);
  EXPECT_EQ(term_gradients(problem_, points, theta_).losses, plain.losses);
}

TEST_P(TermGradientsTest, OfAnObjectiveSumToItsLossAndGradient) {
  // More points than a block, in one set.
  std::vector<WeightedPoints> points = problem_.draw("sobol", 1500, 3, "training", 1, 0);
  points[0].balance = 1.2 + testing::wave({1500, 4}, 0.4);
  const LeastSquares objective(problem_, points, {0.5, 2.0, 1.5, 0.7, 3.0, 0.2});
  const TermGradients terms = term_gradients(objective, theta_);
  const double loss = std::accumulate(terms.losses.begin(), terms.losses.end(), 0.0);
  EXPECT_NEAR(loss, objective.loss(theta_), 1e-13 * loss);
  EXPECT_LT(relative_difference(terms.gradients.sum(0), objective.gradient(theta_).gradient), 1e-12);
}

TEST_P(TermGradientsTest, WeightsAtPointsMultiplyTheSquares) {
  std::vector<WeightedPoints> points = problem_.draw("gauss", 36, 6, "training", 1, 0);
  const LeastSquares plain(problem_, points, std::vector<double>(6, 1.0));
  const Tensor q = 1.2 + testing::wave({36, 4}, 0.4);
  points[0].balance = q;
  const LeastSquares weighted(problem_, points, std::vector<double>(6, 1.0));
  Tensor expected = plain.residual(theta_).clone();
  expected.narrow(0, 0, 144).mul_(q.reshape({-1}).sqrt());
  EXPECT_LT(relative_difference(weighted.residual(theta_), expected), 1e-14);
  EXPECT_LT(relative_difference(weighted.linearize(theta_).residual, expected), 1e-14);
  EXPECT_EQ(weighted.mean_squares(theta_), plain.mean_squares(theta_));
  const LeastSquares fewer = weighted.reduced(2);
  EXPECT_LT(fewer.rows(), weighted.rows());
  EXPECT_TRUE(std::isfinite(fewer.loss(theta_)));
}

TEST_P(TermGradientsTest, ACombinationTakesThePlaceOfTheGradient) {
  LeastSquares objective(problem_, problem_.draw("gauss", 36, 6, "training", 1, 0), {0.5, 2.0, 1.5, 0.7, 3.0, 0.2});
  const LeastSquares::Gradient plain = objective.gradient(theta_);
  EXPECT_FALSE(objective.combines_gradients());
  objective.combine_gradients([](const Tensor& gradients) { return gradients.sum(0) * 3; });
  EXPECT_TRUE(objective.combines_gradients());
  EXPECT_NEAR(objective.gradient(theta_).loss, plain.loss, 1e-13 * plain.loss);
  EXPECT_LT(relative_difference(objective.gradient(theta_).gradient, 3 * plain.gradient), 1e-12);
}

}  // namespace
}  // namespace nusselt
