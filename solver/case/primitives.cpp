#include "solver/case/primitives.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "solver/case/box_solid.hpp"
#include "solver/case/carriers.hpp"

namespace nusselt {

namespace {

constexpr double pi = std::numbers::pi;
constexpr char axis_letters[] = "xyz";

void require_positive(const std::string& part, double value) {
  if (!(value > 0)) throw ShapeError(part, "must be positive");
}

Position all(int dimensions, double value) {
  Position a{};
  for (int d = 0; d < dimensions; ++d) a[d] = value;
  return a;
}

/// A disc or a ball.
class BallSolid : public Solid {
 public:
  BallSolid(int dimensions, const Position& centre, double radius)
      : Solid(exact_facts(dimensions, centre - all(dimensions, radius), centre + all(dimensions, radius))),
        centre_(centre),
        radius_(radius) {}
  Nearest nearest(const Position& x) const override {
    const Position r = x - centre_;
    return {norm(r) - radius_, unit(r)};
  }
  std::vector<Piece> pieces() const override {
    return {{"", facts().dimensions == 2 ? circle(centre_, radius_) : sphere_carrier(centre_, radius_)}};
  }
  std::optional<double> measure() const override {
    return facts().dimensions == 2 ? pi * radius_ * radius_ : 4.0 / 3 * pi * radius_ * radius_ * radius_;
  }

 private:
  Position centre_;
  double radius_;
};

class AnnulusSolid : public Solid {
 public:
  AnnulusSolid(const Position& centre, double inner, double outer)
      : Solid(exact_facts(2, centre - all(2, outer), centre + all(2, outer))),
        centre_(centre),
        inner_(inner),
        outer_(outer) {}
  Nearest nearest(const Position& x) const override {
    const double r = norm(x - centre_);
    const Position n = unit(x - centre_);
    if (inner_ - r > r - outer_) return {inner_ - r, -n};
    return {r - outer_, n};
  }
  std::vector<Piece> pieces() const override {
    return {{"inner", circle(centre_, inner_), true}, {"outer", circle(centre_, outer_)}};
  }
  std::optional<double> measure() const override { return pi * (outer_ - inner_) * (outer_ + inner_); }

 private:
  Position centre_;
  double inner_, outer_;
};

/// About the z axis from z = 0.
class CylinderSolid : public Solid {
 public:
  CylinderSolid(double height, double radius)
      : Solid(exact_facts(3, {-radius, -radius, 0}, {radius, radius, height})), height_(height), radius_(radius) {}
  Nearest nearest(const Position& x) const override {
    const Position out = unit({x[0], x[1], 0});
    const double side = std::hypot(x[0], x[1]) - radius_;
    const bool upper = x[2] > 0.5 * height_;
    const Position along = {0, 0, upper ? 1.0 : -1.0};
    const double end = upper ? x[2] - height_ : -x[2];
    if (side > 0 && end > 0) return {std::hypot(side, end), unit(side * out + end * along)};
    if (side > end) return {side, out};
    return {end, along};
  }
  std::vector<Piece> pieces() const override {
    return {
        {"side", mantle(height_, radius_)}, {"bottom", cap(0, radius_, false)}, {"top", cap(height_, radius_, true)}};
  }
  std::optional<double> measure() const override { return pi * radius_ * radius_ * height_; }

 private:
  double height_, radius_;
};

}  // namespace

Shape interval(double lower, double upper) { return box(1, {lower, 0, 0}, {upper, 0, 0}); }

Shape box(int dimensions, const Position& lower, const Position& upper) {
  for (int d = 0; d < dimensions; ++d) {
    if (upper[d] > lower[d]) continue;
    throw ShapeError(std::string(1, axis_letters[d]), "the upper end must be above the lower end");
  }
  return Shape(box_solid(dimensions, lower, upper));
}

Shape disc(const Position& centre, double radius) {
  require_positive("radius", radius);
  return Shape(std::make_shared<BallSolid>(2, centre, radius));
}

Shape sphere(const Position& centre, double radius) {
  require_positive("radius", radius);
  return Shape(std::make_shared<BallSolid>(3, centre, radius));
}

Shape annulus(const Position& centre, double inner, double outer) {
  require_positive("inner", inner);
  if (!(outer > inner)) throw ShapeError("outer", "must be larger than inner");
  return Shape(std::make_shared<AnnulusSolid>(centre, inner, outer));
}

Shape cylinder(const Position& from, const Position& to, double radius) {
  require_positive("radius", radius);
  const double height = norm(to - from);
  if (!(height > 0)) throw ShapeError("to", "must be another point than from");
  const Position axis = unit(to - from);
  Position across{};
  across[std::min_element(axis.begin(), axis.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }) -
         axis.begin()] = 1;
  across = unit(cross(across, axis));
  const Position third = cross(axis, across);
  Motion motion{.shift = from};
  for (int d = 0; d < 3; ++d) motion.rotation[d] = {across[d], third[d], axis[d]};
  return Shape(moved(std::make_shared<CylinderSolid>(height, radius), motion));
}

}  // namespace nusselt
