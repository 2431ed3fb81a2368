#include "solver/case/unit_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "nondim/quantity.hpp"

namespace nusselt {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(UnitList, GroupsAllUnitsByWhatTheyMeasure) {
  const std::string all = list_units("");
  for (const KnownUnit& unit : known_units()) EXPECT_THAT(all, HasSubstr("\n  " + unit.symbol + " ")) << unit.name;
  EXPECT_THAT(all, AllOf(StartsWith("length, m\n  m           metre                                       = 1 m"),
                         HasSubstr("\n\ntemperature, K\n  K  "), HasSubstr("a level: 20 degC = 293.15 K"),
                         HasSubstr("  psi         pound-force per square inch                 = 6894.757293 Pa\n"),
                         HasSubstr("How units are written")));
}

TEST(UnitList, OfOneQuantity) {
  EXPECT_EQ(
      list_units("dynamic viscosity"),
      "dynamic viscosity, Pa s\n"
      "  P           poise                                       = 0.1 Pa s   prefixes T G M k h d c m u n p f\n");
  EXPECT_THAT(list_units("viscosity"), AllOf(HasSubstr("kinematic viscosity or diffusivity, m2 s-1\n  St "),
                                             HasSubstr("dynamic viscosity, Pa s"), Not(HasSubstr("pascal"))));
  EXPECT_EQ(list_units("heat flux"), "heat flux, W m-2\n");
}

TEST(UnitList, OfOneUnit) {
  EXPECT_THAT(list_units("psi"), AllOf(StartsWith("pressure, Pa\n"), HasSubstr("  atm ")));
  EXPECT_EQ(list_units("kJ/(kg K)"), "specific heat capacity [J kg-1 K-1]\n  kJ/(kg K) = 1000 J kg-1 K-1\n");
}

TEST(UnitList, SaysWhatIsNotKnown) {
  try {
    list_units("presure");
    FAIL();
  } catch (const std::out_of_range& error) {
    EXPECT_THAT(error.what(),
                AllOf(StartsWith("no quantity is called \"presure\", and as a unit: unknown unit 'presure'"),
                      HasSubstr("did you mean \"pressure\"?")));
  }
}

}  // namespace
}  // namespace nusselt
