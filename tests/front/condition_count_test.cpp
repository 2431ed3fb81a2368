#include "solver/case/condition_count.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_case.hpp"

namespace nusselt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> operators_of(const std::vector<NeededDerivatives>& all, const std::string& field) {
  for (const NeededDerivatives& needed : all) {
    if (needed.field == field) return needed.operators;
  }
  throw std::out_of_range(field);
}

TEST(NeededDerivatives, AreThoseOfTheEquations) {
  const std::vector<NeededDerivatives> needed = needed_derivatives(case_of(small_cavity).system);
  ASSERT_EQ(needed.size(), 4u);
  EXPECT_THAT(operators_of(needed, "u"), ElementsAre("dx", "dy", "dxx", "dyy"));
  EXPECT_THAT(operators_of(needed, "p"), ElementsAre("dx", "dy"));
  EXPECT_THAT(operators_of(needed_derivatives(read_case(NUSSELT_SOURCE_DIR "/cases/burgers", {}).system), "u"),
              ElementsAre("dt", "dx", "dxx"));
}

ConditionCount count_on(const Case& c, const std::string& field, const std::string& face) {
  for (const ConditionCount& count : count_conditions(c.system, c.box, c.conditions)) {
    if (count.field == field && count.face.name() == face) return count;
  }
  throw std::out_of_range(field + " on " + face);
}

TEST(ConditionCount, IsPerFaceForEachFieldWithSecondDerivatives) {
  const Case c = case_of(small_cavity);
  EXPECT_EQ(count_conditions(c.system, c.box, c.conditions).size(), 16u);
  for (const char* face : {"x-", "x+", "y-", "y+"}) {
    for (const char* field : {"u", "v", "T"}) {
      EXPECT_EQ(count_on(c, field, face).needed, 1) << field << face;
      EXPECT_EQ(count_on(c, field, face).given, 1) << field << face;
    }
    EXPECT_EQ(count_on(c, "p", face).needed, 0) << face;  // continuity asks for no condition
    EXPECT_EQ(count_on(c, "p", face).given, 0) << face;
  }
}

TEST(ConditionCount, InTimeIsTheOrderOfTheRate) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/burgers", {});
  EXPECT_EQ(count_on(c, "u", "t-").needed, 1);
  EXPECT_THROW(count_on(c, "u", "t+"), std::out_of_range);
}

TEST(ConditionCount, AnEquationCountsForEveryFieldItNames) {
  const Case c = case_of(replaced(small_cavity, "insulated: dn(T) = 0", "coupled: mu*dn(u) = rho*U^2/dT*(T - T0)"));
  EXPECT_EQ(count_on(c, "T", "y+").given, 1);
  EXPECT_EQ(count_on(c, "u", "y+").given, 2);
}

}  // namespace
}  // namespace nusselt
