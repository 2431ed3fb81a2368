#include "solver/time_windows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "solver/checkpoint.hpp"
#include "solver/climb.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// rho cp/k L^2/pi^2 = 26 s: the mode falls by exp(-tau/26 s) in a window.
Case cooling(const std::vector<std::string>& more = {}) {
  return with_overrides(
      "case: cooling\n"
      "physics: heat_conduction\n"
      "constants:\n"
      "  {L: 30 mm, k: 14 W/(m K), rho: 7800 kg/m^3, cp: 520 J/(kg K), T_wall: 280 K, dT: 40 K, tau: 40 s,\n"
      "   pi: 3.141592653589793, rate: k*pi^2/(rho*cp*L^2)}\n"
      "domain: {box: {x: [0 m, L], t: [10 s, 10 s + tau]}}\n"
      "windows: 2\n"
      "scales: {references: [L, dT, tau, k], temperature_level: T_wall}\n"
      "conditions:\n"
      "  - {at: t-, T: T_wall + dT*sin(pi*x/L)}\n"
      "  - {at: [x-, x+], T: T_wall}\n"
      "network: {depth: 2, width: 8}\n"
      "points: {interior: 64, boundary: 16, held_out: 100, sampling: gauss}\n"
      "optimizer: {name: levenberg_marquardt, steps: 60}\n"
      "criteria: {residual: 3e-3, terms: 3e-2, imbalance: 3e-3, every: 5}\n"
      "output: {grid: 9}\n"
      "threads: 1\n",
      more);
}

double exact(const Case& c, double x, double t) {
  return 280 + 40 * std::sin(M_PI * x / 0.03) * std::exp(-c.constants.find("rate")->si * (t - 10));
}

double at(const Solution& solution, double x, double t) {
  return solution.fields(solution.points_at({{x}, {t}})).item<double>();
}

struct Solved {
  explicit Solved(const Case& c) : whole(c), windows(read_ladder(whole)) {
    trainer = std::make_unique<Trainer>(windows.front().the_case, float64());
    outcome = climb(windows, trainer, [](const Trainer&) { return true; });
  }
  Case whole;
  std::vector<Rung> windows;
  std::unique_ptr<Trainer> trainer;
  Outcome outcome;
};

TEST(TimeWindows, FollowEachOtherToTheEnd) {
  const Solved solved(cooling());
  ASSERT_EQ(solved.outcome, Outcome::converged);
  EXPECT_EQ(solved.trainer->rung(), 1);
  ASSERT_EQ(solved.trainer->events().size(), 1u);
  EXPECT_EQ(solved.trainer->events()[0].text,
            "window 1 of 2 (10 s to 30 s) is left: its criteria hold; on to 30 s to 50 s");
  const Solution solution = joined(solved.whole, solved.windows, solved.trainer->solved());
  EXPECT_EQ(solution.windows(), 2u);
  for (const double t : {10.0, 18.0, 30.0, 30.001, 43.0, 50.0}) {
    for (const double x : {0.0, 0.004, 0.015, 0.027}) {
      EXPECT_NEAR(at(solution, x, t), exact(solved.whole, x, t), 40 * 2e-3) << x << " " << t;
    }
  }
  // Means over all of time are those of both windows.
  const Expression temperature = solved.whole.system.field_named("T").symbol;
  const double rate = solved.whole.constants.find("rate")->si;
  EXPECT_NEAR(solution.region_mean(temperature, solved.whole.domain.regions().front()),
              280 + 40 * 2 / M_PI * (1 - std::exp(-rate * 40)) / (rate * 40), 0.05);
  const Judge judge(solved.whole);
  EXPECT_EQ(solution.residuals(solution.points_at({{0.01, 0.02}, {15.0, 45.0}})).size(0), 2);
  EXPECT_TRUE(judge.errors(solution).empty());
}

TEST(TimeWindows, StartFromTheFieldsThatTheOneBeforeEndedWith) {
  Case whole = cooling();
  std::vector<Rung> windows = read_ladder(whole);
  const Problem first(windows[0].the_case, float64());
  const torch::Tensor theta = first.network().initial_parameters(4);
  hand_over(windows, {theta});
  const Case& second = windows[1].the_case;
  const Problem problem(second, float64());
  const std::vector<WeightedPoints> points = problem.draw("sobol", 8, 5, "test", 1, 0);
  ASSERT_EQ(points.size(), 2u);
  const torch::Tensor data = points[1].points.data;
  ASSERT_EQ(data.sizes(), (std::vector<std::int64_t>{points[1].points.x.size(0), 1}));
  const Solution ended(windows[0].the_case, theta);
  const torch::Tensor temperature = ended.fields({points[1].points.x});
  EXPECT_TRUE(at::allclose(data, (temperature - 280) / 40, 1e-12, 1e-12));
  // So the residual of those same values vanishes, and that of others is their difference.
  const torch::Tensor x = points[1].points.x;
  const torch::Tensor other = problem.network().initial_parameters(5);
  const Solution begins(second, other);
  const torch::Tensor residual = problem.evaluate(1, other, points[1].points);
  EXPECT_TRUE(at::allclose(residual, (begins.fields({x}) - temperature) / 40, 1e-10, 1e-12));
}

TEST(TimeWindows, EndWhereOneDoesNotMeetItsCriteria) {
  const Solved solved(cooling({"optimizer.steps=2"}));
  EXPECT_EQ(solved.outcome, Outcome::out_of_steps);
  EXPECT_EQ(solved.trainer->rung(), 0);
  EXPECT_TRUE(solved.trainer->events().empty());
  const Solution solution = joined(solved.whole, solved.windows, solved.trainer->solved());
  EXPECT_TRUE(std::isfinite(at(solution, 0.01, 29.9)));
  EXPECT_TRUE(std::isnan(at(solution, 0.01, 30.1)));
  EXPECT_TRUE(std::isnan(at(solution, 0.01, 50.0)));
}

TEST(TimeWindows, ResumeWithTheSameBits) {
  Solved whole(cooling());
  const int change = whole.trainer->first_step();
  for (const int stop : {change - 2, change + 3}) {
    std::vector<Rung> windows = read_ladder(whole.whole);
    auto first = std::make_unique<Trainer>(windows.front().the_case, float64());
    EXPECT_EQ(climb(windows, first, [&](const Trainer& now) { return now.step() < stop; }), Outcome::interrupted);
    const TrainerState state =
        checkpoint_of(parse_safetensors(checkpoint_bytes({first->state(), {}}), "file"), "file").state;
    EXPECT_EQ(state.solved.size(), stop < change ? 0u : 1u);
    std::vector<Rung> again = read_ladder(whole.whole);
    hand_over(again, state.solved);
    auto second = std::make_unique<Trainer>(again[static_cast<std::size_t>(state.rung)].the_case, float64());
    second->restore(state);
    EXPECT_EQ(climb(again, second, [](const Trainer&) { return true; }), Outcome::converged);
    EXPECT_TRUE(at::equal(second->theta(), whole.trainer->theta())) << stop;
    EXPECT_EQ(second->step(), whole.trainer->step());
    ASSERT_EQ(second->solved().size(), 2u);
    EXPECT_TRUE(at::equal(second->solved()[0], whole.trainer->solved()[0]));
  }
}

}  // namespace
}  // namespace nusselt
