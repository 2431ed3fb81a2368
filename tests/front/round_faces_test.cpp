#include "solver/case/round_faces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "small_case.hpp"

namespace nusselt {
namespace {

using testing::HasSubstr;

const TrialField& trial_of(const Case& c, const std::string& field) {
  for (const TrialField& trial : c.trials) {
    if (trial.field == field) return trial;
  }
  throw std::out_of_range(field);
}

double trial_value(const TrialField& trial, double x, double y, double output) {
  return at_point(trial.lift, x, y) + at_point(trial.distance, x, y) * output;
}

/// Heat in a square of 1 m with holes; lengths scale with 1 m, temperatures with 1 K above 300 K.
Case plate(const std::string& shapes, const std::string& is, const std::string& conditions) {
  return case_of(
      "case: plate\nphysics: heat_conduction\n"
      "constants: {L: 1 m, k: 3 W/(m K), T0: 300 K, dT: 1 K}\n"
      "domain: {box: {x: [0 m, L], y: [0 m, L]}, is: " +
      is +
      "}\n"
      "shapes: {" +
      shapes +
      "}\n"
      "scales: {references: [L, dT], temperature_level: T0}\n"
      "conditions:\n" +
      conditions);
}

const std::string hole = "hole: {disc: {center: [0.3 m, 0.4 m], radius: 0.1 m}}";
const std::string warm_sides = "  - {at: [x-, x+], T: 305 K}\n  - {at: [y-, y+], insulated: dn(T) = 0}\n";

TEST(RoundFaces, HoldExactlyBesideTheFacesOfTheBox) {
  const Case c = plate(hole, "box - hole", warm_sides + "  - {at: hole, T: T0 + dT*(1 + x/L)}\n");
  const TrialField& T = trial_of(c, "T");
  EXPECT_EQ(T.hard_faces.size(), 3u);
  EXPECT_EQ(c.soft_conditions.size(), 2u);
  for (const double output : {0.0, 4.0}) {
    for (int i = 0; i < 8; ++i) {
      const double angle = 0.3 + i * std::numbers::pi / 4;
      const double x = 0.3 + 0.1 * std::cos(angle);
      EXPECT_NEAR(trial_value(T, x, 0.4 + 0.1 * std::sin(angle), output), 1 + x, 1e-12) << angle;
      EXPECT_NEAR(trial_value(T, 0, 0.1 * i, output), 5, 1e-12);
      EXPECT_NEAR(trial_value(T, 1, 0.1 * i, output), 5, 1e-12);
    }
    EXPECT_TRUE(std::isfinite(trial_value(T, 0.3, 0.4, output)));
  }
  EXPECT_GT(at_point(T.distance, 0.5, 0.4), 0);
  EXPECT_LT(at_point(T.distance, 0.5, 0.4), 1);
}

TEST(RoundFaces, HoldExactlyAroundARegionToo) {
  const Case c = plate(
      "tube: {disc: {center: [0.5 m, 0.5 m], radius: 0.5 m}}, bore: {disc: {center: [0.5 m, 0.5 m], radius: 0.2 m}}",
      "tube - bore", "  - {at: bore, T: 310 K}\n  - {at: tube, T: 301 K}\n");
  const TrialField& T = trial_of(c, "T");
  EXPECT_TRUE(c.soft_conditions.empty());
  for (const double angle : {0.1, 2.0, 4.5}) {
    const auto at = [&](double r) { return trial_value(T, 0.5 + r * std::cos(angle), 0.5 + r * std::sin(angle), 3); };
    EXPECT_NEAR(at(0.2), 10, 1e-12);
    EXPECT_NEAR(at(0.5), 1, 1e-12);
  }
}

TEST(RoundFaces, AreSoftWhereNoSmoothFactorParts) {
  const std::string given = "  - {at: hole, T: 303 K}\n";
  const auto soft_ones = [&](const std::string& shapes, const std::string& is, const std::string& conditions) {
    return plate(shapes, is, conditions).soft_conditions.size();
  };
  EXPECT_EQ(soft_ones(hole, "box - hole", warm_sides + given), 2u);  // only what is insulated
  EXPECT_EQ(soft_ones("hole: {disc: {center: [0.1 m, 0.4 m], radius: 0.1 m}}", "box - hole", warm_sides + given), 3u);
  EXPECT_EQ(soft_ones("hole: {disc: {center: [0 m, 0.4 m], radius: 0.1 m}}", "box - hole", warm_sides + given), 3u);
  EXPECT_EQ(soft_ones("hole: {ellipse: {center: [0.3 m, 0.4 m], half_axes: [0.1 m, 0.2 m]}}", "box - hole",
                      warm_sides + given),
            3u);
  EXPECT_EQ(soft_ones(hole + ", other: {disc: {center: [0.5 m, 0.4 m], radius: 0.1 m}}", "box - hole - other",
                      warm_sides + given + "  - {at: other, T: 304 K}\n"),
            4u);
  EXPECT_EQ(soft_ones(hole + ", other: {disc: {center: [0.6 m, 0.4 m], radius: 0.1 m}}", "box - hole - other",
                      warm_sides + given + "  - {at: other, T: 304 K}\n"),
            2u);
  EXPECT_EQ(soft_ones(hole, "box - hole", warm_sides + "  - {at: hole, T: 303 K, enforce: soft}\n"), 3u);
  EXPECT_THAT(refusal([&] {
                plate("hole: {ellipse: {center: [0.3 m, 0.4 m], half_axes: [0.1 m, 0.2 m]}}", "box - hole",
                      warm_sides + "  - {at: hole, T: 303 K, enforce: hard}\n");
              }),
              HasSubstr("on hole, a surface or a part of a face, a value can only be enforced softly"));
}

}  // namespace
}  // namespace nusselt
