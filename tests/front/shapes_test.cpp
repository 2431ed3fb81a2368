// The section `shapes`: what it makes, names of faces, and what is said of each mistake.
#include "solver/case/shapes.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <numbers>

#include "solver/case/key_table.hpp"

namespace nusselt {
namespace {

constexpr double pi = std::numbers::pi;

Box channel(int dimensions = 2) {
  Box box;
  for (int d = 0; d < dimensions; ++d) box.axes[d] = true;
  box.axes[axis_t] = dimensions < 3;
  box.lower = {0, 0, 0, 0};
  box.upper = {2.2, 0.41, 0.3, 9};
  return box;
}

Shapes read(const std::string& entries, int dimensions = 2, const std::string& folder = ".") {
  const Document document("case.yaml", "constants: {L: 0.5 m, n: 3}\nshapes:\n" + entries);
  check_keys(document.root());
  std::vector<std::string> notes;
  return read_shapes(document.root(), channel(dimensions), Constants(document.root()), folder, notes);
}

Shape combined(const Shapes& shapes, const std::string& text) {
  Node node;
  node.text = text;
  return shapes.combined(node, "domain.is");
}

std::vector<std::string> faces(const Shape& shape) {
  std::vector<std::string> names;
  for (const Surface& surface : shape.surfaces()) names.push_back(surface.name());
  return names;
}

using Names = std::vector<std::string>;

/// Place, message and hint without the line and the caret.
std::string refused(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return std::to_string(error.place().line) + ":" + std::to_string(error.place().column) + ": " + error.message() +
           (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "accepted";
}

std::string refused(const std::string& entries, int dimensions = 2) {
  return refused([&] { read(entries, dimensions); });
}

TEST(Shapes, ReadsEveryShapeOfThePlane) {
  const Shapes shapes = read(
      "  rod: {disc: {center: [0.2 m, 200 mm], radius: L/10}}\n"
      "  ring: {annulus: {center: [0.2 m, 0.2 m], inner: 1 cm, outer: 2 cm}}\n"
      "  oval: {ellipse: {center: [0.2 m, 0.2 m], half_axes: [3 cm, 2 cm]}}\n"
      "  step: {box: {x: [0 m, 1 cm], y: [0 m, L/5]}}\n"
      "  plate: {polygon: [[0 m, 0 m], [L, 0 m], [0 m, L]]}\n");
  const auto measure = [&](const char* name) { return shapes.find(name)->shape.measure(); };
  EXPECT_DOUBLE_EQ(measure("rod"), pi * 0.0025);
  EXPECT_DOUBLE_EQ(measure("ring"), pi * 3e-4);
  EXPECT_DOUBLE_EQ(measure("oval"), pi * 6e-4);
  EXPECT_DOUBLE_EQ(measure("step"), 1e-3);
  EXPECT_DOUBLE_EQ(measure("plate"), 0.125);
  EXPECT_DOUBLE_EQ(measure("box"), 2.2 * 0.41);
  EXPECT_EQ(faces(shapes.find("rod")->shape), (Names{"rod"}));
  EXPECT_EQ(faces(shapes.find("ring")->shape), (Names{"ring.inner", "ring.outer"}));
  EXPECT_EQ(faces(shapes.find("step")->shape), (Names{"step.x-", "step.x+", "step.y-", "step.y+"}));
  EXPECT_EQ(faces(shapes.find("plate")->shape), (Names{"plate.1", "plate.2", "plate.3"}));
  EXPECT_EQ(faces(shapes.find("box")->shape), (Names{"x-", "x+", "y-", "y+"}));
  EXPECT_EQ(shapes.names(), (Names{"box", "rod", "ring", "oval", "step", "plate"}));
  EXPECT_EQ(shapes.find("nothing"), nullptr);
}

TEST(Shapes, ReadsLinesAndSpace) {
  EXPECT_DOUBLE_EQ(read("  a: {interval: [1 cm, L]}\n", 1).find("a")->shape.measure(), 0.49);
  const Shapes shapes = read(
      "  block: {box: {x: [0 m, 1 cm], y: [0 m, 2 cm], z: [0 m, 3 cm]}}\n"
      "  ball: {sphere: {center: [1 cm, 2 cm, 3 cm], radius: 2 cm}}\n"
      "  pipe: {cylinder: {from: [0 m, 0 m, 0 m], to: [3 cm, 4 cm, 0 m], radius: 2 cm}}\n",
      3);
  EXPECT_DOUBLE_EQ(shapes.find("block")->shape.measure(), 6e-6);
  EXPECT_DOUBLE_EQ(shapes.find("ball")->shape.measure(), 4.0 / 3 * pi * 8e-6);
  EXPECT_DOUBLE_EQ(shapes.find("pipe")->shape.measure(), pi * 4e-4 * 0.05);
  EXPECT_EQ(faces(shapes.find("pipe")->shape), (Names{"pipe.side", "pipe.bottom", "pipe.top"}));
}

TEST(Shapes, PutsShapesTogether) {
  const Shapes shapes = read(
      "  rod: {disc: {center: [0.2 m, 0.2 m], radius: 0.05 m}}\n"
      "  step: {box: {x: [0 m, 0.1 m], y: [0 m, 0.1 m]}}\n"
      "  fluid: {is: box - rod - step}\n"
      "  solid: {is: (rod + step) & box}\n");
  const Shape fluid = shapes.find("fluid")->shape;
  EXPECT_NEAR(fluid.measure(), 2.2 * 0.41 - pi * 0.0025 - 0.01, 1e-12);
  EXPECT_EQ(faces(fluid), (Names{"x-", "x+", "y-", "y+", "rod", "step.x+", "step.y+"}));
  EXPECT_NEAR(fluid.surface("x-")->measure(), 0.31, 1e-11);
  EXPECT_NEAR(fluid.surface("y-")->measure(), 2.1, 1e-11);
  EXPECT_NEAR(shapes.find("solid")->shape.measure(), pi * 0.0025 + 0.01, 1e-12);
  EXPECT_EQ(faces(combined(shapes, "fluid + rod")), (Names{"x-", "x+", "y-", "y+", "step.x+", "step.y+"}));
  // & binds more strongly, - goes from left to right.
  EXPECT_NEAR(combined(shapes, "box - rod & step").measure(), 2.2 * 0.41, 1e-12);
  EXPECT_NEAR(combined(shapes, "box - rod + rod").measure(), 2.2 * 0.41, 1e-12);
  EXPECT_NEAR(combined(shapes, "box - (rod + rod)").measure(), 2.2 * 0.41 - pi * 0.0025, 1e-12);
}

TEST(Shapes, MovesShapesAndNamesTheirFacesAnew) {
  const Shapes shapes = read(
      "  plate: {polygon: [[0 m, 0 m], [0.1 m, 0 m], [0 m, 0.2 m]]}\n"
      "  copy: {is: plate}\n"
      "  tilted: {is: plate, rotate: 90 deg, about: [0.1 m, 0 m], translate: [1 m, 0.03 m], scale: n}\n"
      "  part: {is: plate - tilted}\n"
      "  later: {is: part, translate: [1 cm, 0 m]}\n"
      "  two: {is: plate + tilted, translate: [1 cm, 0 m]}\n"
      "  rod: {disc: {center: [0.2 m, 0.2 m], radius: 0.05 m}, translate: [1 cm, 0 m]}\n");
  EXPECT_EQ(faces(shapes.find("copy")->shape), (Names{"copy.1", "copy.2", "copy.3"}));
  const Shape tilted = shapes.find("tilted")->shape;
  EXPECT_EQ(faces(tilted), (Names{"tilted.1", "tilted.2", "tilted.3"}));
  EXPECT_DOUBLE_EQ(tilted.measure(), 0.09);
  // (0, 0.2) from (0.1, 0): (-0.1, 0.2), three times (-0.3, 0.6), turned (-0.6, -0.3).
  EXPECT_NEAR(tilted.distance({0.1 - 0.6 + 1, -0.3 + 0.03}), 0, 1e-15);
  EXPECT_EQ(faces(shapes.find("part")->shape), (Names{"plate.1", "plate.2", "plate.3"}));
  EXPECT_EQ(faces(shapes.find("later")->shape), (Names{"later.plate.1", "later.plate.2", "later.plate.3"}));
  EXPECT_EQ(faces(shapes.find("two")->shape).front(), "two.plate.1");
  EXPECT_NEAR(shapes.find("rod")->shape.distance({0.21, 0.2}), -0.05, 1e-15);
  EXPECT_EQ(faces(shapes.find("rod")->shape), (Names{"rod"}));
}

TEST(Shapes, TurnsInSpaceAboutAnyAxis) {
  const std::string pipe = "  pipe: {cylinder: {from: [0 m, 0 m, 0 m], to: [0 m, 0 m, 0.2 m], radius: 1 cm}";
  const auto top = [&](const std::string& turn) {
    const Shape shape = read(pipe + turn + "}\n", 3).find("pipe")->shape;
    return shape.surface("pipe.top")->quadrature(4).front().normal;
  };
  EXPECT_LT(norm(top(", rotate: 90 deg, axis: x") - Position{0, -1, 0}), 1e-15);
  EXPECT_LT(norm(top(", rotate: 90 deg, axis: [0, 1, 0]") - Position{1, 0, 0}), 1e-15);
  EXPECT_LT(norm(top(", rotate: 120 deg, axis: [1, 1, 1]") - Position{1, 0, 0}), 1e-15);
  EXPECT_LT(norm(top(", rotate: 180 deg, axis: [1, 0, 1]") - Position{1, 0, 0}), 1e-15);
}

TEST(Shapes, ReadsPartsFromFiles) {
  const std::string folder = testing::TempDir();
  const std::string file = "nusselt_shapes_" + std::to_string(getpid()) + ".stl";
  const char* corners[] = {"0 0 0", "3 0 0", "0 4 0", "0 0 5"};
  const int facets[4][3] = {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}};
  std::ofstream stream(folder + "/" + file);
  stream << "solid\n";
  for (const auto& facet : facets) {
    stream << "facet normal 0 0 1 outer loop";
    for (int corner : facet) stream << " vertex " << corners[corner];
    stream << " endloop endfacet\n";
  }
  stream << "endsolid\n";
  stream.close();
  const auto entry = [&](const std::string& how) { return "  part: {stl: " + file + how + "}\n"; };
  const auto said = [&](const std::string& entries, int dimensions = 3) {
    return refused([&] { read(entries, dimensions, folder); });
  };
  const Shapes shapes = read(entry(", unit: mm, translate: [1 m, 0 m, 0 m]"), 3, folder);
  EXPECT_NEAR(shapes.find("part")->shape.measure(), 10e-9, 1e-20);
  EXPECT_TRUE(shapes.find("part")->shape.contains({1.0005, 0.0005, 0.0005}));
  EXPECT_EQ(faces(shapes.find("part")->shape), (Names{"part"}));
  EXPECT_EQ(
      said(entry("")),
      "3:15: shapes.part.unit: is missing: STL files do not say what their numbers mean | write unit: mm, or what "
      "the program that made the file uses");
  EXPECT_EQ(said(entry(", unit: kg")).substr(4),
            std::to_string(22 + file.size()).substr(2) +
                ": shapes.part.unit: expected a unit of length, got \"kg\", mass [kg]");
  EXPECT_EQ(
      said("  part: {stl: ../part.stl, unit: mm}\n"),
      "3:15: shapes.part.stl: \"../part.stl\" leaves the folder of the case | put the file into the case's folder and "
      "give its path from there");
  EXPECT_EQ(said("  part: {stl: none.stl, unit: mm}\n"), "0:0: cannot be opened: No such file or directory");
  EXPECT_EQ(said(entry(", unit: mm"), 2), "3:15: shapes.part: a part from STL has 3 dimensions, the domain 2");
  EXPECT_EQ(said("  a: {is: box, unit: mm}\n"), "3:22: shapes.a.unit: does nothing without stl");
  std::remove((folder + "/" + file).c_str());
}

TEST(Shapes, SaysWhatIsWrongWithAnEntry) {
  EXPECT_EQ(refused("  rod: {disc: {center: [0.2 m, 0.2 m], radius: 0 m}}\n"),
            "3:48: shapes.rod.disc.radius: must be positive");
  EXPECT_EQ(refused("  rod: {disc: {center: [0.2 m, 0.2 m], radius: 3 s}}\n"),
            "3:48: shapes.rod.disc.radius: expected length [m], got \"3 s\", time [s]");
  EXPECT_EQ(refused("  rod: {disc: {center: [0.2 m], radius: 3 m}}\n"),
            "3:24: shapes.rod.disc.center: expected one number per axis (2), got 1");
  EXPECT_TRUE(
      refused("  rod: {disc: {center: [0.2 m, 1 m]}}\n").starts_with("3:15: shapes.rod.disc.radius: is missing"));
  EXPECT_EQ(refused("  ring: {annulus: {center: [0 m, 0 m], inner: 2 cm, outer: 1 cm}}\n"),
            "3:60: shapes.ring.annulus.outer: must be larger than inner");
  EXPECT_EQ(refused("  oval: {ellipse: {center: [0 m, 0 m], half_axes: [2 cm, 0 m]}}\n"),
            "3:51: shapes.oval.ellipse.half_axes: must be positive");
  EXPECT_EQ(refused("  step: {box: {x: [0 m, 1 m], y: [1 m, 0 m]}}\n"),
            "3:34: shapes.step.box.y: the upper end must be above the lower end");
  EXPECT_EQ(refused("  step: {box: {x: [0 m, 1 m], y: [0 m, 1 m], z: [0 m, 1 m]}}\n"),
            "3:49: shapes.step.box.z: the domain has no axis z");
  EXPECT_EQ(refused("  line: {interval: [2 m, 1 m]}\n", 1),
            "3:20: shapes.line.interval: the upper end must be above the lower end");
  EXPECT_EQ(refused("  pipe: {cylinder: {from: [0 m, 0 m, 1 m], to: [0 m, 0 m, 1 m], radius: 1 m}}\n", 3),
            "3:48: shapes.pipe.cylinder.to: must be another point than from");
  EXPECT_EQ(refused("  ball: {sphere: {center: [0 m, 0 m, 0 m], radius: 1 m}}\n"),
            "3:18: shapes.ball: a sphere has 3 dimensions, the domain 2");
  EXPECT_EQ(refused("  rod: {disc: {center: [0.2 m, 0.2 m], radius: 1 m}}\n", 1),
            "3:15: shapes.rod: a disc has 2 dimensions, the domain 1");
  EXPECT_EQ(refused("  line: {interval: [2 m, 1 m]}\n"),
            "3:20: shapes.line: an interval has 1 dimension, the domain 2");
  EXPECT_EQ(
      refused("  rod: {translate: [0 m, 0 m]}\n"),
      "3:3: shapes.rod: says no shape | give one of interval, box, disc, annulus, ellipse, polygon, sphere, cylinder, "
      "stl, is");
  EXPECT_EQ(
      refused("  rod: {is: box, disc: {center: [0 m, 0 m], radius: 1 m}}\n"),
      "3:13: shapes.rod: is disc and is at once | give each a name of its own and put them together with is: a + b");
  EXPECT_EQ(refused("  box: {disc: {center: [0 m, 0 m], radius: 1 m}}\n"),
            "3:3: shapes.box: box is the box of the domain | choose another name");
  EXPECT_EQ(refused("  2rod: {disc: {center: [0 m, 0 m], radius: 1 m}}\n"),
            "3:3: shapes: \"2rod\" is not a name | a name has letters, digits and _ and does not start with a digit");
}

TEST(Shapes, SaysWhatIsWrongWithAPolygon) {
  const auto polygon = [](const std::string& corners) { return refused("  p: {polygon: " + corners + "}\n"); };
  EXPECT_EQ(polygon("[[0 m, 0 m], [1 m, 0 m], [0 m, 1 m], [1 m, 1 m]]"),
            "3:53: shapes.p.polygon: edges 2 and 4 touch or cross each other");
  EXPECT_EQ(polygon("[[0 m, 0 m], [1 m, 0 m]]"), "3:16: shapes.p.polygon: a polygon has at least 3 corners, got 2");
  EXPECT_EQ(polygon("[[0 m, 0 m], [1 m, 0 m], [1 m, 0 m], [0 m, 2 m]]"),
            "3:29: shapes.p.polygon: corners 2 and 3 are the same point");
  EXPECT_EQ(polygon("[[0 m, 0 m], [2 m, 0 m], [1 m, 0 m]]"), "3:17: shapes.p.polygon: edges 1 and 2 lie on each other");
  EXPECT_EQ(polygon("[[0 m, 0 m], [2 m, 0 m], [2 m, 1 m], [1 m, 0 m], [0 m, 1 m]]"),
            "3:41: shapes.p.polygon: edges 1 and 3 touch or cross each other");
  EXPECT_EQ(polygon("[[0 m, 0 m], [2 m], [2 m, 1 m]]"),
            "3:29: shapes.p.polygon.1: expected one number per axis (2), got 1");
  EXPECT_EQ(
      polygon("[0 m, 2 m]"),
      "3:17: shapes.p.polygon.0: expected a point, [x, y], got \"0 m\" | write it as in [[0 m, 0 m], [L, 0 m], [L, "
      "H]]");
  EXPECT_EQ(polygon("12 m"),
            "3:16: shapes.p.polygon: expected a list of points, got \"12 m\" | write it as in [[0 m, 0 m], "
            "[L, 0 m], [L, H]]");
}

TEST(Shapes, SaysWhatIsWrongWithAMotion) {
  const auto moved = [](const std::string& how, int dimensions = 2) {
    return refused("  a: {is: box, " + how + "}\n", dimensions);
  };
  EXPECT_EQ(moved("scale: 0"), "3:23: shapes.a.scale: must be positive, got 0");
  EXPECT_EQ(moved("scale: 2 m"), "3:23: shapes.a.scale: expected a dimensionless number, got \"2 m\", length [m]");
  EXPECT_EQ(moved("rotate: 30"),
            "3:24: shapes.a.rotate: more than one turn: 30 without a unit is in radians | write 30 deg");
  EXPECT_EQ(moved("rotate: 1", 1), "3:24: shapes.a.rotate: nothing turns on a line");
  EXPECT_EQ(moved("rotate: 1, axis: z"), "3:33: shapes.a.axis: in the plane there is only one");
  EXPECT_EQ(moved("rotate: 1", 3).substr(0, 30), "3:6: shapes.a.axis: is missing");
  EXPECT_EQ(moved("rotate: 1, axis: [0, 0, 0]", 3), "3:33: shapes.a.axis: has no direction");
  EXPECT_EQ(moved("translate: [1 m, 0 m], axis: z"), "3:45: shapes.a.axis: does nothing without rotate");
  EXPECT_EQ(moved("translate: [1 m, 0 m], about: [1 m, 0 m]"),
            "3:46: shapes.a.about: does nothing without rotate or scale");
  EXPECT_EQ(moved("translate: 1 m"), "3:27: shapes.a.translate: expected one number per axis (2), got 1");
}

TEST(Shapes, SaysWhatIsWrongWithAText) {
  const std::string rod = "  rod: {disc: {center: [0.2 m, 0.2 m], radius: 0.1 m}}\n";
  const auto text = [&](const std::string& is) { return refused(rod + "  a: {is: " + is + "}\n"); };
  EXPECT_EQ(text("box - rot"),
            "4:17: shapes.a.is: there is no shape \"rot\" so far | did you mean rod? shapes: box, rod");
  EXPECT_EQ(text("box - a"), "4:17: shapes.a.is: there is no shape \"a\" so far | shapes: box, rod");
  EXPECT_EQ(text("box - "), "4:16: shapes.a.is: expected the name of a shape");
  EXPECT_EQ(text("box * rod"), "4:15: shapes.a.is: expected +, - or &");
  EXPECT_EQ(text("(box - rod"), "4:21: shapes.a.is: expected ) here");
  EXPECT_EQ(text("box - rod)"), "4:20: shapes.a.is: a parenthesis that nothing opens");
  EXPECT_EQ(text("rod - box"),
            "4:11: shapes.a.is: nothing is left of \"rod - box\" | do the shapes overlap, and are their units right?");
  EXPECT_EQ(text("rod - rod").substr(0, 38), "4:11: shapes.a.is: nothing is left of ");
  EXPECT_EQ(text(std::string(65, '(') + "box" + std::string(65, ')')),
            "4:76: shapes.a.is: nested deeper than 64 parentheses");
  std::string many = "rod";
  for (int i = 1; i < most_primitives; ++i) many += "+rod";
  EXPECT_EQ(text(many), "accepted");
  EXPECT_EQ(text("rod+" + many), "4:814: shapes.a.is: more than 200 primitives in one shape");
  const Shapes shapes = read(rod);
  EXPECT_EQ(refused([&] { combined(shapes, "rod - box"); }),
            "0:0: domain.is: nothing is left of \"rod - box\" | do the shapes overlap, and are their units right?");
}

}  // namespace
}  // namespace nusselt
