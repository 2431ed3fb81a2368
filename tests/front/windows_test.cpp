#include "solver/case/windows.hpp"

#include <gtest/gtest.h>

#include "small_case.hpp"
#include "solver/case/ladder.hpp"

namespace nusselt {
namespace {

const std::string cooling =
    "case: cooling\n"
    "physics: heat_conduction\n"
    "constants: {L: 30 mm, k: 14 W/(m K), rho: 7800 kg/m^3, cp: 460 J/(kg K), T_wall: 280 K, dT: 40 K, tau: 90 s}\n"
    "domain: {box: {x: [0 m, L], t: [10 s, 10 s + tau]}}\n"
    "scales: {references: [L, dT, tau, k], temperature_level: T_wall}\n"
    "conditions:\n"
    "  - {at: t-, T: T_wall + dT*sin(3.1415926535897931*x/L)}\n"
    "  - {at: [x-, x+], T: T_wall}\n"
    "optimizer: {steps: 7}\n";

std::string refused(const std::string& more) {
  return refusal([&] { case_of(cooling + more); });
}

TEST(Windows, CutTimeIntoPartsWithOneSetOfScales) {
  const Case whole = case_of(cooling + "windows: 3\nquantities: {T_end: \"mean(T, t+)\"}\n");
  const std::vector<Rung> windows = read_ladder(whole);
  ASSERT_EQ(windows.size(), 3u);
  EXPECT_EQ(windows[0].name, "10 s to 40 s");
  EXPECT_EQ(windows[1].name, "40 s to 70 s");
  EXPECT_EQ(windows[2].name, "70 s to 100 s");
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Case& window = windows[i].the_case;
    EXPECT_EQ(window.window, static_cast<int>(i));
    EXPECT_DOUBLE_EQ(window.box.lower[axis_t], 10 + 30.0 * static_cast<double>(i));
    EXPECT_EQ(window.domain.box().lower, window.box.lower);
    EXPECT_EQ(window.domain.geometry("t+").extent.upper, window.box.upper);
    EXPECT_DOUBLE_EQ(window.settings.network.lower[1], window.box.lower[axis_t] / 90);
    EXPECT_EQ(window.coordinate_scale(axis_t), whole.coordinate_scale(axis_t));
    EXPECT_EQ(window.settings.optimizer.steps, 7);
    EXPECT_TRUE(window.quantities.empty());
    ASSERT_EQ(window.soft_conditions.size(), 1u);
    EXPECT_EQ(window.soft_conditions[0].residual.name(), "T at t-");
    EXPECT_TRUE(window.trials[0].is_hard({axis_x, false}));
    EXPECT_FALSE(window.trials[0].is_hard({axis_t, false}));
  }
  EXPECT_EQ(windows[2].the_case.box.upper, whole.box.upper);
  // The first begins with what the case says, the others with what they are handed.
  const auto given = [](const Case& c) {
    return evaluate(c.soft_conditions[0].residual.expression(), [](const Expression& leaf) {
      if (leaf.kind() == Expression::Kind::column) return leaf.name() == "T handed over" ? 0.25 : NAN;
      return leaf.kind() == Expression::Kind::field ? 0.75 : 0.5;
    });
  };
  EXPECT_NEAR(given(windows[0].the_case), -0.25, 1e-12);
  EXPECT_NEAR(given(windows[1].the_case), 0.5, 1e-12);
  EXPECT_NEAR(given(whole), -0.25, 1e-12);
  ASSERT_EQ(whole.quantities.size(), 1u);
  EXPECT_NE(describe(whole).find("Windows of time (each has a network of its own and starts from what the one before "
                                 "it ended with; at most 7 steps each)\n  3 of 30 s\n"),
            std::string::npos)
      << describe(whole);
  EXPECT_NE(describe(whole).find("  at most 21 steps"), std::string::npos);
}

TEST(Windows, OneIsTheCaseAsItIs) {
  const Case c = case_of(cooling);
  EXPECT_EQ(c.windows, 1);
  EXPECT_TRUE(c.soft_conditions.empty());
  EXPECT_EQ(read_ladder(c).size(), 1u);
  EXPECT_FALSE(read_ladder(c)[0].the_case.window);
}

TEST(Windows, SayWithWhatTheyDoNotGo) {
  EXPECT_NE(refusal([] { case_of(small_cavity + "windows: 2\n"); }).find("windows: the case is steady"),
            std::string::npos);
  EXPECT_NE(refused("windows: 2\nladder: {dT: 10 K}\n").find("windows: not together with ladder"), std::string::npos);
  EXPECT_NE(refused("windows: 2\nstart: {T: T_wall}\n").find("windows: not together with start"), std::string::npos);
  EXPECT_NE(refused("windows: 2\ncontinue_from: runs/1\n").find("windows: not together with continue_from"),
            std::string::npos);
  const std::string hard =
      refusal([] { case_of(replaced(cooling, "{at: t-, ", "{at: t-, enforce: hard, ") + "windows: 2\n"); });
  EXPECT_NE(hard.find("conditions.0.T: with windows what holds on t- can only be enforced softly"), std::string::npos)
      << hard;
  EXPECT_NE(refused("windows: 0\n").find("windows"), std::string::npos);
  const std::string equation =
      refusal([] { case_of(replaced(cooling, "{at: t-, ", "{at: t-, rest: dx(T) = 0 K/m, ") + "windows: 2\n"); });
  EXPECT_NE(equation.find("conditions.0.rest: windows hand over the values of fields, and on t- this is an equation"),
            std::string::npos)
      << equation;
}

}  // namespace
}  // namespace nusselt
