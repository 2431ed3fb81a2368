#include "solver/field_figure.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include "tests/solver/png_pixels.hpp"

namespace nusselt {
namespace {

FieldGrid plane(const std::function<double(double, double)>& field, int nx = 21, int ny = 21, double width = 1,
                double height = 1) {
  FieldGrid grid;
  grid.points = {nx, ny, 1};
  grid.spacing = {width / (nx - 1), height / (ny - 1), 1};
  grid.arrays = {{"T", "K", 1, {}}};
  for (int j = 0; j < ny; ++j)
    for (int i = 0; i < nx; ++i) grid.arrays[0].values.push_back(field(i * grid.spacing[0], j * grid.spacing[1]));
  return grid;
}

FieldPicture picture() {
  FieldPicture wanted;
  wanted.title = "Temperature";
  wanted.array = "T";
  return wanted;
}

/// Column and row of a point given as parts of the plot, from its lower left corner.
int column(const Figure& figure, double part) { return int(figure.plot.left + part * figure.plot.width()); }
int row(const Figure& figure, double part) {
  return int(std::ceil(figure.plot.bottom - part * figure.plot.height())) - 1;
}

double distance(Colour a, Colour b) { return std::hypot(a.red - b.red, a.green - b.green, a.blue - b.blue); }

TEST(FieldFigure, PixelsHaveTheColourOfTheirValue) {
  const Figure figure = field_figure(plane([](double x, double y) { return 300 + 2 * x + y; }), picture());
  const PngPixels png(figure.png);
  ASSERT_EQ(png.width(), figure.width);
  ASSERT_EQ(png.height(), figure.height);
  for (const double x : {0.02, 0.3, 0.5, 0.77, 0.98})
    for (const double y : {0.02, 0.4, 0.98}) {
      const int i = column(figure, x);
      const int j = row(figure, y);
      const double at_x = (i + 0.5 - figure.plot.left) / figure.plot.width();
      const double at_y = (figure.plot.bottom - j - 0.5) / figure.plot.height();
      EXPECT_LE(distance(png.at(i, j), colour_at(ColourMap::viridis, (2 * at_x + at_y) / 3)), 1.8) << x << ' ' << y;
    }
}

TEST(FieldFigure, ASquareIsSquareAndAChannelKeepsItsProportions) {
  const auto constant_slope = [](double x, double) { return x; };
  const Figure square = field_figure(plane(constant_slope), picture());
  EXPECT_EQ(square.plot.width(), square.plot.height());
  const Figure channel = field_figure(plane(constant_slope, 21, 21, 4, 1), picture());
  EXPECT_NEAR(channel.plot.width() / channel.plot.height(), 4, 0.02);
  const Figure stretched = field_figure(plane(constant_slope, 21, 21, 60, 1), picture());
  EXPECT_NEAR(stretched.plot.width() / stretched.plot.height(), 6, 0.05);
  const Figure tall = field_figure(plane(constant_slope, 21, 21, 1, 3), picture());
  EXPECT_NEAR(tall.plot.height() / tall.plot.width(), 3, 0.02);
}

TEST(FieldFigure, ALengthAndATimeMakeASquare) {
  FieldGrid grid = plane([](double x, double) { return x; }, 21, 21, 0.5, 40);
  grid.axes[1] = "t";
  grid.units[1] = "s";
  const Figure figure = field_figure(grid, picture());
  EXPECT_EQ(figure.plot.width(), figure.plot.height());
  const Figure in_space = field_figure(plane([](double x, double) { return x; }, 21, 21, 0.5, 40), picture());
  EXPECT_NE(in_space.plot.width(), in_space.plot.height());
}

TEST(FieldFigure, IsoLinesRunWhereTheFieldHasRoundValues) {
  FieldPicture wanted = picture();
  const FieldGrid grid = plane([](double x, double) { return x; });
  const Figure plain = field_figure(grid, wanted);
  wanted.iso_lines = 10;
  const Figure lined = field_figure(grid, wanted);
  const PngPixels without(plain.png), with(lined.png);
  for (int tenth = 1; tenth <= 9; ++tenth) {
    const int x = column(lined, tenth / 10.0);
    EXPECT_GT(distance(with.at(x, row(lined, 0.5)), without.at(x, row(plain, 0.5))), 40) << tenth;
    const int between = column(lined, tenth / 10.0 + 0.05);
    EXPECT_EQ(with.at(between, row(lined, 0.5)), without.at(between, row(plain, 0.5))) << tenth;
  }
}

TEST(FieldFigure, ACircleStaysACircle) {
  FieldPicture wanted = picture();
  wanted.range = {0, 1};
  wanted.iso_lines = 2;  // 0.5 alone
  const auto hill = [](double x, double y) { return 4 * ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)); };
  const Figure figure = field_figure(plane(hill, 101, 101), wanted);
  wanted.iso_lines = 0;
  const PngPixels with(figure.png), without(field_figure(plane(hill, 101, 101), wanted).png);
  const double radius = std::sqrt(0.5 / 4);
  for (int k = 0; k < 12; ++k) {
    const double angle = k * 3.14159265358979 / 6;
    const auto differs = [&](double r) {
      const int i = column(figure, 0.5 + r * std::cos(angle));
      const int j = row(figure, 0.5 + r * std::sin(angle));
      return distance(with.at(i, j), without.at(i, j)) > 25;
    };
    EXPECT_TRUE(differs(radius)) << k;
    EXPECT_FALSE(differs(radius - 0.02)) << k;
    EXPECT_FALSE(differs(radius + 0.02)) << k;
  }
}

TEST(FieldFigure, LogarithmicScaleShowsMagnitudes) {
  FieldPicture wanted = picture();
  wanted.colours = ColourMap::magma;
  wanted.scale = AxisScale::log10;
  // Minus one, 1e-2 and zero side by side.
  const auto field = [](double x, double) { return x < 0.35 ? -1 : (x < 0.7 ? 1e-2 : 0); };
  const Figure figure = field_figure(plane(field), wanted);
  const PngPixels png(figure.png);
  EXPECT_EQ(png.at(column(figure, 0.1), row(figure, 0.5)), colour_at(ColourMap::magma, 1));
  EXPECT_LE(distance(png.at(column(figure, 0.5), row(figure, 0.5)), colour_at(ColourMap::magma, 0.5)), 1.8);
  EXPECT_EQ(png.at(column(figure, 0.9), row(figure, 0.5)), colour_at(ColourMap::magma, 0));
}

TEST(FieldFigure, DivergingMapIsCentredOnZero) {
  FieldPicture wanted = picture();
  wanted.colours = ColourMap::blue_white_red;
  const Figure figure = field_figure(plane([](double x, double) { return x < 0.5 ? 0.0 : 7.0; }), wanted);
  const PngPixels png(figure.png);
  EXPECT_EQ(png.at(column(figure, 0.2), row(figure, 0.5)), colour_at(ColourMap::blue_white_red, 0.5));
  EXPECT_EQ(png.at(column(figure, 0.8), row(figure, 0.5)), colour_at(ColourMap::blue_white_red, 1));
}

TEST(FieldFigure, MissingValuesAreGreyAndNothingElseSuffers) {
  FieldGrid grid = plane([](double x, double) { return x; });
  grid.arrays[0].values[10 * 21 + 10] = std::numeric_limits<double>::quiet_NaN();
  FieldPicture wanted = picture();
  wanted.iso_lines = 10;
  const Figure figure = field_figure(grid, wanted);
  const PngPixels png(figure.png);
  EXPECT_EQ(png.at(column(figure, 0.52), row(figure, 0.52)), missing_colour);
  const double at = (column(figure, 0.25) + 0.5 - figure.plot.left) / figure.plot.width();
  EXPECT_LE(distance(png.at(column(figure, 0.25), row(figure, 0.5)), colour_at(ColourMap::viridis, at)), 1.8);
  for (double& value : grid.arrays[0].values) value = std::numeric_limits<double>::infinity();
  const Figure empty = field_figure(grid, wanted);
  EXPECT_EQ(PngPixels(empty.png).at(column(empty, 0.3), row(empty, 0.3)), missing_colour);
}

TEST(FieldFigure, AConstantFieldHasOneColour) {
  const Figure figure = field_figure(plane([](double, double) { return 300.0; }), picture());
  const PngPixels png(figure.png);
  for (const double part : {0.1, 0.5, 0.9})
    EXPECT_EQ(png.at(column(figure, part), row(figure, part)), colour_at(ColourMap::viridis, 0.5));
}

TEST(FieldFigure, VectorsAreDrawnByMagnitudeWithStreamlinesInWhite) {
  FieldGrid grid = plane([](double x, double) { return x; });
  grid.arrays.push_back({"velocity", "m s-1", 3, {}});
  for (int p = 0; p < 441; ++p) grid.arrays[1].values.insert(grid.arrays[1].values.end(), {0.0, -3.0, 4.0});
  FieldPicture wanted = picture();
  wanted.array = "velocity";
  wanted.range = {0, 10};
  const auto white_pixels = [&] {
    const Figure figure = field_figure(grid, wanted);
    const PngPixels png(figure.png);
    int count = 0;
    for (int y = row(figure, 0.9); y < row(figure, 0.1); ++y)
      for (int x = column(figure, 0.1); x < column(figure, 0.9); ++x) count += png.at(x, y) == Colour{255, 255, 255};
    return count;
  };
  const Figure figure = field_figure(grid, wanted);
  EXPECT_EQ(PngPixels(figure.png).at(column(figure, 0.5), row(figure, 0.5)), colour_at(ColourMap::viridis, 0.5));
  EXPECT_EQ(white_pixels(), 0);
  wanted.streamlines = "velocity";
  EXPECT_GT(white_pixels(), 5000);
}

TEST(FieldFigure, RefusesLinesAndUnknownArrays) {
  FieldGrid line;
  line.points = {5, 1, 1};
  line.arrays = {{"T", "K", 1, {1, 2, 3, 4, 5}}};
  try {
    field_figure(line, picture());
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "a picture of a field needs a plane of at least 2 x 2 points, the grid has 5 x 1 x 1");
  }
  FieldPicture wanted = picture();
  wanted.array = "p";
  EXPECT_THROW(field_figure(plane([](double x, double) { return x; }), wanted), std::invalid_argument);
}

}  // namespace
}  // namespace nusselt
