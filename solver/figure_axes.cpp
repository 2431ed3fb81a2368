#include "solver/figure_axes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nusselt {
namespace {

using namespace figure_style;

const TextStyle tick_style{tick_text, false, ink, TextAlign::centre, TextAlign::start, false};

double pixel_on(double from, double to, double position) { return from + position * (to - from); }

}  // namespace

double FigureAxis::position(double value) const {
  if (scale == AxisScale::linear) return (value - low) / (high - low);
  if (!(value > 0)) return std::numeric_limits<double>::quiet_NaN();
  return (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low));
}

FigureAxis make_axis(double low, double high, AxisScale scale, int wanted, double largest) {
  FigureAxis axis{low, high, scale, {}};
  if (scale == AxisScale::log10) {
    if (!(axis.high > axis.low * (1 + 1e-6))) {
      axis.low /= 3;
      axis.high *= 3;
    }
    axis.ticks = log_ticks(axis.low, axis.high, wanted);
    return axis;
  }
  // A spread that is rounding noise of a constant must not be blown up to a field.
  const double least = 1e-12 * std::max(std::abs(low), std::abs(high));
  if (!(high - low > least)) {
    const double half = low == 0 && high == 0 ? 1 : 0.5 * std::max(std::abs(low), std::abs(high));
    axis.low -= half;
    axis.high += half;
  }
  axis.ticks = linear_ticks(axis.low, axis.high, wanted, largest);
  return axis;
}

double left_axis_room(const FigureAxis& axis) {
  double widest = 0;
  for (const std::string& label : axis.ticks.labels) widest = std::max(widest, text_width(label, tick_style));
  return margin + 1.3 * title_text + gap + widest + gap + tick_length;
}

double bottom_axis_room() { return tick_length + 0.5 * gap + 1.3 * tick_text + gap + 1.3 * title_text + margin; }

double heading_room(const std::string& note) {
  return margin + 1.3 * heading_text + (note.empty() ? 0 : 0.4 * gap + 1.3 * note_text) + 1.4 * gap;
}

void draw_heading(Canvas& canvas, const PictureBox& plot, const std::string& heading, const std::string& note) {
  double y = plot.top - heading_room(note) + margin;
  canvas.text({plot.left, y}, heading, {heading_text, true, ink, TextAlign::start, TextAlign::start, false});
  y += 1.3 * heading_text + 0.4 * gap;
  canvas.text({plot.left, y}, note, {note_text, false, faint_ink, TextAlign::start, TextAlign::start, false});
}

void draw_bottom_axis(Canvas& canvas, const PictureBox& plot, const FigureAxis& axis, const std::string& title) {
  const auto mark = [&](double value, double length) {
    const double x = pixel_on(plot.left, plot.right, axis.position(value));
    canvas.stroke({{x, plot.bottom}, {x, plot.bottom + length}}, {2, ink, 1, {}});
    return x;
  };
  for (const double value : axis.ticks.minor) mark(value, 0.55 * tick_length);
  for (std::size_t i = 0; i < axis.ticks.positions.size(); ++i)
    canvas.text({mark(axis.ticks.positions[i], tick_length), plot.bottom + tick_length + 0.5 * gap},
                axis.ticks.labels[i], tick_style);
  canvas.text({(plot.left + plot.right) / 2, plot.bottom + tick_length + 1.5 * gap + 1.3 * tick_text}, title,
              {title_text, false, ink, TextAlign::centre, TextAlign::start, false});
}

void draw_left_axis(Canvas& canvas, const PictureBox& plot, const FigureAxis& axis, const std::string& title) {
  const auto mark = [&](double value, double length) {
    const double y = pixel_on(plot.bottom, plot.top, axis.position(value));
    canvas.stroke({{plot.left - length, y}, {plot.left, y}}, {2, ink, 1, {}});
    return y;
  };
  for (const double value : axis.ticks.minor) mark(value, 0.55 * tick_length);
  for (std::size_t i = 0; i < axis.ticks.positions.size(); ++i)
    canvas.text({plot.left - tick_length - 0.8 * gap, mark(axis.ticks.positions[i], tick_length)}, axis.ticks.labels[i],
                {tick_text, false, ink, TextAlign::end, TextAlign::centre, false});
  canvas.text({plot.left - left_axis_room(axis) + margin, (plot.top + plot.bottom) / 2}, title,
              {title_text, false, ink, TextAlign::centre, TextAlign::start, true});
}

void draw_frame(Canvas& canvas, const PictureBox& box) {
  canvas.stroke(
      {{box.left, box.top}, {box.right, box.top}, {box.right, box.bottom}, {box.left, box.bottom}, {box.left, box.top}},
      {2, ink, 1, {}});
}

}  // namespace nusselt
