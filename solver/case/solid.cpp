#include "solver/case/solid.hpp"

#include <algorithm>
#include <limits>

namespace nusselt {

namespace {

class MovedCarrier : public Carrier {
 public:
  MovedCarrier(std::shared_ptr<const Carrier> carrier, const Motion& motion, int dimensions)
      : Carrier(facts_of(*carrier, motion, dimensions)), carrier_(std::move(carrier)), motion_(motion) {}

  SurfacePoint at(double u, double v) const override {
    const SurfacePoint point = carrier_->at(u, v);
    return {motion_.move(point.x), motion_.turn(point.normal),
            point.weight * facts().measure / carrier_->facts().measure};
  }
  double distance(const Position& x) const override { return motion_.scale * carrier_->distance(motion_.move_back(x)); }

 private:
  static Facts facts_of(const Carrier& carrier, const Motion& motion, int dimensions) {
    Facts facts = carrier.facts();
    facts.measure *= std::pow(motion.scale, dimensions - 1);
    facts.speed *= motion.scale;
    facts.across *= motion.scale;
    facts.centre = motion.move(facts.centre);
    facts.radius *= motion.scale;
    return facts;
  }
  std::shared_ptr<const Carrier> carrier_;
  Motion motion_;
};

class MovedSolid : public Solid {
 public:
  MovedSolid(std::shared_ptr<const Solid> solid, const Motion& motion)
      : Solid(facts_of(*solid, motion)), solid_(std::move(solid)), motion_(motion) {}

  Nearest nearest(const Position& x) const override {
    const Nearest there = solid_->nearest(motion_.move_back(x));
    return {motion_.scale * there.distance, motion_.turn(there.normal)};
  }
  std::vector<Piece> pieces() const override {
    std::vector<Piece> pieces = solid_->pieces();
    for (Piece& piece : pieces) {
      piece.carrier = moved(piece.carrier, motion_, facts().dimensions);
      for (Cut& cut : piece.cuts) {
        cut.other = moved(cut.other, motion_);
        cut.tolerance *= motion_.scale;
      }
    }
    return pieces;
  }
  std::optional<double> measure() const override {
    std::optional<double> measure = solid_->measure();
    if (measure) *measure *= std::pow(motion_.scale, facts().dimensions);
    return measure;
  }

 private:
  static Facts facts_of(const Solid& solid, const Motion& motion) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Facts facts = solid.facts();
    Position lower = {infinity, infinity, infinity};
    Position upper = {-infinity, -infinity, -infinity};
    for (int corner = 0; corner < 8; ++corner) {
      Position x{};
      for (int d = 0; d < 3; ++d) x[d] = (corner >> d & 1 ? facts.upper : facts.lower)[d];
      x = motion.move(x);
      for (int d = 0; d < 3; ++d) {
        lower[d] = std::min(lower[d], x[d]);
        upper[d] = std::max(upper[d], x[d]);
      }
    }
    facts.lower = lower;
    facts.upper = upper;
    // A shift far away costs digits.
    facts.tolerance = std::max(motion.scale * facts.tolerance, exact_facts(facts.dimensions, lower, upper).tolerance);
    return facts;
  }
  std::shared_ptr<const Solid> solid_;
  Motion motion_;
};

}  // namespace

Solid::Facts exact_facts(int dimensions, const Position& lower, const Position& upper) {
  return {dimensions, lower, upper, 1e-11 * (norm(upper - lower) + 1e-3 * (norm(lower) + norm(upper)))};
}

Motion rotation_about(const Position& point, const Position& direction, double angle) {
  const Position k = unit(direction);
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  Motion motion;
  for (int d = 0; d < 3; ++d) {
    Position axis{};
    axis[d] = 1;
    // A row of the matrix is the image of the axis under the inverse rotation.
    motion.rotation[d] = c * axis - s * cross(k, axis) + (1 - c) * k[d] * k;
  }
  motion.shift = point - motion.turn(point);
  return motion;
}

std::shared_ptr<const Carrier> moved(std::shared_ptr<const Carrier> carrier, const Motion& motion, int dimensions) {
  return std::make_shared<MovedCarrier>(std::move(carrier), motion, dimensions);
}

std::shared_ptr<const Solid> moved(std::shared_ptr<const Solid> solid, const Motion& motion) {
  return std::make_shared<MovedSolid>(std::move(solid), motion);
}

}  // namespace nusselt
