#include "solver/streamlines.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <stdexcept>

namespace nusselt {
namespace {

class PlaneFlow {
 public:
  PlaneFlow(const FieldGrid& grid, const NamedArray& velocity, double slowest)
      : grid_(grid), velocity_(velocity), nx_(grid.points[0]), ny_(grid.points[1]) {
    double fastest = 0;
    for (int j = 0; j < ny_; ++j)
      for (int i = 0; i < nx_; ++i) {
        const double speed = std::hypot(node(i, j, 0), node(i, j, 1));
        if (std::isfinite(speed)) fastest = std::max(fastest, speed);
      }
    least_speed_ = slowest * fastest;
    still_ = fastest == 0;
  }

  bool still() const { return still_; }
  double width() const { return grid_.spacing[0] * (nx_ - 1); }
  double height() const { return grid_.spacing[1] * (ny_ - 1); }
  PlanePoint corner() const { return {grid_.origin[0], grid_.origin[1]}; }

  /// The unit vector along the flow; none outside the plane, where the fluid (almost) rests, or beside missing data.
  std::optional<PlanePoint> direction(const PlanePoint& at) const {
    const double x = (at[0] - grid_.origin[0]) / grid_.spacing[0];
    const double y = (at[1] - grid_.origin[1]) / grid_.spacing[1];
    if (!(x >= 0 && y >= 0 && x <= nx_ - 1 && y <= ny_ - 1)) return std::nullopt;
    const int i = std::min(int(x), nx_ - 2);
    const int j = std::min(int(y), ny_ - 2);
    const double s = x - i;
    const double t = y - j;
    PlanePoint v{};
    for (int c = 0; c < 2; ++c)
      v[std::size_t(c)] = (1 - t) * ((1 - s) * node(i, j, c) + s * node(i + 1, j, c)) +
                          t * ((1 - s) * node(i, j + 1, c) + s * node(i + 1, j + 1, c));
    const double speed = std::hypot(v[0], v[1]);
    if (!(speed > least_speed_)) return std::nullopt;
    return PlanePoint{v[0] / speed, v[1] / speed};
  }

  std::optional<PlanePoint> step(const PlanePoint& from, double h) const {
    const auto along = [&](const PlanePoint& d, double length) {
      return PlanePoint{from[0] + length * d[0], from[1] + length * d[1]};
    };
    const auto k1 = direction(from);
    if (!k1) return std::nullopt;
    const auto k2 = direction(along(*k1, h / 2));
    if (!k2) return std::nullopt;
    const auto k3 = direction(along(*k2, h / 2));
    if (!k3) return std::nullopt;
    const auto k4 = direction(along(*k3, h));
    if (!k4) return std::nullopt;
    PlanePoint to = from;
    for (std::size_t c = 0; c < 2; ++c) to[c] += h / 6 * ((*k1)[c] + 2 * (*k2)[c] + 2 * (*k3)[c] + (*k4)[c]);
    return to;
  }

 private:
  double node(int i, int j, int component) const {
    return velocity_.values[(std::size_t(j) * std::size_t(nx_) + std::size_t(i)) * std::size_t(velocity_.components) +
                            std::size_t(component)];
  }

  const FieldGrid& grid_;
  const NamedArray& velocity_;
  int nx_;
  int ny_;
  double least_speed_ = 0;
  bool still_ = true;
};

double distance(const PlanePoint& a, const PlanePoint& b) { return std::hypot(a[0] - b[0], a[1] - b[1]); }

/// Buckets of one separation; the nearest point of the lines drawn so far is at most one bucket away.
class DrawnPoints {
 public:
  DrawnPoints(const PlaneFlow& flow, double separation)
      : corner_(flow.corner()),
        separation_(separation),
        columns_(std::size_t(flow.width() / separation) + 1),
        rows_(std::size_t(flow.height() / separation) + 1),
        buckets_(columns_ * rows_) {}

  void add(const PlaneLine& line) {
    for (const PlanePoint& point : line) buckets_[row(point) * columns_ + column(point)].push_back(point);
  }

  bool any_within(const PlanePoint& at, double radius) const {
    const std::size_t i = column(at);
    const std::size_t j = row(at);
    for (std::size_t l = j == 0 ? 0 : j - 1; l <= std::min(j + 1, rows_ - 1); ++l)
      for (std::size_t k = i == 0 ? 0 : i - 1; k <= std::min(i + 1, columns_ - 1); ++k)
        for (const PlanePoint& point : buckets_[l * columns_ + k])
          if (distance(point, at) < radius) return true;
    return false;
  }

 private:
  std::size_t column(const PlanePoint& p) const { return bucket(p[0] - corner_[0], columns_); }
  std::size_t row(const PlanePoint& p) const { return bucket(p[1] - corner_[1], rows_); }
  std::size_t bucket(double offset, std::size_t count) const {
    return std::min(std::size_t(std::max(0.0, offset / separation_)), count - 1);
  }

  PlanePoint corner_;
  double separation_;
  std::size_t columns_;
  std::size_t rows_;
  std::vector<std::vector<PlanePoint>> buckets_;
};

class Tracer {
 public:
  Tracer(const PlaneFlow& flow, double separation)
      : flow_(flow), separation_(separation), step_(separation / 8), drawn_(flow, separation) {}

  DrawnPoints& drawn() { return drawn_; }

  PlaneLine trace(const PlanePoint& seed) const {
    PlaneLine line{seed};
    if (!flow_.direction(seed)) return {};
    if (walk(line, step_)) return line;
    std::reverse(line.begin(), line.end());
    walk(line, -step_);
    std::reverse(line.begin(), line.end());
    return line;
  }

 private:
  /// Extends the line at its end; true when it came back to its beginning and is closed.
  bool walk(PlaneLine& line, double h) const {
    const double longest = 20 * (flow_.width() + flow_.height());
    double left_start = 0;  // how far the line has been away from its first point
    for (double length = 0; length < longest; length += step_) {
      const auto next = flow_.step(line.back(), h);
      if (!next || drawn_.any_within(*next, separation_ / 2) || close_to_itself(line, *next)) {
        return false;
      }
      line.push_back(*next);
      const double from_start = distance(*next, line.front());
      left_start = std::max(left_start, from_start);
      if (left_start > 2 * separation_ && from_start < 1.01 * step_) {
        line.push_back(line.front());
        return true;
      }
    }
    return false;
  }

  /// A spiral must not fill its own gap: compares with the points at least two separations back along the line.
  bool close_to_itself(const PlaneLine& line, const PlanePoint& next) const {
    const std::size_t recent = 16;
    if (line.size() <= recent + 1) return false;
    // The first points are left to the test for a closed line.
    for (std::size_t i = 8; i + recent < line.size(); ++i)
      if (distance(line[i], next) < separation_ / 2 && distance(line.front(), next) > separation_) return true;
    return false;
  }

  const PlaneFlow& flow_;
  double separation_;
  double step_;
  DrawnPoints drawn_;
};

double arc_length(const PlaneLine& line) {
  double length = 0;
  for (std::size_t i = 1; i < line.size(); ++i) length += distance(line[i - 1], line[i]);
  return length;
}

}  // namespace

std::vector<PlaneLine> even_streamlines(const FieldGrid& grid, const NamedArray& velocity,
                                        const StreamlineOptions& options) {
  if (grid.points[0] < 2 || grid.points[1] < 2 || grid.points[2] != 1 || velocity.components < 2)
    throw std::invalid_argument("streamlines need a plane grid {nx, ny, 1} and a vector array, '" + velocity.name +
                                "' has " + std::to_string(velocity.components) + " component(s)");
  if (!(options.separation > 0)) throw std::invalid_argument("streamlines need a positive separation");
  const PlaneFlow flow(grid, velocity, options.slowest);
  std::vector<PlaneLine> lines;
  if (flow.still()) return lines;
  const double separation = options.separation;
  Tracer tracer(flow, separation);
  std::deque<PlaneLine> beside;  // lines whose neighbourhood still has to be seeded

  // Lines that hug a wall say nothing; the outermost line keeps half a gap to the edge.
  const auto inside = [&](const PlanePoint& at) {
    const double x = at[0] - flow.corner()[0];
    const double y = at[1] - flow.corner()[1];
    return std::min({x, y, flow.width() - x, flow.height() - y}) > 0.45 * separation;
  };
  const auto try_seed = [&](const PlanePoint& seed) {
    if (!inside(seed) || !flow.direction(seed) || tracer.drawn().any_within(seed, 0.99 * separation)) return;
    PlaneLine line = tracer.trace(seed);
    if (arc_length(line) < options.shortest_in_separations * separation) return;
    tracer.drawn().add(line);
    beside.push_back(line);
    lines.push_back(std::move(line));
  };
  const auto seed_beside_lines = [&] {
    while (!beside.empty()) {
      const PlaneLine line = std::move(beside.front());
      beside.pop_front();
      for (std::size_t i = 1; i < line.size(); ++i) {
        const double length = distance(line[i - 1], line[i]);
        if (length == 0) continue;
        const PlanePoint normal{-(line[i][1] - line[i - 1][1]) / length, (line[i][0] - line[i - 1][0]) / length};
        for (const double side : {separation, -separation})
          try_seed({line[i][0] + side * normal[0], line[i][1] + side * normal[1]});
      }
    }
  };

  // The first seed lies off every line of symmetry; a sweep over the plane then finds regions no neighbour leads to.
  const PlanePoint corner = flow.corner();
  try_seed({corner[0] + 0.19 * flow.width(), corner[1] + 0.47 * flow.height()});
  seed_beside_lines();
  for (double y = 0.5 * separation; y < flow.height(); y += 0.5 * separation)
    for (double x = 0.5 * separation; x < flow.width(); x += 0.5 * separation) {
      try_seed({corner[0] + x, corner[1] + y});
      seed_beside_lines();
    }
  return lines;
}

}  // namespace nusselt
