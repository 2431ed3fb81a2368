#include "solver/case/inflow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/front/small_case.hpp"

namespace nusselt {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A stream that is warmed on its way along x.
const std::string stream =
    "case: stream\n"
    "constants: {L: 0.4 m, H: 0.1 m, w: 0.3 m/s, c: 4 MJ/(m^3 K), q: 50 kW/m^3, T0: 290 K, dT: 10 K, k: 0.6 W/(m K)}\n"
    "domain: {box: {x: [0 m, L], y: [0 m, H]}}\n"
    "scales: {references: [L, dT, w, c], temperature_level: T0}\n"
    "fields: {T: K}\n"
    "equations: {energy: c*w*dx(T) = q}\n"
    "conditions: [{at: x-, T: T0}]\n";

std::string said(const std::string& text) {
  return refusal([&] { case_of(text); });
}

std::string without_inlet(std::string text) { return replaced(text, "{at: x-, T: T0}", "{at: y-, wall: T = T0}"); }

TEST(Inflow, WhatIsCarriedMustBeKnownWhereItEnters) {
  EXPECT_EQ(said(stream), "accepted");
  EXPECT_THAT(said(without_inlet(stream)),
              AllOf(HasSubstr("case.yaml:7:13: error: conditions: nothing is said about T on face x- or x+, and energy "
                              "carries it from one to the other: whatever enters is a solution"),
                    HasSubstr("give what enters, for example `- {at: x-, T: ...}`")));
}

TEST(Inflow, AlsoWhereTheFieldSpreadsAcross) {
  const std::string across = replaced(replaced(stream, "c*w*dx(T) = q", "c*w*dx(T) = k*dyy(T)"), "[{at: x-, T: T0}]",
                                      "[{at: x-, T: T0}, {at: [y-, y+], tight: dn(T) = 0}]");
  EXPECT_EQ(said(across), "accepted");
  EXPECT_THAT(said(replaced(across, "{at: x-, T: T0}, ", "")), HasSubstr("nothing is said about T on face x- or x+"));
}

TEST(Inflow, OneOfBothEndsIsEnough) {
  EXPECT_EQ(said(replaced(stream, "{at: x-, T: T0}", "{at: x+, T: T0}")), "accepted");
  EXPECT_EQ(said(replaced(stream, "{at: x-, T: T0}", "{at: x-, cold: T - T0 = 0.1*dT}")), "accepted");
}

TEST(Inflow, WhatIsPeriodicComesBack) {
  EXPECT_EQ(said(without_inlet(stream) + "network: {periodic: x}\n"), "accepted");
}

TEST(Inflow, NothingEntersWhereTheCoefficientVanishes) {
  // The mean over a pipe's section up to the radius y: 2 M y + y^2 dM/dy = 2 y T.
  EXPECT_EQ(said(replaced(without_inlet(stream), "c*w*dx(T) = q", "x*dx(T) + 2*(T - T0) = 0.1*dT")), "accepted");
}

TEST(Inflow, ALineKnowsItsConstant) {
  const std::string line = replaced(replaced(without_inlet(stream), ", y: [0 m, H]", ""), "{at: y-, wall: T = T0}", "");
  EXPECT_EQ(said(line), "accepted");
  EXPECT_THAT(said(replaced(line, "c*w*dx(T) = q", "c*w*dx(T) + q*(T - T0)/dT = q")),
              HasSubstr("nothing is said about T on face x- or x+"));
}

TEST(Inflow, SystemsOfFirstOrderAreLeftAlone) {
  const std::string darcy =
      "case: sand\n"
      "constants: {L: 0.4 m, K: 1e-9 m^2, mu: 1e-3 Pa s, dp: 20 kPa, U: K*dp/(mu*L)}\n"
      "domain: {box: {x: [0 m, L], y: [0 m, L]}}\n"
      "scales: {references: [L, U, dp]}\n"
      "fields: {V: {unit: m/s, components: [u, v]}, p: Pa}\n"
      "equations: {continuity: div(V) = 0, law: V = -K/mu*grad(p)}\n"
      "conditions: [{at: x-, p: dp}, {at: x+, p: 0}]\n";
  EXPECT_EQ(said(darcy), "accepted");
  EXPECT_EQ(said(small_cavity), "accepted");  // of the pressure nothing is said
}

}  // namespace
}  // namespace nusselt
