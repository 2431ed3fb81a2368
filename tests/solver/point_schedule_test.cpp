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

TEST(HeldOutRatio, IsThatOfTheWorstResidual) {
  const HeldOutRatio worst = largest_ratio(fabricated({{2e-3, 1e-3}, {5e-5, 1e-5}, {1e-9, 1e-9}}));
  EXPECT_NEAR(worst.value, 5, 1e-12);
  EXPECT_EQ(worst.residual, "energy");
  EXPECT_EQ(largest_ratio(fabricated({{1e-3, 0}})).value, INFINITY);
  EXPECT_EQ(largest_ratio(fabricated({{0, 0}})).value, 1);
}

TEST(HeldOutRule, MakesAGaussGridFinerBeforeItIsGivenUp) {
  EXPECT_EQ(held_out_rule(3, 3, {true, true, false, 0}), PointChange::none);
  EXPECT_EQ(held_out_rule(3.1, 3, {true, true, false, 0}), PointChange::refine);
  EXPECT_EQ(held_out_rule(30, 3, {true, true, false, 0}), PointChange::refine);
  EXPECT_EQ(held_out_rule(3.1, 3, {true, false, false, 0}), PointChange::scatter);
  EXPECT_EQ(held_out_rule(30.1, 3, {true, true, false, 0}), PointChange::scatter);
  EXPECT_EQ(held_out_rule(INFINITY, 3, {true, true, false, 0}), PointChange::scatter);
}

TEST(HeldOutRule, TakesMoreScatteredPointsBeforeOtherOnes) {
  EXPECT_EQ(held_out_rule(2.9, 3, {false, true, false, 0}), PointChange::none);
  for (const int interval : {0, 5, 1}) {
    EXPECT_EQ(held_out_rule(5, 3, {false, true, false, interval}), PointChange::refine);
    EXPECT_EQ(held_out_rule(500, 3, {false, true, true, interval}), PointChange::refine);
  }
  EXPECT_EQ(held_out_rule(5, 3, {false, false, false, 0}), PointChange::redraw);
  EXPECT_EQ(held_out_rule(5, 3, {false, false, true, 0}), PointChange::fresh);
  EXPECT_EQ(held_out_rule(5, 3, {false, false, false, 5}), PointChange::fresh);
  EXPECT_EQ(held_out_rule(5, 3, {false, false, true, 1}), PointChange::none);
  EXPECT_EQ(held_out_rule(5, 3, {false, true, true, 0, true}), PointChange::refine);
  EXPECT_EQ(held_out_rule(5, 3, {false, false, true, 0, true}), PointChange::redraw);
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

const std::string hidden = " times larger on held-out points than on training points: ";

TEST(PointSchedule, AGaussGridBecomesFinerAndThenScattered) {
  Scheduled s({});
  const torch::Tensor grid = s.at(0);
  EXPECT_EQ(grid.size(0), 36);
  EXPECT_EQ(s.schedule.points().back().points.x.size(0), 6);
  EXPECT_EQ(s.schedule.follow(fabricated({{2e-3, 1e-3}}), 4, s.theta, s.balance), std::nullopt);
  EXPECT_TRUE(at::equal(s.at(4), grid));
  EXPECT_EQ(s.schedule.follow(fabricated({{5e-3, 1e-3}}), 4, s.theta, s.balance),
            "the residual of continuity is 5" + hidden + "a Gauss grid of about 72 points takes the place of this one");
  EXPECT_EQ(s.at(4).size(0), 64);
  EXPECT_EQ(s.schedule.points().back().points.x.size(0), 12);
  EXPECT_EQ(
      s.schedule.follow(fabricated({{5e-3, 1e-3}}), 8, s.theta, s.balance),
      "the residual of continuity is 5" + hidden + "a Gauss grid of about 144 points takes the place of this one");
  EXPECT_EQ(s.at(8).size(0), 144);
  EXPECT_FALSE(s.schedule.state().scattered);
  EXPECT_EQ(
      s.schedule.follow(fabricated({{5e-3, 1e-3}}), 12, s.theta, s.balance),
      "the residual of continuity is 5" + hidden + "the Gauss grid hides errors and is given up for scattered points");
  EXPECT_TRUE(s.schedule.state().scattered);
  EXPECT_EQ(s.at(12).size(0), 144);
  EXPECT_EQ(s.schedule.interval(), 0);
}

TEST(PointSchedule, AGaussGridThatHidesMuchIsGivenUpAtOnce) {
  Scheduled s({});
  const torch::Tensor grid = s.at(0);
  EXPECT_EQ(s.schedule.follow(fabricated({{1e-3, 1e-3}, {2.9, 1e-3}}), 4, s.theta, s.balance),
            "the residual of energy is 2.9e+03" + hidden +
                "the Gauss grid hides errors and is given up for scattered points");
  const torch::Tensor scattered = s.at(4);
  EXPECT_EQ(scattered.size(0), 36);
  EXPECT_FALSE(at::equal(scattered, grid));
  // 0.15 of 36 on four faces is one on each.
  EXPECT_EQ(((scattered.select(1, 0) == 0).sum() + (scattered.select(1, 0) == 1).sum()).item<int>(), 2);
  EXPECT_EQ(s.schedule.state().doublings, 0);
}

TEST(PointSchedule, ScatteredPointsBecomeMoreAndAreThenDrawnAnewOnceAndThenAtEveryStep) {
  Scheduled s({"points.sampling=sobol"});
  s.at(0);
  const auto followed = [&](int step) {
    return s.schedule.follow(fabricated({{5e-3, 1e-3}}), step, s.theta, s.balance).value_or("nothing");
  };
  const std::string what = "the residual of continuity is 5" + hidden;
  EXPECT_EQ(followed(4), what + "training goes on with 72 points");
  EXPECT_EQ(s.at(4).size(0), 72);
  EXPECT_EQ(s.schedule.points().back().points.x.size(0), 12);
  EXPECT_EQ(followed(8), what + "training goes on with 144 points");
  const torch::Tensor most = s.at(8);
  EXPECT_EQ(most.size(0), 144);
  EXPECT_EQ(followed(12), what + "training points drawn anew");
  EXPECT_EQ(s.at(12).size(0), 144);
  EXPECT_FALSE(at::equal(s.at(12), most));
  EXPECT_EQ(s.schedule.interval(), 0);
  EXPECT_EQ(followed(16), what + "from now on every step draws its own training points");
  EXPECT_EQ(s.schedule.interval(), 1);
  EXPECT_EQ(s.schedule.state().draw, 4);
  EXPECT_TRUE(s.schedule.prepare(17, s.theta, s.balance));
  EXPECT_EQ(followed(20), "nothing");
}

TEST(PointSchedule, ThereAreNeverMoreThanAMillionByTheRule) {
  Scheduled s({"points.sampling=sobol", "points.boundary=524289"});
  EXPECT_EQ(s.schedule.follow(fabricated({{5e-3, 1e-3}}), 4, s.theta, s.balance),
            "the residual of continuity is 5" + hidden + "training points drawn anew");
}

TEST(PointSchedule, PointsThatAreKeptAreNotRedrawn) {
  Scheduled s({"points.sampling=sobol", "points.redraw=3"});
  EXPECT_FALSE(s.schedule.keep(false));
  s.at(3);
  EXPECT_TRUE(s.schedule.keep(true));
  EXPECT_FALSE(s.schedule.keep(true));
  EXPECT_EQ(s.schedule.interval(), 0);
  const torch::Tensor kept = s.at(3);
  EXPECT_FALSE(s.schedule.prepare(9, s.theta, s.balance));
  EXPECT_TRUE(at::equal(s.at(9), kept));
  EXPECT_NE(s.schedule.follow(fabricated({{5e-3, 1e-3}}), 10, s.theta, s.balance), std::nullopt);
  EXPECT_EQ(s.at(10).size(0), 72);
  EXPECT_FALSE(s.schedule.prepare(12, s.theta, s.balance));
  EXPECT_TRUE(s.schedule.keep(false));
  EXPECT_TRUE(s.schedule.prepare(12, s.theta, s.balance));

  Scheduled fixed({"points.sampling=sobol"});
  EXPECT_FALSE(fixed.schedule.keep(true));  // they stay anyway
}

TEST(PointSchedule, AdaptedPointsBecomeMoreToo) {
  for (const char* adapt : {"rad", "r3"}) {
    Scheduled s({"points.sampling=sobol", "points.redraw=2", std::string("points.adapt=") + adapt});
    EXPECT_EQ(s.at(2).size(0), 36) << adapt;
    EXPECT_NE(s.schedule.follow(fabricated({{5e-3, 1e-3}}), 3, s.theta, s.balance), std::nullopt);
    EXPECT_EQ(s.at(3).size(0), 72) << adapt;
    EXPECT_EQ(s.schedule.state().adapted.size(), 72) << adapt;
    EXPECT_NEAR(s.schedule.points().front().weights.sum().item<double>(), 1, 1e-12) << adapt;
  }
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
