#include "solver/case/kept_intervals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace nusselt {
namespace {

/// Kept where the signed distance is negative.
Line negative_line(const std::function<double(double)>& distance, double finest = 1.0 / 64) {
  return kept_line(
      [&](double t) {
        const double d = distance(t);
        return Standing{d < 0, std::abs(d)};
      },
      finest);
}

std::vector<Interval> negative(const std::function<double(double)>& distance) { return negative_line(distance).kept; }

TEST(KeptIntervals, EndsAreKnownToRounding) {
  const std::vector<Interval> kept = negative([](double t) { return std::max(0.3 - t, t - 0.62); });
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_NEAR(kept[0].lower, 0.3, 1e-15);
  EXPECT_NEAR(kept[0].upper, 0.62, 1e-15);
}

TEST(KeptIntervals, WholeNoneAndEnds) {
  EXPECT_EQ(negative([](double) { return -1.0; }), (std::vector<Interval>{{0, 1}}));
  EXPECT_TRUE(negative([](double) { return 1.0; }).empty());
  EXPECT_TRUE(negative([](double) { return 0.0; }).empty());
  const std::vector<Interval> outer = negative([](double t) { return 0.25 - std::abs(t - 0.45); });
  ASSERT_EQ(outer.size(), 2u);
  EXPECT_EQ(outer[0].lower, 0);
  EXPECT_NEAR(outer[0].upper, 0.2, 1e-15);
  EXPECT_NEAR(outer[1].lower, 0.7, 1e-15);
  EXPECT_EQ(outer[1].upper, 1);
  // What rounding leaves at the ends is none of it.
  EXPECT_EQ(negative([](double t) { return std::max(1e-11 - t, t - 1 + 1e-11); }), (std::vector<Interval>{{0, 1}}));
}

TEST(KeptIntervals, FindsWhatIsNarrowerThanAStep) {
  const double width = 1.0 / 64 / 50;
  for (const double middle : {0.1234, 0.5, 0.777}) {
    const auto island = negative([&](double t) { return std::abs(t - middle) - 0.5 * width; });
    ASSERT_EQ(island.size(), 1u) << middle;
    EXPECT_NEAR(island[0].length(), width, 1e-14);
    const auto gap = negative([&](double t) { return 0.5 * width - std::abs(t - middle); });
    ASSERT_EQ(gap.size(), 2u) << middle;
    EXPECT_NEAR(gap[1].lower - gap[0].upper, width, 1e-14);
  }
}

TEST(KeptIntervals, BandsEndWhereLinesChangeTheirKind) {
  // A disc of radius 0.3 about (0.5, 0.45) is missing from the unit square.
  const auto line = [](double v) {
    return negative_line([&](double u) { return 0.3 - std::hypot(u - 0.5, v - 0.45); });
  };
  const std::vector<Interval> bands = alike_bands(line, 24).kept;
  ASSERT_EQ(bands.size(), 3u);
  EXPECT_EQ(bands[0].lower, 0);
  EXPECT_NEAR(bands[0].upper, 0.15, 1e-6);  // there a line touches the disc, and the gap is short
  EXPECT_NEAR(bands[2].lower, 0.75, 1e-6);
  EXPECT_EQ(bands[2].upper, 1);
  double area = 0;
  for (const Interval& band : bands) {
    for (const RuleNode& v : rounded_gauss(band, 12)) {
      for (const Interval& u : line(v.at).kept) area += v.weight * u.length();
    }
  }
  EXPECT_NEAR(area, 1 - std::numbers::pi * 0.09, 1e-9);
  EXPECT_TRUE(alike_bands([](double) { return Line{}; }, 24).kept.empty());
}

TEST(KeptIntervals, FindsWhatLiesBetweenLines) {
  const double radius = 0.004;  // lines are 0.04 apart
  for (const double sign : {-1.0, 1.0}) {
    const std::vector<Interval> bands =
        alike_bands(
            [&](double v) {
              return negative_line([&](double u) { return sign * (radius - std::hypot(u - 0.52, v - 0.437)); });
            },
            24)
            .kept;
    ASSERT_EQ(bands.size(), sign > 0 ? 3u : 1u);
    const Interval& band = bands[sign > 0 ? 1 : 0];
    EXPECT_NEAR(band.lower, 0.437 - radius, 1e-6);
    EXPECT_NEAR(band.upper, 0.437 + radius, 1e-6);
  }
}

TEST(KeptIntervals, SplitsAtKinks) {
  const auto function = [](double v) { return std::abs(v - 0.37) + std::max(0.0, v - 0.81); };
  const std::vector<Interval> parts = split_at_kinks({{0, 1}}, function, 1e-9);
  double sum = 0;
  double nearest = 1;
  double other = 1;
  for (const Interval& part : parts) {
    for (const RuleNode& v : rounded_gauss(part, 8)) sum += v.weight * function(v.at);
    nearest = std::min(nearest, std::abs(part.upper - 0.37));
    other = std::min(other, std::abs(part.upper - 0.81));
  }
  EXPECT_LT(nearest, 1e-7);
  EXPECT_LT(other, 1e-6);
  EXPECT_NEAR(sum, (0.37 * 0.37 + 0.63 * 0.63 + 0.19 * 0.19) / 2, 1e-10);
  EXPECT_EQ(split_at_kinks(
                {{0.2, 0.6}}, [](double v) { return v * v; }, 1e-9),
            (std::vector<Interval>{{0.2, 0.6}}));
}

TEST(KeptIntervals, RulesAreExact) {
  const auto moment = [](const std::vector<RuleNode>& rule, int degree) {
    double sum = 0;
    for (const RuleNode& node : rule) sum += node.weight * std::pow(node.at, degree);
    return sum;
  };
  for (const int count : {1, 3, 64, 65, 200}) {
    const int degree = count == 1 ? 1 : 5;
    EXPECT_NEAR(moment(gauss({0.5, 2}, count), degree),
                (std::pow(2, degree + 1) - std::pow(0.5, degree + 1)) / (degree + 1), 1e-13 * 20)
        << count;
  }
  EXPECT_NEAR(moment(rounded_gauss({0.5, 2}, 6), 2), (8 - 0.125) / 3, 1e-14);
  double root = 0;  // of a square root at both ends: a half disc
  for (const RuleNode& v : rounded_gauss({0, 1}, 20)) root += v.weight * std::sqrt(v.at * (1 - v.at));
  EXPECT_NEAR(root, std::numbers::pi / 8, 1e-13);
}

}  // namespace
}  // namespace nusselt
