#include <algorithm>
#include <limits>

#include "solver/case/carriers.hpp"
#include "solver/case/primitives.hpp"

namespace nusselt {

namespace {

double signed_area(const std::vector<Position>& corners) {
  double twice = 0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    // From the first corner, so that a polygon far from the origin keeps its digits.
    const Position a = corners[i] - corners[0];
    const Position b = corners[(i + 1) % corners.size()] - corners[0];
    twice += a[0] * b[1] - a[1] * b[0];
  }
  return 0.5 * twice;
}

std::pair<Position, Position> bounds_of(const std::vector<Position>& corners) {
  Position lower = corners[0];
  Position upper = corners[0];
  for (const Position& corner : corners) {
    for (int d = 0; d < 2; ++d) {
      lower[d] = std::min(lower[d], corner[d]);
      upper[d] = std::max(upper[d], corner[d]);
    }
  }
  return {lower, upper};
}

/// Positive where c lies to the left of the line from a to b.
double left_of(const Position& a, const Position& b, const Position& c) {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

double distance_of_edges(const Position& a, const Position& b, const Position& c, const Position& d) {
  if (left_of(a, b, c) * left_of(a, b, d) < 0 && left_of(c, d, a) * left_of(c, d, b) < 0) return 0;
  return std::min({norm(a - nearest_on_segment(a, c, d)), norm(b - nearest_on_segment(b, c, d)),
                   norm(c - nearest_on_segment(c, a, b)), norm(d - nearest_on_segment(d, a, b))});
}

class PolygonSolid : public Solid {
 public:
  explicit PolygonSolid(std::vector<Position> corners)
      : Solid(exact_facts(2, bounds_of(corners).first, bounds_of(corners).second)),
        corners_(std::move(corners)),
        area_(signed_area(corners_)) {}

  Nearest nearest(const Position& x) const override {
    double least = std::numeric_limits<double>::infinity();
    std::size_t edge = 0;
    Position place{};
    bool inside = false;
    for (std::size_t i = 0; i < corners_.size(); ++i) {
      const Position& a = corners_[i];
      const Position& b = end_of(i);
      const Position p = nearest_on_segment(x, a, b);
      const double square = dot(x - p, x - p);
      if (square < least) {
        least = square;
        edge = i;
        place = p;
      }
      const bool crosses = (a[1] > x[1]) != (b[1] > x[1]);
      if (crosses && (left_of(a, b, x) > 0) == (b[1] > a[1])) inside = !inside;
    }
    const double distance = std::sqrt(least);
    const double sign = inside ? -1 : 1;
    const bool at_corner = place == corners_[edge] || place == end_of(edge);
    if (!at_corner || distance == 0) return {sign * distance, normal_of(edge)};
    return {sign * distance, (sign / distance) * (x - place)};
  }

  std::vector<Piece> pieces() const override {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < corners_.size(); ++i) {
      pieces.push_back({std::to_string(i + 1), segment(corners_[i], end_of(i), normal_of(i))});
    }
    return pieces;
  }
  std::optional<double> measure() const override { return std::abs(area_); }

 private:
  const Position& end_of(std::size_t edge) const { return corners_[(edge + 1) % corners_.size()]; }
  /// To the right of the edge where the corners go around counter-clockwise.
  Position normal_of(std::size_t edge) const {
    const Position along = unit(end_of(edge) - corners_[edge]);
    const double sign = area_ > 0 ? 1 : -1;
    return {sign * along[1], -sign * along[0], 0};
  }

  std::vector<Position> corners_;
  double area_;
};

}  // namespace

Shape polygon(const std::vector<Position>& corners) {
  const auto number = [&](std::size_t i) { return std::to_string(i % corners.size() + 1); };
  if (corners.size() < 3)
    throw ShapeError("", "a polygon has at least 3 corners, got " + std::to_string(corners.size()));
  const auto [lower, upper] = bounds_of(corners);
  const double tolerance = exact_facts(2, lower, upper).tolerance;
  const std::size_t n = corners.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (norm(corners[(i + 1) % n] - corners[i]) > tolerance) continue;
    throw ShapeError(std::to_string(i), "corners " + number(i) + " and " + number(i + 1) + " are the same point");
  }
  for (std::size_t i = 0; i < n; ++i) {
    const Position& a = corners[i];
    const Position& b = corners[(i + 1) % n];
    const Position& c = corners[(i + 2) % n];
    if (norm(a - nearest_on_segment(a, b, c)) <= tolerance || norm(c - nearest_on_segment(c, a, b)) <= tolerance) {
      throw ShapeError(std::to_string(i), "edges " + number(i) + " and " + number(i + 1) + " lie on each other");
    }
    for (std::size_t j = i + 2; j < n; ++j) {
      if (i == 0 && j == n - 1) continue;
      if (distance_of_edges(a, b, corners[j], corners[(j + 1) % n]) > tolerance) continue;
      throw ShapeError(std::to_string(j), "edges " + number(i) + " and " + number(j) + " touch or cross each other");
    }
  }
  return Shape(std::make_shared<PolygonSolid>(corners));
}

}  // namespace nusselt
