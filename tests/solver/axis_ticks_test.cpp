#include "solver/axis_ticks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace nusselt {
namespace {

using Labels = std::vector<std::string>;

TEST(AxisTicks, RoundNumbersWithAsManyDecimalsAsNeeded) {
  EXPECT_EQ(linear_ticks(0, 1, 5).labels, (Labels{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
  EXPECT_EQ(linear_ticks(-1.1, 1.1, 4).labels, (Labels{"\u22121.0", "\u22120.5", "0.0", "0.5", "1.0"}));
  EXPECT_EQ(linear_ticks(0, 400, 4).labels, (Labels{"0", "100", "200", "300", "400"}));
  EXPECT_EQ(linear_ticks(0, 1, 4).labels, (Labels{"0.00", "0.25", "0.50", "0.75", "1.00"}));
  EXPECT_EQ(linear_ticks(292.64, 293.66, 3).labels, (Labels{"293.0", "293.5"}));
}

TEST(AxisTicks, EndsSurviveRounding) {
  const AxisTicks ticks = linear_ticks(0.1, 0.1 + 0.1 + 0.1, 2);  // 0.30000000000000004
  EXPECT_EQ(ticks.labels, (Labels{"0.1", "0.2", "0.3"}));
  EXPECT_LE(ticks.positions.back(), 0.1 + 0.1 + 0.1);
}

TEST(AxisTicks, PowerOfTenGoesToTheTitle) {
  const AxisTicks small = linear_ticks(0, 4.1e-4, 4);
  EXPECT_EQ(small.power, -6);
  EXPECT_EQ(small.labels, (Labels{"0", "100", "200", "300", "400"}));
  EXPECT_DOUBLE_EQ(small.positions[1], 1e-4);
  EXPECT_EQ(linear_ticks(0, 3e6, 3).power, 6);
  EXPECT_EQ(linear_ticks(0, 5e-4, 2, 2e-3).power, -3) << "shares the power of the longer axis";
  EXPECT_EQ(linear_ticks(0, 5e-4, 2, 2e-3).labels, (Labels{"0.00", "0.25", "0.50"}));
}

TEST(AxisTicks, NarrowRangeFarFromZero) {
  const AxisTicks ticks = linear_ticks(300, 300 + 1e-5, 5);
  ASSERT_GE(ticks.labels.size(), 4u);
  EXPECT_NE(ticks.labels[0], ticks.labels[1]);
}

TEST(AxisTicks, Decades) {
  const AxisTicks ticks = log_ticks(1e-4, 1, 8);
  EXPECT_EQ(ticks.labels, (Labels{"10\u207b\u2074", "10\u207b\u00b3", "10\u207b\u00b2", "10\u207b\u00b9", "10\u2070"}));
  EXPECT_EQ(ticks.minor.size(), 4u * 8u);
  EXPECT_EQ(log_ticks(1e-12, 1, 5).labels.size(), 5u) << "every third decade";
  EXPECT_EQ(log_ticks(1.5e-3, 8e-3, 5).labels, (Labels{"2\u00d710\u207b\u00b3", "5\u00d710\u207b\u00b3"}));
  EXPECT_EQ(log_ticks(2.1, 2.4, 5).labels, (Labels{"2.1", "2.4"}));
  for (const double position : log_ticks(3e-7, 2e-2, 6).positions) {
    EXPECT_GE(position, 3e-7);
    EXPECT_LE(position, 2e-2);
  }
}

TEST(AxisTicks, RefusesEmptyRanges) {
  EXPECT_THROW(linear_ticks(1, 1, 5), std::invalid_argument);
  EXPECT_THROW(linear_ticks(0, std::numeric_limits<double>::infinity(), 5), std::invalid_argument);
  EXPECT_THROW(log_ticks(0, 1, 5), std::invalid_argument);
  try {
    linear_ticks(2, 1, 5);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "an axis needs a finite range from low to high, it was given 2.000000 to 1.000000");
  }
}

TEST(AxisTicks, Titles) {
  EXPECT_EQ(axis_title("T", "K"), "T [K]");
  EXPECT_EQ(axis_title("q", "W m-2"), "q [W m\u207b\u00b2]");
  EXPECT_EQ(axis_title("u", "m s-1", -3), "u [10\u207b\u00b3 m s\u207b\u00b9]");
  EXPECT_EQ(axis_title("residual", "1"), "residual [\u2013]");
  EXPECT_EQ(axis_title("residual", "1", -6), "residual [10\u207b\u2076]");
  EXPECT_EQ(axis_title("step", ""), "step");
  EXPECT_EQ(axis_title("step", "", 3), "step [10\u00b3]");
  EXPECT_EQ(raised_unit("kg m-1 s-12"), "kg m\u207b\u00b9 s\u207b\u00b9\u00b2");
}

TEST(AxisTicks, NumbersForSentences) {
  EXPECT_EQ(short_number(0.70712345), "0.7071");
  EXPECT_EQ(short_number(-2.5e-6), "\u22122.5\u00d710\u207b\u2076");
  EXPECT_EQ(short_number(10000), "10000");
  EXPECT_EQ(short_number(12345), "12345");
  EXPECT_EQ(short_number(0.99999), "1");
  EXPECT_EQ(short_number(1e5), "1\u00d710\u2075");
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(2.2449871, 7), "2.244987");
  EXPECT_EQ(short_number(1234567.4, 7), "1234567");
  EXPECT_EQ(short_number(std::nan("")), "not a number");
  EXPECT_EQ(short_number(-std::numeric_limits<double>::infinity()), "\u2212\u221e");
  EXPECT_EQ(number_in_range(293.64216, 1.0), "293.642");
  EXPECT_EQ(number_in_range(-2.3, 4.6), "\u22122.300");
  EXPECT_EQ(number_in_range(4.084e-4, 4e-4), "4.084\u00d710\u207b\u2074");
}

}  // namespace
}  // namespace nusselt
