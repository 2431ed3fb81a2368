#include "solver/line_search.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace nusselt {
namespace {

/// A function of one variable with its slope, and what was asked of it.
struct Line {
  double (*value)(double);
  double (*slope)(double);
  std::vector<double> asked = {};

  std::optional<LinePoint> search(double first, const LineSearchRules& rules = {}) {
    const auto at = [&](double a) {
      asked.push_back(a);
      return LinePoint{a, value(a), slope(a)};
    };
    return search_line(at, {0, value(0), slope(0)}, first, rules);
  }
  void expect_wolfe(const std::optional<LinePoint>& p, double c1 = 1e-4, double c2 = 0.9) {
    ASSERT_TRUE(p.has_value());
    EXPECT_GT(p->step, 0);
    EXPECT_LE(p->value, value(0) + c1 * p->step * slope(0));
    EXPECT_LE(std::abs(p->slope), -c2 * slope(0));
    EXPECT_EQ(p->value, value(p->step));
    EXPECT_EQ(asked.back(), p->step);  // the last one asked, here
  }
};

Line parabola() {
  return {[](double a) { return (a - 1) * (a - 1); }, [](double a) { return 2 * (a - 1); }};
}

TEST(LineSearch, TakesTheFirstStepWhenItIsGood) {
  Line line = parabola();
  line.expect_wolfe(line.search(1));
  EXPECT_EQ(line.asked, std::vector<double>{1});
}

TEST(LineSearch, FindsTheMinimumOfAParabolaInOneInterpolation) {
  // With c2 small only the minimum will do; a cubic through two points of a parabola is that parabola.
  for (double first : {1.9, 3.0, 0.5}) {
    Line line = parabola();
    const auto found = line.search(first, {.curvature = 1e-3});
    line.expect_wolfe(found, 1e-4, 1e-3);
    EXPECT_NEAR(found->step, 1, 1e-12) << first;
    EXPECT_EQ(line.asked.size(), 2u);
  }
}

TEST(LineSearch, GrowsAStepThatIsTooShort) {
  Line line{[](double a) { return -a / (a * a + 2); },
            [](double a) { return (a * a - 2) / ((a * a + 2) * (a * a + 2)); }};  // Moré & Thuente, function 1
  line.expect_wolfe(line.search(1e-3, {.curvature = 0.1}), 1e-4, 0.1);
  EXPECT_LE(line.asked.size(), 10u);
  for (std::size_t i = 1; i + 1 < line.asked.size(); ++i) EXPECT_LE(line.asked[i], 4 * line.asked[i - 1] * (1 + 1e-12));
}

TEST(LineSearch, MeetsTheConditionsOnAFunctionWithManyMinima) {
  for (double first : {0.01, 0.1, 1.0, 10.0}) {
    Line line{[](double a) { return -a + 0.3 * std::cos(20 * a) + 0.2 * a * a; },
              [](double a) { return -1 - 6 * std::sin(20 * a) + 0.4 * a; }};
    line.expect_wolfe(line.search(first));
  }
}

TEST(LineSearch, ShortensTheStepWhereTheFunctionIsNotFinite) {
  Line line{[](double a) { return a < 0.01 ? -a * (0.01 - a) : NAN; }, [](double a) { return -0.01 + 2 * a; }};
  line.expect_wolfe(line.search(1));
  Line overflow{[](double a) { return a < 0.3 ? -a : INFINITY; }, [](double) { return -1.0; }};
  const auto end = overflow.search(1);  // no Wolfe point: the best that decreases
  ASSERT_TRUE(end.has_value());
  EXPECT_LT(end->step, 0.3);
  EXPECT_EQ(overflow.asked.size(), 25u);
}

TEST(LineSearch, AFunctionWithoutDescentHasNoStep) {
  Line uphill{[](double a) { return a; }, [](double) { return -1.0; }};  // its slope lies
  EXPECT_FALSE(uphill.search(1).has_value());
  EXPECT_LE(uphill.asked.size(), 25u);
  EXPECT_FALSE(search_line([](double a) { return LinePoint{a, NAN, NAN}; }, {0, 1, -1}, 1).has_value());
}

TEST(LineSearch, SlopesDecideWhereValuesAreLostInRounding) {
  // 1 + 1e-18 (a - 1)^2: every value is 1, sufficient decrease cannot be seen.
  Line line{[](double a) { return 1 + 1e-18 * (a - 1) * (a - 1); }, [](double a) { return 2e-18 * (a - 1); }};
  const auto found = line.search(1.5);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->value, 1);
  EXPECT_LE(std::abs(found->slope), 0.9 * 2e-18);
  // The same values with a slope that rises too far are not taken.
  Line far = line;
  far.asked.clear();
  const auto nearer = far.search(2.5);
  ASSERT_TRUE(nearer.has_value());
  EXPECT_LT(nearer->step, 2.0);
}

}  // namespace
}  // namespace nusselt
