#include "solver/curves_figure.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

#include "tests/solver/png_pixels.hpp"

namespace nusselt {
namespace {

double distance(Colour a, Colour b) { return std::hypot(a.red - b.red, a.green - b.green, a.blue - b.blue); }

CurvesPicture history() {
  CurvesPicture picture;
  picture.title = "History";
  picture.x_name = "step";
  picture.y_name = "residual";
  picture.y_unit = "1";
  picture.y_scale = AxisScale::log10;
  // Straight on a logarithmic axis from 1e-4 to 1, through 1e-2 in the middle.
  Curve curve;
  curve.name = "energy";
  for (int i = 0; i <= 10; ++i) {
    curve.x.push_back(i);
    curve.y.push_back(std::pow(10.0, -4 + 0.4 * i));
  }
  picture.curves = {curve};
  return picture;
}

Colour middle_of(const Figure& figure) {
  return PngPixels(figure.png)
      .at(int(figure.plot.left + figure.plot.width() / 2), int(figure.plot.top + figure.plot.height() / 2));
}

TEST(CurvesFigure, ACurveRunsThroughItsPoints) {
  const Figure figure = curves_figure(history());
  const PngPixels png(figure.png);
  ASSERT_EQ(png.width(), figure.width);
  ASSERT_EQ(png.height(), figure.height);
  EXPECT_LE(distance(middle_of(figure), curve_colour(0)), 2);
  const auto at = [&](double part) {
    return png.at(int(figure.plot.left + part * figure.plot.width()),
                  int(figure.plot.bottom - part * figure.plot.height()));
  };
  EXPECT_GT(distance(at(0.02), curve_colour(0)), 60) << "there is room between the curve and the frame";
}

TEST(CurvesFigure, MissingAndUnshowableValuesLeaveAGap) {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), 0.0, -1.0}) {
    CurvesPicture picture = history();
    picture.curves[0].y[5] = bad;
    EXPECT_GT(distance(middle_of(curves_figure(picture)), curve_colour(0)), 60) << bad;
  }
}

TEST(CurvesFigure, ChosenColourAndFaintness) {
  CurvesPicture picture = history();
  picture.curves[0].colour = 3;
  EXPECT_LE(distance(middle_of(curves_figure(picture)), curve_colour(3)), 2);
  picture.curves[0].faint = true;
  const Colour faint = middle_of(curves_figure(picture));
  EXPECT_GT(lightness(faint), lightness(curve_colour(3)) + 10);
}

TEST(CurvesFigure, ALimitCrossesThePlot) {
  CurvesPicture picture = history();
  picture.curves[0].y.assign(11, 1e-4);
  picture.curves[0].y[0] = 1;
  picture.limits = {{1e-2, "limit"}};
  const Figure figure = curves_figure(picture);
  const PngPixels png(figure.png);
  int dark = 0;
  const int y = int(figure.plot.top + figure.plot.height() / 2);
  for (int x = int(figure.plot.left) + 200; x < int(figure.plot.right) - 200; ++x) dark += lightness(png.at(x, y)) < 45;
  EXPECT_GT(dark, 150);
}

TEST(CurvesFigure, LinearAxesShowAFieldAlongALine) {
  CurvesPicture picture;
  picture.x_name = "x";
  picture.x_unit = "m";
  picture.y_name = "T";
  picture.y_unit = "K";
  picture.curves = {{"T", {0, 0.25}, {300, 340}, {}, false, false}};
  EXPECT_LE(distance(middle_of(curves_figure(picture)), curve_colour(0)), 2);
}

TEST(CurvesFigure, NothingToShowIsStillAPicture) {
  CurvesPicture picture = history();
  picture.curves[0].y.assign(11, std::numeric_limits<double>::quiet_NaN());
  EXPECT_GT(curves_figure(picture).png.size(), 1000u);
  picture.curves.clear();
  EXPECT_GT(curves_figure(picture).png.size(), 1000u);
}

TEST(CurvesFigure, RefusesUnequalLengths) {
  CurvesPicture picture = history();
  picture.curves[0].y.pop_back();
  try {
    curves_figure(picture);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "curve 'energy' has 11 x and 10 y");
  }
}

TEST(CurvesFigure, ColoursDifferAndAreSeenOnWhite) {
  for (int a = 0; a < 8; ++a) {
    EXPECT_LT(lightness(curve_colour(a)), 70) << a;
    for (int b = a + 1; b < 8; ++b) EXPECT_GT(distance(curve_colour(a), curve_colour(b)), 60) << a << ' ' << b;
  }
  EXPECT_EQ(curve_colour(8), curve_colour(0));
}

}  // namespace
}  // namespace nusselt
