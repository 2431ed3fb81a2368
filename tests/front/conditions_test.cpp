#include "solver/case/conditions.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "small_case.hpp"

namespace nusselt {
namespace {

const TrialField& trial_of(const Case& c, const std::string& field) {
  for (const TrialField& trial : c.trials) {
    if (trial.field == field) return trial;
  }
  throw std::out_of_range(field);
}

/// A plate with values on the faces named in `conditions`; half as high as wide, its corner not at the origin.
Case plate(const std::string& conditions) {
  return case_of(
      "case: plate\nphysics: heat_conduction\n"
      "constants: {L: 0.2 m, k: 3 W/(m K), T0: 300 K, dT: 20 K}\n"
      "domain: {box: {x: [0.5*L, 1.5*L], y: [-L, -0.5*L]}}\n"
      "scales: {references: [L, dT], temperature_level: T0}\n"
      "conditions:\n" +
      conditions);
}

// In scaled coordinates the plate is [0.5, 1.5] x [-1, -0.5].
constexpr double x_lower = 0.5, x_upper = 1.5, y_lower = -1, y_upper = -0.5;

double trial_value(const TrialField& trial, double x, double y, double output) {
  return at_point(trial.lift, x, y) + at_point(trial.distance, x, y) * output;
}

TEST(Conditions, HoldOnEveryFaceTheyName) {
  const Case c = case_of(small_cavity);
  ASSERT_EQ(c.conditions.size(), 12u);
  EXPECT_EQ(c.conditions[1].field, "u");
  EXPECT_EQ(c.conditions[1].face.name(), "x+");
  EXPECT_TRUE(c.conditions[1].value.is_zero());
  EXPECT_EQ(c.conditions[8].name, "T");
  EXPECT_EQ(c.conditions[8].face.name(), "x-");
  EXPECT_EQ(to_string(c.conditions[8].residual), "T - T_hot");
  EXPECT_EQ(c.conditions[8].key, "conditions.1.T");
  EXPECT_EQ(c.conditions[8].place.line, 23);
  EXPECT_EQ(c.conditions[8].enforcement, Enforcement::automatic);
  EXPECT_EQ(c.conditions[8].weight, 1);
  EXPECT_EQ(c.conditions[11].name, "insulated");
  EXPECT_EQ(c.conditions[11].face.name(), "y+");
  EXPECT_FALSE(c.conditions[11].field);
  EXPECT_EQ(c.conditions[11].enforcement, Enforcement::soft);
}

/// A sliding lid on a cavity: the velocity jumps in both of its corners.
const std::string lid =
    "case: lid\nphysics: incompressible_flow\n"
    "constants: {L: 0.2 m, rho: 900 kg/m^3, mu: 0.3 Pa s, U: 0.4 m/s}\n"
    "domain: {box: {x: [0 m, L], y: [0 m, L]}}\n"
    "scales: {references: [L, U, rho]}\n"
    "conditions:\n  - {at: [x-, x+, y-], u: 0, v: 0}\n  - {at: y+, u: U, v: 0}\n";

TEST(Conditions, AKnownPartTakesTheJumpOutOfACorner) {
  EXPECT_TRUE(trial_of(case_of(lid), "u").hard_faces.empty());
  EXPECT_EQ(trial_of(case_of(lid), "u").note,
            "the values of u on x- and y+ disagree where the faces meet: enforced softly");
  // 1 on the lid, 0 on a wall, by the angle between them.
  const Case c =
      case_of(lid +
              "formulas: {d: 1 - y/L, a: x/L, b: 1 - x/L}\n"
              "known_parts: {u: U*(1 - (atan((d - a)/(d + a)) + atan((d - b)/(d + b)))*2/3.141592653589793)}\n");
  const TrialField& u = trial_of(c, "u");
  EXPECT_EQ(u.note, "");
  EXPECT_TRUE(u.has_known_part);
  EXPECT_FALSE(trial_of(c, "v").has_known_part);
  ASSERT_EQ(u.hard_faces.size(), 4u);
  for (const double s : {1e-6, 0.2, 0.7, 1 - 1e-6}) {
    for (const double output : {0.0, 2.5}) {
      EXPECT_NEAR(trial_value(u, s, 1, output), 1, 1e-10) << s;
      EXPECT_NEAR(trial_value(u, s, 0, output), 0, 1e-10) << s;
      EXPECT_NEAR(trial_value(u, 0, s, output), 0, 1e-10) << s;
      EXPECT_NEAR(trial_value(u, 1, s, output), 0, 1e-10) << s;
    }
  }
  // What the network has to add is smooth: half-way around the corner the field is half-way between.
  for (const double r : {1e-3, 1e-6}) EXPECT_NEAR(trial_value(u, r, 1 - r, 0), 0.5, 2 * r);
}

TEST(Conditions, AKnownPartThatLeavesTheJumpLeavesItSoft) {
  const Case c = case_of(lid + "known_parts: {u: U*x/L, p: rho*U^2*y/L}\n");
  EXPECT_TRUE(trial_of(c, "u").hard_faces.empty());
  EXPECT_EQ(trial_of(c, "u").note, "the values of u on x- and y+ disagree where the faces meet: enforced softly");
  EXPECT_NEAR(at_point(trial_of(c, "u").lift, 0.3, 0.9), 0.3, 1e-15);
  EXPECT_NEAR(at_point(trial_of(c, "p").lift, 0.3, 0.9), 0.9, 1e-15);
  const Case infinite = case_of(lid + "known_parts: {u: U*L/(L - y + x)}\n");
  EXPECT_TRUE(trial_of(infinite, "u").hard_faces.empty());
}

TEST(Conditions, TakeEnforcementAndWeight) {
  const Case c = case_of(replaced(small_cavity, "x-, T: T_hot", "x-, T: T_hot, enforce: soft, weight: 2.5"));
  EXPECT_EQ(c.conditions[8].enforcement, Enforcement::soft);
  ASSERT_EQ(c.soft_conditions.size(), 3u);
  EXPECT_EQ(c.soft_conditions[0].residual.name(), "T at x-");
  EXPECT_EQ(c.soft_conditions[0].weight, 2.5);
  EXPECT_EQ(c.soft_conditions[0].face.name(), "x-");
  EXPECT_EQ(at_point(c.soft_conditions[0].residual.expression(), 0, 0, 0.5), 0);  // T_hot is 0.5 above T0
  EXPECT_FALSE(trial_of(c, "T").is_hard(c.box.face_named("x-")));
  EXPECT_TRUE(trial_of(c, "T").is_hard(c.box.face_named("x+")));
}

TEST(HardConditions, HoldWhateverTheOutputIs) {
  // Values that vary along the faces and agree at the corners: x*y + y^2 in units of L, times dT.
  const Case c = plate(
      "  - {at: x-, T: T0 + dT*(0.5*y/L + (y/L)^2), enforce: hard}\n"
      "  - {at: x+, T: T0 + dT*(1.5*y/L + (y/L)^2)}\n"
      "  - {at: y-, T: T0 + dT*(1 - x/L)}\n"
      "  - {at: y+, T: T0 + dT*(0.25 - 0.5*x/L), enforce: hard}\n");
  const TrialField& trial = trial_of(c, "T");
  EXPECT_EQ(trial.hard_faces.size(), 4u);
  EXPECT_EQ(trial.note, "");
  EXPECT_TRUE(c.soft_conditions.empty());
  const auto exact = [](double x, double y) { return x * y + y * y; };
  for (double s = 0; s <= 1; s += 0.125) {
    const double x = x_lower + s * (x_upper - x_lower), y = y_lower + s * (y_upper - y_lower);
    for (double output : {0.0, 7.5, -1e3}) {
      const double rounding = 1e-14 * std::max(1.0, std::abs(output));
      EXPECT_NEAR(trial_value(trial, x_lower, y, output), exact(x_lower, y), rounding);
      EXPECT_NEAR(trial_value(trial, x_upper, y, output), exact(x_upper, y), rounding);
      EXPECT_NEAR(trial_value(trial, x, y_lower, output), exact(x, y_lower), rounding);
      EXPECT_NEAR(trial_value(trial, x, y_upper, output), exact(x, y_upper), rounding);
    }
  }
}

TEST(HardConditions, LiftByTheBooleanSumOfTheFaces) {
  const Case c = plate(
      "  - {at: x-, T: T0 + dT*y/L*0.25}\n"
      "  - {at: x+, T: T0 + dT*y/L*2.25}\n"
      "  - {at: y-, T: T0 - dT*(x/L)^2}\n"
      "  - {at: y+, T: T0 - 0.5*dT*(x/L)^2}\n");
  // f = x^2 y is linear in y: the sum (P_x + P_y - P_x P_y) f leaves P_y f = f.
  for (double x : {0.6, 1.0, 1.4}) {
    for (double y : {-0.9, -0.6}) EXPECT_NEAR(at_point(trial_of(c, "T").lift, x, y), x * x * y, 1e-14);
  }
}

TEST(HardConditions, KeepTheDistancePositiveInsideAndAtMostOne) {
  const std::string sides[] = {"  - {at: [x-, x+, y-, y+], T: T0}\n",
                               "  - {at: [x-, y-, y+], T: T0}\n  - {at: x+, free: dn(T) = 0}\n",
                               "  - {at: y+, T: T0}\n  - {at: [x-, x+, y-], free: dn(T) = 0}\n"};
  for (const std::string& conditions : sides) {
    const Case c = plate(conditions);
    const TrialField& trial = trial_of(c, "T");
    double largest = 0;
    for (double s = 0; s <= 1; s += 0.0625) {
      for (double t = 0; t <= 1; t += 0.0625) {
        const double x = x_lower + s * (x_upper - x_lower), y = y_lower + t * (y_upper - y_lower);
        const double distance = at_point(trial.distance, x, y);
        const bool on_hard_face =
            (s == 0 && trial.is_hard({axis_x, false})) || (s == 1 && trial.is_hard({axis_x, true})) ||
            (t == 0 && trial.is_hard({axis_y, false})) || (t == 1 && trial.is_hard({axis_y, true}));
        if (on_hard_face) {
          EXPECT_NEAR(distance, 0, 1e-15) << conditions << x << " " << y;
        } else {
          EXPECT_GT(distance, 0.01) << conditions << x << " " << y;
        }
        largest = std::max(largest, distance);
      }
    }
    EXPECT_NEAR(largest, 1, 1e-14) << conditions;
  }
}

TEST(HardConditions, OfOneFaceCarryItsValueAlong) {
  const Case c = plate("  - {at: x-, T: T0 + dT*(y/L)^2}\n  - {at: [x+, y-, y+], free: dn(T) = 0}\n");
  EXPECT_NEAR(at_point(trial_of(c, "T").lift, 1.5, -0.7), 0.49, 1e-15);
  EXPECT_NEAR(at_point(trial_of(c, "T").distance, 0.75, -0.7), 0.25, 1e-15);
}

TEST(HardConditions, AFieldWithoutConditionsIsTheOutputItself) {
  const TrialField& p = trial_of(case_of(small_cavity), "p");
  EXPECT_TRUE(p.lift.is_zero());
  EXPECT_EQ(at_point(p.distance, 0.3, 0.4), 1);
  EXPECT_TRUE(p.hard_faces.empty());
}

TEST(HardConditions, ThatDisagreeAtACornerBecomeSoftWithANote) {
  const Case c = plate("  - {at: y+, T: T0 + dT}\n  - {at: [x-, x+, y-], T: T0}\n");
  EXPECT_TRUE(trial_of(c, "T").hard_faces.empty());
  EXPECT_TRUE(trial_of(c, "T").lift.is_zero());
  EXPECT_EQ(c.soft_conditions.size(), 4u);
  ASSERT_EQ(c.notes.size(), 1u);
  EXPECT_EQ(c.notes[0], "the values of T on y+ and x- disagree where the faces meet: enforced softly");
}

/// A bar that starts in the state `start`, from t = 3 s to 8 s; the scale of time is 4 s.
Case unsteady_bar(const std::string& start) {
  return case_of(
      "case: bar\nphysics: burgers\n"
      "constants: {L: 0.2 m, U: 0.05 m/s, nu: 2e-3 m^2/s}\n"
      "domain: {box: {x: [0 m, L], t: [3 s, 8 s]}}\n"
      "scales: {references: [L, U]}\n"
      "conditions:\n  - {at: x-, u: U*(t - 3 s)/(5 s)}\n  - {at: x+, u: 0}\n  - {at: t-, u: " +
      start + "}\n");
}

double at_time(const Expression& expression, double x, double t) {
  return evaluate(expression, [&](const Expression& leaf) { return leaf.axis() == axis_x ? x : t; });
}

TEST(HardConditions, OfAnInitialStateLeaveTheEndFree) {
  const Case c = unsteady_bar("2*U*x/L*(1 - x/L)");
  const TrialField& trial = trial_of(c, "u");
  EXPECT_EQ(trial.note, "");
  EXPECT_TRUE(c.soft_conditions.empty());
  ASSERT_EQ(trial.hard_faces.size(), 3u);
  EXPECT_TRUE(trial.is_hard({axis_t, false}));
  EXPECT_FALSE(trial.is_hard({axis_t, true}));
  EXPECT_EQ(c.scaled_lower(), (std::vector<double>{0, 0.75}));
  EXPECT_EQ(c.scaled_upper(), (std::vector<double>{1, 2}));
  for (const double s : {0.0, 0.3, 0.8, 1.0}) {
    EXPECT_NEAR(at_time(trial.lift, s, 0.75), 2 * s * (1 - s), 1e-15);
    EXPECT_NEAR(at_time(trial.distance, s, 0.75), 0, 1e-16);
    const double t = 0.75 + 1.25 * s;
    EXPECT_NEAR(at_time(trial.lift, 0, t), s, 1e-15);
    EXPECT_NEAR(at_time(trial.lift, 1, t), 0, 1e-15);
    EXPECT_NEAR(at_time(trial.distance, 0, t), 0, 1e-16);
  }
  EXPECT_NEAR(at_time(trial.distance, 0.5, 2), 1, 1e-15);  // 4 s (1 - s) along x, the time passed along t
  EXPECT_NEAR(at_time(trial.distance, 0.5, 1), 0.2, 1e-15);
  // The equation holds where u is differentiated in units of L and L/U.
  ASSERT_EQ(c.equations.size(), 1u);
  for (const auto& term : c.equations[0].terms()) {
    EXPECT_NEAR(std::abs(term.coefficient), to_string(term.factor) == "dxx(u)" ? 0.2 : 1, 1e-14)
        << to_string(term.factor);
  }
}

TEST(HardConditions, OfAnInitialStateThatDisagreesWithAWallBecomeSoftWithANote) {
  const Case c = unsteady_bar("U");
  EXPECT_TRUE(trial_of(c, "u").hard_faces.empty());
  ASSERT_EQ(c.soft_conditions.size(), 3u);
  EXPECT_EQ(c.soft_conditions[2].residual.name(), "u at t-");
  ASSERT_EQ(c.notes.size(), 1u);
  EXPECT_EQ(c.notes[0], "the values of u on x- and t- disagree where the faces meet: enforced softly");
}

TEST(HardConditions, ThatDisagreeInTheirVariationOnlyAreFoundToo) {
  // 3-D: both values vary along the edge and agree at its ends.
  const std::string said = refusal([] {
    case_of(
        "case: block\nphysics: heat_conduction\n"
        "constants: {L: 0.2 m, k: 3 W/(m K), T0: 300 K, dT: 20 K}\n"
        "domain: {box: {x: [0 m, L], y: [0 m, L], z: [0 m, L]}}\n"
        "scales: {references: [L, dT], temperature_level: T0}\n"
        "conditions:\n"
        "  - {at: x-, T: T0 + dT*z/L*(1 - z/L), enforce: hard}\n"
        "  - {at: y-, T: T0, enforce: hard}\n"
        "  - {at: [x+, y+, z-, z+], free: dn(T) = 0}\n");
  });
  EXPECT_NE(said.find("conditions.0.T: the values of T on x- and y- disagree"), std::string::npos) << said;
}

TEST(HardConditions, AreNeverDroppedInSilence) {
  // y- can be exact; the corner of two others cannot, which would make the whole field soft.
  const std::string said = refusal(
      [] { plate("  - {at: y-, T: T0, enforce: hard}\n  - {at: [x-, x+], T: T0}\n  - {at: y+, T: T0 + dT}\n"); });
  EXPECT_NE(said.find("conditions.0.T: the values of T on x- and y+ disagree where the faces meet"), std::string::npos)
      << said;
}

}  // namespace
}  // namespace nusselt
