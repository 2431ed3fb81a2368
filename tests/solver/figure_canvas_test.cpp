#include "solver/figure_canvas.hpp"

#include <gtest/gtest.h>

#include "tests/solver/png_pixels.hpp"

namespace nusselt {
namespace {

constexpr Colour white{255, 255, 255};
constexpr Colour black{0, 0, 0};
constexpr Colour red{255, 0, 0};

int dark_pixels(const Canvas& canvas) {
  int count = 0;
  for (int y = 0; y < canvas.height(); ++y)
    for (int x = 0; x < canvas.width(); ++x) count += canvas.at(x, y).green < 128;
  return count;
}

TEST(FigureCanvas, PngKeepsEveryPixel) {
  Canvas canvas(7, 5, white);
  canvas.set(0, 0, red);
  canvas.set(6, 4, {1, 2, 3});
  const PngPixels png(canvas.png());
  ASSERT_EQ(png.width(), 7);
  ASSERT_EQ(png.height(), 5);
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 7; ++x) EXPECT_EQ(png.at(x, y), canvas.at(x, y)) << x << ' ' << y;
}

TEST(FigureCanvas, StrokeCoversItsWidthWithSmoothEdges) {
  Canvas canvas(20, 20, white);
  canvas.stroke({{2, 10}, {18, 10}}, {4, black, 1, {}});
  for (const int y : {8, 9, 10, 11}) EXPECT_EQ(canvas.at(10, y), black) << y;
  for (const int y : {7, 12}) EXPECT_EQ(canvas.at(10, y), white) << y;
  Canvas shifted(20, 20, white);
  shifted.stroke({{2, 10.5}, {18, 10.5}}, {2, black, 1, {}});
  EXPECT_EQ(shifted.at(10, 10), black);
  EXPECT_NEAR(shifted.at(10, 9).red, 128, 1);
  EXPECT_NEAR(shifted.at(10, 11).red, 128, 1);
}

TEST(FigureCanvas, OpacityDoesNotAddUpWithinOneCall) {
  Canvas canvas(20, 20, white);
  canvas.stroke({{{0, 10}, {20, 10}}, {{10, 0}, {10, 20}}}, {4, black, 0.5, {}});
  EXPECT_NEAR(canvas.at(9, 9).red, 128, 1);
  EXPECT_NEAR(canvas.at(3, 9).red, 128, 1);
}

TEST(FigureCanvas, DashesLeaveGaps) {
  Canvas canvas(60, 5, white);
  canvas.stroke({{0, 2.5}, {60, 2.5}}, {1, black, 1, {10, 10}});
  for (const int x : {5, 25, 45}) EXPECT_EQ(canvas.at(x, 2), black) << x;
  for (const int x : {15, 35, 55}) EXPECT_EQ(canvas.at(x, 2), white) << x;
}

TEST(FigureCanvas, ClipCutsStrokesAndFarPointsAreHarmless) {
  Canvas canvas(20, 20, white);
  canvas.clip({5, 5, 15, 15});
  canvas.stroke({{-1e12, 10}, {1e12, 10}}, {4, black, 1, {}});
  EXPECT_EQ(canvas.at(2, 9), white);
  EXPECT_EQ(canvas.at(10, 9), black);
  canvas.clip_to_picture();
  canvas.stroke({{0, 10}, {20, 10}}, {4, black, 1, {}});
  EXPECT_EQ(canvas.at(2, 9), black);
}

TEST(FigureCanvas, FillsAConvexPolygonOfEitherTurn) {
  for (const bool turned : {false, true}) {
    PictureLine triangle{{2, 2}, {18, 2}, {2, 18}};
    if (turned) triangle = {triangle[0], triangle[2], triangle[1]};
    Canvas canvas(20, 20, white);
    canvas.fill(triangle, red);
    EXPECT_EQ(canvas.at(4, 4), red);
    EXPECT_EQ(canvas.at(17, 17), white);
    EXPECT_EQ(canvas.at(1, 10), white);
  }
}

TEST(FigureCanvas, TextStandsWhereItIsAligned) {
  const TextStyle style{30, false, black, TextAlign::end, TextAlign::start, false};
  const double width = text_width("293.6", style);
  EXPECT_GT(width, 50);
  EXPECT_LT(width, 110);
  Canvas canvas(200, 60, white);
  canvas.text({150, 10}, "293.6", style);
  int left = 200, right = 0, top = 60;
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 200; ++x)
      if (canvas.at(x, y).red < 200) {
        left = std::min(left, x);
        right = std::max(right, x);
        top = std::min(top, y);
      }
  EXPECT_LE(right, 150);
  EXPECT_GE(right, 143);
  EXPECT_NEAR(left, 150 - width, 6);
  EXPECT_GE(top, 10);
}

// The hook of a j reaches to the left of where it starts.
TEST(FigureCanvas, LettersThatReachToTheLeftLoseNothing) {
  if (figure_font(false).empty()) GTEST_SKIP() << "no font file found";
  const auto ink = [](const char* text) {
    Canvas canvas(80, 40, white);
    canvas.text({20, 5}, text, {24, false, black, TextAlign::start, TextAlign::start, false});
    double sum = 0;
    for (int y = 0; y < canvas.height(); ++y) {
      for (int x = 0; x < canvas.width(); ++x) sum += 255 - canvas.at(x, y).green;
    }
    return sum;
  };
  EXPECT_NEAR(ink("jH"), ink("j") + ink("H"), 0.01 * ink("jH"));
}

TEST(FigureCanvas, TurnedTextIsTheSamePicture) {
  Canvas flat(200, 200, white), upright(200, 200, white);
  flat.text({100, 100}, "x [m]", {30, false, black, TextAlign::centre, TextAlign::centre, false});
  upright.text({100, 100}, "x [m]", {30, false, black, TextAlign::centre, TextAlign::centre, true});
  EXPECT_GT(dark_pixels(flat), 100);
  EXPECT_EQ(dark_pixels(flat), dark_pixels(upright));
}

TEST(FigureCanvas, RaisedFiguresAreDrawnWhereAFontHasThem) {
  if (figure_font(false).empty()) GTEST_SKIP() << "no font file found: text is written in ASCII";
  const TextStyle style{30, false, black, TextAlign::start, TextAlign::start, false};
  Canvas canvas(100, 60, white), base(100, 60, white);
  canvas.text({5, 5}, "10\u207b\u00b3", style);
  base.text({5, 5}, "10", style);
  EXPECT_GT(text_width("10\u207b\u00b3", style), text_width("10", style) + 10);
  EXPECT_GT(dark_pixels(canvas), dark_pixels(base) + 20);
}

TEST(FigureCanvas, AsciiSpelling) {
  EXPECT_EQ(ascii_text("10\u207b\u00b3 m s\u207b\u00b9"), "10^-3 m s-1");
  EXPECT_EQ(ascii_text("\u22122.5\u00d710\u207b\u2076"), "-2.5x10^-6");
  EXPECT_EQ(ascii_text("W m\u207b\u00b2"), "W m-2");
  EXPECT_EQ(ascii_text("\u03b8 \u2264 1, caf\u00e9"), "theta <= 1, caf?");
}

}  // namespace
}  // namespace nusselt
