#include "physics/temperature_kind.hpp"

#include <gtest/gtest.h>

namespace nusselt {
namespace {

const TemperatureWeight level(TemperatureKind::level);
const TemperatureWeight difference(TemperatureKind::difference);
const TemperatureWeight either(TemperatureKind::either);

TEST(TemperatureKind, OfSumsIsTheSumOfTheWeights) {
  EXPECT_EQ(level.plus(level, -1, 3).kind(), TemperatureKind::difference);
  EXPECT_EQ(level.plus(difference, 1, 3).kind(), TemperatureKind::level);
  EXPECT_EQ(difference.plus(difference, -1, 3).kind(), TemperatureKind::difference);
  EXPECT_EQ(level.plus(either, 1, 3).kind(), TemperatureKind::either);
  EXPECT_EQ(level.plus(level, 1, 3).guilty(), std::size_t{3});
  EXPECT_EQ(difference.plus(level, -1, 7).guilty(), std::size_t{7});
  EXPECT_TRUE(difference.plus(level, -1, 7).subtracts());
}

TEST(TemperatureKind, AMeanOfLevelsIsALevel) {
  const TemperatureWeight sum = level.plus(level, 1, 3).plus(level, 1, 5);
  EXPECT_FALSE(sum.means_something());
  EXPECT_EQ(sum.guilty(), std::size_t{5});
  EXPECT_EQ(sum.times(1 / 3.0).kind(), TemperatureKind::level);
  EXPECT_FALSE(sum.times(1 / 3.0).guilty().has_value());
  EXPECT_EQ(level.times(2).plus(level, -1, 4).kind(), TemperatureKind::level);
}

}  // namespace
}  // namespace nusselt
