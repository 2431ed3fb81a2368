#include "solver/streamlines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace nusselt {
namespace {

/// A square of side 2 about the origin.
FieldGrid square(int n, const std::function<PlanePoint(double, double)>& flow) {
  FieldGrid grid;
  grid.points = {n, n, 1};
  grid.origin = {-1, -1, 0};
  grid.spacing = {2.0 / (n - 1), 2.0 / (n - 1), 1};
  grid.arrays = {{"velocity", "m s-1", 2, {}}};
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i)
      for (const double component : flow(-1 + i * grid.spacing[0], -1 + j * grid.spacing[1]))
        grid.arrays[0].values.push_back(component);
  return grid;
}

std::vector<PlaneLine> lines_of(const FieldGrid& grid, double separation) {
  StreamlineOptions options;
  options.separation = separation;
  return even_streamlines(grid, grid.arrays[0], options);
}

TEST(Streamlines, OfARotationAreClosedCircles) {
  const auto lines = lines_of(square(41, [](double x, double y) { return PlanePoint{-y, x}; }), 0.15);
  ASSERT_GE(lines.size(), 4u);
  int closed = 0;
  for (const PlaneLine& line : lines) {
    const double radius = std::hypot(line[0][0], line[0][1]);
    for (const PlanePoint& point : line) EXPECT_NEAR(std::hypot(point[0], point[1]), radius, 1e-5);
    closed += line.front() == line.back();
    // Counter-clockwise, as the flow goes.
    EXPECT_GT(line[0][0] * line[1][1] - line[0][1] * line[1][0], 0);
  }
  EXPECT_GE(closed, 3);
}

TEST(Streamlines, KeepTheirDistance) {
  const double separation = 0.2;
  const auto lines = lines_of(square(21,
                                     [](double x, double y) {
                                       return PlanePoint{1, 0.5 * x + 0.1 * y};
                                     }),
                              separation);
  ASSERT_GE(lines.size(), 5u);
  for (std::size_t a = 0; a < lines.size(); ++a)
    for (std::size_t b = a + 1; b < lines.size(); ++b)
      for (const PlanePoint& p : lines[a])
        for (const PlanePoint& q : lines[b])
          ASSERT_GE(std::hypot(p[0] - q[0], p[1] - q[1]), 0.5 * separation - 1e-12) << a << ' ' << b;
}

TEST(Streamlines, OfUniformFlowAreStraightAndFillThePlane) {
  const auto lines = lines_of(square(5, [](double, double) { return PlanePoint{2, 0}; }), 0.2);
  EXPECT_GE(lines.size(), 8u);
  EXPECT_LE(lines.size(), 11u);
  for (const PlaneLine& line : lines) {
    EXPECT_NEAR(line.front()[1], line.back()[1], 1e-12);
    EXPECT_GT(line.back()[0] - line.front()[0], 1.8);
  }
}

TEST(Streamlines, NothingMovesOrNothingIsKnown) {
  EXPECT_TRUE(lines_of(square(5, [](double, double) { return PlanePoint{0, 0}; }), 0.2).empty());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(lines_of(square(5, [&](double, double) { return PlanePoint{nan, nan}; }), 0.2).empty());
  // Unknown in the right half: lines stay in the left one.
  const auto lines = lines_of(square(21, [&](double x, double) { return PlanePoint{x > 0 ? nan : 1, 0}; }), 0.2);
  ASSERT_FALSE(lines.empty());
  for (const PlaneLine& line : lines) EXPECT_LE(line.back()[0], 1e-9);
}

TEST(Streamlines, RefuseWhatIsNoPlaneFlow) {
  FieldGrid grid = square(5, [](double, double) { return PlanePoint{1, 0}; });
  EXPECT_THROW(lines_of(grid, 0), std::invalid_argument);
  grid.arrays = {{"T", "K", 1, std::vector<double>(25, 1.0)}};
  try {
    lines_of(grid, 0.1);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "streamlines need a plane grid {nx, ny, 1} and a vector array, 'T' has 1 component(s)");
  }
}

}  // namespace
}  // namespace nusselt
