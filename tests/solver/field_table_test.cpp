#include "solver/field_table.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace nusselt {
namespace {

FieldGrid plane() {
  FieldGrid grid;
  grid.points = {2, 3, 1};
  grid.arrays = {{"T", "K", 1, {1, 2, 3, 4, 5, 6}}, {"velocity", "m s-1", 3, std::vector<double>(18, 0.5)}};
  return grid;
}

std::string refusal(const FieldGrid& grid) {
  try {
    check_field_grid(grid);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(FieldTable, CountsItsPoints) {
  EXPECT_EQ(plane().point_count(), 6u);
  EXPECT_EQ(refusal(plane()), "accepted");
}

TEST(FieldTable, RefusesWhatDoesNotFit) {
  FieldGrid grid = plane();
  grid.arrays[1].values.pop_back();
  EXPECT_EQ(refusal(grid), "array 'velocity' has 17 values, the grid has 6 points of 3 components");
  grid = plane();
  grid.arrays[1].name = "T";
  EXPECT_EQ(refusal(grid), "two arrays of the grid are named 'T'");
  grid = plane();
  grid.points[1] = 0;
  EXPECT_EQ(refusal(grid), "a grid needs at least one point along each axis, axis 1 has 0");
  grid = plane();
  grid.spacing[0] = 0;
  EXPECT_EQ(refusal(grid), "the spacing of axis 0 must be positive, it is 0.000000");
  grid = plane();
  grid.spacing[2] = 0;  // an axis of one point needs none
  EXPECT_EQ(refusal(grid), "accepted");
  grid.origin[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(refusal(grid), "accepted");
}

TEST(FieldTable, FindsArraysByName) {
  const FieldGrid grid = plane();
  EXPECT_EQ(&find_array(grid, "velocity"), &grid.arrays[1]);
  try {
    find_array(grid, "p");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "the grid has no array 'p'; it has T, velocity");
  }
}

}  // namespace
}  // namespace nusselt
