#include "solver/case/ladder.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "small_case.hpp"

namespace nusselt {
namespace {

Case with(const std::string& more) { return case_of(small_cavity + more); }

TEST(Ladder, WithoutOneTheCaseIsTheOnlyRung) {
  const Case c = with("");
  const std::vector<Rung> rungs = read_ladder(c);
  ASSERT_EQ(rungs.size(), 1u);
  EXPECT_EQ(rungs[0].name, "");
  EXPECT_EQ(rungs[0].the_case.settings.optimizer.steps, c.settings.optimizer.steps);
  EXPECT_EQ(describe(c).find("Ladder"), std::string::npos);
}

TEST(Ladder, EveryRungIsACaseOfItsOwn) {
  const Case c = with(
      "ladder: {L: [10 mm, 0.5 * 32 mm], T_hot: [300 K, 302 K], steps: 7, slack: 4}\n"
      "criteria: {residual: 1e-3, terms: 2e-2, imbalance: 3e-3, ratio: 5}\n"
      "optimizer: {steps: 50}\n");
  const std::vector<Rung> rungs = read_ladder(c);
  ASSERT_EQ(rungs.size(), 3u);
  EXPECT_EQ(rungs[0].name, "L = 0.01 m, T_hot = 300 K");
  EXPECT_EQ(rungs[1].name, "L = 0.016 m, T_hot = 302 K");
  EXPECT_EQ(rungs[2].name, "L = 0.022 m, T_hot = 305 K");
  // What follows from the constants follows along: the velocity of free fall, the box, the lift of T.
  const Case& first = rungs[0].the_case;
  EXPECT_NEAR(first.constants.find("dT")->si, 5, 1e-12);
  EXPECT_NEAR(first.constants.find("U")->si, std::sqrt(9.81 / 300 * 5 * 0.01), 1e-12);
  EXPECT_NEAR(first.box.upper[1], 0.02, 1e-15);
  EXPECT_EQ(first.settings.optimizer.steps, 7);
  EXPECT_NEAR(first.settings.criteria.residual, 4e-3, 1e-15);
  EXPECT_NEAR(first.settings.criteria.terms, 8e-2, 1e-15);
  EXPECT_NEAR(first.settings.criteria.imbalance, 12e-3, 1e-15);
  EXPECT_EQ(first.settings.criteria.ratio, 5);
  const Case& last = rungs[2].the_case;
  EXPECT_EQ(last.settings.optimizer.steps, 50);
  EXPECT_EQ(last.settings.criteria.residual, 1e-3);
  EXPECT_NE(describe(c).find("Ladder (each rung starts from the weights, the dimensionless output, of the one before)\n"
                             "  1  L = 0.01 m, T_hot = 300 K, at most 7 steps, until residuals are below 0.004\n"
                             "  2  L = 0.016 m, T_hot = 302 K, at most 7 steps, until residuals are below 0.004\n"
                             "  3  L = 0.022 m, T_hot = 305 K, the case itself\n"),
            std::string::npos)
      << describe(c);
}

TEST(Ladder, MayEndWithTheCaseItself) {
  const std::vector<Rung> rungs = read_ladder(with("ladder: {L: [10 mm, 0.022 m]}\n"));
  ASSERT_EQ(rungs.size(), 2u);
  EXPECT_EQ(rungs[0].name, "L = 0.01 m");
  EXPECT_EQ(rungs[1].name, "L = 0.022 m");
  EXPECT_EQ(read_ladder(with("ladder: {L: 10 mm}\n")).size(), 2u);
}

TEST(Ladder, ComesFromTheCommandLineToo) {
  Document document("case.yaml", small_cavity);
  document.override("ladder.L=[10 mm, 12 mm]");
  document.override("constants.L=30 mm");
  const std::vector<Rung> rungs = read_ladder(read_case(std::move(document), "."));
  ASSERT_EQ(rungs.size(), 3u);
  EXPECT_EQ(rungs[1].name, "L = 0.012 m");
  EXPECT_EQ(rungs[2].name, "L = 0.03 m");
}

TEST(Ladder, MistakesAreToldWithTheirPlace) {
  EXPECT_EQ(refusal([] { read_ladder(with("ladder: {T_hott: [300 K]}\n")); }),
            "case.yaml:26:10: error: ladder.T_hott: \"T_hott\" is not a constant\n"
            "ladder: {T_hott: [300 K]}\n"
            "         ^\n"
            "  hint: did you mean T_hot?");
  EXPECT_EQ(refusal([] { read_ladder(with("ladder: {L: [1 mm, 2 mm], T_hot: [300 K]}\n")); }),
            "case.yaml:26:34: error: ladder.T_hot: expected one value for each rung, 2 as for L, got 1\n"
            "ladder: {L: [1 mm, 2 mm], T_hot: [300 K]}\n"
            "                                 ^");
  EXPECT_EQ(refusal([] { read_ladder(with("ladder: {steps: 5}\n")); }),
            "case.yaml:26:9: error: ladder: no constant\n"
            "ladder: {steps: 5}\n"
            "        ^\n"
            "  hint: say what to raise, for example Ra: [1e3, 1e4]");
  // A value that the case refuses is pointed at where it stands.
  const std::string refused = refusal([] { read_ladder(with("ladder: {L: [10 mm, 12 foo]}\n")); });
  EXPECT_EQ(refused.rfind("case.yaml:26:2", 0), 0u) << refused;
  EXPECT_NE(refused.find(": error: constants.L: "), std::string::npos) << refused;
  const std::string empty = refusal([] { with("ladder: {L: []}\n"); });
  EXPECT_NE(empty.find("case.yaml:26:13: error: ladder.L: expected a formula or a list of formulas, got a list of 0"),
            std::string::npos)
      << empty;
}

}  // namespace
}  // namespace nusselt
