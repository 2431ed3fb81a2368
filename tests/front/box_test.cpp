#include "solver/case/box.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace nusselt {
namespace {

Box duct() {
  Box box;
  box.axes = {true, false, true, false};
  box.lower = {-1, 0, 2, 0};
  box.upper = {2, 0, 2.5, 0};
  return box;
}

TEST(Box, NamesItsFacesByAxisAndSide) {
  EXPECT_EQ(duct().face_names(), (std::vector<std::string>{"x-", "x+", "z-", "z+"}));
  EXPECT_EQ(duct().active_axes(), (std::vector<Axis>{axis_x, axis_z}));
  EXPECT_EQ(duct().dimensions(), 2);
  EXPECT_EQ(Box{}.dimensions(), 0);
}

TEST(Box, KnowsTheOutwardSide) {
  const Face face = duct().face_named("z+");
  EXPECT_EQ(face, (Face{axis_z, true}));
  EXPECT_EQ(face.sign(), 1);
  EXPECT_EQ(duct().face_named("x-").sign(), -1);
}

TEST(Box, HasNoFaceOfAnAxisItLacks) {
  EXPECT_THROW(duct().face_named("y-"), std::out_of_range);
  EXPECT_THROW(duct().face_named("x"), std::out_of_range);
}

TEST(Box, HasAStartAndAnEndWhereThereIsTime) {
  Box wave = duct();
  wave.axes[axis_t] = true;
  wave.lower[axis_t] = 3;
  wave.upper[axis_t] = 7;
  EXPECT_EQ(wave.face_names(), (std::vector<std::string>{"x-", "x+", "z-", "z+", "t-", "t+"}));
  EXPECT_DOUBLE_EQ(wave.measure(), 6);
  EXPECT_DOUBLE_EQ(wave.measure({axis_t, true}), 1.5);
  EXPECT_DOUBLE_EQ(wave.measure({axis_x, true}), 2);
}

TEST(Box, MeasuresItselfAndItsFaces) {
  EXPECT_DOUBLE_EQ(duct().measure(), 1.5);
  EXPECT_DOUBLE_EQ(duct().measure({axis_x, false}), 0.5);
  EXPECT_DOUBLE_EQ(duct().measure({axis_z, true}), 3);
  Box bar;
  bar.axes[axis_x] = true;
  bar.upper[axis_x] = 0.2;
  EXPECT_DOUBLE_EQ(bar.measure(), 0.2);
  EXPECT_DOUBLE_EQ(bar.measure({axis_x, true}), 1);  // a point
}

}  // namespace
}  // namespace nusselt
