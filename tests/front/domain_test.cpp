#include "solver/case/domain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_case.hpp"
#include "solver/case/condition_count.hpp"

namespace nusselt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A slab of two materials, 3 cm and 5 cm thick and 20 cm high; line numbers of messages count from its first line.
const std::string slab =
    "case: slab\n"                                                                                // 1
    "constants: {L: 8 cm, H: 20 cm, k_left: 7 W/(m K), k_right: 0.3 W/(m K),\n"                   // 2
    "            T_hot: 350 K, T_cold: 310 K, dT: T_hot - T_cold}\n"                              // 3
    "domain: {box: {x: [0 m, L], y: [0 m, H]}}\n"                                                 // 4
    "regions:\n"                                                                                  // 5
    "  left: {box: {x: [0 m, 3 cm]}, physics: heat_conduction}\n"                                 // 6
    "  right: {box: {x: [3 cm, L]}, physics: heat_conduction}\n"                                  // 7
    "scales: {references: [L, dT], temperature_level: T_cold}\n"                                  // 8
    "conditions:\n"                                                                               // 9
    "  - {at: x-, T_left: T_hot}\n"                                                               // 10
    "  - {at: x+, T_right: T_cold}\n"                                                             // 11
    "  - {at: left.x+, same: T_left = T_right, flux: k_left*dn(T_left) = k_right*dn(T_right)}\n"  // 12
    "  - {at: [y-, y+], i: dn(T_left) = 0, j: dn(T_right) = 0}\n";                                // 13

std::vector<std::string> names_of(const std::vector<Face>& faces) {
  std::vector<std::string> names;
  for (const Face& face : faces) names.push_back(face.name());
  return names;
}

TEST(Domain, OfOneMaterialIsItsBox) {
  const Case c = case_of(small_cavity);
  EXPECT_FALSE(c.domain.is_divided());
  EXPECT_THAT(c.domain.face_names(), ElementsAre("x-", "x+", "y-", "y+"));
  EXPECT_DOUBLE_EQ(c.domain.measure(c.domain.regions().front()), 0.022 * 0.044);
  EXPECT_DOUBLE_EQ(c.domain.measure(Face{axis_x, false}), 0.044);
}

TEST(Domain, GivesFieldsEquationsAndBalancesTheNameOfTheirRegion) {
  const Case c = case_of(slab);
  ASSERT_EQ(c.system.fields().size(), 2u);
  EXPECT_EQ(c.system.fields()[0].name, "T_left");
  EXPECT_EQ(c.system.fields()[1].region, "right");
  EXPECT_EQ(c.system.equations()[1].name, "energy_right");
  EXPECT_EQ(c.system.region_of(c.system.equations()[0].residual), "left");
  ASSERT_EQ(c.system.balances().size(), 2u);
  EXPECT_EQ(c.system.balances()[0].name, "energy_left");
  EXPECT_EQ(c.system.balances()[1].shares.front().equation, "energy_right");
}

TEST(Domain, TakesAConstantOfTheRegionBeforeOneOfAll) {
  std::string text = replaced(slab, "k_right: 0.3 W/(m K)", "k: 0.3 W/(m K)");
  text = replaced(text, "k_right*dn", "k*dn");
  const Case c = case_of(text);
  const auto mentions = [&](std::size_t equation, const std::string& name) {
    const std::vector<Expression> all = leaves(c.system.equations()[equation].residual);
    return std::any_of(all.begin(), all.end(), [&](const Expression& leaf) {
      return leaf.kind() == Expression::Kind::parameter && leaf.name() == name;
    });
  };
  EXPECT_TRUE(mentions(0, "k_left"));
  EXPECT_TRUE(mentions(1, "k"));
}

TEST(Domain, NamesTheFacesOfTheBoxOfTheRegionsAndParts) {
  const Case c = case_of(slab + "faces:\n  window: {on: x-, y: [5 cm, 9 cm]}\n");
  EXPECT_THAT(c.domain.face_names(), ElementsAre("x-", "x+", "y-", "y+", "left.x-", "left.x+", "left.y-", "left.y+",
                                                 "right.x-", "right.x+", "right.y-", "right.y+", "window"));
  EXPECT_THAT(names_of(c.domain.boundary(c.domain.region_named("right"))),
              ElementsAre("right.x-", "right.x+", "right.y-", "right.y+"));
  EXPECT_NEAR(c.domain.measure(c.domain.geometry("window").face), 0.04, 1e-15);
  EXPECT_NEAR(c.domain.measure(c.domain.geometry("right.y+").face), 0.05, 1e-15);
  EXPECT_NEAR(c.domain.measure(c.domain.region_named("left")), 0.03 * 0.2, 1e-15);
}

TEST(Domain, FindsThePartOfAFaceThatBoundsARegion) {
  const Case c = case_of(slab);
  const Domain& d = c.domain;
  EXPECT_EQ(d.within("left", {axis_y, true}).name(), "left.y+");
  EXPECT_EQ(d.within("left", {axis_x, true}).name(), "x+");  // the left one does not reach it
  EXPECT_TRUE(d.meet(d.geometry("left.x+").face, d.geometry("right.x-").face));
  EXPECT_TRUE(d.meet(d.geometry("y-").face, d.geometry("right.y-").face));
  EXPECT_FALSE(d.meet(d.geometry("left.y-").face, d.geometry("right.y-").face));
  EXPECT_FALSE(d.meet(d.geometry("x-").face, d.geometry("left.x+").face));
  std::vector<std::string> on;
  for (const Condition& condition : c.conditions) on.push_back(condition.name + " " + condition.face.name());
  EXPECT_THAT(on, ElementsAre("T_left left.x-", "T_right right.x+", "same left.x+", "flux left.x+", "i left.y-",
                              "i left.y+", "j right.y-", "j right.y+"));
}

TEST(Domain, MakesValuesOnTheFacesOfARegionExact) {
  const Case c = case_of(slab);
  ASSERT_EQ(c.trials.size(), 2u);
  EXPECT_THAT(names_of(c.trials[0].hard_faces), ElementsAre("left.x-"));
  EXPECT_THAT(names_of(c.trials[1].hard_faces), ElementsAre("right.x+"));
  // The factor of the left one is 1 on its right face, at 3/8 of L.
  EXPECT_NEAR(at_point(c.trials[0].distance, 0.03 / 0.08, 0.4), 1, 1e-12);
  EXPECT_NEAR(at_point(c.trials[1].distance, 0.03 / 0.08, 0.4), 1, 1e-12);
  EXPECT_NEAR(at_point(c.trials[0].lift, 0.1, 0.4), 1, 1e-12);
}

TEST(Domain, CountsConditionsOnTheFacesOfEachRegion) {
  const Case c = case_of(slab);
  for (const ConditionCount& count : count_conditions(c.system, c.domain, c.conditions)) {
    EXPECT_EQ(count.needed, 1) << count.field << " on " << count.face.name();
    const bool interface = count.face.name() == "left.x+" || count.face.name() == "right.x-";
    EXPECT_EQ(count.given, interface ? 2 : 1) << count.field << " on " << count.face.name();
  }
  EXPECT_THAT(c.warnings, IsEmpty());
}

TEST(Domain, LooksAtFacesWithTheirEdges) {
  const Case c = case_of(slab);
  const std::vector<FacePoint> points = c.domain.look_at(c.domain.geometry("left.x+").face, 3);
  ASSERT_EQ(points.size(), 3u);
  EXPECT_DOUBLE_EQ(points[0].at[axis_x], 0.03);
  EXPECT_DOUBLE_EQ(points[2].at[axis_y], 0.2);
  EXPECT_DOUBLE_EQ(points[1].normal[axis_x], 1);
}

std::string said(const std::string& part, const std::string& by) {
  return refusal([&] { case_of(replaced(slab, part, by)); });
}

TEST(DomainMessage, OfARegionThatLeavesTheBox) {
  EXPECT_THAT(said("[3 cm, L]", "[3 cm, 1 m]"),
              HasSubstr("case.yaml:7:20: error: regions.right.box.x: leaves what it is a part of: got 0.03 to 1 m"));
  EXPECT_THAT(said("[3 cm, L]", "[3 cm, 2 cm]"), HasSubstr("the upper end must be above the lower end"));
  EXPECT_THAT(said("{x: [3 cm, L]}", "{z: [3 cm, L]}"), HasSubstr("regions.right.box.z: the domain has no axis z"));
}

TEST(DomainMessage, OfARegionWithoutAPlace) {
  EXPECT_THAT(said("{box: {x: [3 cm, L]}, physics: heat_conduction}", "{physics: heat_conduction}"),
              HasSubstr("regions.right: a region is a box or a shape, and has to say so"));
}

TEST(DomainMessage, OfAConditionOnAFaceThatIsNotOfItsField) {
  EXPECT_THAT(said("at: x-, T_left", "at: right.x+, T_left"),
              HasSubstr("conditions.0.T_left: the face right.x+ does not bound left, where its fields are"));
  EXPECT_THAT(said("at: left.x+, same", "at: right.x+, same"), HasSubstr("does not bound left"));
}

TEST(DomainMessage, OfAMissingConditionOnAnInterface) {
  EXPECT_THAT(refusal([&] {
                case_of(replaced(slab, ", same: T_left = T_right, flux: k_left*dn(T_left) = k_right*dn(T_right)",
                                 ", same: dn(T_left) = 0"));
              }),
              HasSubstr("nothing is said about T_right on face right.x-"));
}

TEST(DomainMessage, OfFieldsWithoutARegion) {
  EXPECT_THAT(refusal([&] { case_of(slab + "fields: {c: mol/m^3}\n"); }),
              HasSubstr("fields.c: the case has several regions, and the field belongs to one of them"));
  EXPECT_THAT(refusal([&] { case_of(slab + "fields: {c: {unit: mol/m^3, in: lefd}}\n"); }),
              HasSubstr("did you mean left?"));
  EXPECT_THAT(refusal([&] { case_of(slab + "physics: boussinesq\n"); }),
              HasSubstr("physics: the case has several regions, and each has its own"));
  EXPECT_THAT(refusal([&] { case_of(slab + "equations: {energy_left: lap(T_left) = lap(T_right)}\n"); }),
              HasSubstr("fields of left and of right meet on a face only"));
}

TEST(Domain, FacesThatNothingCutsKeepTheirMeasure) {
  // 1.1 m is no binary number: points of the face x+ miss it by a digit.
  const Case c = case_of(
      "case: channel\nphysics: heat_conduction\n"
      "constants: {L: 1.1 m, H: 0.41 m, k: 3 W/(m K), T0: 300 K, dT: 1 K}\n"
      "shapes: {rod: {disc: {center: [0.2 m, 0.2 m], radius: 5 cm}}}\n"
      "domain: {box: {x: [0 m, L], y: [0 m, H]}, is: box - rod}\n"
      "scales: {references: [L, dT], temperature_level: T0}\n"
      "conditions:\n  - {at: [x-, x+, y-, y+, rod], T: T0}\n");
  for (const char* face : {"x-", "x+"}) EXPECT_NEAR(c.domain.measure(c.domain.geometry(face).face), 0.41, 1e-12) << face;
  for (const char* face : {"y-", "y+"}) EXPECT_NEAR(c.domain.measure(c.domain.geometry(face).face), 1.1, 1e-12) << face;
}

TEST(DomainMessage, OfPartsOfFaces) {
  EXPECT_THAT(refusal([&] { case_of(slab + "faces: {window: {on: x_, y: [5 cm, 9 cm]}}\n"); }),
              HasSubstr("faces.window.on: the domain has no face \"x_\""));
  EXPECT_THAT(refusal([&] { case_of(slab + "faces: {domain: {on: x-}}\n"); }), HasSubstr("choose another name"));
  EXPECT_THAT(refusal([&] { case_of(slab + "faces: {window: {on: x-, y: [5 cm, 90 cm]}}\n"); }),
              HasSubstr("leaves what it is a part of"));
}

TEST(DomainMessage, OfAnExactValueOnAPartOfAFace) {
  EXPECT_THAT(
      refusal([&] {
        case_of(slab + "  - {at: window, T_left: 320 K, enforce: hard}\nfaces: {window: {on: x-, y: [5 cm, 9 cm]}}\n");
      }),
      HasSubstr("on window, a surface or a part of a face, a value can only be enforced softly"));
}

TEST(DomainQuantities, TakeTheRegionOfTheirFields) {
  const Case c = case_of(slab +
                         "quantities:\n"
                         "  a: mean(T_left)\n"
                         "  b: mean(dn(T_right), y+)\n"
                         "  c: mean(T_left - T_right, left.x+)\n");
  EXPECT_EQ(c.quantities[0].formula.functionals[0].region, "left");
  EXPECT_EQ(c.quantities[1].formula.functionals[0].face, "right.y+");
  EXPECT_EQ(c.quantities[2].formula.functionals[0].face, "left.x+");
  EXPECT_THAT(refusal([&] { case_of(slab + "quantities: {a: mean(T_left - T_right)}\n"); }),
              HasSubstr("meet on a face only"));
}

}  // namespace
}  // namespace nusselt
