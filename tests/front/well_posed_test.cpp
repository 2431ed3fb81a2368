// What is refused stands among wrong_cases/ and the messages; here is what may pass, with a warning or without.
#include "solver/case/well_posed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nondim/nondimensionalize.hpp"
#include "small_case.hpp"

namespace nusselt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string channel =
    "case: channel\n"
    "physics: incompressible_flow\n"
    "constants: {H: 40 mm, U: 0.3 m/s, rho: 880 kg/m^3, mu: 0.025 Pa s}\n"
    "domain: {box: {x: [0 m, 5*H], y: [0 m, H]}}\n"
    "scales: {references: [H, U, rho]}\n"
    "conditions:\n"
    "  - {at: [y-, y+], u: 0, v: 0}\n"
    "  - {at: x-, u: 4*U*y*(H - y)/H^2, v: 0}\n"
    "  - {at: x+, p: 0, developed: dn(u) = 0, straight: dn(v) = 0}\n";

std::vector<std::string> warnings_of(const std::string& text) { return case_of(text).warnings; }

TEST(WellPosed, AGoodCaseHasNoWarning) {
  EXPECT_THAT(warnings_of(small_cavity), IsEmpty());
  EXPECT_THAT(warnings_of(channel), IsEmpty());
  for (const char* name : {"burgers", "heated_bar", "heated_cavity", "helmholtz", "kovasznay", "lid_driven_cavity"}) {
    EXPECT_THAT(read_case(std::string(NUSSELT_SOURCE_DIR "/cases/") + name, {}).warnings, IsEmpty()) << name;
  }
}

TEST(WellPosed, TwoConditionsForOneFieldAreAWarning) {
  EXPECT_THAT(warnings_of(replaced(small_cavity, "{at: x-, T: T_hot}", "{at: x-, T: T_hot, flux: k*dn(T) = 5 W/m^2}")),
              ElementsAre("T has 2 conditions on face x-, its equations ask for 1 there: as a rule no field satisfies "
                          "them all"));
}

TEST(WellPosed, ConditionsOfSeveralFieldsAreLeftAlone) {
  EXPECT_THAT(warnings_of(replaced(small_cavity, "{at: x-, T: T_hot}",
                                   "{at: x-, T: T_hot, coupled: mu*dn(v) = rho*U^2/dT*(T - T0)}")),
              IsEmpty());
}

TEST(WellPosed, PressuresMeasuredFromUnlikeOriginsAreAWarning) {
  const std::vector<std::string> warnings =
      warnings_of(replaced(channel, "u: 4*U*y*(H - y)/H^2, v: 0", "p: 101325 Pa, free: dn(u) = 0, v: 0"));
  EXPECT_THAT(warnings,
              ElementsAre("p is 0 Pa on x+ and 101325 Pa on x- (conditions.1.p): is one of them measured from "
                          "vacuum and the other from the surroundings?"));
}

TEST(WellPosed, APressureDropIsNoWarning) {
  EXPECT_THAT(warnings_of(replaced(channel, "u: 4*U*y*(H - y)/H^2, v: 0", "p: 60 kPa, free: dn(u) = 0, v: 0")),
              IsEmpty());
}

TEST(WellPosed, PressureLevelsThatMeetMayBeSoft) {
  const std::string two = replaced(channel, "at: x+, p: 0,", "at: y+, p: 5 Pa, enforce: soft}\n  - {at: x+, p: 0,");
  EXPECT_EQ(refusal([&] { case_of(two); }), "accepted");
}

TEST(WellPosed, ABareZeroForATemperatureIsAWarning) {
  EXPECT_THAT(warnings_of(replaced(small_cavity, "T: T_cold", "T: 0")),
              ElementsAre("conditions.2.T: T is 0 K on face x+, far below the temperature level; 0 degC is written "
                          "with its unit"));
}

TEST(WellPosed, AReadingBelowZeroCelsiusIsALevel) {
  const Case c = case_of(replaced(small_cavity, "T_cold: 295 K", "T_cold: -10 degC"));
  EXPECT_DOUBLE_EQ(c.constants.find("T_cold")->si, 263.15);
  EXPECT_EQ(c.constants.find("T_cold")->temperature, TemperatureKind::level);
}

TEST(WellPosed, ALowTemperatureSomewhereOnAFaceIsFound) {
  const std::string said = refusal([] { case_of(replaced(small_cavity, "T: T_hot}", "T: T_hot - 400 K*y/L}")); });
  EXPECT_THAT(said, HasSubstr("case.yaml:23:17: error: conditions.1.T: -495 K, -768.15 degC, is below absolute zero"));
}

TEST(WellPosed, OnlyAWholeSetOfEqualConditionsIsARepetition) {
  // The same at both ends of the face, not between them.
  const std::string said = refusal(
      [] { case_of(replaced(small_cavity, "T: T_hot}", "T: T_hot, wave: T = T_hot + dT*sin(3*y/L)*y/L*(2 - y/L)}")); });
  EXPECT_THAT(said, HasSubstr("conditions.1.wave: contradicts what conditions.1.T in line 23 says of T on face x-"));
}

/// dt(T) = sign*dxx(T) on a line, as the equation of a system.
std::vector<DimensionlessResidual> diffusion(double sign, double fourth = 0) {
  const Axes axes = {true, false, false, true};
  const Dimension length = Dimension::of(Dimension::length), time = Dimension::of(Dimension::time);
  const Dimension kelvin = Dimension::of(Dimension::temperature);
  const Expression T = Expression::field("T", kelvin, axes);
  const auto dx = [](const Expression& e) { return derivative(e, axis_x); };
  const Expression a = Expression::number(3, length * length / time);
  const Expression b = Expression::number(fourth, length.power(4) / time);
  const Expression residual = derivative(T, axis_t) - Expression::number(sign) * a * dx(dx(T)) + b * dx(dx(dx(dx(T))));
  const Scales scales({{"L", 2, length, ""}, {"t0", 5, time, ""}, {"dT", 7, kelvin, ""}});
  return {nondimensionalize("heat", residual, scales, {})};
}

TEST(WellPosed, DiffusionRunsForward) {
  const Document document("case.yaml", "case: x\nphysics: heat_conduction\n");
  EXPECT_NO_THROW(require_forward_diffusion(document.root(), diffusion(1)));
  const std::string said = refusal([&] { require_forward_diffusion(document.root(), diffusion(-1)); });
  EXPECT_THAT(said,
              HasSubstr("case.yaml:2:10: error: equations.heat: diffusion of T that runs backwards in time: dt(T) "
                        "and dxx(T) have the same sign"));
  EXPECT_NO_THROW(require_forward_diffusion(document.root(), diffusion(-1, 4)));  // Kuramoto-Sivashinsky
}

}  // namespace
}  // namespace nusselt
