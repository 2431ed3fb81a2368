#include <algorithm>
#include <cmath>
#include <numbers>

#include "solver/case/carriers.hpp"
#include "solver/case/kept_intervals.hpp"
#include "solver/case/primitives.hpp"

namespace nusselt {

namespace {

constexpr double pi = std::numbers::pi;

/// The nearest point of an ellipse about the origin: D. Eberly, Distance from a point to an ellipse, 2013 (robust
/// bisection in the first quadrant with the longer half axis first).
std::array<double, 2> nearest_in_quadrant(double a, double b, double x, double y) {
  if (y <= 0) {
    const double limit = (a * a - b * b) / a;
    if (x < limit) {
      const double ratio = x / limit;
      return {a * ratio, b * std::sqrt(std::max(0.0, 1 - ratio * ratio))};
    }
    return {a, 0};
  }
  if (x <= 0) return {0, b};
  const double r = (a / b) * (a / b);
  const double p = x / a;
  const double q = y / b;
  double lower = q - 1;
  double upper = std::hypot(r * p, q) - 1;
  double s = 0;
  for (int i = 0; i < 1100; ++i) {
    s = 0.5 * (lower + upper);
    if (s == lower || s == upper) break;
    const double g = std::pow(r * p / (s + r), 2) + std::pow(q / (s + 1), 2) - 1;
    if (g == 0) break;
    (g > 0 ? lower : upper) = s;
  }
  return {r * x / (s + r), y / (s + 1)};
}

struct Axes2 {
  double x;
  double y;
  /// The nearest point of the ellipse to (px, py) about its centre.
  Position nearest(const Position& p) const {
    const bool wide = x >= y;
    const std::array<double, 2> q =
        nearest_in_quadrant(wide ? x : y, wide ? y : x, std::abs(wide ? p[0] : p[1]), std::abs(wide ? p[1] : p[0]));
    return {std::copysign(wide ? q[0] : q[1], p[0]), std::copysign(wide ? q[1] : q[0], p[1]), 0};
  }
  Position outward(const Position& on) const { return unit({on[0] / (x * x), on[1] / (y * y), 0}); }
};

/// u is the share of the arc length.
class EllipseCarrier : public Carrier {
 public:
  EllipseCarrier(const Position& centre, const Axes2& axes, std::vector<double> lengths)
      : Carrier({.parameters = 1,
                 .measure = lengths.back(),
                 .speed = lengths.back(),
                 .centre = centre,
                 .radius = std::max(axes.x, axes.y),
                 .u_closed = true}),
        axes_(axes),
        lengths_(std::move(lengths)) {}

  /// Lengths from the angle 0 to each of `cells` equal steps of the angle.
  static std::vector<double> lengths_of(const Axes2& axes) {
    std::vector<double> lengths = {0};
    for (int i = 0; i < cells; ++i) {
      lengths.push_back(lengths.back() + arc(axes, 2 * pi * i / cells, 2 * pi * (i + 1) / cells));
    }
    return lengths;
  }

  SurfacePoint at(double u, double) const override {
    const double wanted = (u - std::floor(u)) * facts().measure;
    const auto after = std::upper_bound(lengths_.begin(), lengths_.end(), wanted);
    const int cell = std::clamp(static_cast<int>(after - lengths_.begin()) - 1, 0, cells - 1);
    const double begin = 2 * pi * cell / cells;
    double angle = begin;
    for (int i = 0; i < 4; ++i) {
      angle += (wanted - lengths_[cell] - arc(axes_, begin, angle)) / speed(axes_, angle);
    }
    const Position on = {axes_.x * std::cos(angle), axes_.y * std::sin(angle), 0};
    return {facts().centre + on, axes_.outward(on), facts().measure};
  }
  double distance(const Position& x) const override {
    const Position r = x - facts().centre;
    return norm(r - axes_.nearest(r));
  }

 private:
  static constexpr int cells = 256;
  static double speed(const Axes2& axes, double angle) {
    return std::hypot(axes.x * std::sin(angle), axes.y * std::cos(angle));
  }
  static double arc(const Axes2& axes, double from, double to) {
    static const std::vector<RuleNode> rule = gauss({0, 1}, 8);
    double length = 0;
    for (const RuleNode& node : rule) length += node.weight * (to - from) * speed(axes, from + node.at * (to - from));
    return length;
  }
  Axes2 axes_;
  std::vector<double> lengths_;
};

class EllipseSolid : public Solid {
 public:
  EllipseSolid(const Position& centre, const Axes2& axes)
      : Solid(exact_facts(2, centre - Position{axes.x, axes.y, 0}, centre + Position{axes.x, axes.y, 0})),
        centre_(centre),
        axes_(axes) {}
  Nearest nearest(const Position& x) const override {
    const Position r = x - centre_;
    const Position on = axes_.nearest(r);
    const bool inside = std::hypot(r[0] / axes_.x, r[1] / axes_.y) < 1;
    // The gradient is the normal of the nearest point on either side.
    return {(inside ? -1 : 1) * norm(r - on), axes_.outward(on)};
  }
  std::vector<Piece> pieces() const override {
    return {{"", std::make_shared<EllipseCarrier>(centre_, axes_, EllipseCarrier::lengths_of(axes_))}};
  }
  std::optional<double> measure() const override { return pi * axes_.x * axes_.y; }

 private:
  Position centre_;
  Axes2 axes_;
};

}  // namespace

Shape ellipse(const Position& centre, const Position& half_axes) {
  if (!(half_axes[0] > 0 && half_axes[1] > 0)) throw ShapeError("half_axes", "must be positive");
  return Shape(std::make_shared<EllipseSolid>(centre, Axes2{half_axes[0], half_axes[1]}));
}

}  // namespace nusselt
