#include "solver/what_if.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "solver/balancer.hpp"
#include "solver/term_gradients.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using ::testing::HasSubstr;

struct Replay : ::testing::Test {
  Replay() : t(tiny_cavity()), points(t.problem.draw("gauss", 36, 6, "training", 1, 0)) {
    t.train(5);
    rows = what_if(t.c, t.problem, points, t.theta);
  }
  const WhatIfRow& row(const std::string& name) const { return *std::ranges::find(rows, name, &WhatIfRow::balancing); }
  Trained t;
  std::vector<WeightedPoints> points;
  std::vector<WhatIfRow> rows;
};

TEST_F(Replay, PredictionsAreMinusTheStepTimesTheGradients) {
  const TermGradients terms = term_gradients(t.problem, points, t.theta);
  const torch::Tensor d = terms.gradients.sum(0);
  std::vector<double> expected;
  for (std::int64_t i = 0; i < terms.gradients.size(0); ++i) {
    expected.push_back(-at::dot(terms.gradients[i], d).item<double>() /
                       (2 * terms.losses[static_cast<std::size_t>(i)]));
  }
  const std::vector<double>& found = row("static").predicted;
  const double scale = found[0] / expected[0];
  EXPECT_GT(scale, 0);
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(found[i], scale * expected[i], 1e-10 * std::abs(scale * expected[i])) << i;
    largest = std::max(largest, std::abs(found[i]));
  }
  EXPECT_NEAR(largest, 0.01, 1e-12);
}

TEST_F(Replay, EveryBalancingIsThereAndItsPredictionIsWhatHappens) {
  EXPECT_EQ(rows.front().balancing, "static");
  EXPECT_EQ(rows.size() + 1, balancer_names().size()) << "all but causal, which needs time";
  for (const WhatIfRow& one : rows) EXPECT_LT(one.error, what_if_limit) << one.balancing;
}

TEST_F(Replay, GradNormGivesTheSmallestGradientTheLargestWeight) {
  const torch::Tensor sizes = term_gradients(t.problem, points, t.theta).gradients.norm(2, 1);
  const std::vector<double>& weights = row("grad_norm").weights;
  const auto largest = std::max_element(weights.begin(), weights.end()) - weights.begin();
  EXPECT_EQ(largest, sizes.argmin().item<std::int64_t>());
}

TEST_F(Replay, ConfigOpposesNoResidual) {
  for (const double change : row("config").predicted) EXPECT_LT(change, 1e-12);
}

TEST_F(Replay, TheTextNamesEveryResidualAndMarksADisagreement) {
  WhatIfRow wrong = rows.front();
  wrong.error = 0.5;
  const std::string text = what_if_text(t.problem, {rows.front(), wrong});
  EXPECT_THAT(text, HasSubstr("insulated at y+"));
  EXPECT_THAT(text, HasSubstr("0.5  FAILED\n"));
}

}  // namespace
}  // namespace nusselt
