#include "solver/case/given_ranges.hpp"

#include <gtest/gtest.h>

#include "small_case.hpp"

namespace nusselt {
namespace {

const GivenRange* find(const std::vector<GivenRange>& ranges, const std::string& field) {
  for (const GivenRange& range : ranges) {
    if (range.field == field) return &range;
  }
  return nullptr;
}

std::vector<GivenRange> ranges_of(const std::string& text) {
  const Case c = case_of(text);
  return given_ranges(c.system, c.box, c.constants, c.conditions);
}

TEST(GivenRanges, AreThoseOfTheConditions) {
  const std::vector<GivenRange> ranges = ranges_of(small_cavity);
  ASSERT_EQ(ranges.size(), 3u);  // nothing is said of the pressure
  EXPECT_EQ(find(ranges, "T")->lowest, 295);
  EXPECT_EQ(find(ranges, "T")->highest, 305);
  EXPECT_EQ(find(ranges, "T")->constants, (std::set<std::string>{"T_cold", "T_hot"}));
  EXPECT_EQ(find(ranges, "u")->highest, 0);
  EXPECT_EQ(find(ranges, "p"), nullptr);
}

TEST(GivenRanges, LookAlongAFace) {
  const auto ranges = ranges_of(replaced(small_cavity, "T: T_hot}", "T: T_hot + dT*(y/(2*L))*(1 - y/(2*L))}"));
  EXPECT_NEAR(find(ranges, "T")->highest, 307.5, 1e-12);
}

TEST(GivenRanges, ReadTheTemperatureOfTheAirFromAnEquation) {
  const std::string cooled = "cooled: '-k*dn(T) = 5 [W/(m^2 K)]*(T - 280 [K])'}";
  const auto ranges = ranges_of(replaced(small_cavity, "T: T_cold}", cooled));
  EXPECT_NEAR(find(ranges, "T")->lowest, 280, 1e-10);
  EXPECT_EQ(find(ranges, "T")->highest, 305);
  // Radiation is not linear, and says nothing.
  const std::string radiating = "glow: '-k*dn(T) = 5.67e-8 [W/(m^2 K^4)]*(T^4 - (280 [K])^4)'}";
  EXPECT_EQ(find(ranges_of(replaced(small_cavity, "T: T_cold}", radiating)), "T")->lowest, 305);
}

}  // namespace
}  // namespace nusselt
