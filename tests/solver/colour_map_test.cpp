#include "solver/colour_map.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace nusselt {
namespace {

TEST(ColourMap, MeetsThePublishedEndsAndMiddle) {
  EXPECT_EQ(colour_at(ColourMap::viridis, 0), (Colour{0x44, 0x01, 0x54}));
  EXPECT_EQ(colour_at(ColourMap::viridis, 0.5), (Colour{0x21, 0x90, 0x8c}));
  EXPECT_EQ(colour_at(ColourMap::viridis, 1), (Colour{0xfd, 0xe7, 0x25}));
  EXPECT_EQ(colour_at(ColourMap::cividis, 1), (Colour{0xfe, 0xe8, 0x38}));
  EXPECT_EQ(colour_at(ColourMap::magma, 0), (Colour{0x00, 0x00, 0x04}));
  EXPECT_EQ(colour_at(ColourMap::viridis, -3), colour_at(ColourMap::viridis, 0));
  EXPECT_EQ(colour_at(ColourMap::viridis, 7), colour_at(ColourMap::viridis, 1));
  EXPECT_EQ(colour_at(ColourMap::viridis, std::nan("")), missing_colour);
}

TEST(ColourMap, SequentialMapsRiseInLightness) {
  for (const ColourMap map : {ColourMap::viridis, ColourMap::cividis, ColourMap::magma})
    for (int i = 1; i <= 64; ++i)
      EXPECT_GT(lightness(colour_at(map, i / 64.0)), lightness(colour_at(map, (i - 1) / 64.0))) << int(map) << ' ' << i;
}

TEST(ColourMap, DivergingMapIsEvenAboutAWhiteMiddle) {
  const Colour middle = colour_at(ColourMap::blue_white_red, 0.5);
  EXPECT_GT(lightness(middle), 95);
  EXPECT_LT(std::abs(middle.red - middle.blue), 4);
  for (int i = 1; i <= 10; ++i) {
    const Colour below = colour_at(ColourMap::blue_white_red, 0.5 - i / 20.0);
    const Colour above = colour_at(ColourMap::blue_white_red, 0.5 + i / 20.0);
    EXPECT_NEAR(lightness(below), lightness(above), 7) << i;
    EXPECT_GT(below.blue, below.red);
    EXPECT_GT(above.red, above.blue);
  }
}

TEST(ColourMap, LightnessOfBlackWhiteAndMiddleGrey) {
  EXPECT_NEAR(lightness({0, 0, 0}), 0, 1e-9);
  EXPECT_NEAR(lightness({255, 255, 255}), 100, 1e-6);
  EXPECT_NEAR(lightness({119, 119, 119}), 50, 0.2);
}

}  // namespace
}  // namespace nusselt
