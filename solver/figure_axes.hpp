// The frame that all figures share: sizes, inks, axes with marks and titles.
#pragma once

#include <string>

#include "solver/axis_ticks.hpp"
#include "solver/figure_canvas.hpp"

namespace nusselt {

/// A finished picture.
struct Figure {
  std::string png;  ///< the file
  int width = 0;    ///< pixels
  int height = 0;
  PictureBox plot;  ///< where the axes lie inside it
};

/// A figure as a report shows it.
struct NamedFigure {
  std::string file;  // history.png
  std::string caption;
  Figure figure;
};

enum class AxisScale { linear, log10 };

struct FigureAxis {
  double low = 0;
  double high = 1;
  AxisScale scale = AxisScale::linear;
  AxisTicks ticks;

  /// 0 at `low`, 1 at `high`; not a number for what a logarithmic axis cannot show.
  double position(double value) const;
};

/// Marks for about `wanted` numbers; `largest` as in `linear_ticks`. A range without width is widened around its value.
FigureAxis make_axis(double low, double high, AxisScale scale, int wanted, double largest = 0);

namespace figure_style {
inline constexpr double tick_text = 26, title_text = 28, heading_text = 32, note_text = 24;
inline constexpr double tick_length = 9, gap = 12, margin = 24;
inline constexpr Colour paper{255, 255, 255}, ink{33, 36, 41}, faint_ink{92, 98, 106}, grid_line{226, 229, 233};
}  // namespace figure_style

/// Room needed left of the plot, under it, and above it for a heading and, where there is one, a note.
double left_axis_room(const FigureAxis& axis);
double bottom_axis_room();
double heading_room(const std::string& note);

/// Left-aligned above the plot: a heading in bold and a note in a fainter, smaller line below it.
void draw_heading(Canvas& canvas, const PictureBox& plot, const std::string& heading, const std::string& note);
/// Marks, numbers and title outside `plot`.
void draw_bottom_axis(Canvas& canvas, const PictureBox& plot, const FigureAxis& axis, const std::string& title);
void draw_left_axis(Canvas& canvas, const PictureBox& plot, const FigureAxis& axis, const std::string& title);
void draw_frame(Canvas& canvas, const PictureBox& box);

}  // namespace nusselt
