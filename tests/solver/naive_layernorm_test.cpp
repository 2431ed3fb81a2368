#include "solver/naive_layernorm.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace nusselt {
namespace {

TEST(NaiveLayernorm, ItsSquaresSumToTheNumberOfEquations) {
  for (const std::vector<double>& r : {std::vector<double>{0.3, -1.2},
                                       {0.3, -1.2, 0.9},
                                       {3e-7, -1.2e-6, 9e-7},
                                       {1, 2, 3, 4},
                                       {0.3, -1.2, 0.9, 5.0, 40.0, 2e3}}) {
    double sum = 0;
    for (const double value : layer_normalized(r, 0)) sum += value * value;
    EXPECT_NEAR(sum, static_cast<double>(r.size()), 1e-12);
  }
}

TEST(NaiveLayernorm, TwoEquationsGiveOneAndMinusOneWhateverTheyAre) {
  for (const std::vector<double>& r : {std::vector<double>{5, 4.999}, {1e-8, 1e4}, {-3, 2}}) {
    const std::vector<double> normalized = layer_normalized(r, 0);
    EXPECT_NEAR(std::abs(normalized[0]), 1, 1e-9);
    EXPECT_NEAR(normalized[0] + normalized[1], 0, 1e-9);
  }
}

TEST(NaiveLayernorm, ShowsWhyConditioningIsNotThat) {
  const std::vector<NaiveLayernormRow> rows = naive_layernorm();
  ASSERT_EQ(rows.size(), 12u);
  int constant = 0;
  for (const NaiveLayernormRow& row : rows) {
    if (row.what != "the squares sum to the number of equations") continue;
    ++constant;
    EXPECT_NEAR(row.sum_of_squares, static_cast<double>(row.residuals.size()), 1e-12);
    EXPECT_NEAR(row.loss, 1, 1e-12);
  }
  EXPECT_EQ(constant, 5);
  // A million everywhere counts as solved, a thousandth does not.
  EXPECT_EQ(rows[5].residuals, (std::vector<double>{1e6, 1e6, 1e6}));
  EXPECT_EQ(rows[5].loss, 0);
  EXPECT_DOUBLE_EQ(rows[5].rms, 1e6);
  EXPECT_EQ(rows[6].residuals, (std::vector<double>{1e-3, 2e-3, -1e-3}));
  EXPECT_NEAR(rows[6].loss, 0.6087, 5e-5);
  EXPECT_EQ(rows[7].loss, 0);
  EXPECT_NEAR(std::abs(rows[8].normalized[0]), 1, 1e-9);
  EXPECT_NEAR(std::abs(rows[9].normalized[0]), 1, 1e-9);
  // The sign of an equation means nothing, and changes the sizes.
  EXPECT_NEAR(std::abs(rows[10].normalized[1]), 1.2247, 5e-5);
  EXPECT_NEAR(std::abs(rows[11].normalized[1]), 0.2673, 5e-5);
}

}  // namespace
}  // namespace nusselt
