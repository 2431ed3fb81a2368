#include "networks/layout/reference_points.hpp"

#include <gtest/gtest.h>

namespace nusselt {
namespace {

TEST(ReferencePoints, OnePointIsRefusedWithTheAlternatives) {
  EXPECT_EQ(
      too_few_reference_points("batch", "norm1", "x-", 1),
      "norm batch cannot normalize norm1: its reference set \"x-\" has 1 point, and mean and variance over points "
      "need more than one. Take a set with more points (norm_reference), or a norm that is pointwise: layer, group "
      "or rms");
  EXPECT_EQ(too_few_reference_points("instance", "norm1", "x-", 0).substr(0, 68),
            "norm instance cannot normalize norm1: its reference set \"x-\" has 0 p");
  EXPECT_EQ(too_few_reference_points("batch", "norm1", "x-", 2), "");
}

TEST(ReferencePoints, FewPointsAreWarnedOfWithTheSamplingError) {
  EXPECT_EQ(
      few_reference_points("batch", "interior", 8),
      "norm batch takes its statistics from the 8 points of \"interior\": the standard deviation of each neuron is "
      "known to 25 % only (1/sqrt(2 N)); 16 points or more are better");
  EXPECT_EQ(few_reference_points("batch", "interior", 16), "");
  EXPECT_EQ(few_reference_points("batch", "interior", 1), "");
}

}  // namespace
}  // namespace nusselt
