#include "solver/case/periodicity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_case.hpp"
#include "solver/case/condition_count.hpp"

namespace nusselt {
namespace {

using testing::HasSubstr;

const std::string layer =
    "case: layer\n"                                                                                    // 1
    "physics: boussinesq\n"                                                                            // 2
    "constants: {T_hot: 305 K, T_cold: 295 K, T0: 300 K, dT: T_hot - T_cold, rho: 1.177 kg/m^3,\n"     // 3
    "            cp: 1005 J/(kg K), k: 0.0262 W/(m K), mu: 1.8e-5 Pa s, beta: 1/T0, g: 9.81 m/s^2,\n"  // 4
    "            L: 22 mm, U: sqrt(g*beta*dT*L)}\n"                                                    // 5
    "domain: {box: {x: [0 m, 2*L], y: [0 m, L]}}\n"                                                    // 6
    "scales: {references: [L, U, rho, dT], temperature_level: T0}\n"                                   // 7
    "conditions:\n"                                                                                    // 8
    "  - {at: [x-, x+], periodic: yes}\n"                                                              // 9
    "  - {at: [y-, y+], u: 0, v: 0}\n"                                                                 // 10
    "  - {at: y-, T: T_hot}\n"                                                                         // 11
    "  - {at: y+, T: T_cold}\n";                                                                       // 12

std::string said(const std::string& part, const std::string& by) {
  return refusal([&] { case_of(replaced(layer, part, by)); });
}

TEST(Periodicity, MakesTheNetworkPeriodicAndNeedsNoConditionThere) {
  const Case c = case_of(layer);
  EXPECT_THAT(c.settings.network.periodic, testing::ElementsAre(0));
  EXPECT_TRUE(c.box.periodic[axis_x]);
  EXPECT_FALSE(c.box.periodic[axis_y]);
  EXPECT_TRUE(c.soft_conditions.empty());
  for (const ConditionCount& count : count_conditions(c.system, c.domain, c.conditions)) {
    EXPECT_EQ(count.face.axis, axis_y);
  }
  // Said twice it is still one axis.
  EXPECT_THAT(case_of(layer + "network: {periodic: x}\n").settings.network.periodic, testing::ElementsAre(0));
}

TEST(Periodicity, IsOfPairsOfFacesThatTakeNothingElse) {
  EXPECT_THAT(said("[x-, x+], periodic", "x-, periodic"),
              HasSubstr("9:10: error: conditions.0.at: x- is periodic with x+ only"));
  EXPECT_THAT(said("[x-, x+], periodic", "[x-, y+], periodic"), HasSubstr("write at: [x-, x+]"));
  EXPECT_THAT(said("[x-, x+], periodic", "[z-, z+], periodic"),
              HasSubstr("conditions.0.at: \"z-\" cannot be periodic"));
  EXPECT_THAT(said("periodic: yes", "periodic: yes, T: T0"),
              HasSubstr("conditions.0.T: faces that are periodic need nothing else"));
  EXPECT_THAT(said("{at: y+, T: T_cold}", "{at: y+, T: T_cold}\n  - {at: x-, T: T_cold}"),
              HasSubstr("conditions.4.T: the face x- is periodic and takes no condition"));
  EXPECT_THAT(said("periodic: yes", "periodic: true"), HasSubstr("conditions.0.periodic: "));
}

TEST(Periodicity, AsksForValuesThatRepeat) {
  EXPECT_EQ(said("T: T_hot}", "T: T_hot + dT*sin(3.14159265358979*x/L)}"), "accepted");
  EXPECT_THAT(
      said("T: T_hot}", "T: T_hot + dT*x/L}"),
      HasSubstr("11:17: error: conditions.2.T: the value of T is not periodic along x: 305 K at x-, 325 K at x+"));
  EXPECT_THAT(refusal([] { case_of(layer + "known_parts: {T: dT*x/L}\n"); }),
              HasSubstr("known_parts.T: the known part of T is not periodic along x: 0 K at x-, 20 K at x+"));
}

}  // namespace
}  // namespace nusselt
