// Mass flows and mean pressures: conditions on means and integrals.
#include "solver/case/mean_conditions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_case.hpp"
#include "solver/case/condition_count.hpp"
#include "solver/case/estimate.hpp"

namespace nusselt {
namespace {

using testing::HasSubstr;

std::string with_condition(const std::string& condition) { return small_cavity + "  - " + condition + "\n"; }

const SoftCondition& last(const Case& c) { return c.soft_conditions.back(); }

TEST(MeanConditions, AreResidualsAtPointsOfWhichTheMeanCounts) {
  const Case c = case_of(with_condition("{at: x-, level: mean(p) = 2*rho*U^2}"));
  EXPECT_TRUE(last(c).of_mean);
  EXPECT_EQ(last(c).face.name(), "x-");
  EXPECT_FALSE(last(c).whole);
  EXPECT_EQ(last(c).residual.name(), "level over x-");
  // p in rho U^2; the largest coefficient is that of the level.
  EXPECT_NEAR(at_point(last(c).residual.expression(), 0, 0, 5), (5 - 2) / 2.0, 1e-12);
  EXPECT_TRUE(c.gauge_fields().empty());
  EXPECT_THAT(describe(c), HasSubstr("level over x-:"));
  EXPECT_THAT(describe(c), HasSubstr("(in the mean, in the least-squares sense)"));
}

TEST(MeanConditions, AnIntegralIsTheMeasureTimesTheMean) {
  // The faces x- and x+ are 2 L high, the domain is 2 L^2 large.
  const Case face = case_of(with_condition("{at: [x-, x+], flow: integral(rho*v) = 3*rho*U*L}"));
  EXPECT_NEAR(at_point(last(face).residual.expression(), 0, 0, 4), (2 * 4 - 3) / 3.0, 1e-12);
  EXPECT_EQ(last(face).face.name(), "x+");
  const Case all = case_of(with_condition("{at: domain, heat: integral(T - T0) = dT*L^2}"));
  EXPECT_NEAR(at_point(last(all).residual.expression(), 0, 0, 4), (2 * 4 - 1) / 2.0, 1e-12);
  EXPECT_EQ(last(all).face.name(), "domain");
  EXPECT_EQ(last(all).whole, "");
  EXPECT_EQ(last(all).residual.name(), "heat over domain");
}

TEST(MeanConditions, MayHaveSeveralMeansAndFactors) {
  const Case c = case_of(with_condition("{at: y-, b: mean(dn(T))*L/dT = 2*mean(T - T0)/dT + 1, weight: 3}"));
  EXPECT_EQ(last(c).weight, 3);
  // Of the outward normal (0, -1): the field's derivatives are all 4 here.
  const double residual = evaluate(last(c).residual.expression(), [](const Expression& leaf) {
    return leaf.kind() == Expression::Kind::normal ? (leaf.axis() == axis_y ? -1.0 : 0.0) : 4.0;
  });
  EXPECT_NEAR(residual, (-4 - 2 * 4 - 1) / 2.0, 1e-12);
}

TEST(MeanConditions, AreNoConditionsOfTheSecondDerivatives) {
  const auto given_T = [](const Case& c) {
    int sum = 0;
    for (const ConditionCount& count : count_conditions(c.system, c.domain, c.conditions)) {
      sum += count.field == "T" ? count.given : 0;
    }
    return sum;
  };
  const Case with = case_of(with_condition("{at: x-, warm: mean(T) = T_hot}"));
  EXPECT_EQ(given_T(with), given_T(case_of(small_cavity)));
  EXPECT_TRUE(with.warnings.empty());
  // Nor do they stand for one.
  EXPECT_THAT(refusal([&] {
                case_of(replaced(small_cavity, "{at: x-, T: T_hot}", "{at: x-, warm: mean(T) = T_hot}"));
              }),
              HasSubstr("nothing is said about T on face x-"));
}

TEST(MeanConditions, AnUnsteadyIntegralIsOverSpace) {
  const std::string text =
      "case: bar\nphysics: heat_conduction\n"
      "constants: {L: 0.2 m, k: 16 W/(m K), rho: 8000 kg/m^3, cp: 500 J/(kg K), T0: 293 K, dT: 40 K, tau: rho*cp*L^2/k}\n"
      "domain:\n  box: {x: [0 m, L], t: [0 s, tau]}\n"
      "scales: {references: [L, dT, tau], temperature_level: T0}\n"
      "conditions:\n  - {at: [x-, x+], insulated: dn(T) = 0}\n  - {at: t-, T: T0 + dT*x/L}\n"
      "  - {at: domain, heat: integral(rho*cp*(T - T0)) = rho*cp*dT*L/2}\n"
      "  - {at: t-, first: integral(T - T0) = dT*L/2}\n";
  const Case c = case_of(text);
  EXPECT_NEAR(at_point(c.soft_conditions[c.soft_conditions.size() - 1].residual.expression(), 0, 0, 3), 2.5, 1e-12);
  EXPECT_NEAR(at_point(c.soft_conditions[c.soft_conditions.size() - 2].residual.expression(), 0, 0, 3), 2.5, 1e-12);
}

TEST(MeanConditions, RuleOfQuadrature) {
  Box box;
  box.axes[axis_x] = box.axes[axis_y] = true;
  const MeanRule face = mean_rule({axis_x, false}, box, false);
  EXPECT_EQ(face.along_axis, 64);
  EXPECT_EQ(face.points, 64);
  EXPECT_EQ(face.rows, 1);
  EXPECT_EQ(mean_rule(whole_domain, box, false).points, 400);
  EXPECT_EQ(mean_rule({axis_x, false}, box, true).rows, 24);
  box.axes[axis_t] = true;
  EXPECT_EQ(mean_rule({axis_x, false}, box, false).rows, 24);
  EXPECT_EQ(mean_rule({axis_t, false}, box, false).rows, 1);
  EXPECT_EQ(mean_rule({axis_t, false}, box, false).points, 400);
  // The estimate counts one row for it.
  const Case without = case_of(small_cavity), with = case_of(with_condition("{at: x-, level: mean(p) = 0}"));
  EXPECT_EQ(estimate(with).residuals, estimate(without).residuals + 1);
  EXPECT_EQ(estimate(with).points_on_faces, estimate(without).points_on_faces + 64);
}

TEST(MeanConditions, SayWhatIsWrongWithThem) {
  const auto said = [](const std::string& condition) { return refusal([&] { case_of(with_condition(condition)); }); };
  EXPECT_THAT(said("{at: x-, level: mean(p, x-) = 0}"),
              HasSubstr("in a condition mean() is over what stands under `at`, and names no face"));
  EXPECT_THAT(said("{at: x-, level: mean(p) = p}"),
              HasSubstr("conditions.4.level: p varies from point to point and stands outside of mean() and integral()"));
  EXPECT_THAT(said("{at: x-, level: mean(v)^2 = U^2}"),
              HasSubstr("a condition is a sum of means, each with a factor that has no mean in it"));
  EXPECT_THAT(said("{at: x-, level: mean(v) = at(v, x = 0 m, y = 0 m)}"), HasSubstr("and no values elsewhere"));
  EXPECT_THAT(said("{at: x-, level: mean(p) = 1 m}"), HasSubstr("cannot compare"));
  EXPECT_THAT(said("{at: x-, flow: integral(v) = U}"), HasSubstr("cannot compare"));
  EXPECT_THAT(said("{at: x-, flow: mean(v) = U, enforce: hard}"), HasSubstr("an equation can only be enforced softly"));
  EXPECT_THAT(said("{at: x-, T: mean(T) = T0}"), HasSubstr("T is a field and takes a value, got an equation"));
  EXPECT_THAT(said("{at: {x: 0 m, y: 0 m}, level: mean(p) = 0}"), HasSubstr("a point has no mean"));
  EXPECT_THAT(said("{at: domain, T: T0}"), HasSubstr("over the domain only means and integrals can be given"));
  EXPECT_THAT(said("{at: domain, level: p = 0}"), HasSubstr("over the domain only means and integrals can be given"));
  EXPECT_THAT(said("{at: domain, level: mean(dn(p)) = 0}"), HasSubstr("dn() has a meaning on a face only"));
  EXPECT_THAT(said("{at: domain, level: mean(p) = 0}\n  - {at: domain, level: mean(p) = 0}"),
              HasSubstr("level on face domain is given twice, first in conditions.4.level"));
  // Elsewhere the text says where they are known.
  EXPECT_THAT(said("{at: x-, T: mean(T)}"), HasSubstr("or in the equation of a condition, `flow: integral(u) = Q`"));
}

}  // namespace
}  // namespace nusselt
