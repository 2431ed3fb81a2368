#include "nondim/dimension.hpp"

#include <gtest/gtest.h>

#include "nondim/quantity.hpp"

namespace nusselt {
namespace {

Dimension dimension(const std::array<Rational, 7>& exponents) { return Dimension(exponents); }

const Dimension viscosity = dimension({-1, 1, -1, 0, 0, 0, 0});
const Dimension effusivity = dimension({0, 1, Rational(-5, 2), 0, -1, 0, 0});

TEST(Dimension, PrintsBaseUnitsMassFirst) {
  EXPECT_EQ(viscosity.si(), "kg m-1 s-1");
  EXPECT_EQ(effusivity.si(), "kg s-5/2 K-1");
  EXPECT_EQ(Dimension::of(Dimension::time).power(Rational(1, 2)).si(), "s1/2");
  EXPECT_EQ(dimension({1, 1, 1, 1, 1, 1, 1}).si(), "kg m s A K mol cd");
  EXPECT_EQ(Dimension().si(), "1");
}

TEST(Dimension, HasTheWordsOfTheField) {
  EXPECT_EQ(viscosity.name(), "dynamic viscosity");
  EXPECT_EQ(viscosity.unit(), "Pa s");
  EXPECT_EQ(viscosity.describe(), "dynamic viscosity [Pa s]");
  EXPECT_EQ(parse_unit("m^2/s").dimension.name(), "kinematic viscosity or diffusivity");
  EXPECT_EQ(parse_unit("W/(m K)").dimension.describe(), "thermal conductivity [W m-1 K-1]");
  EXPECT_EQ(parse_unit("J/(kg K)").dimension.describe(), "specific heat capacity [J kg-1 K-1]");
  EXPECT_EQ(parse_unit("1/K").dimension.describe(), "thermal expansion coefficient [K-1]");
  EXPECT_EQ(parse_unit("W/(m^2 K)").dimension.describe(), "heat transfer coefficient [W m-2 K-1]");
  EXPECT_EQ(parse_unit("W/m^2").dimension.describe(), "heat flux [W m-2]");
  EXPECT_EQ(parse_unit("W/m^3").dimension.describe(), "power density [W m-3]");
  EXPECT_EQ(parse_unit("N/m^3").dimension.describe(), "force density [N m-3]");
  EXPECT_EQ(parse_unit("kg/m^3").dimension.describe(), "density [kg m-3]");
  EXPECT_EQ(parse_unit("m/s^2").dimension.describe(), "acceleration [m s-2]");
  EXPECT_EQ(parse_unit("N").dimension.unit(), "N");
  EXPECT_EQ(parse_unit("W").dimension.unit(), "W");
  EXPECT_EQ(parse_unit("J").dimension.unit(), "J");
}

TEST(Dimension, WithoutAWordShowsTheUnitAlone) {
  EXPECT_EQ(dimension({-2, 1, -2, 0, 1, 0, 0}).describe(), "[kg m-2 s-2 K]");
  EXPECT_EQ(effusivity.name(), "");
  EXPECT_EQ(effusivity.unit(), effusivity.si());
  EXPECT_EQ(Dimension().describe(), "a dimensionless number");
}

TEST(Dimension, MultipliesDividesAndTakesRationalPowers) {
  const Dimension length = Dimension::of(Dimension::length);
  EXPECT_EQ((viscosity * length).si(), "kg s-1");
  EXPECT_TRUE((viscosity / viscosity).is_dimensionless());
  EXPECT_EQ(length.power(Rational(1, 2)) * length.power(Rational(1, 2)), length);
  EXPECT_NE(length.power(Rational(1, 2)), length);
  EXPECT_FALSE(length.is_dimensionless());
}

TEST(Dimension, EveryPrintedUnitIsReadBackAsItself) {
  int named = 0;
  for (int m = -3; m <= 3; ++m) {
    for (int kg = -1; kg <= 1; ++kg) {
      for (int s = -3; s <= 3; ++s) {
        for (int amp = -2; amp <= 2; ++amp) {
          for (int kelvin = -4; kelvin <= 1; ++kelvin) {
            for (int mol = -1; mol <= 1; ++mol) {
              const Dimension d = dimension({m, kg, s, amp, kelvin, mol, 0});
              if (d.is_dimensionless() || (d.name().empty() && mol != 0)) continue;
              named += !d.name().empty();
              for (const std::string& text : {d.unit(), d.si()}) {
                const Unit unit = parse_unit(text);
                ASSERT_EQ(unit.dimension, d) << text;
                ASSERT_DOUBLE_EQ(unit.factor, 1) << text;
                ASSERT_EQ(text.find('/'), std::string::npos) << "array names of VTK take no slash";
              }
            }
          }
        }
      }
    }
  }
  EXPECT_GT(named, 45);
  EXPECT_EQ(parse_unit(effusivity.si()).dimension, effusivity);
  EXPECT_EQ(parse_unit("s1/2").dimension, Dimension::of(Dimension::time).power(Rational(1, 2)));
}

TEST(RationalText, IsAnIntegerOrAFraction) {
  EXPECT_EQ(to_string(Rational(2)), "2");
  EXPECT_EQ(to_string(Rational(1, -2)), "-1/2");
  EXPECT_EQ(to_double(Rational(-3, 4)), -0.75);
}

}  // namespace
}  // namespace nusselt
