#include "nondim/quantity.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "nondim/units.hpp"

namespace nusselt {
namespace {

double si(const std::string& text) { return parse_quantity(text).si; }

struct Mistake {
  std::string message;
  std::size_t offset;
  std::string hint;
};

template <class Parse>
Mistake mistake_of(Parse parse, const std::string& text) {
  try {
    parse(text);
  } catch (const TextError& error) {
    return {error.what(), error.offset(), error.hint()};
  }
  ADD_FAILURE() << "accepted: " << text;
  return {};
}
Mistake mistake(const std::string& text) { return mistake_of(parse_quantity, text); }
Mistake unit_mistake(const std::string& text) { return mistake_of(parse_unit, text); }

void expect_mistake(const std::string& text, const std::string& message, std::size_t offset, const std::string& hint) {
  const Mistake found = mistake(text);
  EXPECT_EQ(found.message, message) << text;
  EXPECT_EQ(found.offset, offset) << text;
  EXPECT_EQ(found.hint, hint) << text;
}

TEST(Quantity, ReadsNumbers) {
  EXPECT_EQ(si("0.71"), 0.71);
  EXPECT_EQ(si("1e-5"), 1e-5);
  EXPECT_EQ(si(".5"), 0.5);
  EXPECT_EQ(si("-3.5E2"), -350);
  EXPECT_EQ(si("+2"), 2);
  EXPECT_EQ(si("0 K"), 0);
  EXPECT_TRUE(parse_quantity("0.71").dimension.is_dimensionless());
}

TEST(Quantity, KeepsTheTextWithoutSurroundingBlanks) {
  EXPECT_EQ(parse_quantity("  0.1  m\t").text, "0.1  m");
  EXPECT_EQ(parse_quantity("0.1 m\r").si, 0.1);
}

TEST(Quantity, ReadsUnitsInEverySpelling) {
  for (const char* text :
       {"0.6 W/(m K)", "0.6 W/(m*K)", "0.6 W/m/K", "0.6 W m-1 K-1", "0.6 W*m^-1*K^-1", "0.6 W·m⁻¹·K⁻¹",
        "0.6 W m**-1 K**-1", "0.6[W/(m K)]", "0.6 [ W/(m K) ]", "0.6 W / ( m K )", "0.6W/(m·K)", "0.6 (W/m)/K",
        "0.6 W (m K)^-1", "0.6 W K/(m K^2)", "0.6 W/(m degC)", "0.6 mW/(mm K)"}) {
    const Quantity quantity = parse_quantity(text);
    EXPECT_DOUBLE_EQ(quantity.si, 0.6) << text;
    EXPECT_EQ(quantity.dimension, dimension_of<Conductivity>()) << text;
    EXPECT_FALSE(quantity.level) << text;
  }
}

TEST(Quantity, ReadsPowers) {
  for (const char* text :
       {"3 m^2", "3 m2", "3 m**2", "3 m²", "3 m^(2)", "3 m^(4/2)", "3 (m^4)^(1/2)", "3 m m", "3 m3/m"}) {
    EXPECT_EQ(si(text), 3) << text;
    EXPECT_EQ(parse_quantity(text).dimension, dimension_of<Area>()) << text;
  }
  EXPECT_DOUBLE_EQ(si("2 cm^3"), 2e-6);
  EXPECT_DOUBLE_EQ(si("4 mm^(1/2)"), 4 * std::sqrt(1e-3));
  EXPECT_EQ(parse_quantity("1 m^(-1/2)").dimension, (dimension_of<Power<Length, -1, 2>>()));
  EXPECT_EQ(parse_quantity("1 W s1/2 m-2 K-1").dimension,
            (dimension_of<Times<HeatTransferCoefficient, Power<Time, 1, 2>>>()));
  EXPECT_EQ(parse_quantity("2 1/K").dimension, dimension_of<Expansion>());
  EXPECT_EQ(parse_quantity("3/s").dimension, dimension_of<Rate>());
  EXPECT_EQ(parse_quantity("1/s").si, 1);
}

TEST(Quantity, EveryPrintedUnitIsReadBack) {
  const Dimension dimension = parse_unit("W51/10").dimension;  // s-153/10: a numerator beyond the bound of a power
  EXPECT_EQ(parse_unit(dimension.unit()).dimension, dimension) << dimension.unit();
}

TEST(Quantity, KnowsTheUnitsByValue) {
  EXPECT_DOUBLE_EQ(si("1 kPa"), 1000);
  EXPECT_DOUBLE_EQ(si("1 hPa"), 100);
  EXPECT_DOUBLE_EQ(si("1 bar"), 1e5);
  EXPECT_DOUBLE_EQ(si("1 mbar"), 100);
  EXPECT_DOUBLE_EQ(si("1 atm"), 101325);
  EXPECT_DOUBLE_EQ(si("1 t"), 1000);
  EXPECT_DOUBLE_EQ(si("1 g"), 1e-3);
  EXPECT_DOUBLE_EQ(si("1 mg"), 1e-6);
  EXPECT_DOUBLE_EQ(si("1 L/min"), 1e-3 / 60);
  EXPECT_DOUBLE_EQ(si("1 dL"), 1e-4);
  EXPECT_DOUBLE_EQ(si("36 km/h"), 10);
  EXPECT_DOUBLE_EQ(si("1 day"), 86400);
  EXPECT_DOUBLE_EQ(si("5 um"), 5e-6);
  EXPECT_DOUBLE_EQ(si("5 \u00b5m"), 5e-6);
  EXPECT_DOUBLE_EQ(si("5 \u03bcm"), 5e-6);
  EXPECT_DOUBLE_EQ(si("1 cSt"), 1e-6);
  EXPECT_DOUBLE_EQ(si("1 cP"), 1e-3);
  EXPECT_DOUBLE_EQ(si("180 deg"), std::numbers::pi);
  EXPECT_DOUBLE_EQ(si("60 rpm"), 2 * std::numbers::pi);
  EXPECT_DOUBLE_EQ(si("1 kcal"), 4184);
  EXPECT_DOUBLE_EQ(si("1 kWh"), 3.6e6);
  EXPECT_DOUBLE_EQ(si("50 %"), 0.5);
  EXPECT_DOUBLE_EQ(si("50%"), 0.5);
  EXPECT_DOUBLE_EQ(si("3 ppm"), 3e-6);
  EXPECT_DOUBLE_EQ(si("1 in"), 0.0254);
  EXPECT_DOUBLE_EQ(si("1 ft"), 0.3048);
  EXPECT_DOUBLE_EQ(si("1 lb"), 0.45359237);
  EXPECT_NEAR(si("1 psi"), 6894.757293168361, 1e-9);
  EXPECT_NEAR(si("1 BTU/(h ft^2 degF)"), 5.678263341, 1e-8);
  EXPECT_EQ(parse_quantity("1 V A").dimension, parse_quantity("1 W").dimension);
  EXPECT_EQ(parse_quantity("1 V/A").dimension, parse_quantity("1 ohm").dimension);
  EXPECT_EQ(parse_quantity("1 A/V").dimension, parse_quantity("1 S").dimension);
  EXPECT_EQ(parse_quantity("1 V s/m^2").dimension, parse_quantity("1 T").dimension);
}

TEST(Quantity, AnExactSymbolWinsOverAPrefix) {
  EXPECT_EQ(si("1 min"), 60);
  EXPECT_EQ(parse_quantity("1 min").dimension, dimension_of<Time>());
  EXPECT_EQ(parse_quantity("1 cd").dimension, dimension_of<LuminousIntensity>());
  EXPECT_EQ(parse_quantity("1 Pa").dimension, dimension_of<Pressure>());
  EXPECT_EQ(parse_quantity("1 ft").dimension, dimension_of<Length>());
  EXPECT_EQ(parse_quantity("1 ppm").dimension, dimension_of<NoDimension>());
  EXPECT_DOUBLE_EQ(si("1 ms"), 1e-3);
  EXPECT_DOUBLE_EQ(si("1 m s"), 1);
  EXPECT_EQ(parse_quantity("1 mK").dimension, dimension_of<Temperature>());
}

TEST(Quantity, CelsiusAloneIsALevel) {
  for (const char* text : {"20 degC", "20 °C", "20°C", "20 [degC]", "68 degF", "68 °F", "20 (degC)"}) {
    const Quantity level = parse_quantity(text);
    EXPECT_NEAR(level.si, 293.15, 1e-12) << text;
    EXPECT_TRUE(level.level) << text;
    EXPECT_EQ(level.dimension, dimension_of<Temperature>()) << text;
  }
  EXPECT_EQ(si("20 degC"), 293.15);
  EXPECT_NEAR(si("-40 degF"), si("-40 degC"), 1e-12);
  EXPECT_EQ(si("-273.15 degC"), 0);
  EXPECT_EQ(si("293.15 K"), 293.15);
  EXPECT_FALSE(parse_quantity("293.15 K").level);
}

TEST(Quantity, CelsiusInACompoundUnitIsADifference) {
  EXPECT_EQ(si("3.4e-3 1/degC"), 3.4e-3);
  EXPECT_FALSE(parse_quantity("3.4e-3 1/degC").level);
  EXPECT_DOUBLE_EQ(si("1.8 1/degF"), 1.8 * 9 / 5);
  EXPECT_DOUBLE_EQ(si("9 degF/m"), 5);
  EXPECT_EQ(si("7 m degC"), 7);
  EXPECT_EQ(si("10 delta_degC"), 10);
  EXPECT_DOUBLE_EQ(si("18 delta_degF"), 10);
  EXPECT_FALSE(parse_quantity("10 delta_degC").level);
}

TEST(Quantity, RefusesTemperaturesBelowAbsoluteZero) {
  expect_mistake("-300 degC", "'-300 degC' is below absolute zero", 0,
                 "a temperature difference is written in K or delta_degC");
  EXPECT_EQ(si("-300 K"), -300);
}

TEST(Quantity, RefusesAProductAfterASlash) {
  expect_mistake("0.6 W/m K", "'W/m K' is ambiguous: does 'K' divide or multiply?", 8,
                 "write W/(m K) if it divides, K W/m if it multiplies");
  expect_mistake("0.6 W/m*K", "'W/m*K' is ambiguous: does 'K' divide or multiply?", 8,
                 "write W/(m K) if it divides, K W/m if it multiplies");
  EXPECT_EQ(mistake("1 W/m·K").hint, "write W/(m K) if it divides, K W/m if it multiplies");
  EXPECT_EQ(mistake("1 J/kg K s").hint, "write J/(kg K s) if it divides, K s J/kg if it multiplies");
  EXPECT_EQ(mistake("1 W/m/K s").hint, "write W/m/(K s) if it divides, s W/m/K if it multiplies");
  EXPECT_EQ(mistake("1 (W/m K)/s").hint, "write W/(m K) if it divides, K W/m if it multiplies");
  EXPECT_EQ(mistake("1/m s").hint, "write 1/(m s) if it divides, s/m if it multiplies");
  EXPECT_EQ(mistake("5 [W/m K]").hint, "write W/(m K) if it divides, K W/m if it multiplies");
  EXPECT_EQ(unit_mistake("W/m K").offset, 4u);
  for (const char* suggested :
       {"W/(m K)", "K W/m", "J/(kg K s)", "K s J/kg", "W/m/(K s)", "s W/m/K", "1/(m s)", "s/m"}) {
    EXPECT_NO_THROW(parse_unit(suggested)) << suggested;
  }
}

TEST(Quantity, RefusesDecimalAndAmbiguousPowers) {
  expect_mistake("1 m^0.5", "a decimal power of 'm' is not exact", 4, "write it as a fraction: m^(1/2)");
  EXPECT_EQ(mistake("1 m^-1.5").hint, "write it as a fraction: m^(-3/2)");
  EXPECT_EQ(mistake("1 m^(0.25)").hint, "write it as a fraction: m^(1/4)");
  EXPECT_EQ(mistake("1 s0.5").hint, "write it as a fraction: s^(1/2)");
  expect_mistake("1 m^1/2", "'m^1/2' is ambiguous", 5, "write m^(1/2)");
  expect_mistake("1 m^", "the power of 'm' is missing", 4, "write for example m^2 or m^(1/2)");
  expect_mistake("1 m^x", "the power of 'm' is missing", 4, "write for example m^2 or m^(1/2)");
  expect_mistake("1 m^(1/2", "the parenthesis around the power of 'm' is not closed", 8, "add ')'");
  expect_mistake("1 m^(1/0)", "a power with the denominator 0", 7, "");
  expect_mistake("1 s1/0", "a power with the denominator 0", 5, "");
  expect_mistake("1 m1000", "the power of 'm' is too large", 3, "");
  expect_mistake("1 m^101", "the power of 'm' is too large", 3, "");
  expect_mistake("1 m9999", "the power 9999 of 'm' is too large", 3, "");
  expect_mistake("1 m^(1/99)", "the power of 'm' is too large", 3, "");
  expect_mistake("1 (m^100)^100", "the powers in this unit are too large", 2, "");
  expect_mistake("1 m⁻", "a superscript minus without a digit", 6, "write for example m⁻¹ or m^-1");
  expect_mistake("1 m⁹⁹⁹", "a power of a unit is too large", 12, "");
}

TEST(Quantity, RefusesUnknownUnitsWithAdviceAndPosition) {
  expect_mistake("1 W/(m Q)", "unknown unit 'Q'", 7, "`nusselt list units` shows the units that are known");
  expect_mistake("1 Kg", "unknown unit 'Kg'", 2, "did you mean kg?");
  const std::pair<const char*, const char*> advice[] = {
      {"1 KPa", "did you mean kPa?"},
      {"1 k", "did you mean K?"},
      {"1 MBAR", "did you mean mbar?"},
      {"1 gramm", "did you mean g?"},
      {"1 meter", "did you mean m?"},
      {"1 pascals", "did you mean Pa?"},
      {"1 kelvin", "did you mean K?"},
      {"1 Nm", "did you mean N m?"},
      {"1 Pas", "did you mean Pa s?"},
      {"1 sec", "the second is written s"},
      {"1 hr", "the hour is written h"},
      {"1 l", "the litre is written L"},
      {"1 °K", "the kelvin is written K, without a degree sign"},
      {"1 delta_dgC", "did you mean delta_degC?"},
      {"1 mni", "did you mean min?"},
      {"1 Ω", "write ohm"},
      {"1 inchy", "did you mean in?"},
      {"1 dgeC", "did you mean degC?"},
      {"1 degX", "did you mean deg or degC?"},
  };
  for (const auto& [text, hint] : advice) EXPECT_EQ(mistake(text).hint, hint) << text;
}

TEST(Quantity, RefusesLettersWithTwoReadings) {
  expect_mistake("20 C", "the unit 'C' has two readings", 3,
                 "write degC for a temperature level, K or delta_degC for a difference; the coulomb is A s");
  expect_mistake("68 F", "the unit 'F' has two readings", 3,
                 "write degF for a temperature level, delta_degF for a difference; the farad is A s V-1");
}

TEST(Quantity, RefusesWhatIsNoNumber) {
  expect_mistake("", "a quantity is missing", 0, "write a number and a unit, such as 0.1 m");
  expect_mistake("   ", "a quantity is missing", 0, "write a number and a unit, such as 0.1 m");
  expect_mistake("m", "a number was expected, got 'm'", 0, "write a number and a unit, such as 0.1 m");
  expect_mistake(" nan m", "a number was expected, got 'nan m'", 1, "write a number and a unit, such as 0.1 m");
  for (const char* text : {"inf", "-inf", "NaN", "- 1", "--1", "+-1", ".", "-.m", "infinity K", "[m]"}) {
    EXPECT_NE(mistake(text).message.find("a number was expected"), std::string::npos) << text;
  }
  expect_mistake("1e400 m", "'1e400' is outside the range of double precision", 0, "");
  expect_mistake("1e-400 m", "'1e-400' is outside the range of double precision", 0, "");
  expect_mistake("1e308 km", "'1e308 km' is outside the range of double precision in SI units", 0, "");
  expect_mistake("1e-320 nm", "'1e-320 nm' is outside the range of double precision in SI units", 0, "");
  expect_mistake("1,5 m", "a comma in a number", 1, "write the decimal point as '.'");
}

TEST(Quantity, RefusesWhatIsNoUnit) {
  const std::string one =
      "the only number that can stand in a unit is 1, as in 1/K; a product of numbers goes into the value";
  expect_mistake("1/2 m", "a unit was expected, got '2 m'", 2, one);
  expect_mistake("1 000 m", "a unit was expected, got '000 m'", 2, one);
  expect_mistake("1 10 m", "a unit was expected, got '10 m'", 2, one);
  expect_mistake("1 *m", "a unit was expected, got '*'", 2, "");
  expect_mistake("1 m/", "a unit is missing at the end", 4, "");
  expect_mistake("1 W/(m*", "a unit is missing at the end", 7, "");
  expect_mistake("1 W/(m K", "a parenthesis is not closed", 4, "add ')'");
  expect_mistake("1 W/m)", "a closing parenthesis without an opening one", 5, "");
  expect_mistake("1 m+m", "a unit ends before '+'", 3, "separate units by a blank, '*' or '/'");
  expect_mistake("1 cm + cm", "a unit was expected, got '+'", 5, "");
  expect_mistake("1 m −1", "a unit was expected, got '−'", 4, "");
  expect_mistake("1 [m", "the bracket is not closed", 2, "add ']'");
  expect_mistake("1 [-", "the bracket is not closed", 2, "add ']'");
  expect_mistake("1 [[m]]", "nothing is expected after the unit, got ']'", 6, "");
  expect_mistake("1 []", "there is no unit between the brackets", 3, "a pure number is [1]");
  expect_mistake("1 [m] s", "nothing is expected after the unit, got 's'", 6, "");
  expect_mistake("1 -", "a unit was expected, got '-'", 2, "");
  expect_mistake("1 - 2", "a unit was expected, got '-'", 2, "");
  expect_mistake("1 [m - s]", "a unit was expected, got '-'", 5, "");
  expect_mistake("1 m//s", "a unit was expected, got '/'", 4, "");
  expect_mistake("1 " + std::string(30, '(') + "m", "parentheses are nested too deeply", 22, "");
}

TEST(Unit, ReadsHeadersOfColumns) {
  EXPECT_EQ(parse_unit("mm").factor, 1e-3);
  EXPECT_EQ(parse_unit("[mm]").factor, 1e-3);
  EXPECT_EQ(parse_unit("m/s").dimension, dimension_of<Velocity>());
  for (const char* pure : {"", " ", "1", "-", "[1]", "[-]", "rad"}) {
    EXPECT_TRUE(parse_unit(pure).dimension.is_dimensionless()) << pure;
    EXPECT_EQ(parse_unit(pure).factor, 1) << pure;
  }
  const Unit celsius = parse_unit("degC");
  EXPECT_TRUE(celsius.level());
  EXPECT_EQ(celsius.to_si(20), 293.15);
  EXPECT_FALSE(parse_unit("K").level());
  EXPECT_FALSE(parse_unit("degC/m").level());
  EXPECT_DOUBLE_EQ(parse_unit("degF").to_si(212), 373.15);
  EXPECT_EQ(unit_mistake("/s").message, "a unit was expected, got '/'");
  EXPECT_TRUE(parse_quantity("0.71 [-]").dimension.is_dimensionless());
  EXPECT_EQ(unit_mistake("-m").message, "a unit was expected, got '-'");
  EXPECT_EQ(unit_mistake("2").message, "a unit was expected, got '2'");
}

TEST(Unit, EveryKnownUnitCanBeWritten) {
  const std::vector<KnownUnit> units = known_units();
  EXPECT_GT(units.size(), 40u);
  for (const KnownUnit& known : units) {
    const Unit unit = parse_unit(known.symbol);
    EXPECT_EQ(unit.dimension, known.unit.dimension) << known.symbol;
    EXPECT_EQ(unit.factor, known.unit.factor) << known.symbol;
    EXPECT_EQ(unit.offset, known.unit.offset) << known.symbol;
    EXPECT_FALSE(known.name.empty());
    for (const std::string& prefix : known.prefixes) {
      EXPECT_EQ(parse_unit(prefix + known.symbol).dimension, unit.dimension) << prefix << known.symbol;
    }
    if (known.prefixes.empty()) continue;
    EXPECT_DOUBLE_EQ(parse_unit("k" + known.symbol).factor, 1000 * unit.factor);
  }
}

TEST(Unit, SurvivesArbitraryBytes) {
  // Every short text over the alphabet of units either parses or throws TextError inside the text.
  const std::string alphabet = "m1/-^( )[].*\xc2\xb2K%";
  std::string text = "3 ";
  const std::size_t n = alphabet.size();
  for (std::size_t code = 0; code < n * n * n * n; ++code) {
    text.resize(2);
    for (std::size_t c = code; c > 0; c /= n) text += alphabet[c % n];
    try {
      EXPECT_TRUE(std::isfinite(parse_quantity(text).si));
    } catch (const TextError& error) {
      ASSERT_LE(error.offset(), text.size()) << text;
    }
  }
}

}  // namespace
}  // namespace nusselt
