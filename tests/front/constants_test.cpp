#include "solver/case/constants.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nondim/units.hpp"
#include "small_case.hpp"

namespace nusselt {
namespace {

Constants read(const std::string& lines) { return Constants(Document("case.yaml", "constants:\n" + lines).root()); }

TEST(Constants, AreReadInAnyOrder) {
  const Constants constants =
      read("  nu: mu/rho\n  mu: 1.8e-5 Pa s\n  Re: U*L/nu\n  L: 20 cm\n  U: 3 m/s\n  rho: 1.2 kg/m^3\n");
  EXPECT_DOUBLE_EQ(constants.find("nu")->si, 1.5e-5);
  EXPECT_EQ(constants.find("nu")->dimension, dimension_of<KinematicViscosity>());
  EXPECT_DOUBLE_EQ(constants.find("Re")->si, 40000);
  EXPECT_TRUE(constants.find("Re")->dimension.is_dimensionless());
  EXPECT_EQ(constants.find("Re")->text, "U*L/nu");
  EXPECT_EQ(constants.all().size(), 6u);
  EXPECT_EQ(constants.values().at("L"), 0.2);
  EXPECT_EQ(constants.find("re"), nullptr);
}

TEST(Constants, ACaseMayHaveNone) { EXPECT_TRUE(Constants(Document("case.yaml", "case: a\n").root()).all().empty()); }

TEST(Constants, MayBeRootsAndFunctions) {
  const Constants constants = read("  a: (8 m^3)^(1/3)\n  b: sqrt(4 m^2/s^2)\n  c: exp(a/(1 m))\n");
  EXPECT_DOUBLE_EQ(constants.find("a")->si, 2);
  EXPECT_EQ(constants.find("a")->dimension, dimension_of<Length>());
  EXPECT_DOUBLE_EQ(constants.find("b")->si, 2);
  EXPECT_EQ(constants.find("b")->dimension, dimension_of<Velocity>());
  EXPECT_DOUBLE_EQ(constants.find("c")->si, std::exp(2.0));
}

TEST(Constants, KnowALevelFromADifference) {
  const Constants constants = read(
      "  warm: 20 degC\n  cold: 50 degF\n  kelvin: 290 K\n  dT: warm - cold\n  again: warm\n  rise: 3 delta_degF\n");
  EXPECT_DOUBLE_EQ(constants.find("warm")->si, 293.15);
  EXPECT_NEAR(constants.find("cold")->si, 283.15, 1e-12);
  EXPECT_NEAR(constants.find("dT")->si, 10, 1e-12);
  EXPECT_DOUBLE_EQ(constants.find("rise")->si, 5.0 / 3);
  EXPECT_EQ(constants.find("warm")->temperature, TemperatureKind::level);
  EXPECT_EQ(constants.find("cold")->temperature, TemperatureKind::level);
  EXPECT_EQ(constants.find("again")->temperature, TemperatureKind::level);
  EXPECT_EQ(constants.find("kelvin")->temperature, TemperatureKind::either);
  EXPECT_EQ(constants.find("dT")->temperature, TemperatureKind::difference);
  EXPECT_EQ(constants.find("rise")->temperature, TemperatureKind::difference);
}

TEST(Constants, AUnitInBracketsIsNotAConstantOfThatName) {
  const Constants constants = read("  g: 9.81 m/s^2\n  mass: 3 [g]\n  weight: mass*g\n  h: 2 [h]\n");
  EXPECT_DOUBLE_EQ(constants.find("mass")->si, 0.003);
  EXPECT_DOUBLE_EQ(constants.find("h")->si, 7200);
  EXPECT_DOUBLE_EQ(constants.find("weight")->si, 0.003 * 9.81);
  EXPECT_EQ(constants.find("weight")->dimension, Dimension::of(Dimension::mass) * dimension_of<Acceleration>());
}

TEST(Constants, NameEveryLinkOfACircle) {
  const std::string said = refusal([] { read("  d: a\n  a: 2*b\n  b: c + 1 m\n  c: a/3\n"); });
  EXPECT_NE(said.find("constants.a: the definition runs in a circle: d -> a -> b -> c -> a"), std::string::npos)
      << said;
  EXPECT_EQ(said.rfind("case.yaml:3:6: error: ", 0), 0u) << said;
}

TEST(Constants, NameTheUnitThatMadeACircle) {
  const std::string said = refusal([] { read("  W: 2*H\n  H: k/k0\n  k: 0.0262 W/(m K)\n  k0: 3 mm\n"); });
  EXPECT_NE(said.find("if a unit is meant, put it in brackets: 3 [W]"), std::string::npos) << said;
}

TEST(Constants, GiveTheValueOfAFormulaElsewhere) {
  const Document document("case.yaml",
                          "constants:\n  L: 20 cm\nscales:\n  good: 2*L\n  bare: 0.4\n  zero: 0\n  wrong: L^2\n");
  const Constants constants(document.root());
  const auto value = [&](const std::string& key) {
    return constants.value_of(*document.root().find_path("scales." + key), "scales." + key, dimension_of<Length>());
  };
  EXPECT_DOUBLE_EQ(value("good"), 0.4);
  EXPECT_EQ(value("zero"), 0);
  EXPECT_EQ(refusal([&] { value("bare"); }),
            "case.yaml:5:9: error: scales.bare: expected length [m], got \"0.4\", a dimensionless number\n"
            "  bare: 0.4\n"
            "        ^\n"
            "  hint: add the unit, for example `0.4 m`");
  EXPECT_NE(refusal([&] { value("wrong"); }).find("expected length [m], got \"L^2\", area [m2]"), std::string::npos)
      << refusal([&] { value("wrong"); });
}

TEST(Constants, OnlyConstantsHaveAValue) {
  const Constants constants = read("  L: 20 cm\n");
  const Expression twice = Expression::number(2) * Expression::parameter("L", dimension_of<Length>());
  EXPECT_DOUBLE_EQ(constant_value(twice, constants), 0.4);
  EXPECT_THROW(constant_value(Expression::coordinate(axis_x, dimension_of<Length>()), constants),
               std::invalid_argument);
}

double ratio_of(const Constant& constant, double unknown) {
  return evaluate(*constant.ratio, [&](const Expression&) { return unknown; });
}

TEST(Constants, ThatAreSoughtStayExpressions) {
  const Constants constants = read("  rho_cp: 2 J/(m^3 K)\n  a: k/rho_cp\n  k: {start: 10 W/(m K)}\n  b: 3/a\n");
  ASSERT_EQ(constants.sought().size(), 1u);
  const Constant& k = *constants.sought().front();
  EXPECT_EQ(k.name, "k");
  EXPECT_EQ(k.si, 10);
  EXPECT_EQ(k.text, "sought, start 10 W/(m K)");
  EXPECT_DOUBLE_EQ(ratio_of(k, 0), 1);
  EXPECT_DOUBLE_EQ(ratio_of(k, std::log(3)), 3);
  // What is a formula of it follows.
  EXPECT_DOUBLE_EQ(constants.find("a")->si, 5);
  EXPECT_DOUBLE_EQ(ratio_of(*constants.find("a"), std::log(3)), 3);
  EXPECT_DOUBLE_EQ(ratio_of(*constants.find("b"), std::log(3)), 1.0 / 3);
  EXPECT_FALSE(constants.find("rho_cp")->ratio);
  EXPECT_EQ(constants.values().ratios.size(), 3u);
}

TEST(Constants, ThatAreSoughtKeepToTheirBounds) {
  const Constants constants = read("  k: {start: 10 W/(m K), bounds: [2 W/(m K), 30 W/(m K)]}\n");
  const Constant& k = *constants.sought().front();
  EXPECT_NEAR(ratio_of(k, 0), 1, 1e-14);
  EXPECT_NEAR((ratio_of(k, 1e-5) - ratio_of(k, -1e-5)) / 2e-5, 1, 1e-8);
  EXPECT_NEAR(ratio_of(k, -1e3), 0.2, 1e-12);
  EXPECT_NEAR(ratio_of(k, 1e3), 3, 1e-12);
  const Constants sign = read("  c: {start: -2 m/s, bounds: [-4 m/s, 6 m/s]}\n");
  const Constant& c = *sign.sought().front();
  EXPECT_NEAR(-2 * ratio_of(c, 1e3), -4, 1e-12);
  EXPECT_NEAR(-2 * ratio_of(c, -1e3), 6, 1e-12);
  EXPECT_DOUBLE_EQ(ratio_of(*read("  c: {start: -2 m/s}\n").sought().front(), 0.5), 1.5);
}

TEST(Constants, SayWhatIsWrongWithWhatIsSought) {
  const auto said = [](const std::string& line) { return refusal([&] { read("  k: " + line + "\n"); }); };
  EXPECT_NE(said("{prior: 3 m}").find("constants.k: neither `start` nor `range` is given"), std::string::npos);
  EXPECT_NE(said("{start: 0 m}").find("expected a number that is not zero"), std::string::npos);
  EXPECT_NE(said("{start: 2 m, bounds: [3 m, 4 m]}").find("the start must lie between them"), std::string::npos);
  EXPECT_NE(said("{start: 2 m, bounds: [1 s, 4 s]}").find("constants.k.bounds: expected"), std::string::npos);
  EXPECT_NE(said("{start: 2 m, prior: 0 m}").find("a standard deviation is positive"), std::string::npos);
  EXPECT_NE(refusal([] { read("  k: {start: 2 m}\n  l: {start: 2*k}\n"); }).find("which is sought itself"),
            std::string::npos);
}

}  // namespace
}  // namespace nusselt
