#include "nondim/linear_program.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace nusselt {
namespace {

TEST(LinearProgram, FindsTheCornerOfATriangle) {
  // min x + 2 y where x + y >= 1, x >= -1, y >= 0.25: the corner (0.75, 0.25).
  const LinearOptimum found = minimum({{1, 2}, {{{1, 1}, 1}, {{1, 0}, -1}, {{0, 1}, 0.25}}});
  EXPECT_DOUBLE_EQ(found.x[0], 0.75);
  EXPECT_DOUBLE_EQ(found.x[1], 0.25);
  EXPECT_DOUBLE_EQ(found.cost, 1.25);
  EXPECT_EQ(found.prices, (std::vector<double>{1, 0, 1}));
}

TEST(LinearProgram, UnknownsHaveEitherSign) {
  // min -x - y where x <= -3, y <= 2 - x: at (-3, 5).
  const LinearOptimum found = minimum({{-2, -1}, {{{-1, 0}, 3}, {{-1, -1}, -2}}});
  EXPECT_DOUBLE_EQ(found.x[0], -3);
  EXPECT_DOUBLE_EQ(found.x[1], 5);
  EXPECT_DOUBLE_EQ(found.cost, 1);
}

TEST(LinearProgram, FitsALineWithTheSmallestLargestError) {
  // Chebyshev's line through (0, 0), (1, 1), (2, 0): y = 1/2 everywhere half away, slope 0.
  LinearProgram program{{0, 0, 1}, {}};
  const double points[3][2] = {{0, 0}, {1, 1}, {2, 0}};
  for (const auto& [x, y] : points) {
    program.constraints.push_back({{1, x, 1}, y});
    program.constraints.push_back({{-1, -x, 1}, -y});
  }
  const LinearOptimum found = minimum(program);
  EXPECT_NEAR(found.x[0], 0.5, 1e-15);
  EXPECT_NEAR(found.x[1], 0, 1e-15);
  EXPECT_NEAR(found.cost, 0.5, 1e-15);
}

TEST(LinearProgram, ComesOutOfDegenerateCorners) {
  // Beale's example, on which the simplex method without Bland's rule cycles; its optimum is -1/20.
  // It is a dual here: min of the bounds is reached at cost 1/20.
  const LinearOptimum found = minimum({{0, 0, 1},
                                       {{{0.25, 0.5, 0}, 0.75},
                                        {{-60, -90, 0}, -150},
                                        {{-0.04, -0.02, 1}, 0.02},
                                        {{9, 3, 0}, -6},
                                        {{1, 0, 0}, 0},
                                        {{0, 1, 0}, 0},
                                        {{0, 0, 1}, 0}}});
  EXPECT_NEAR(found.cost, 0.05, 1e-14);
}

TEST(LinearProgram, AnUnknownThatNothingFeelsIsZero) {
  const LinearOptimum found = minimum({{1, 0}, {{{2, 0}, 3}}});
  EXPECT_EQ(found.x, (std::vector<double>{1.5, 0}));
}

TEST(LinearProgram, RefusesWhatHasNoOptimum) {
  const auto refusal = [](const LinearProgram& program) -> std::string {
    try {
      minimum(program);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refusal({{1}, {{{-1}, 0}}}), "linear program: the cost can fall without end");
  EXPECT_EQ(refusal({{1}, {{{1}, 1}, {{-1}, 0}}}), "linear program: no x meets the constraints");
}

}  // namespace
}  // namespace nusselt
