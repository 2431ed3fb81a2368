// Distances and normals of shapes against brute force and differences, measures against exact values.
#include "solver/case/shape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "solver/case/primitives.hpp"

namespace nusselt {
namespace {

constexpr double pi = std::numbers::pi;

struct Sample {
  std::string what;
  Shape shape;
  bool exact = true;  // the distance is exact, not a bound
};

std::vector<Position> star() {
  return {{0.31, 0.02}, {0.42, 0.21}, {0.63, 0.24}, {0.47, 0.36},
          {0.52, 0.58}, {0.29, 0.43}, {0.06, 0.55}, {0.14, 0.33}};
}

std::vector<Sample> samples() {
  const Shape channel = box(2, {-0.2, 0.1}, {2.3, 0.51});
  const Shape rod = disc({0.4, 0.3}, 0.05);
  const Shape block = box(3, {-0.3, 0.1, 0.2}, {0.5, 0.6, 0.45});
  const Shape pipe = cylinder({-0.1, 0.2, 0.1}, {0.3, 0.5, 0.7}, 0.07);
  return {{"interval", interval(-0.3, 0.45)},
          {"rectangle", box(2, {-0.3, 0.2}, {0.5, 0.33})},
          {"block", block},
          {"disc", disc({0.4, -0.1}, 0.21)},
          {"annulus", annulus({0.3, 0.2}, 0.11, 0.26)},
          {"ellipse", ellipse({0.3, 0.2}, {0.34, 0.13})},
          {"tall ellipse", ellipse({0.3, 0.2}, {0.04, 0.43})},
          {"polygon", polygon(star())},
          {"sphere", sphere({0.2, 0.3, -0.1}, 0.23)},
          {"pipe", pipe},
          {"pipe downwards", cylinder({0.1, 0.2, 0.7}, {0.1, 0.2, 0.1}, 0.07)},
          {"turned polygon", polygon(star()).rotated(0.4, {0.1, 0.2}).scaled(1.7).translated({-0.2, 0.3})},
          {"turned block", block.rotated(0.7, {0.3, -0.2, 0.9}, {0.1, 0.1, 0.1})},
          {"channel with a rod", channel - rod, false},
          {"two parts", channel - rod - box(2, {-0.2, 0.1}, {0.7, 0.2}) + disc({2.3, 0.3}, 0.3), false},
          {"slot", (block - pipe) & sphere({0.1, 0.3, 0.3}, 0.31), false}};
}

/// Points in the bounds, a third larger.
std::vector<Position> around(const Shape& shape, int count) {
  std::mt19937_64 generator(5);
  std::uniform_real_distribution<double> uniform(-0.17, 1.17);
  const auto [lower, upper] = shape.bounds();
  std::vector<Position> points;
  for (int i = 0; i < count; ++i) {
    Position x{};
    for (int d = 0; d < shape.dimensions(); ++d) x[d] = lower[d] + uniform(generator) * (upper[d] - lower[d]);
    points.push_back(x);
  }
  return points;
}

std::vector<double> random_unit(int dims, int count) {
  std::mt19937_64 generator(11);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> points(static_cast<std::size_t>(dims) * count);
  for (double& p : points) p = uniform(generator);
  return points;
}

std::vector<SurfacePoint> boundary(const Shape& shape, int count) {
  std::vector<SurfacePoint> points;
  for (const Surface& surface : shape.surfaces()) {
    for (const SurfacePoint& point : surface.sample(count, random_unit)) points.push_back(point);
  }
  return points;
}

TEST(Shape, DistanceIsThatToTheNearestPointOfItsSurfaces) {
  for (const Sample& sample : samples()) {
    const int count = sample.shape.dimensions() == 3 ? 3000 : 600;
    const std::vector<SurfacePoint> surface = boundary(sample.shape, count);
    const auto [lower, upper] = sample.shape.bounds();
    // What so many random points may miss the nearest place by.
    const double spacing = norm(upper - lower) * (sample.shape.dimensions() == 3 ? 0.06 : 0.03);
    for (const Position& x : around(sample.shape, 60)) {
      double nearest = 1e9;
      for (const SurfacePoint& point : surface) nearest = std::min(nearest, norm(point.x - x));
      const double distance = std::abs(sample.shape.distance(x));
      EXPECT_LE(distance, nearest * (1 + 1e-9)) << sample.what;
      if (sample.exact) {
        EXPECT_GE(distance, std::sqrt(std::max(0.0, nearest * nearest - spacing * spacing)) - 0.1 * spacing)
            << sample.what;
      }
    }
  }
}

TEST(Shape, NormalIsTheGradientOfTheDistance) {
  for (const Sample& sample : samples()) {
    for (const Position& x : around(sample.shape, 60)) {
      const Position n = sample.shape.normal(x);
      EXPECT_NEAR(norm(n), 1, 1e-12) << sample.what;
      const double h = 1e-6;
      Position gradient{};
      for (int d = 0; d < sample.shape.dimensions(); ++d) {
        Position step{};
        step[d] = h;
        gradient[d] = (sample.shape.distance(x + step) - sample.shape.distance(x - step)) / (2 * h);
      }
      if (std::abs(norm(gradient) - 1) > 1e-3) continue;  // across a place where the nearest point jumps
      EXPECT_LT(norm(n - gradient), 1e-5) << sample.what;
    }
  }
}

TEST(Shape, SurfacePointsLieOnTheBoundaryAndLookOutwards) {
  for (const Sample& sample : samples()) {
    const auto [lower, upper] = sample.shape.bounds();
    const double size = norm(upper - lower);
    for (const SurfacePoint& point : boundary(sample.shape, 40)) {
      EXPECT_NEAR(sample.shape.distance(point.x), 0, 1e-13 * size) << sample.what;
      EXPECT_NEAR(norm(point.normal), 1, 1e-13) << sample.what;
      EXPECT_LT(sample.shape.distance(point.x - 1e-6 * size * point.normal), 0) << sample.what;
      EXPECT_GT(sample.shape.distance(point.x + 1e-6 * size * point.normal), 0) << sample.what;
      EXPECT_LT(norm(sample.shape.normal(point.x + 1e-6 * size * point.normal) - point.normal), 1e-5) << sample.what;
    }
  }
}

TEST(Shape, BoundsHoldIt) {
  for (const Sample& sample : samples()) {
    const auto [lower, upper] = sample.shape.bounds();
    for (const SurfacePoint& point : boundary(sample.shape, 200)) {
      for (int d = 0; d < 3; ++d) {
        EXPECT_GE(point.x[d], lower[d] - 1e-12) << sample.what;
        EXPECT_LE(point.x[d], upper[d] + 1e-12) << sample.what;
      }
    }
  }
  EXPECT_EQ(disc({0.5, 0.25}, 0.125).bounds(), (std::pair<Position, Position>{{0.375, 0.125, 0}, {0.625, 0.375, 0}}));
}

TEST(Shape, MeasuresOfPrimitivesAreExact) {
  EXPECT_DOUBLE_EQ(interval(-0.3, 0.45).measure(), 0.75);
  EXPECT_DOUBLE_EQ(box(2, {-0.3, 0.2}, {0.5, 0.33}).measure(), 0.8 * 0.13);
  EXPECT_DOUBLE_EQ(box(3, {-0.3, 0.1, 0.2}, {0.5, 0.6, 0.45}).measure(), 0.8 * 0.5 * 0.25);
  EXPECT_DOUBLE_EQ(disc({0.4, -0.1}, 0.21).measure(), pi * 0.0441);
  EXPECT_DOUBLE_EQ(annulus({0.3, 0.2}, 0.11, 0.26).measure(), pi * (0.0676 - 0.0121));
  EXPECT_DOUBLE_EQ(ellipse({}, {0.34, 0.13}).measure(), pi * 0.34 * 0.13);
  EXPECT_DOUBLE_EQ(sphere({}, 0.23).measure(), 4.0 / 3 * pi * std::pow(0.23, 3));
  EXPECT_DOUBLE_EQ(cylinder({0, 0, 0.1}, {0, 0.3, 0.5}, 0.07).measure(), pi * 0.0049 * 0.5);
  EXPECT_DOUBLE_EQ(polygon({{0.1, 0.2}, {0.5, 0.2}, {0.1, 0.9}}).measure(), 0.14);
  EXPECT_DOUBLE_EQ(polygon({{0.1, 0.2}, {0.1, 0.9}, {0.5, 0.2}}).measure(), 0.14);
  EXPECT_DOUBLE_EQ(disc({}, 0.21).scaled(3).measure(), pi * 0.0441 * 9);
  EXPECT_DOUBLE_EQ(sphere({}, 0.23).scaled(2).measure(), 32.0 / 3 * pi * std::pow(0.23, 3));
}

double share_inside(const Shape& shape, int count) {
  int inside = 0;
  const auto [lower, upper] = shape.bounds();
  const std::vector<double> unit = random_unit(3, count);
  double volume = 1;
  for (int d = 0; d < shape.dimensions(); ++d) volume *= upper[d] - lower[d];
  for (int i = 0; i < count; ++i) {
    Position x{};
    for (int d = 0; d < shape.dimensions(); ++d) x[d] = lower[d] + unit[3 * i + d] * (upper[d] - lower[d]);
    inside += shape.contains(x);
  }
  return volume * inside / count;
}

TEST(Shape, MeasuresAfterSetOperations) {
  // A disc that a side of the box cuts: the segment of a circle.
  const double r = 0.17;
  const double h = 0.05;  // from the centre to the side
  const double beyond = r * r * std::acos(h / r) - h * std::sqrt(r * r - h * h);
  const Shape plate = box(2, {0, 0}, {0.7, 0.4});
  const Shape hole = disc({h, 0.2}, r);
  EXPECT_NEAR((plate - hole).measure(), 0.28 - (pi * r * r - beyond), 2e-12);
  EXPECT_NEAR((plate & hole).measure(), pi * r * r - beyond, 2e-12);
  EXPECT_NEAR((plate + hole).measure(), 0.28 + beyond, 2e-12);
  EXPECT_NEAR((plate - disc({0.3, 0.2}, 0.05)).measure(), 0.28 - pi * 0.0025, 1e-14);
  EXPECT_NEAR((interval(0.1, 0.9) - interval(0.3, 0.45)).measure(), 0.65, 1e-15);
  EXPECT_NEAR((interval(0.1, 0.5) & interval(0.3, 0.95)).measure(), 0.2, 1e-15);
  // In space: a hole through a block, a corner ball, and pipes that meet at right angles (Steinmetz).
  const Shape block = box(3, {0, 0, 0}, {0.7, 0.4, 0.3});
  EXPECT_NEAR((block - cylinder({0.3, 0.2, -0.1}, {0.3, 0.2, 0.5}, 0.07)).measure(), 0.084 - pi * 0.0049 * 0.3, 1e-9);
  EXPECT_NEAR((block - sphere({0, 0, 0}, 0.21)).measure(), 0.084 - pi / 6 * std::pow(0.21, 3), 1e-7);
  const Shape pipes = cylinder({-0.5, 0, 0}, {0.5, 0, 0}, 0.1) & cylinder({0, -0.5, 0}, {0, 0.5, 0}, 0.1);
  EXPECT_NEAR(pipes.measure(), 16.0 / 3 * 1e-3, 1e-7);
  for (const Sample& sample : samples()) {
    const auto [lower, upper] = sample.shape.bounds();
    double volume = 1;
    for (int d = 0; d < sample.shape.dimensions(); ++d) volume *= upper[d] - lower[d];
    EXPECT_NEAR(sample.shape.measure(), share_inside(sample.shape, 20000), 0.012 * volume) << sample.what;
  }
}

}  // namespace
}  // namespace nusselt
