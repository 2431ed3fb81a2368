#include <algorithm>
#include <cmath>

#include "solver/case/kept_intervals.hpp"
#include "solver/case/shape.hpp"

namespace nusselt {

namespace {

// In space there are many more lines, and the boundary is looked at more coarsely.
constexpr double finest_in_plane = 1.0 / 256;
constexpr double finest_in_space = 1.0 / 64;
constexpr int lines_in_plane = 24;
constexpr int lines_in_space = 12;
constexpr double kink_tolerance = 1e-7;  // of the bounds' measure

/// Sections of a shape along the axes in turn, in coordinates of its bounds.
class Sections {
 public:
  explicit Sections(const Shape& shape) : shape_(shape), bounds_(shape.bounds()) {}

  /// Along `axis` at given coordinates of the axes above it: where there is something of the shape, cut where the
  /// sections below change their kind. What is clear is in units of `axis`.
  Line along(int axis, Position at) const {
    if (axis == 0) {
      return kept_line(
          [&](double s) {
            const double distance = shape_.distance(moved(at, 0, s));
            return Standing{distance <= 0, std::abs(distance) / extent(0)};
          },
          is_plane() ? finest_in_plane : finest_in_space);
    }
    const auto section = [&](double s) {
      Line line = along(axis - 1, moved(at, axis, s));
      if (line.clear) *line.clear *= extent(axis - 1) / extent(axis);
      return line;
    };
    Line bands = alike_bands(section, is_plane() ? lines_in_plane : lines_in_space);
    if (is_plane()) {
      bands.kept = split_at_kinks(
          bands.kept, [&](double s) { return length(moved(at, axis, s)); }, kink_tolerance);
    }
    return bands;
  }

  void add(int axis, const Position& at, double weight, int per_axis, std::vector<InteriorPoint>& points) const {
    const std::vector<Interval> intervals = along(axis, at).kept;
    double all = 0;
    for (const Interval& interval : intervals) all += interval.length();
    for (const Interval& interval : intervals) {
      const int count = std::max(axis == 0 ? 3 : 6, static_cast<int>(std::lround(per_axis * interval.length() / all)));
      for (const RuleNode& node : axis == 0 ? gauss(interval, count) : rounded_gauss(interval, count)) {
        const Position here = moved(at, axis, node.at);
        if (axis == 0) {
          points.push_back({here, weight * node.weight});
        } else {
          add(axis - 1, here, weight * node.weight, per_axis, points);
        }
      }
    }
  }

 private:
  double extent(int axis) const { return bounds_.second[axis] - bounds_.first[axis]; }
  bool is_plane() const { return shape_.dimensions() < 3; }
  Position moved(Position at, int axis, double s) const {
    at[axis] = bounds_.first[axis] + s * extent(axis);
    return at;
  }
  double length(const Position& at) const {
    double sum = 0;
    for (const Interval& interval : along(0, at).kept) sum += interval.length();
    return sum;
  }

  const Shape& shape_;
  std::pair<Position, Position> bounds_;
};

}  // namespace

std::vector<InteriorPoint> Shape::quadrature(int count) const {
  const int per_axis = std::max(1, static_cast<int>(std::lround(std::pow(count, 1.0 / dimensions()))));
  std::vector<InteriorPoint> points;
  Sections(*this).add(dimensions() - 1, {}, 1, per_axis, points);
  double sum = 0;
  for (const InteriorPoint& point : points) sum += point.weight;
  for (InteriorPoint& point : points) point.weight *= measure() / sum;
  return points;
}

}  // namespace nusselt
