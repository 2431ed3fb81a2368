// Quadrature inside of shapes against exact integrals.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "solver/case/primitives.hpp"

namespace nusselt {
namespace {

constexpr double pi = std::numbers::pi;

double integral(const Shape& shape, int count, const std::function<double(const Position&)>& f) {
  double sum = 0;
  for (const InteriorPoint& point : shape.quadrature(count)) {
    EXPECT_GT(point.weight, 0);
    EXPECT_TRUE(shape.contains(point.x));
    sum += point.weight * f(point.x);
  }
  return sum;
}

double one(const Position&) { return 1; }
double x_square(const Position& x) { return x[0] * x[0]; }

TEST(ShapeQuadrature, IsExactOnLinesAndBoxes) {
  EXPECT_NEAR(integral(interval(0.1, 0.9) - interval(0.3, 0.4), 9, x_square), (0.729 - 0.001 - 0.064 + 0.027) / 3,
              1e-14);
  EXPECT_NEAR(integral(box(2, {0.1, 0.2}, {0.5, 0.9}), 36, x_square), 0.7 * (0.125 - 0.001) / 3, 1e-14);
  EXPECT_NEAR(integral(box(3, {0.1, 0.2, 0}, {0.5, 0.9, 0.3}), 216, x_square), 0.21 * (0.125 - 0.001) / 3, 1e-14);
}

TEST(ShapeQuadrature, IsSpectralInADisc) {
  const double exact = pi * 0.04 * 0.09 + pi * std::pow(0.2, 4) / 4;
  const Shape rod = disc({0.3, 0.4}, 0.2);
  EXPECT_NEAR(integral(rod, 64, x_square), exact, 1e-10);
  EXPECT_NEAR(integral(rod, 256, x_square), exact, 1e-15);
  EXPECT_LT(rod.quadrature(64).size(), 100u);
}

TEST(ShapeQuadrature, FollowsCutsAndCorners) {
  const Shape channel = box(2, {0, 0}, {2.2, 0.41}) - disc({0.2, 0.2}, 0.05);
  const double rod = pi * 0.0025 * 0.04 + pi * std::pow(0.05, 4) / 4;
  EXPECT_NEAR(integral(channel, 256, x_square), 0.41 * std::pow(2.2, 3) / 3 - rod, 1e-7);
  EXPECT_NEAR(integral(channel, 256, one), channel.measure(), 1e-12);
  const std::vector<Position> corners = {{0.31, 0.02}, {0.42, 0.21}, {0.63, 0.24}, {0.47, 0.36},
                                         {0.52, 0.58}, {0.29, 0.43}, {0.06, 0.55}, {0.14, 0.33}};
  double exact = 0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Position& a = corners[i];
    const Position& b = corners[(i + 1) % corners.size()];
    exact += (a[0] * b[1] - b[0] * a[1]) * (a[0] * a[0] + a[0] * b[0] + b[0] * b[0]) / 12;
  }
  EXPECT_NEAR(integral(polygon(corners), 256, x_square), exact, 1e-8 * exact);
}

TEST(ShapeQuadrature, FillsSpace) {
  const Shape block =
      box(3, {0, 0, 0}, {0.7, 0.4, 0.3}) - cylinder({0.3, 0.2, -0.1}, {0.3, 0.2, 0.5}, 0.07) - sphere({0, 0, 0}, 0.1);
  const auto z_square = [](const Position& x) { return x[2] * x[2]; };
  const double exact = 0.009 * (0.28 - pi * 0.0049) - pi / 30 * 1e-5;
  EXPECT_NEAR(integral(block, 1000, z_square), exact, 1e-5 * exact);
  const Shape ball = sphere({0.1, 0.2, 0.3}, 0.4);
  EXPECT_NEAR(integral(ball, 1000, x_square), ball.measure() * (0.01 + 0.16 / 5), 1e-9);
}

}  // namespace
}  // namespace nusselt
