// Surfaces after set operations: measures, quadrature and sampling against exact integrals; which face keeps a place.
#include "solver/case/surface.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <random>

#include "solver/case/primitives.hpp"

namespace nusselt {
namespace {

constexpr double pi = std::numbers::pi;

std::vector<double> random_unit(int dims, int count) {
  std::mt19937_64 generator(11);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> points(static_cast<std::size_t>(dims) * count);
  for (double& p : points) p = uniform(generator);
  return points;
}

template <class Function>
double integral(const std::vector<SurfacePoint>& points, Function f) {
  double sum = 0;
  for (const SurfacePoint& point : points) sum += point.weight * f(point.x);
  return sum;
}

using Measures = std::map<std::string, double>;

Measures measures(const Shape& shape) {
  Measures all;
  for (const Surface& surface : shape.surfaces()) all[surface.name()] = surface.measure();
  return all;
}

void expect_measures(const Shape& shape, const Measures& expected, double tolerance) {
  const Measures found = measures(shape);
  for (const auto& [name, measure] : expected) {
    ASSERT_TRUE(found.contains(name)) << name;
    EXPECT_NEAR(found.at(name), measure, tolerance) << name;
  }
  for (const auto& [name, measure] : found) EXPECT_TRUE(expected.contains(name)) << name << " " << measure;
}

Shape rectangle(double x0, double x1, double y0, double y1, const std::string& name) {
  return box(2, {x0, y0}, {x1, y1}).named(name);
}

TEST(Surface, QuadratureOnAWholeCircleIsSpectral) {
  const Shape rod = disc({0.4, -0.1}, 0.7);
  const auto f = [](const Position& x) { return std::exp(x[0]); };
  const double exact = 2 * pi * 0.7 * std::exp(0.4) * std::cyl_bessel_i(0, 0.7);
  EXPECT_NEAR(integral(rod.surfaces()[0].quadrature(16), f), exact, 1e-13);
  EXPECT_EQ(rod.surfaces()[0].quadrature(16).size(), 16u);
}

TEST(Surface, AnEllipseKnowsItsPerimeter) {
  const Shape oval = ellipse({0.3, 0.2}, {0.34, 0.13});
  const double e = std::sqrt(1 - std::pow(0.13 / 0.34, 2));
  EXPECT_NEAR(oval.surfaces()[0].measure(), 4 * 0.34 * std::comp_ellint_2(e), 1e-13);
  // The flux of x through it is twice its area.
  double flux = 0;
  for (const SurfacePoint& point : oval.surfaces()[0].quadrature(300))
    flux += point.weight * dot(point.x, point.normal);
  EXPECT_NEAR(flux, 2 * pi * 0.34 * 0.13, 1e-13);
}

TEST(Surface, QuadratureOnArcsAndSegmentsIsExact) {
  // A disc of radius 0.3 half in the wall x = 0.
  const Shape cut = rectangle(0, 0.9, -0.5, 0.4, "box") - disc({0, 0}, 0.3).named("rod");
  expect_measures(cut, {{"box.x-", 0.3}, {"box.x+", 0.9}, {"box.y-", 0.9}, {"box.y+", 0.9}, {"rod", 0.3 * pi}}, 1e-11);
  const auto x_square = [](const Position& x) { return x[0] * x[0]; };
  const auto y_square = [](const Position& x) { return x[1] * x[1]; };
  EXPECT_NEAR(integral(cut.surface("rod")->quadrature(20), x_square), 0.027 * pi / 2, 1e-12);
  EXPECT_NEAR(integral(cut.surface("box.x-")->quadrature(8), y_square), (0.125 + 0.064 - 2 * 0.027) / 3, 1e-11);
  for (const SurfacePoint& point : cut.surface("rod")->quadrature(20)) {
    EXPECT_GT(point.x[0], 0);
    EXPECT_LT(norm(point.normal + (1 / 0.3) * point.x), 1e-14);  // out of the fluid, into the rod
  }
}

TEST(Surface, QuadratureOnRoundFacesIsSpectral) {
  const Surface ball = sphere({0, 0, 0}, 0.6).surfaces()[0];
  EXPECT_NEAR(ball.measure(), 4 * pi * 0.36, 1e-14);
  EXPECT_NEAR(integral(ball.quadrature(400), [](const Position& x) { return std::exp(x[0]); }),
              4 * pi * 0.6 * std::sinh(0.6), 1e-13);
  const Shape pipe = cylinder({0, 0, 0.1}, {0, 0, 0.5}, 0.3);
  EXPECT_NEAR(pipe.surface("side")->measure(), 2 * pi * 0.3 * 0.4, 1e-15);
  EXPECT_NEAR(pipe.surface("top")->measure(), pi * 0.09, 1e-15);
  EXPECT_NEAR(integral(pipe.surface("side")->quadrature(100), [](const Position& x) { return x[0] * x[0] * x[2]; }),
              pi * 0.027 * (0.25 - 0.01) / 2, 1e-15);
  EXPECT_NEAR(integral(pipe.surface("bottom")->quadrature(64), [](const Position& x) { return x[1] * x[1] + x[2]; }),
              pi * std::pow(0.3, 4) / 4 + 0.1 * pi * 0.09, 1e-15);
  EXPECT_EQ(pipe.surface("bottom")->quadrature(9)[0].normal, (Position{0, 0, -1}));
}

TEST(Surface, FacesInSpaceAreCut) {
  const Shape block = box(3, {0, 0, 0}, {0.7, 0.4, 0.3}).named("block");
  const Shape drilled = block - cylinder({0.3, 0.2, -0.1}, {0.3, 0.2, 0.5}, 0.07).named("hole");
  expect_measures(drilled,
                  {{"block.x-", 0.12},
                   {"block.x+", 0.12},
                   {"block.y-", 0.21},
                   {"block.y+", 0.21},
                   {"block.z-", 0.28 - pi * 0.0049},
                   {"block.z+", 0.28 - pi * 0.0049},
                   {"hole.side", 2 * pi * 0.07 * 0.3}},
                  1e-10);
  EXPECT_NEAR(integral(drilled.surface("block.z+")->quadrature(400), [](const Position& x) { return x[0] * x[0]; }),
              0.4 * std::pow(0.7, 3) / 3 - pi * 0.0049 * 0.09 - pi * std::pow(0.07, 4) / 4, 1e-8);
  // Small beside the face.
  const Shape pierced = box(3, {0, 0, 0}, {0.7, 0.4, 0.3}).named("block") -
                        cylinder({0.317, 0.2131, -1}, {0.317, 0.2131, 1}, 0.002).named("hole");
  EXPECT_NEAR(0.28 - pierced.surface("block.z+")->measure(), pi * 4e-6, 1e-10);
  // The cap of a ball, and two pipes that cross (Steinmetz).
  const Shape cut_ball = sphere({0, 0, 0}, 0.3).named("ball") & box(3, {-1, -1, 0.1}, {1, 1, 1}).named("half");
  expect_measures(cut_ball, {{"ball", 2 * pi * 0.3 * 0.2}, {"half.z-", pi * 0.08}}, 1e-8);
  const Shape pipes =
      cylinder({-0.5, 0, 0}, {0.5, 0, 0}, 0.1).named("a") & cylinder({0, -0.5, 0}, {0, 0.5, 0}, 0.1).named("b");
  expect_measures(pipes, {{"a.side", 0.08}, {"b.side", 0.08}}, 1e-6);
}

TEST(Surface, APlaceBelongsToAtMostOneFace) {
  const Shape a = rectangle(0, 2, 0, 0.5, "a");
  // Away from a corner: both faces vanish where nothing ends.
  expect_measures(a - rectangle(0, 0.3, 0, 0.2, "b"),
                  {{"a.x-", 0.3}, {"a.x+", 0.5}, {"a.y-", 1.7}, {"a.y+", 2}, {"b.x+", 0.2}, {"b.y+", 0.3}}, 1e-10);
  // What touches from outside takes nothing away.
  expect_measures(a - rectangle(0.4, 0.8, 0.5, 0.9, "b"), {{"a.x-", 0.5}, {"a.x+", 0.5}, {"a.y-", 2}, {"a.y+", 2}},
                  1e-10);
  // Two that touch become one, with nothing in between.
  expect_measures(
      a + rectangle(0.4, 0.8, 0.5, 0.9, "b"),
      {{"a.x-", 0.5}, {"a.x+", 0.5}, {"a.y-", 2}, {"a.y+", 1.6}, {"b.x-", 0.4}, {"b.x+", 0.4}, {"b.y+", 0.4}}, 1e-10);
  // Sides in one line: the first keeps what both have.
  expect_measures(a + rectangle(1.5, 2.4, 0, 0.3, "b"),
                  {{"a.x-", 0.5}, {"a.x+", 0.2}, {"a.y-", 2}, {"a.y+", 2}, {"b.x+", 0.3}, {"b.y-", 0.4}, {"b.y+", 0.4}},
                  1e-10);
  expect_measures(a & rectangle(1.5, 2.4, 0, 0.3, "b"), {{"a.x+", 0.3}, {"a.y-", 0.5}, {"b.x-", 0.3}, {"b.y+", 0.5}},
                  1e-10);
  // A face of nothing: they only touch.
  EXPECT_TRUE((a & rectangle(0.4, 0.8, 0.5, 0.9, "b")).empty());
  EXPECT_TRUE((a - a).empty());
  expect_measures(a + a, measures(a), 1e-10);
  expect_measures(a & a, measures(a), 1e-10);
  // Curves, and what is taken away and put back.
  const Shape rod = disc({1, 0.25}, 0.1).named("rod");
  expect_measures(a - rod + rod, measures(a), 1e-10);
  expect_measures((a - rod) & rod, {}, 0);
  expect_measures(a - rod - rod, measures(a - rod), 1e-10);
  expect_measures((disc({}, 0.3).named("r") - disc({}, 0.2).named("q")) & annulus({}, 0.1, 0.3).named("s"),
                  {{"r", 0.6 * pi}, {"q", 0.4 * pi}}, 1e-10);
}

TEST(Surface, APlaceBelongsToAtMostOneFaceInSpaceAndOnALine) {
  const Shape floor = box(3, {0, 0, 0}, {0.9, 0.7, 0.1}).named("floor");
  const Shape block = box(3, {0.2, 0, 0.1}, {0.5, 0.3, 0.4}).named("block");
  expect_measures(floor + block,
                  {{"floor.x-", 0.07},
                   {"floor.x+", 0.07},
                   {"floor.y-", 0.09},
                   {"floor.y+", 0.09},
                   {"floor.z-", 0.63},
                   {"floor.z+", 0.63 - 0.09},
                   {"block.x-", 0.09},
                   {"block.x+", 0.09},
                   {"block.y-", 0.09},
                   {"block.y+", 0.09},
                   {"block.z+", 0.09}},
                  1e-7);
  expect_measures(interval(0.1, 0.5).named("a") + interval(0.5, 0.7).named("b"), {{"a.x-", 1}, {"b.x+", 1}}, 0);
  expect_measures(interval(0.1, 0.5).named("a") - interval(0.3, 0.5).named("b"), {{"a.x-", 1}, {"b.x-", 1}}, 0);
}

TEST(Surface, SignsOfSetOperationsAreThoseOfTheirOperands) {
  const Shape a = polygon({{0.1, 0.1}, {0.9, 0.2}, {0.5, 0.4}, {0.7, 0.9}, {0.2, 0.6}});
  const Shape b = disc({0.5, 0.5}, 0.3);
  const Shape c = box(2, {0.3, 0.05}, {0.6, 0.95}).rotated(0.3, {0.4, 0.4});
  const Shape both = (a + b) - (c & b) + (a & c);
  const std::vector<double> unit = random_unit(2, 2000);
  int inside = 0;
  for (int i = 0; i < 2000; ++i) {
    const Position x = {unit[2 * i], unit[2 * i + 1], 0};
    const bool in_a = a.contains(x);
    const bool in_b = b.contains(x);
    const bool in_c = c.contains(x);
    ASSERT_EQ(both.contains(x), ((in_a || in_b) && !(in_c && in_b)) || (in_a && in_c));
    inside += both.contains(x);
  }
  EXPECT_NEAR(both.measure(), inside / 2000.0, 0.03);
}

TEST(Surface, SamplesAreSpreadByMeasure) {
  const Shape star = polygon({{0.1, 0.1}, {0.9, 0.2}, {0.5, 0.4}, {0.7, 0.9}, {0.2, 0.6}});
  const Shape plane = star + ellipse({0.3, 0.2}, {0.34, 0.13}).named("oval");
  const Shape space = box(3, {0, 0, 0}, {0.7, 0.4, 0.3}).named("block") - sphere({0.2, 0.2, 0.3}, 0.15).named("ball") -
                      cylinder({0.5, 0.2, -1}, {0.5, 0.2, 1}, 0.1).named("hole");
  for (const Shape& shape : {plane, space, cylinder({0.1, 0, 0}, {0.3, 0.2, 0.4}, 0.3)}) {
    for (const Surface& surface : shape.surfaces()) {
      const int count = 4000;
      const std::vector<SurfacePoint> points = surface.sample(count, random_unit);
      ASSERT_EQ(points.size(), static_cast<std::size_t>(count));
      const std::vector<SurfacePoint> exact = surface.quadrature(2000);
      EXPECT_NEAR(integral(points, [](const Position&) { return 1.0; }), surface.measure(), 1e-12);
      EXPECT_NEAR(integral(exact, [](const Position&) { return 1.0; }), surface.measure(), 1e-9);
      for (int d = 0; d < shape.dimensions(); ++d) {
        const auto along = [&](const Position& x) { return x[d]; };
        const auto square = [&](const Position& x) { return x[d] * x[d]; };
        const double mean = integral(exact, along) / surface.measure();
        const double deviation = std::sqrt(std::max(0.0, integral(exact, square) / surface.measure() - mean * mean));
        EXPECT_NEAR(integral(points, along) / surface.measure(), mean, 4 * deviation / std::sqrt(count) + 1e-12)
            << surface.name() << " " << d;
      }
      for (const SurfacePoint& point : points) ASSERT_NEAR(shape.distance(point.x), 0, 1e-12) << surface.name();
      EXPECT_EQ(points[7].x, surface.sample(count, random_unit)[7].x);
    }
  }
  const std::vector<SurfacePoint> ends = interval(0.1, 0.5).surface("x-")->sample(10, random_unit);
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_EQ(ends[0].x, (Position{0.1, 0, 0}));
  EXPECT_EQ(ends[0].normal, (Position{-1, 0, 0}));
  EXPECT_EQ(ends[0].weight, 1);
}

TEST(Surface, PiecesOfOneNameAreOneSurface) {
  const Shape rod = disc({0.3, 0.3}, 0.1).named("rod");
  const Shape two = rod + rod.translated({0.5, 0});
  ASSERT_EQ(two.surfaces().size(), 1u);
  EXPECT_NEAR(two.surfaces()[0].measure(), 0.4 * pi, 1e-14);
  EXPECT_NEAR(two.surfaces()[0].distance({0.55, 0.3}), 0.15, 1e-15);
  EXPECT_EQ(two.surface("other"), nullptr);
}

TEST(Surface, APartOfASurface) {
  const Shape channel = rectangle(0, 2.2, 0, 0.41, "box") - disc({0.2, 0.2}, 0.05).named("rod");
  EXPECT_NEAR(channel.surface("box.y-")->within({0.3, 0}, {0.7, 0}).measure(), 0.4, 1e-12);
  EXPECT_NEAR(channel.surface("box.y-")->within({0.3, -1}, {0.7, 1}).measure(), 0.4, 1e-12);
  EXPECT_NEAR(channel.surface("box.y-")->within({-1, 0}, {9, 0.41}).measure(), 2.2, 1e-12);
  const Surface half = channel.surface("rod")->within({0.2, 0}, {2.2, 0.41});
  EXPECT_EQ(half.name(), "rod");
  EXPECT_NEAR(half.measure(), 0.05 * pi, 1e-12);
  for (const SurfacePoint& point : half.sample(50, random_unit)) EXPECT_GE(point.x[0], 0.2 - 1e-12);
  EXPECT_EQ(channel.surface("rod")->within({1, 0}, {2, 0.4}).measure(), 0);
  EXPECT_TRUE(channel.surface("rod")->within({1, 0}, {2, 0.4}).sample(5, random_unit).empty());
  const Surface top = *cylinder({0, 0, 0}, {0, 0, 0.2}, 0.3).surface("top");
  EXPECT_NEAR(top.within({0, -1, -1}, {1, 1, 1}).measure(), 0.09 * pi / 2, 1e-9);
}

TEST(Surface, DistanceIsThatToTheWholeCarriers) {
  const Shape shapes[] = {box(3, {0, 0, 0}, {0.7, 0.4, 0.3}),
                          cylinder({0.1, 0.2, 0.3}, {0.4, 0.4, 0.5}, 0.2),
                          sphere({0.1, 0.2, 0.3}, 0.4),
                          polygon({{0.1, 0.1}, {0.9, 0.2}, {0.7, 0.9}}),
                          ellipse({0.3, 0.2}, {0.34, 0.13}),
                          annulus({0.3, 0.2}, 0.2, 0.3),
                          interval(0.2, 0.7)};
  for (const Shape& shape : shapes) {
    const std::vector<double> unit = random_unit(3, 20);
    for (const Surface& surface : shape.surfaces()) {
      const std::vector<SurfacePoint> all = surface.sample(3000, random_unit);
      for (int i = 0; i < 20; ++i) {
        Position x{};
        for (int d = 0; d < shape.dimensions(); ++d) x[d] = 2 * unit[3 * i + d] - 0.5;
        double nearest = 1e9;
        for (const SurfacePoint& point : all) nearest = std::min(nearest, norm(point.x - x));
        EXPECT_LE(surface.distance(x), nearest + 1e-12) << surface.name();
        EXPECT_NEAR(surface.distance(x), nearest, 0.02) << surface.name();
      }
    }
  }
}

}  // namespace
}  // namespace nusselt
