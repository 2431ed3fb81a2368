// STL files: values of good ones, and what is said of broken ones.
#include "solver/case/stl.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <numbers>
#include <random>

#include "solver/case/input_error.hpp"
#include "solver/case/primitives.hpp"
#include "solver/case/triangle_mesh.hpp"

namespace nusselt {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double mm = 1e-3;

using Corners = std::array<Position, 3>;
using Soup = std::vector<Corners>;

void add_quad(Soup& soup, const Position& a, const Position& b, const Position& c, const Position& d) {
  soup.push_back({a, b, c});
  soup.push_back({a, c, d});
}

/// Faces in the order x-, x+, y-, y+, z-, z+, two triangles each.
Soup block(const Position& l, const Position& u) {
  const auto at = [&](int i, int j, int k) { return Position{(i ? u : l)[0], (j ? u : l)[1], (k ? u : l)[2]}; };
  Soup soup;
  add_quad(soup, at(0, 0, 0), at(0, 0, 1), at(0, 1, 1), at(0, 1, 0));
  add_quad(soup, at(1, 0, 0), at(1, 1, 0), at(1, 1, 1), at(1, 0, 1));
  add_quad(soup, at(0, 0, 0), at(1, 0, 0), at(1, 0, 1), at(0, 0, 1));
  add_quad(soup, at(0, 1, 0), at(0, 1, 1), at(1, 1, 1), at(1, 1, 0));
  add_quad(soup, at(0, 0, 0), at(0, 1, 0), at(1, 1, 0), at(1, 0, 0));
  add_quad(soup, at(0, 0, 1), at(1, 0, 1), at(1, 1, 1), at(0, 1, 1));
  return soup;
}

/// By longitude and latitude.
Soup ball(const Position& centre, double radius, int around, int rows) {
  const auto at = [&](int i, int j) {
    if (j == 0) return centre - Position{0, 0, radius};
    if (j == rows) return centre + Position{0, 0, radius};
    const double latitude = pi * (static_cast<double>(j) / rows - 0.5);
    const double longitude = 2 * pi * (i % around) / around;
    return centre + radius * Position{std::cos(latitude) * std::cos(longitude),
                                      std::cos(latitude) * std::sin(longitude), std::sin(latitude)};
  };
  Soup soup;
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < around; ++i) {
      if (j > 0) soup.push_back({at(i, j), at(i + 1, j), at(i, j + 1)});
      if (j + 1 < rows) soup.push_back({at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)});
    }
  }
  return soup;
}

Soup turned(Soup soup) {
  for (Corners& corners : soup) std::swap(corners[1], corners[2]);
  return soup;
}

Soup operator+(Soup a, const Soup& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string facets(const Soup& soup) {
  std::string text;
  char line[128];
  for (const Corners& corners : soup) {
    text += "  facet normal 0 0 0\n    outer loop\n";
    for (const Position& x : corners) {
      std::snprintf(line, sizeof line, "      vertex %.9g %.9g %.9g\n", x[0], x[1], x[2]);
      text += line;
    }
    text += "    endloop\n  endfacet\n";
  }
  return text;
}

std::string as_text(const Soup& soup) { return "solid part\n" + facets(soup) + "endsolid part\n"; }

std::string as_binary(const Soup& soup) {
  std::string bytes = "solid and yet binary";
  bytes.resize(80, ' ');
  const auto count = static_cast<std::uint32_t>(soup.size());
  bytes.append(reinterpret_cast<const char*>(&count), 4);
  for (const Corners& corners : soup) {
    bytes.append(12, '\0');
    for (const Position& x : corners) {
      for (const double c : x) {
        const auto value = static_cast<float>(c);
        bytes.append(reinterpret_cast<const char*>(&value), 4);
      }
    }
    bytes.append(2, '\0');
  }
  return bytes;
}

Shape shape_of(const std::string& bytes, std::vector<std::string>& notes) {
  return stl_shape(parse_stl(bytes, "part.stl"), mm, "part.stl", notes);
}

Shape shape_of(const Soup& soup) {
  std::vector<std::string> notes;
  return shape_of(as_text(soup), notes);
}

std::string refused(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return std::to_string(error.place().line) + ":" + std::to_string(error.place().column) + ": " + error.message() +
           (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "accepted";
}

std::string refused(const std::string& bytes) {
  return refused([&] {
    std::vector<std::string> notes;
    shape_of(bytes, notes);
  });
}

std::string refused(const Soup& soup) { return refused(as_text(soup)); }

std::vector<double> random_unit(int dims, int count) {
  std::mt19937_64 generator(11);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> points(static_cast<std::size_t>(dims) * count);
  for (double& p : points) p = uniform(generator);
  return points;
}

const Position low = {-3, 2, 5};
const Position high = {17, 9, 16};

TEST(Stl, ABlockIsABox) {
  const Shape box_itself = box(3, mm * low, mm * high);
  for (const std::string& bytes : {as_text(block(low, high)), as_binary(block(low, high))}) {
    std::vector<std::string> notes;
    const Shape shape = shape_of(bytes, notes);
    EXPECT_TRUE(notes.empty());
    EXPECT_NEAR(shape.measure(), 20 * 7 * 11e-9, 1e-20);
    ASSERT_EQ(shape.surfaces().size(), 1u);
    EXPECT_EQ(shape.surfaces()[0].name(), "");
    EXPECT_NEAR(shape.surfaces()[0].measure(), 2 * (20 * 7 + 7 * 11 + 11 * 20) * 1e-6, 1e-16);
    std::mt19937_64 generator(3);
    std::uniform_real_distribution<double> uniform(-5, 20);
    for (int i = 0; i < 500; ++i) {
      const Position x = {mm * uniform(generator), mm * uniform(generator), mm * uniform(generator)};
      ASSERT_NEAR(shape.distance(x), box_itself.distance(x), 1e-16);
      ASSERT_LT(norm(shape.normal(x) - box_itself.normal(x)), 1e-7);
    }
  }
}

TEST(Stl, AFineBallHasItsVolumeAndArea) {
  const Shape shape = shape_of(ball({1, 2, 3}, 7, 80, 60));
  EXPECT_NEAR(shape.measure() / (4.0 / 3 * pi * 343e-9), 1, 3e-3);
  EXPECT_NEAR(shape.surfaces()[0].measure() / (4 * pi * 49e-6), 1, 2e-3);
  const Shape sphere_itself = sphere({1 * mm, 2 * mm, 3 * mm}, 7 * mm);
  int inside = 0;
  const std::vector<double> unit = random_unit(3, 300);
  for (int i = 0; i < 300; ++i) {
    const Position x =
        mm * Position{1 + 16 * (unit[3 * i] - 0.5), 2 + 16 * (unit[3 * i + 1] - 0.5), 3 + 16 * (unit[3 * i + 2] - 0.5)};
    ASSERT_NEAR(shape.distance(x), sphere_itself.distance(x), 0.02 * mm);
    inside += shape.contains(x);
  }
  EXPECT_GT(inside, 50);
  // More triangles than points: spread evenly by area. The mean of the normal's square along z is a third.
  double mean = 0;
  const auto points = shape.surfaces()[0].quadrature(2000);
  ASSERT_EQ(points.size(), 2000u);
  for (const SurfacePoint& point : points) mean += point.weight * point.normal[2] * point.normal[2];
  EXPECT_NEAR(mean / shape.surfaces()[0].measure(), 1.0 / 3, 2e-3);
}

TEST(Stl, WindingNumbersOfFarPartsAreCloseToTheirSum) {
  std::vector<Position> corners;
  std::vector<TriangleMesh::Triangle> triangles;
  for (const Corners& triangle : ball({1, 2, 3}, 7, 60, 40) + turned(ball({2, 2, 3}, 3, 30, 20))) {
    const int first = static_cast<int>(corners.size());
    corners.insert(corners.end(), triangle.begin(), triangle.end());
    triangles.push_back({first, first + 1, first + 2});
  }
  const TriangleMesh mesh(corners, triangles);
  const std::vector<double> unit = random_unit(3, 400);
  for (int i = 0; i < 400; ++i) {
    const Position x = {1 + 18 * (unit[3 * i] - 0.5), 2 + 18 * (unit[3 * i + 1] - 0.5),
                        3 + 18 * (unit[3 * i + 2] - 0.5)};
    const double r = norm(x - Position{1, 2, 3});
    const double q = norm(x - Position{2, 2, 3});
    if (std::abs(r - 7) < 0.1 || std::abs(q - 3) < 0.1) continue;
    EXPECT_NEAR(mesh.winding(x), r < 7 && q > 3 ? 1 : 0, 0.03);
  }
}

TEST(Stl, ANotchedPartIsNotConvex) {
  // Two blocks that share no face, one of them with a hollow.
  const Soup soup = block({0, 0, 0}, {9, 9, 9}) + turned(block({2, 2, 2}, {5, 6, 7})) + block({12, 0, 0}, {14, 3, 5});
  const Shape shape = shape_of(soup);
  EXPECT_NEAR(shape.measure(), (729 - 60 + 30) * 1e-9, 1e-20);
  EXPECT_TRUE(shape.contains({1 * mm, 1 * mm, 1 * mm}));
  EXPECT_FALSE(shape.contains({3 * mm, 3 * mm, 3 * mm}));
  EXPECT_FALSE(shape.contains({11 * mm, 1 * mm, 1 * mm}));
  EXPECT_TRUE(shape.contains({13 * mm, 1 * mm, 1 * mm}));
  EXPECT_NEAR(shape.distance({3 * mm, 4 * mm, 4 * mm}), 1 * mm, 1e-17);
}

TEST(Stl, SolidsOfAFileAreFaces) {
  const Soup soup = block(low, high);
  const std::string text = "solid hot side\n" + facets({soup.begin(), soup.begin() + 2}) +
                           "endsolid hot side\nsolid\n" + facets({soup.begin() + 2, soup.begin() + 4}) +
                           "endsolid\nSOLID rest: all\n" + facets({soup.begin() + 4, soup.end()}) + "endsolid rest\n";
  std::vector<std::string> notes;
  const Shape shape = shape_of(text, notes).named("part");
  ASSERT_EQ(shape.surfaces().size(), 3u);
  EXPECT_NEAR(shape.surface("part.hot_side")->measure(), 77e-6, 1e-17);
  EXPECT_NEAR(shape.surface("part.2")->measure(), 77e-6, 1e-17);
  EXPECT_NEAR(shape.surface("part.rest_all")->measure(), 2 * (140 + 220) * 1e-6, 1e-16);
}

TEST(Stl, IsCutAsOtherSolids) {
  const Shape part = shape_of(block(low, high)).named("part");
  const Shape drilled = part - cylinder({7 * mm, 5 * mm, 0}, {7 * mm, 5 * mm, 20 * mm}, 2 * mm).named("hole");
  EXPECT_NEAR(drilled.measure() / ((1540 - pi * 4 * 11) * 1e-9), 1, 1e-5);
  EXPECT_NEAR(drilled.surface("hole.side")->measure() / (2 * pi * 2 * 11e-6), 1, 1e-5);
  EXPECT_NEAR(drilled.surface("part")->measure() / ((2 * (140 + 77 + 220) - 2 * pi * 4) * 1e-6), 1, 1e-5);
  // On a floor that its bottom lies on: there nothing is between them.
  const Shape on_floor = part + box(3, {-9 * mm, -9 * mm, 0}, {20 * mm, 20 * mm, 5 * mm}).named("floor");
  EXPECT_NEAR(on_floor.surface("part")->measure() / ((2 * (140 + 77 + 220) - 140) * 1e-6), 1, 1e-4);
  EXPECT_NEAR(on_floor.surface("floor.z+")->measure() / ((29 * 29 - 140) * 1e-6), 1, 1e-4);
}

TEST(Stl, MendsWhatHasOneMeaning) {
  Soup soup = turned(block(low, high));
  soup.push_back(soup[3]);
  soup.push_back({low, low, high});
  soup.push_back({low, high, low});
  std::vector<std::string> notes;
  const Shape shape = shape_of(as_text(soup), notes);
  EXPECT_NEAR(shape.measure(), 1540e-9, 1e-19);
  EXPECT_EQ(notes, (std::vector<std::string>{"part.stl: 2 triangles without area were left out",
                                             "part.stl: 1 triangle standing twice was left out",
                                             "part.stl: all triangles look inwards; they were turned"}));
  EXPECT_GT(shape.distance(mm * Position{20, 5, 6}), 0);
}

TEST(Stl, RefusesASurfaceThatIsNone) {
  Soup open = block(low, high);
  open.erase(open.begin() + 4);
  EXPECT_EQ(
      refused(open),
      "0:0: 3 edges belong to one triangle only: the surface is not closed, the first from (-3, 2, 5) to (17, 2, 5) | "
      "close the holes in the program that made it; corners that shall be the same must be so to the last digit");
  Soup unlike = block(low, high);
  std::swap(unlike[4][0], unlike[4][1]);
  EXPECT_EQ(
      refused(unlike),
      "0:0: 3 edges have two triangles that look to opposite sides, the first from (-3, 2, 5) to (17, 2, 5) | let the "
      "program that made it orient the triangles alike");
  const Soup wall = block({0, 0, 0}, {2, 3, 4}) + block({2, 3, 0}, {5, 5, 4});
  EXPECT_EQ(refused(wall),
            "0:0: 1 edge belongs to more than two triangles, the first from (2, 3, 0) to (2, 3, 4) | let it be the "
            "surface of "
            "one body, without walls inside");
  EXPECT_EQ(refused(block(low, high) + turned(block({20, 0, 0}, {22, 2, 2}))),
            "0:0: the body at (20, 0, 0) looks inwards | orient its triangles as those of the others");
  EXPECT_EQ(
      refused(block(low, high) + block({1, 3, 6}, {2, 4, 7})),
      "0:0: the body at (1, 3, 6) lies inside another one | join the bodies where the file is made, or turn this one "
      "to be a hollow");
  const Position third = {0, 30, 5};
  EXPECT_EQ(refused(Soup{{low, high, third}, {low, third, high}}),
            "0:0: the surface encloses nothing | it lies on itself; a sheet needs a thickness");
  EXPECT_EQ(refused(Soup{{low, low, high}}), "0:0: no triangle has an area");
  EXPECT_EQ(refused(block({0, 0, 0}, {1e308, 1e308, 1e308})).substr(0, 17), "0:0: no triangle ");
}

TEST(Stl, RefusesAFileThatIsNone) {
  EXPECT_EQ(refused("no"),
            "0:0: is no STL file: 2 bytes that do not begin with solid | was it cut off, or is it of another "
            "format?");
  std::string cut = as_binary(block(low, high));
  cut.resize(600);
  EXPECT_EQ(refused(cut),
            "0:0: is no STL file: it says that it has 12 triangles, which would be 684 bytes, and has 600 | "
            "was it cut off, or is it of another format?");
  EXPECT_EQ(refused(as_binary({})), "0:0: there are no triangles");
  EXPECT_EQ(refused("solid a\nendsolid a\n"), "0:0: there are no triangles");
  std::string infinite = as_binary(block(low, high));
  const float inf = INFINITY;
  std::memcpy(infinite.data() + 84 + 3 * 50 + 12 + 8, &inf, 4);
  EXPECT_EQ(refused(infinite), "0:0: triangle 4 has a corner that is not finite");
  std::string many(84, ' ');
  const std::uint32_t count = 1000001;
  std::memcpy(many.data() + 80, &count, 4);
  many.resize(84 + 50 * std::size_t{count});
  EXPECT_EQ(refused(many), "0:0: more than 1000000 triangles | let the program that made it write a coarser surface");

  const std::string good = as_text(block(low, high));
  const auto with = [&](const std::string& part, const std::string& by) {
    std::string bad = good;
    return refused(bad.replace(bad.find(part), part.size(), by));
  };
  EXPECT_EQ(with("vertex -3", "vertex -3mm"), "4:14: expected a number, got \"-3mm\"");
  EXPECT_EQ(with("vertex -3", "vertex nan"), "4:14: \"nan\" is not a finite number");
  EXPECT_EQ(with("vertex -3", "vertex 1e999"), "4:14: \"1e999\" is not a finite number");
  EXPECT_EQ(with("vertex -3 2 5", "vertex -3 2"), "5:7: expected a number, got \"vertex\"");
  EXPECT_EQ(with("outer", "inner"), "3:5: expected outer, got \"inner\"");
  EXPECT_EQ(with("endfacet", "facet"), "8:3: expected endfacet, got \"facet\"");
  EXPECT_EQ(with("    endloop", "vertex 1 2 3 endloop"),
            "7:1: a facet with more than three corners | STL knows triangles only");
  EXPECT_EQ(with("  endfacet\nendsolid part\n", "  endfacet\n"),
            "86:1: the file ends where facet or endsolid is expected | was it cut off?");
  EXPECT_EQ(with("endsolid part\n", "endsolid part\nmore"), "87:1: expected solid, got \"more\"");
}

TEST(Stl, ReadsAFile) {
  const std::string path = testing::TempDir() + "nusselt_stl_" + std::to_string(getpid()) + ".stl";
  std::ofstream(path, std::ios::binary) << as_binary(block(low, high));
  std::vector<std::string> notes;
  EXPECT_NEAR(read_stl(path, 0.0254, notes).measure(), 1540 * std::pow(0.0254, 3), 1e-12);
  std::remove(path.c_str());
  EXPECT_EQ(refused([&] { read_stl(path, mm, notes); }), "0:0: cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace nusselt
