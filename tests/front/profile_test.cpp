#include "solver/case/profile.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace nusselt {
namespace {

const Dimension metre = Dimension::of(Dimension::length);
const Expression y = Expression::coordinate(axis_y, metre);

double at(const Expression& expression, double position) {
  return evaluate(expression, [&](const Expression&) { return position; });
}

TEST(Profile, MeetsItsRowsAndIsStraightWhereTheyAre) {
  const std::vector<double> places = {-1, 0, 0.5, 2, 3};
  const std::vector<double> values = {1, 1, 4, 5, 5.5};
  const Expression profile = interpolated(y, places, values, metre);
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_NEAR(at(profile, places[i]), values[i], 1e-14);
  EXPECT_EQ(profile.dimension(), metre);
  // The rows never fall, and so the profile does not.
  for (double x = -1; x <= 2.99; x += 0.01) {
    EXPECT_GE(at(profile, x + 0.01), at(profile, x) - 1e-14) << x;
    if (x < 0) {
      EXPECT_NEAR(at(profile, x), 1, 1e-14);
    }
  }
  const Expression line = interpolated(y, {1, 3, 4}, {2, 6, 8}, metre);
  EXPECT_NEAR(at(line, 1.7), 3.4, 1e-14);
  EXPECT_NEAR(at(line, 3.9), 7.8, 1e-14);
  EXPECT_NEAR(at(interpolated(y, {0, 2}, {1, 5}, metre), 0.5), 2, 1e-14);
}

TEST(Profile, FollowsASmoothFunction) {
  std::vector<double> places, values;
  for (int i = 0; i <= 20; ++i) {
    places.push_back(i / 20.0);
    values.push_back(std::sin(1.5 * places.back()));
  }
  const Expression profile = interpolated(y, places, values, metre);
  const Expression slope = derivative(profile, axis_y);
  const Expression curvature = derivative(slope, axis_y);
  for (double x = 0.06; x < 0.94; x += 0.013) {
    EXPECT_NEAR(at(profile, x), std::sin(1.5 * x), 1e-6);
    EXPECT_NEAR(at(slope, x), 1.5 * std::cos(1.5 * x), 1e-4);
    EXPECT_NEAR(at(curvature, x), -2.25 * std::sin(1.5 * x), 0.02);
  }
}

TEST(Profile, HasItsDerivativesAtTheRowsToo) {
  // On a grid points fall on rows, where min and max have a choice; the piece on the left is taken, at the first row
  // the one on the right.
  const std::vector<double> places = {0, 0.25, 0.5, 1};
  const Expression profile = interpolated(y, places, {0, 0.4, 1.0, 1.5}, metre);
  const Expression slope = derivative(profile, axis_y);
  const Expression curvature = derivative(slope, axis_y);
  constexpr double small = 1e-6;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double side = i == 0 ? small : -small;
    EXPECT_NEAR(at(slope, places[i]), at(slope, places[i] + side), 1e-4) << places[i];
    EXPECT_NEAR(at(slope, places[i]), (at(profile, places[i] + side) - at(profile, places[i])) / side, 1e-4);
    EXPECT_NEAR(at(curvature, places[i]), at(curvature, places[i] + side), 1e-3) << places[i];
  }
  // The slope itself is continuous.
  for (const double place : {0.25, 0.5}) EXPECT_NEAR(at(slope, place - small), at(slope, place + small), 1e-4);
}

}  // namespace
}  // namespace nusselt
