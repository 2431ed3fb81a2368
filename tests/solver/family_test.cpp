// One network for a family of cases: a constant as a coordinate of the network.
#include <gtest/gtest.h>

#include <cmath>

#include "solver/trainer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

/// -T'' = q with T = 0 at both ends, for every conductivity from 1 to 4: T = q x (L - x)/(2 k).
Case bar(const std::vector<std::string>& overrides = {}) {
  return with_overrides(
      "case: bar\n"
      "constants:\n"
      "  L: 2 m\n"
      "  k: {range: [1 W/(m K), 4 W/(m K)], scale: log, members: [1 W/(m K), 3 W/(m K)]}\n"
      "  q: 3 W/m^3\n"
      "  dT: 1 K\n"
      "  T_0: 0 K\n"
      "fields: {T: K}\n"
      "equations: {energy: div(k*grad(T)) + q = 0}\n"
      "domain: {box: {x: [0 m, L]}}\n"
      "scales: {references: [L, dT, q], temperature_level: T_0}\n"
      "conditions: [{at: [x-, x+], T: T_0}]\n"
      "network: {depth: 2, width: 10}\n"
      "points: {interior: 120, held_out: 200, sampling: sobol}\n"
      "optimizer: {name: levenberg_marquardt, steps: 60}\n"
      "criteria: {residual: 1e-4}\n"
      "threads: 1\n",
      overrides);
}

TEST(Family, TrainsAllMembersAtOnce) {
  const Case c = bar({"quantities={mean_T: mean(T)}"});
  Trainer trainer(c, float64());
  EXPECT_EQ(trainer.run([](const Trainer&) { return true; }), Outcome::converged);
  const Solution solution(c, trainer.theta());
  for (const double k : {1.0, 1.7, 4.0}) {
    const Solution member = solution.of_member({{"k", k}});
    EXPECT_DOUBLE_EQ(member.constant("k"), k);
    const torch::Tensor fields = member.fields(member.points_at({{0.5, 1.0, 1.5}}));
    for (int i = 0; i < 3; ++i) {
      const double x = 0.5 * (i + 1);
      EXPECT_NEAR(fields[i][0].item<double>(), 3 * x * (2 - x) / (2 * k), 1e-3 / k) << k;
    }
  }
  const std::vector<QuantityReport> quantities = Judge(c).quantities(solution);
  ASSERT_EQ(quantities.size(), 2u);
  EXPECT_EQ(quantities[0].name, "mean_T at k = 1 W m-1 K-1");
  EXPECT_NEAR(quantities[0].value, 1, 1e-3);  // q L^2/(12 k)
  EXPECT_NEAR(quantities[1].value, 1.0 / 3, 1e-3);
  ASSERT_EQ(trainer.evaluation()->balances.size(), 2u);
  for (const BalanceReport& balance : trainer.evaluation()->balances) EXPECT_LT(balance.relative, 1e-3);
}

TEST(Family, SpreadsPointsOverTheRangeAndDrawsThemAgain) {
  const Case c = bar({"quantities={mean_T: mean(T)}"});
  const Problem problem(c, float64());
  const torch::Tensor x = problem.draw("sobol", 64, 4, "training", 1, 0).front().points.x;
  ASSERT_EQ(x.size(1), 2);
  const torch::Tensor input = x.select(1, 1);
  EXPECT_GE(input.min().item<double>(), std::log(0.5));
  EXPECT_LE(input.max().item<double>(), std::log(2.0));
  // Evenly: sorted, no two neighbours are further apart than a few 64ths.
  const torch::Tensor sorted = std::get<0>(input.sort());
  EXPECT_LT(sorted.diff().max().item<double>(), 4 * std::log(4.0) / 64);
  EXPECT_TRUE(x.equal(problem.draw("sobol", 64, 4, "training", 1, 0).front().points.x));
  EXPECT_FALSE(x.equal(problem.draw("sobol", 64, 4, "training", 1, 1).front().points.x));
}

TEST(Family, TheTwoEnginesAgree) {
  const Case tile = bar({"engine=tile", "quantities={mean_T: mean(T)}"});
  const Case plain = bar({"engine=libtorch", "quantities={mean_T: mean(T)}"});
  const Problem a(tile, float64()), b(plain, float64());
  const torch::Tensor theta = testing::generic_parameters(a.network(), 2);
  const auto points = a.draw("sobol", 40, 4, "training", 1, 0);
  const std::vector<double> ones(a.residuals().size(), 1.0);
  const LeastSquares first(a, points, ones), second(b, points, ones);
  EXPECT_LT(testing::relative_difference(first.gradient(theta).gradient, second.gradient(theta).gradient), 1e-12);
}

}  // namespace
}  // namespace nusselt
