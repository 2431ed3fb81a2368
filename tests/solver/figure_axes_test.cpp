#include "solver/figure_axes.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace nusselt {
namespace {

TEST(FigureAxes, PositionsRunFromZeroToOne) {
  const FigureAxis linear = make_axis(290, 300, AxisScale::linear, 5);
  EXPECT_DOUBLE_EQ(linear.position(290), 0);
  EXPECT_DOUBLE_EQ(linear.position(297.5), 0.75);
  EXPECT_DOUBLE_EQ(linear.position(300), 1);
  const FigureAxis decades = make_axis(1e-6, 1e2, AxisScale::log10, 8);
  EXPECT_NEAR(decades.position(1e-2), 0.5, 1e-12);
  EXPECT_TRUE(std::isnan(decades.position(0)));
  EXPECT_TRUE(std::isnan(decades.position(-1)));
}

TEST(FigureAxes, ARangeWithoutWidthIsWidened) {
  const FigureAxis constant = make_axis(300, 300, AxisScale::linear, 5);
  EXPECT_DOUBLE_EQ(constant.position(300), 0.5);
  EXPECT_GE(constant.ticks.labels.size(), 2u);
  const FigureAxis noise = make_axis(300, 300 + 1e-13, AxisScale::linear, 5);
  EXPECT_NEAR(noise.position(300), 0.5, 1e-9) << "rounding noise is not a field";
  EXPECT_DOUBLE_EQ(make_axis(0, 0, AxisScale::linear, 5).position(0), 0.5);
  EXPECT_NEAR(make_axis(1e-3, 1e-3, AxisScale::log10, 5).position(1e-3), 0.5, 1e-12);
}

TEST(FigureAxes, RoomGrowsWithTheNumbers) {
  const FigureAxis narrow = make_axis(0, 4, AxisScale::linear, 4);
  const FigureAxis wide = make_axis(0, 0.0004, AxisScale::linear, 4, 1);
  EXPECT_GT(left_axis_room(wide), left_axis_room(narrow) + 30);
  EXPECT_GT(heading_room("min 1, max 2"), heading_room("") + 20);
}

TEST(FigureAxes, MarksStandAtTheirPositions) {
  Canvas canvas(400, 400, figure_style::paper);
  const PictureBox plot{150, 100, 350, 300};
  const FigureAxis axis = make_axis(0, 1, AxisScale::linear, 2);  // 0, 0.5, 1
  draw_frame(canvas, plot);
  draw_left_axis(canvas, plot, axis, "y [m]");
  draw_bottom_axis(canvas, plot, axis, "x [m]");
  for (const int at : {100, 200, 300}) {
    EXPECT_LT(lightness(canvas.at(145, at)), 40) << at;
    EXPECT_LT(lightness(canvas.at(at + 50, 305)), 40) << at;
  }
  EXPECT_EQ(canvas.at(145, 150), figure_style::paper);
  EXPECT_EQ(canvas.at(175, 305), figure_style::paper);
}

}  // namespace
}  // namespace nusselt
