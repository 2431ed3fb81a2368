// A solid in one, two or three dimensions: signed distance, normals, named faces, measure, quadrature.
//
// A shape is an immutable value; copies share one tree of set operations over primitives. Lengths are in metres.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "solver/case/solid.hpp"
#include "solver/case/surface.hpp"

namespace nusselt {

/// A shape that cannot be: a radius below zero, a polygon that crosses itself. `part` is the parameter that is wrong,
/// "radius", or empty; the message is a phrase to follow the shape's name.
class ShapeError : public std::invalid_argument {
 public:
  ShapeError(std::string part, const std::string& message) : std::invalid_argument(message), part_(std::move(part)) {}
  const std::string& part() const { return part_; }

 private:
  std::string part_;
};

/// A point inside a shape; the weights of a set sum to its measure.
struct InteriorPoint {
  Position x;
  double weight;
};

class Shape {
 public:
  explicit Shape(std::shared_ptr<const Solid> solid);

  int dimensions() const;
  /// Signed, negative inside. Exact for primitives and for what is moved; after set operations a bound of the distance
  /// from below with the exact sign (minimum and maximum of the operands'), zero on the boundary.
  double distance(const Position& x) const;
  /// Gradient of the distance: of length 1, on the boundary the outward normal. One of several where there are several.
  Position normal(const Position& x) const;
  /// The boundary belongs to the shape, to rounding.
  bool contains(const Position& x) const { return distance(x) <= 0; }
  /// Corners of a box that holds the shape: the smallest for primitives that are not turned.
  std::pair<Position, Position> bounds() const;
  /// Length, area or volume. Exact for primitives; after set operations from the integral of x.n over the surfaces by
  /// their quadrature: in the plane to rounding, in space to about 1e-6 of the bounds where cuts are smooth curves and
  /// to 1e-4 where they have corners.
  double measure() const;
  /// Nothing is left by the set operations.
  bool empty() const;

  /// About `count` points inside with positive quadrature weights: Gauss on the pieces of lines along x, lines across y
  /// and z where they are alike (kept_intervals.hpp). Spectral in the plane, and on a line; in space where sections at
  /// constant z have no kinks, else to second order in their spacing.
  std::vector<InteriorPoint> quadrature(int count) const;

  /// Found when first asked for. Faces of which set operations leave nothing are missing; pieces of one name are one.
  const std::vector<Surface>& surfaces() const;
  /// Null when there is none of that name.
  const Surface* surface(const std::string& name) const;

  /// Every face `face` becomes `name.face`; a face without a name becomes `name`.
  Shape named(const std::string& name) const;
  Shape translated(const Position& by) const;
  /// In the plane, counter-clockwise about a point; radians.
  Shape rotated(double angle, const Position& about = {}) const;
  /// In space, about an axis through a point by the right-hand rule; radians.
  Shape rotated(double angle, const Position& axis, const Position& about) const;
  /// By a positive factor that leaves `about` where it is.
  Shape scaled(double factor, const Position& about = {}) const;

  /// Union, difference and intersection, regularized: no surface is left inside or outside, and where two boundaries
  /// coincide the place belongs to the left operand's face, or to none when nothing ends there.
  friend Shape operator+(const Shape& a, const Shape& b);
  friend Shape operator-(const Shape& a, const Shape& b);
  friend Shape operator&(const Shape& a, const Shape& b);

 private:
  struct Found;
  Shape moved_by(const Motion& motion) const;

  std::shared_ptr<const Solid> solid_;
  std::shared_ptr<Found> found_;  // surfaces and measure once somebody asked
};

}  // namespace nusselt
