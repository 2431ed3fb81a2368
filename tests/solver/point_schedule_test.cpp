#include "solver/point_schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "solver/trainer.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

Evaluation fabricated(std::vector<std::pair<double, double>> held_out_and_training) {
  Evaluation evaluation;
  const char* names[] = {"continuity", "energy", "insulated"};
  for (std::size_t i = 0; i < held_out_and_training.size(); ++i) {
    const auto [held_out, training] = held_out_and_training[i];
    evaluation.residuals.push_back({names[i], "interior", held_out, held_out, training, 1, "1"});
  }
  return evaluation;
}

TEST(HeldOutRule, TheLargestRatioDecides) {
  const HeldOutRule calm = held_out_rule(fabricated({{2e-3, 1e-3}, {3e-5, 1e-5}}), 3.1, true, false);
  EXPECT_EQ(calm.change, PointChange::none);
  const Evaluation hiding = fabricated({{2e-3, 1e-3}, {5e-5, 1e-5}, {1e-9, 1e-9}});
  const HeldOutRule grid = held_out_rule(hiding, 3, true, false);
  EXPECT_EQ(grid.change, PointChange::scatter);
  EXPECT_EQ(grid.residual, "energy");
  EXPECT_NEAR(grid.ratio, 5, 1e-12);
  EXPECT_EQ(held_out_rule(hiding, 3, false, false).change, PointChange::redraw);
  EXPECT_EQ(held_out_rule(hiding, 3, false, true).change, PointChange::fresh);
  EXPECT_EQ(held_out_rule(hiding, 6, false, true).change, PointChange::none);
  EXPECT_EQ(held_out_rule(fabricated({{1e-3, 0}}), 3, false, false).change, PointChange::redraw);
  EXPECT_EQ(held_out_rule(fabricated({{0, 0}}), 3, false, false).change, PointChange::none);
}

struct Scheduled {
  explicit Scheduled(const std::vector<std::string>& overrides)
      : c(tiny_cavity(overrides)),
        problem(c, float64()),
        theta(problem.network().initial_parameters(3).to(float64())),
        balance(problem.residuals().size(), 1.0),
        schedule(problem, c.settings) {}
  torch::Tensor at(int step) {
    schedule.prepare(step, theta, balance);
    return schedule.points().front().points.x;
  }
  Case c;
  Problem problem;
  torch::Tensor theta;
  std::vector<double> balance;
  PointSchedule schedule;
};

TEST(PointSchedule, RedrawsWhenItIsDue) {
  Scheduled s({"points.sampling=sobol", "points.redraw=3"});
  EXPECT_FALSE(s.schedule.prepare(0, s.theta, s.balance));
  const torch::Tensor first = s.at(0);
  EXPECT_FALSE(s.schedule.prepare(2, s.theta, s.balance));
  EXPECT_TRUE(s.schedule.prepare(3, s.theta, s.balance));
  EXPECT_FALSE(s.schedule.prepare(3, s.theta, s.balance));
  EXPECT_FALSE(at::equal(s.at(3), first));
  EXPECT_EQ(s.schedule.state().draw, 1);
  EXPECT_EQ(s.schedule.state().drawn_at, 3);
}

TEST(PointSchedule, AGaussGridThatHidesErrorsIsGivenUpForScatteredPoints) {
  Scheduled s({});
  const torch::Tensor grid = s.at(0);
  EXPECT_EQ(s.schedule.follow(fabricated({{2e-3, 1e-3}}), 4, s.theta, s.balance), std::nullopt);
  EXPECT_TRUE(at::equal(s.at(4), grid));
  EXPECT_EQ(s.schedule.follow(fabricated({{1e-3, 1e-3}, {2.9, 1e-3}}), 4, s.theta, s.balance),
            "the residual of energy is 2.9e+03 times larger on held-out points than on training points: the Gauss grid "
            "hides errors and is given up for scattered points");
  EXPECT_TRUE(s.schedule.state().scattered);
  const torch::Tensor scattered = s.at(4);
  EXPECT_EQ(scattered.size(0), 36);
  EXPECT_FALSE(at::equal(scattered, grid));
  // 0.15 of 36 on four faces is one on each.
  EXPECT_EQ(((scattered.select(1, 0) == 0).sum() + (scattered.select(1, 0) == 1).sum()).item<int>(), 2);
  EXPECT_EQ(s.schedule.interval(), 0);
  EXPECT_EQ(
      s.schedule.follow(fabricated({{5e-3, 1e-3}}), 8, s.theta, s.balance),
      "the residual of continuity is 5 times larger on held-out points than on training points: from now on every "
      "step draws its own training points");
  EXPECT_EQ(s.schedule.interval(), 1);
  EXPECT_FALSE(at::equal(s.at(8), scattered));
  EXPECT_EQ(s.schedule.state().draw, 2);
  EXPECT_TRUE(s.schedule.prepare(9, s.theta, s.balance));
}

TEST(PointSchedule, ScatteredPointsAreDrawnAnewOnceAndThenAtEveryStep) {
  Scheduled s({"points.sampling=sobol"});
  const torch::Tensor first = s.at(0);
  EXPECT_EQ(s.schedule.follow(fabricated({{5e-3, 1e-3}}), 4, s.theta, s.balance),
            "the residual of continuity is 5 times larger on held-out points than on training points: training points "
            "drawn anew");
  EXPECT_FALSE(at::equal(s.at(4), first));
  EXPECT_EQ(s.schedule.interval(), 0);
  EXPECT_NE(s.schedule.follow(fabricated({{5e-3, 1e-3}}), 8, s.theta, s.balance), std::nullopt);
  EXPECT_EQ(s.schedule.interval(), 1);
}

TEST(PointSchedule, SaysNothingWhereTheNextStepDrawsItsOwn) {
  Scheduled s({"points.sampling=random", "points.redraw=1"});
  s.at(3);
  EXPECT_EQ(s.schedule.follow(fabricated({{1, 1e-3}}), 4, s.theta, s.balance), std::nullopt);
  EXPECT_TRUE(s.schedule.prepare(4, s.theta, s.balance));
}

TEST(PointSchedule, ComesBackFromItsState) {
  for (const char* adapt : {"none", "rad", "r3"}) {
    Scheduled s({"points.sampling=sobol", "points.redraw=2", std::string("points.adapt=") + adapt});
    for (int step : {0, 2, 4}) s.at(step);
    EXPECT_EQ(s.schedule.state().adapted.size(), std::string(adapt) == "none" ? 0 : 36) << adapt;
    const torch::Tensor before = s.at(5);
    PointSchedule other(s.problem, s.c.settings);
    other.restore(s.schedule.state());
    const torch::Tensor elsewhere = at::zeros_like(s.theta);  // adapted points are kept, not computed again
    EXPECT_FALSE(other.prepare(5, elsewhere, s.balance)) << adapt;
    EXPECT_TRUE(at::equal(other.points().front().points.x, before)) << adapt;
    EXPECT_TRUE(at::equal(other.points().front().weights, s.schedule.points().front().weights)) << adapt;
  }
}

TEST(PointSchedule, RadGoesWhereTheResidualIs) {
  Scheduled even({"points.sampling=sobol", "points.redraw=1", "points.interior=400"});
  Scheduled rad(
      {"points.sampling=sobol", "points.redraw=1", "points.interior=400", "points.adapt=rad", "points.power=2"});
  const auto mean_size = [](Scheduled& s) {
    const torch::Tensor x = s.at(1);
    return s.problem.evaluate(0, s.theta, {x, {}}).square().sum(1).sqrt().mean().item<double>();
  };
  EXPECT_GT(mean_size(rad), 1.1 * mean_size(even));
  const auto integral = [](Scheduled& s) {
    const WeightedPoints& points = s.schedule.points().front();
    return (s.problem.evaluate(0, s.theta, points.points).square().sum(1) * points.weights).sum().item<double>();
  };
  EXPECT_NEAR(integral(rad) / integral(even), 1, 0.05);
}

}  // namespace
}  // namespace nusselt
