#include "solver/field_figure.hpp"

#include <vtkCellArray.h>
#include <vtkDoubleArray.h>
#include <vtkFlyingEdges2D.h>
#include <vtkIdList.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "solver/streamlines.hpp"

namespace nusselt {
namespace {

using namespace figure_style;

constexpr double longest_side = 880;
constexpr double most_slender = 6;
constexpr double bar_thickness = 34;

/// The numbers behind the colours: one per point, of a vector its magnitude.
struct Shade {
  int nx = 0;
  int ny = 0;
  bool logarithmic =
      false;  // then `at` gives magnitudes: interpolated first, so that a change of sign stays a sharp line
  std::vector<double> values;
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  std::size_t missing = 0;

  double node(int i, int j) const { return values[std::size_t(j) * std::size_t(nx) + std::size_t(i)]; }

  /// Bilinear; `x`, `y` count points.
  double at(double x, double y) const {
    const int i = std::clamp(int(x), 0, nx - 2);
    const int j = std::clamp(int(y), 0, ny - 2);
    const double s = x - i;
    const double t = y - j;
    const double value =
        (1 - t) * ((1 - s) * node(i, j) + s * node(i + 1, j)) + t * ((1 - s) * node(i, j + 1) + s * node(i + 1, j + 1));
    return logarithmic ? std::abs(value) : value;
  }
};

Shade make_shade(const FieldGrid& grid, const NamedArray& array, AxisScale scale) {
  Shade shade;
  shade.nx = grid.points[0];
  shade.ny = grid.points[1];
  shade.logarithmic = scale == AxisScale::log10;
  const auto components = std::size_t(array.components);
  for (std::size_t p = 0; p < grid.point_count(); ++p) {
    double value = array.values[p * components];
    if (components > 1) {
      double squares = 0;
      for (std::size_t c = 0; c < components; ++c) squares += std::pow(array.values[p * components + c], 2);
      value = std::sqrt(squares);
    }
    shade.values.push_back(value);
    if (std::isfinite(value)) {
      const double shown = shade.logarithmic ? std::abs(value) : value;
      shade.low = std::min(shade.low, shown);
      shade.high = std::max(shade.high, shown);
    } else {
      shade.values.back() = std::numeric_limits<double>::quiet_NaN();
      ++shade.missing;
    }
  }
  return shade;
}

FigureAxis colour_axis(const Shade& shade, const FieldPicture& picture, int wanted) {
  double low = shade.low;
  double high = shade.high;
  if (shade.missing == shade.values.size()) {
    low = 0;
    high = 1;
  }
  if (picture.range) {
    low = (*picture.range)[0];
    high = (*picture.range)[1];
  } else if (picture.colours == ColourMap::blue_white_red) {
    high = std::max(std::abs(low), std::abs(high));
    low = -high;
  }
  if (picture.scale == AxisScale::log10) {
    if (!(high > 0)) high = 1;
    if (!picture.range) low = std::max(low, 1e-4 * high);
    if (!(low > 0)) low = 1e-4 * high;
  }
  return make_axis(low, high, picture.scale, wanted);
}

std::vector<double> iso_levels(const FigureAxis& axis, int wanted) {
  if (wanted < 1) return {};
  const AxisTicks ticks = axis.scale == AxisScale::linear ? linear_ticks(axis.low, axis.high, std::max(2, wanted))
                                                          : log_ticks(axis.low, axis.high, std::max(2, wanted));
  std::vector<double> levels;
  for (const double value : ticks.positions)
    if (axis.position(value) > 1e-6 && axis.position(value) < 1 - 1e-6) levels.push_back(value);
  return levels;
}

/// Segments of one level, in units of points.
std::vector<PictureLine> iso_segments(const Shade& shade, double level, double stand_in_for_missing) {
  vtkNew<vtkDoubleArray> scalars;
  scalars->SetNumberOfValues(vtkIdType(shade.values.size()));
  for (std::size_t p = 0; p < shade.values.size(); ++p) {
    const double value = shade.logarithmic ? std::abs(shade.values[p]) : shade.values[p];
    scalars->SetValue(vtkIdType(p), std::isfinite(value) ? value : stand_in_for_missing);
  }
  vtkNew<vtkImageData> image;
  image->SetDimensions(shade.nx, shade.ny, 1);
  image->GetPointData()->SetScalars(scalars);
  vtkNew<vtkFlyingEdges2D> contour;
  contour->SetInputData(image);
  contour->SetValue(0, level);
  contour->Update();
  vtkPolyData* found = contour->GetOutput();
  std::vector<PictureLine> segments;
  vtkNew<vtkIdList> ends;
  vtkCellArray* cells = found->GetLines();
  cells->InitTraversal();
  while (cells->GetNextCell(ends)) {
    PictureLine line;
    for (vtkIdType k = 0; k < ends->GetNumberOfIds(); ++k) {
      double point[3];
      found->GetPoint(ends->GetId(k), point);
      line.push_back({point[0], point[1]});
    }
    const double x = (line.front()[0] + line.back()[0]) / 2;
    const double y = (line.front()[1] + line.back()[1]) / 2;
    // Beside a missing value there is no line to know.
    if (std::isfinite(shade.at(x, y))) segments.push_back(std::move(line));
  }
  return segments;
}

/// Dark on light and light on dark, so that a line is seen on every colour of the map.
Pen line_on(Colour below, double width) {
  return lightness(below) > 55 ? Pen{width, {18, 18, 24}, 0.62, {}} : Pen{width, {255, 255, 255}, 0.72, {}};
}

void draw_colours(Canvas& canvas, const PictureBox& plot, const Shade& shade, const FigureAxis& axis, ColourMap map) {
  for (int y = int(plot.top); y < int(plot.bottom); ++y)
    for (int x = int(plot.left); x < int(plot.right); ++x) {
      const double i = (x + 0.5 - plot.left) / plot.width() * (shade.nx - 1);
      const double j = (plot.bottom - y - 0.5) / plot.height() * (shade.ny - 1);
      double position = axis.position(shade.at(i, j));
      // Zero on a logarithmic scale is below everything, not missing.
      if (axis.scale == AxisScale::log10 && shade.at(i, j) == 0) position = 0;
      canvas.set(x, y, colour_at(map, position));
    }
}

void draw_iso_lines(Canvas& canvas, const PictureBox& plot, const Shade& shade, const FigureAxis& axis,
                    const std::vector<double>& levels, ColourMap map) {
  for (const double level : levels) {
    std::vector<PictureLine> segments = iso_segments(shade, level, axis.low);
    for (PictureLine& segment : segments)
      for (PicturePoint& point : segment)
        point = {plot.left + point[0] / (shade.nx - 1) * plot.width(),
                 plot.bottom - point[1] / (shade.ny - 1) * plot.height()};
    canvas.stroke(segments, line_on(colour_at(map, axis.position(level)), 2.2));
  }
}

void draw_arrow(Canvas& canvas, const PicturePoint& at, double dx, double dy, double size) {
  const double length = std::hypot(dx, dy);
  if (length == 0) return;
  dx /= length;
  dy /= length;
  const auto head = [&](double grow) {
    const double front = 11 * size + grow * 2, back = 8 * size + grow, half = 7.5 * size + grow;
    return PictureLine{{at[0] + front * dx, at[1] + front * dy},
                       {at[0] - back * dx - half * dy, at[1] - back * dy + half * dx},
                       {at[0] - back * dx + half * dy, at[1] - back * dy - half * dx}};
  };
  canvas.fill(head(2), {18, 18, 24}, 0.55);
  canvas.fill(head(0), {255, 255, 255});
}

void draw_streamlines(Canvas& canvas, const PictureBox& plot, const FieldGrid& grid, const NamedArray& velocity,
                      double density) {
  const double width = grid.spacing[0] * (grid.points[0] - 1);
  const double height = grid.spacing[1] * (grid.points[1] - 1);
  StreamlineOptions options;
  options.separation = std::min(width, height) / density;
  std::vector<PictureLine> lines;
  for (const PlaneLine& line : even_streamlines(grid, velocity, options)) {
    PictureLine drawn;
    for (const PlanePoint& point : line)
      drawn.push_back({plot.left + (point[0] - grid.origin[0]) / width * plot.width(),
                       plot.bottom - (point[1] - grid.origin[1]) / height * plot.height()});
    lines.push_back(std::move(drawn));
  }
  canvas.stroke(lines, {5.4, {18, 18, 24}, 0.55, {}});
  canvas.stroke(lines, {2.4, {255, 255, 255}, 1, {}});
  const double between_arrows = 340;
  const double arrow_size = std::clamp(options.separation / width * plot.width() / 36, 0.65, 1.0);
  for (const PictureLine& line : lines) {
    double length = 0;
    for (std::size_t i = 1; i < line.size(); ++i)
      length += std::hypot(line[i][0] - line[i - 1][0], line[i][1] - line[i - 1][1]);
    const int arrows = std::max(1, int(std::lround(length / between_arrows)));
    if (length < 60) continue;
    double walked = 0;
    int drawn = 0;
    for (std::size_t i = 1; i < line.size() && drawn < arrows; ++i) {
      const double dx = line[i][0] - line[i - 1][0];
      const double dy = line[i][1] - line[i - 1][1];
      walked += std::hypot(dx, dy);
      if (walked < (drawn + 0.5) * length / arrows) continue;
      draw_arrow(canvas, line[i], dx, dy, arrow_size);
      ++drawn;
    }
  }
}

void draw_bar_colours(Canvas& canvas, const PictureBox& bar, bool vertical, const FigureAxis& axis,
                      const std::vector<double>& levels, ColourMap map) {
  for (int y = int(bar.top); y < int(bar.bottom); ++y)
    for (int x = int(bar.left); x < int(bar.right); ++x)
      canvas.set(x, y,
                 colour_at(map, vertical ? (bar.bottom - y - 0.5) / bar.height() : (x + 0.5 - bar.left) / bar.width()));
  for (const double level : levels) {
    const double position = axis.position(level);
    const double along = vertical ? bar.bottom - position * bar.height() : bar.left + position * bar.width();
    const PictureLine mark = vertical ? PictureLine{{bar.left, along}, {bar.right, along}}
                                      : PictureLine{{along, bar.top}, {along, bar.bottom}};
    canvas.stroke(mark, line_on(colour_at(map, position), 2.2));
  }
  draw_frame(canvas, bar);
}

void draw_bar_numbers_right(Canvas& canvas, const PictureBox& bar, const FigureAxis& axis, const std::string& title) {
  double widest = 0;
  for (std::size_t i = 0; i < axis.ticks.positions.size(); ++i) {
    const double y = bar.bottom - axis.position(axis.ticks.positions[i]) * bar.height();
    canvas.stroke({{bar.right, y}, {bar.right + tick_length, y}}, {2, ink, 1, {}});
    const TextStyle style{tick_text, false, ink, TextAlign::start, TextAlign::centre, false};
    canvas.text({bar.right + tick_length + 0.8 * gap, y}, axis.ticks.labels[i], style);
    widest = std::max(widest, text_width(axis.ticks.labels[i], style));
  }
  canvas.text({bar.right + tick_length + 2 * gap + widest, (bar.top + bar.bottom) / 2}, title,
              {title_text, false, ink, TextAlign::centre, TextAlign::start, true});
}

std::string note_of(const Shade& shade, const std::string& unit) {
  if (shade.missing == shade.values.size()) return "no point has a finite value";
  const std::string shown = unit.empty() || unit == "1" ? "" : " " + raised_unit(unit);
  const double width = shade.high - shade.low;
  std::string note =
      "min " + number_in_range(shade.low, width) + shown + ",  max " + number_in_range(shade.high, width) + shown;
  if (shade.missing > 0)
    note += ",  not finite at " + std::to_string(shade.missing) + " of " + std::to_string(shade.values.size()) +
            " points (grey)";
  return note;
}

}  // namespace

Figure field_figure(const FieldGrid& grid, const FieldPicture& picture) {
  check_field_grid(grid);
  if (grid.points[0] < 2 || grid.points[1] < 2 || grid.points[2] != 1)
    throw std::invalid_argument("a picture of a field needs a plane of at least 2 x 2 points, the grid has " +
                                std::to_string(grid.points[0]) + " x " + std::to_string(grid.points[1]) + " x " +
                                std::to_string(grid.points[2]));
  const NamedArray& array = find_array(grid, picture.array);
  const Shade shade = make_shade(grid, array, picture.scale);
  const double width = grid.spacing[0] * (grid.points[0] - 1);
  const double height = grid.spacing[1] * (grid.points[1] - 1);

  // The plane in pixels, and by how much its thin side is stretched.
  const bool comparable = grid.units[0] == grid.units[1];
  const double slender = comparable ? std::max(width / height, height / width) : 1;
  const double thin_side = std::round(longest_side / std::min(slender, most_slender));
  const double plot_width = width >= height ? longest_side : thin_side;
  const double plot_height = height >= width ? longest_side : thin_side;

  const auto marks = [](double pixels) { return std::clamp(int(pixels / 150), 2, 6); };
  const double x_end = grid.origin[0] + width;
  const double y_end = grid.origin[1] + height;
  // Axes of one unit have one power of ten.
  const double common =
      std::max({std::abs(grid.origin[0]), std::abs(x_end), std::abs(grid.origin[1]), std::abs(y_end)});
  const double largest = comparable ? common : 0;
  const FigureAxis x_axis = make_axis(grid.origin[0], x_end, AxisScale::linear, marks(plot_width), largest);
  const FigureAxis y_axis = make_axis(grid.origin[1], y_end, AxisScale::linear, marks(plot_height), largest);
  const bool vertical_bar = plot_height >= 400;
  const FigureAxis colours = colour_axis(shade, picture, vertical_bar ? std::clamp(int(plot_height / 110), 3, 8) : 6);
  const std::vector<double> levels = iso_levels(colours, picture.iso_lines);

  std::string label = picture.label.empty() ? array.name : picture.label;
  if (picture.label.empty() && (array.components > 1 || picture.scale == AxisScale::log10)) label = "|" + label + "|";
  const std::string bar_title = axis_title(label, array.unit, colours.ticks.power);
  std::string note = note_of(shade, array.unit);
  if (slender > most_slender)
    note += std::string(",  ") + grid.axes[width > height ? 1 : 0] + " stretched " +
            number_in_range(slender / most_slender, 99) + " times";

  const double left = std::ceil(left_axis_room(y_axis));
  const double top = std::ceil(heading_room(note));
  const PictureBox plot{left, top, left + plot_width, top + plot_height};
  PictureBox bar{plot.right + 2.5 * gap, plot.top, plot.right + 2.5 * gap + bar_thickness, plot.bottom};
  double picture_width = plot.right + 2.5 * gap;
  double picture_height = plot.bottom + bottom_axis_room();
  if (vertical_bar) {
    double widest = 0;
    for (const std::string& text : colours.ticks.labels) widest = std::max(widest, text_width(text, {tick_text}));
    picture_width = bar.right + tick_length + 2 * gap + widest + 1.4 * title_text + margin;
  } else {
    const double bar_top = picture_height;
    bar = {plot.left, bar_top, std::max(plot.right, plot.left + 500), bar_top + bar_thickness};
    picture_width = bar.right + 3 * margin;
    picture_height = bar.bottom + bottom_axis_room();
  }
  const double heading_width = std::max(text_width(picture.title, {heading_text, true}), text_width(note, {note_text}));
  picture_width = std::max(picture_width, plot.left + heading_width + margin);

  Canvas canvas(int(std::ceil(picture_width)), int(std::ceil(picture_height)), paper);
  draw_colours(canvas, plot, shade, colours, picture.colours);
  canvas.clip(plot);
  draw_iso_lines(canvas, plot, shade, colours, levels, picture.colours);
  if (!picture.streamlines.empty())
    draw_streamlines(canvas, plot, grid, find_array(grid, picture.streamlines), picture.streamline_density);
  canvas.clip_to_picture();
  draw_frame(canvas, plot);
  draw_bottom_axis(canvas, plot, x_axis, axis_title(grid.axes[0], grid.units[0], x_axis.ticks.power));
  draw_left_axis(canvas, plot, y_axis, axis_title(grid.axes[1], grid.units[1], y_axis.ticks.power));
  draw_bar_colours(canvas, bar, vertical_bar, colours, levels, picture.colours);
  if (vertical_bar)
    draw_bar_numbers_right(canvas, bar, colours, bar_title);
  else
    draw_bottom_axis(canvas, bar, colours, bar_title);
  draw_heading(canvas, plot, picture.title, note);
  return {canvas.png(), canvas.width(), canvas.height(), plot};
}

}  // namespace nusselt
