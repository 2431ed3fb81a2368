#include "solver/case/shape.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "solver/case/set_operation.hpp"

namespace nusselt {

namespace {

constexpr int measuring_points = 512;   // of a curve
constexpr int measuring_square = 4096;  // of a face

/// The same solid with other names of its faces.
class Named : public Solid {
 public:
  Named(std::shared_ptr<const Solid> solid, std::string name)
      : Solid(solid->facts()), solid_(std::move(solid)), name_(std::move(name)) {}
  Nearest nearest(const Position& x) const override { return solid_->nearest(x); }
  std::vector<Piece> pieces() const override {
    std::vector<Piece> pieces = solid_->pieces();
    for (Piece& piece : pieces) piece.face = piece.face.empty() ? name_ : name_ + "." + piece.face;
    return pieces;
  }
  std::optional<double> measure() const override { return solid_->measure(); }

 private:
  std::shared_ptr<const Solid> solid_;
  std::string name_;
};

Shape of(SetOperation operation, const Shape& a, const Shape& b, const std::shared_ptr<const Solid>& solid_a,
         const std::shared_ptr<const Solid>& solid_b) {
  if (a.dimensions() != b.dimensions()) {
    throw ShapeError("", "shapes of " + std::to_string(a.dimensions()) + " and of " + std::to_string(b.dimensions()) +
                             " dimensions cannot be combined");
  }
  return Shape(combined(operation, solid_a, solid_b));
}

}  // namespace

struct Shape::Found {
  std::once_flag surfaces_once;
  std::vector<Surface> surfaces;
  std::once_flag measure_once;
  double measure = 0;
};

Shape::Shape(std::shared_ptr<const Solid> solid) : solid_(std::move(solid)), found_(std::make_shared<Found>()) {}

int Shape::dimensions() const { return solid_->facts().dimensions; }
double Shape::distance(const Position& x) const { return solid_->nearest(x).distance; }
Position Shape::normal(const Position& x) const { return solid_->nearest(x).normal; }
std::pair<Position, Position> Shape::bounds() const { return {solid_->facts().lower, solid_->facts().upper}; }

double Shape::measure() const {
  if (const std::optional<double> known = solid_->measure()) return *known;
  std::call_once(found_->measure_once, [&] {
    const Position centre = 0.5 * (solid_->facts().lower + solid_->facts().upper);
    const int count = dimensions() == 3 ? measuring_square : measuring_points;
    for (const Surface& surface : surfaces()) {
      for (const SurfacePoint& point : surface.quadrature(count)) {
        found_->measure += point.weight * dot(point.x - centre, point.normal) / dimensions();
      }
    }
  });
  return found_->measure;
}

const std::vector<Surface>& Shape::surfaces() const {
  std::call_once(found_->surfaces_once, [&] {
    std::vector<std::string> order;
    std::map<std::string, std::vector<Piece>> pieces;
    for (Piece& piece : solid_->pieces()) {
      std::vector<Piece>& same = pieces[piece.face];
      if (same.empty()) order.push_back(piece.face);
      same.push_back(std::move(piece));
    }
    for (const std::string& name : order) {
      Surface surface(name, std::move(pieces[name]));
      if (surface.measure() > 0) found_->surfaces.push_back(std::move(surface));
    }
  });
  return found_->surfaces;
}

bool Shape::empty() const {
  std::vector<Piece> pieces = solid_->pieces();
  return std::none_of(pieces.begin(), pieces.end(), [](Piece& piece) {
    std::vector<Piece> one;
    one.push_back(std::move(piece));
    return Surface("", std::move(one)).measure() > 0;
  });
}

const Surface* Shape::surface(const std::string& name) const {
  const auto found =
      std::find_if(surfaces().begin(), surfaces().end(), [&](const Surface& s) { return s.name() == name; });
  return found == surfaces().end() ? nullptr : &*found;
}

Shape Shape::named(const std::string& name) const { return Shape(std::make_shared<Named>(solid_, name)); }

Shape Shape::moved_by(const Motion& motion) const { return Shape(moved(solid_, motion)); }

Shape Shape::translated(const Position& by) const { return moved_by({.shift = by}); }

Shape Shape::rotated(double angle, const Position& about) const { return rotated(angle, {0, 0, 1}, about); }

Shape Shape::rotated(double angle, const Position& axis, const Position& about) const {
  return moved_by(rotation_about(about, axis, angle));
}

Shape Shape::scaled(double factor, const Position& about) const {
  if (!(factor > 0)) throw ShapeError("scale", "the scale must be positive");
  return moved_by({.shift = (1 - factor) * about, .scale = factor});
}

Shape operator+(const Shape& a, const Shape& b) { return of(SetOperation::unite, a, b, a.solid_, b.solid_); }
Shape operator-(const Shape& a, const Shape& b) { return of(SetOperation::subtract, a, b, a.solid_, b.solid_); }
Shape operator&(const Shape& a, const Shape& b) { return of(SetOperation::intersect, a, b, a.solid_, b.solid_); }

}  // namespace nusselt
