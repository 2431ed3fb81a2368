// What a shape is made of: solids that know their signed distance, and the carriers of their boundary, smooth maps from
// an interval or a square. Internal to shapes; users see Shape and Surface.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "solver/case/position.hpp"

namespace nusselt {

/// A point of a boundary. `normal` points out of the solid; the weights of a set sum to the measure of the surface.
struct SurfacePoint {
  Position x;
  Position normal;
  double weight;
};

/// A smooth piece of boundary before anything is cut from it, the image of [0, 1]^parameters.
class Carrier {
 public:
  struct Facts {
    int parameters;         // 0: a point, 1: u, 2: u and v
    double measure;         // 1 of a point, else length or area
    double speed;           // largest |dx/du|
    double across = 0;      // |dx/dv|, where it is largest or typical
    Position centre = {};   // of a ball that holds the carrier
    double radius = 0;      // of that ball
    bool u_closed = false;  // u = 0 and u = 1 are the same place, smoothly joined; then any u is accepted
    bool v_closed = false;
    bool grows = false;  // the area element is 2 u measure, else it is constant
  };
  explicit Carrier(const Facts& facts) : facts_(facts) {}
  virtual ~Carrier() = default;
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  const Facts& facts() const { return facts_; }
  /// `weight` is the measure per unit of the parameters.
  virtual SurfacePoint at(double u, double v) const = 0;
  /// At least 0.
  virtual double distance(const Position& x) const = 0;

 private:
  Facts facts_;
};

class Solid;

/// What a set operation asks of a piece: on which side of the other operand it is kept. Where both boundaries coincide
/// it depends on whether they look the same way, and at most one of the two keeps the place.
struct Cut {
  std::shared_ptr<const Solid> other;
  bool reversed;  // the piece looked against its carrier when it was cut
  bool keep_inside;
  bool keep_same;
  bool keep_opposite;
  double tolerance;  // m, within which boundaries coincide
};

struct Piece {
  std::string face;
  std::shared_ptr<const Carrier> carrier;
  bool reversed = false;  // the solid lies on the side to which the carrier's normal points
  std::vector<Cut> cuts = {};
};

struct Nearest {
  double distance;  // signed, negative inside
  Position normal;  // gradient of the distance
};

class Solid {
 public:
  struct Facts {
    int dimensions;
    Position lower;  // of a box that holds the solid
    Position upper;
    double tolerance;  // m, how well its boundary is known
  };
  explicit Solid(const Facts& facts) : facts_(facts) {}
  virtual ~Solid() = default;
  Solid(const Solid&) = delete;
  Solid& operator=(const Solid&) = delete;

  const Facts& facts() const { return facts_; }
  virtual Nearest nearest(const Position& x) const = 0;
  virtual std::vector<Piece> pieces() const = 0;
  /// Length, area or volume where there is a formula.
  virtual std::optional<double> measure() const { return {}; }

 private:
  Facts facts_;
};

/// Facts of a solid whose numbers are given to rounding.
Solid::Facts exact_facts(int dimensions, const Position& lower, const Position& upper);

/// Rotation, enlargement and shift: x -> scale rotation x + shift.
struct Motion {
  std::array<Position, 3> rotation = {Position{1, 0, 0}, Position{0, 1, 0}, Position{0, 0, 1}};  // rows
  Position shift{};
  double scale = 1;

  Position turn(const Position& a) const { return {dot(rotation[0], a), dot(rotation[1], a), dot(rotation[2], a)}; }
  Position turn_back(const Position& a) const { return a[0] * rotation[0] + a[1] * rotation[1] + a[2] * rotation[2]; }
  Position move(const Position& x) const { return scale * turn(x) + shift; }
  Position move_back(const Position& x) const { return (1 / scale) * turn_back(x - shift); }
};

/// By an angle about a direction through a point (O. Rodrigues 1840).
Motion rotation_about(const Position& point, const Position& direction, double angle);

std::shared_ptr<const Carrier> moved(std::shared_ptr<const Carrier> carrier, const Motion& motion, int dimensions);
std::shared_ptr<const Solid> moved(std::shared_ptr<const Solid> solid, const Motion& motion);

}  // namespace nusselt
