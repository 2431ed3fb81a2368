#include "solver/curves_figure.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace nusselt {
namespace {

using namespace figure_style;

constexpr double plot_width = 1180;
constexpr double plot_height = 640;
constexpr double sample_length = 62;
constexpr double line_width = 3.2;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  bool empty() const { return low > high; }
  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

bool can_show(double value, AxisScale scale) {
  return std::isfinite(value) && (scale == AxisScale::linear || value > 0);
}

void find_ranges(const CurvesPicture& picture, Range& x, Range& y) {
  for (const Curve& curve : picture.curves) {
    if (curve.x.size() != curve.y.size())
      throw std::invalid_argument("curve '" + curve.name + "' has " + std::to_string(curve.x.size()) + " x and " +
                                  std::to_string(curve.y.size()) + " y");
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (!can_show(curve.x[i], picture.x_scale) || !can_show(curve.y[i], picture.y_scale)) continue;
      x.include(curve.x[i]);
      y.include(curve.y[i]);
    }
  }
}

FigureAxis y_axis_for(Range y, const CurvesPicture& picture) {
  for (const CurveLimit& limit : picture.limits)
    if (can_show(limit.value, picture.y_scale)) y.include(limit.value);
  if (picture.y_scale == AxisScale::log10) {
    double low = std::log10(std::max(y.low, 1e-14 * y.high));
    double high = std::log10(y.high);
    const double room = std::max(0.04 * (high - low), 0.05);
    low -= room;
    high += room;
    // An end close to a decade goes there, so that the axis ends with a number.
    if (high - low > 2 && low - std::floor(low) < 0.35) low = std::floor(low);
    if (high - low > 2 && std::ceil(high) - high < 0.35) high = std::ceil(high);
    return make_axis(std::pow(10, low), std::pow(10, high), AxisScale::log10, 8);
  }
  const double room = 0.05 * (y.high - y.low);
  return make_axis(y.low - room, y.high + room, AxisScale::linear, 6);
}

Pen pen_of(const Curve& curve, int index) {
  Pen pen{line_width, curve_colour(index), 1, {}};
  if (curve.faint) {
    pen.width = 0.75 * line_width;
    pen.opacity = 0.55;
  }
  if (curve.dashed) pen.dash = {14, 9};
  return pen;
}

struct LegendEntry {
  std::string name;
  Pen pen{};
};

struct Legend {
  std::vector<LegendEntry> entries;
  std::size_t columns = 1;
  double column_width = 0;

  std::size_t rows() const { return (entries.size() + columns - 1) / columns; }
  double height() const { return entries.empty() ? 0 : double(rows()) * 1.5 * tick_text + gap; }
};

Legend make_legend(const std::vector<LegendEntry>& entries) {
  Legend legend{entries, 1, 0};
  for (const LegendEntry& entry : entries)
    legend.column_width =
        std::max(legend.column_width, sample_length + gap + text_width(entry.name, {tick_text}) + 3 * gap);
  if (entries.empty()) return legend;
  const auto fitting = std::max<std::size_t>(1, std::size_t(plot_width / legend.column_width));
  // Equal rows rather than one long row and a remainder.
  const std::size_t rows = (entries.size() + fitting - 1) / fitting;
  legend.columns = (entries.size() + rows - 1) / rows;
  return legend;
}

void draw_legend(Canvas& canvas, const Legend& legend, double left, double top) {
  for (std::size_t i = 0; i < legend.entries.size(); ++i) {
    // Down the columns: a pair given one after the other stands together.
    const double x = left + double(i / legend.rows()) * legend.column_width;
    const double y = top + (double(i % legend.rows()) + 0.5) * 1.5 * tick_text;
    canvas.stroke({{x, y}, {x + sample_length, y}}, legend.entries[i].pen);
    canvas.text({x + sample_length + gap, y}, legend.entries[i].name,
                {tick_text, false, ink, TextAlign::start, TextAlign::centre, false});
  }
}

void draw_grid(Canvas& canvas, const PictureBox& plot, const FigureAxis& x, const FigureAxis& y) {
  std::vector<PictureLine> strong, weak;
  for (const double value : x.ticks.positions) {
    const double at = plot.left + x.position(value) * plot.width();
    strong.push_back({{at, plot.top}, {at, plot.bottom}});
  }
  const auto level = [&](double value) {
    const double at = plot.bottom - y.position(value) * plot.height();
    return PictureLine{{plot.left, at}, {plot.right, at}};
  };
  for (const double value : y.ticks.positions) strong.push_back(level(value));
  for (const double value : y.ticks.minor) weak.push_back(level(value));
  canvas.stroke(weak, {1, grid_line, 0.7, {}});
  canvas.stroke(strong, {2, grid_line, 1, {}});
}

std::vector<PictureLine> lines_of(const Curve& curve, const CurvesPicture& picture, const PictureBox& plot,
                                  const FigureAxis& x, const FigureAxis& y) {
  std::vector<PictureLine> lines(1);
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    if (can_show(curve.x[i], picture.x_scale) && can_show(curve.y[i], picture.y_scale))
      lines.back().push_back(
          {plot.left + x.position(curve.x[i]) * plot.width(), plot.bottom - y.position(curve.y[i]) * plot.height()});
    else if (!lines.back().empty())
      lines.emplace_back();
  }
  return lines;
}

void draw_limits(Canvas& canvas, const PictureBox& plot, const CurvesPicture& picture, const FigureAxis& y) {
  double last_text = -1e9;
  for (const CurveLimit& limit : picture.limits) {
    if (!can_show(limit.value, picture.y_scale)) continue;
    const double at = plot.bottom - y.position(limit.value) * plot.height();
    canvas.stroke({{plot.left, at}, {plot.right, at}}, {2.4, ink, 0.9, {3, 9}});
    const TextStyle style{note_text, false, ink, TextAlign::end, TextAlign::end, false};
    double text_bottom = at - 4;
    if (text_bottom - 1.3 * note_text < plot.top || std::abs(text_bottom - last_text) < 1.3 * note_text)
      text_bottom = at + 4 + 1.3 * note_text;
    last_text = text_bottom;
    const double width = text_width(limit.name, style);
    canvas.fill(PictureBox{plot.right - width - 18, text_bottom - 1.25 * note_text, plot.right - 6, text_bottom}, paper,
                0.8);
    canvas.text({plot.right - 12, text_bottom}, limit.name, style);
  }
}

}  // namespace

Colour curve_colour(int index) {
  static constexpr Colour colours[] = {{0, 114, 178}, {213, 94, 0},   {0, 140, 105}, {176, 86, 148},
                                       {224, 156, 0}, {64, 158, 216}, {60, 60, 60},  {122, 76, 36}};
  return colours[std::size_t(std::max(0, index)) % std::size(colours)];
}

Figure curves_figure(const CurvesPicture& picture) {
  Range x_range, y_range;
  find_ranges(picture, x_range, y_range);
  const bool nothing = x_range.empty();
  if (nothing) x_range = y_range = {1, 10};
  const FigureAxis x = make_axis(x_range.low, x_range.high, picture.x_scale, 7);
  const FigureAxis y = y_axis_for(y_range, picture);

  std::vector<LegendEntry> entries;
  std::vector<Pen> pens;
  int next = 0;
  for (const Curve& curve : picture.curves) {
    const int index = curve.colour.value_or(next);
    next = std::max(next, index) + 1;
    pens.push_back(pen_of(curve, index));
    if (!curve.name.empty()) entries.push_back({curve.name, pens.back()});
  }
  const Legend legend = make_legend(entries);

  const double left = std::ceil(left_axis_room(y));
  const double top = std::ceil(heading_room("") + legend.height());
  const PictureBox plot{left, top, left + plot_width, top + plot_height};
  double width = plot.right + 2 * margin;
  width = std::max(width, plot.left + text_width(picture.title, {heading_text, true}) + margin);
  width = std::max(width, plot.left + double(legend.columns) * legend.column_width);
  Canvas canvas(int(std::ceil(width)), int(std::ceil(plot.bottom + bottom_axis_room())), paper);

  draw_grid(canvas, plot, x, y);
  canvas.clip(plot);
  // Faint curves first: the others must not disappear under them.
  for (const bool faint : {true, false})
    for (std::size_t i = 0; i < picture.curves.size(); ++i)
      if (picture.curves[i].faint == faint) canvas.stroke(lines_of(picture.curves[i], picture, plot, x, y), pens[i]);
  canvas.clip_to_picture();
  draw_limits(canvas, plot, picture, y);
  if (nothing)
    canvas.text({(plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2}, "no value can be shown",
                {title_text, false, faint_ink, TextAlign::centre, TextAlign::centre, false});
  draw_frame(canvas, plot);
  draw_bottom_axis(canvas, plot, x, axis_title(picture.x_name, picture.x_unit, x.ticks.power));
  draw_left_axis(canvas, plot, y, axis_title(picture.y_name, picture.y_unit, y.ticks.power));
  draw_heading(canvas, {plot.left, plot.top - legend.height(), plot.right, plot.bottom}, picture.title, "");
  draw_legend(canvas, legend, plot.left, plot.top - legend.height() - 0.3 * gap);
  return {canvas.png(), canvas.width(), canvas.height(), plot};
}

}  // namespace nusselt
