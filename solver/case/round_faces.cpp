#include "solver/case/round_faces.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nusselt {

std::optional<RoundFace> round_face(const Domain& domain, const Region& region, const Face& face) {
  if (domain.box().axes[axis_t]) return {};
  const FaceGeometry& geometry = domain.geometry(face);
  if (!geometry.surface) return {};
  const std::optional<Ball> ball = geometry.surface->ball();
  if (!ball) return {};
  Coordinates inside{};
  bool clear = true;
  for (Axis axis : domain.box().active_axes()) {
    inside[axis] = ball->centre[axis];
    const double reach = ball->radius * (1 + 1e-6);
    clear = clear && domain.box().lower[axis] + reach < inside[axis] && inside[axis] + reach < domain.box().upper[axis];
  }
  inside[axis_x] += ball->radius * (1 - 1e-6);
  const bool encloses = region.contains(inside);
  if (!encloses && !clear) return {};
  return RoundFace{ball->centre, ball->radius, encloses};
}

Expression round_distance(const RoundFace& face, const Box& box, double scale) {
  Expression square = Expression::zero();
  for (Axis axis : box.active_axes()) {
    const Expression along = Expression::coordinate(axis, Dimension()) - Expression::number(face.centre[axis] / scale);
    square = square + along * along;
  }
  const Expression radius2 = Expression::number(face.radius * face.radius / (scale * scale));
  const Expression outwards = face.encloses ? radius2 - square : square - radius2;
  return outwards / (square + radius2);
}

Expression lift_with(const RoundFace& face, const Expression& target, const Expression& lift,
                     const Expression& distance, const Box& box, double scale) {
  double least = std::numeric_limits<double>::infinity();
  for (Axis along : box.active_axes()) {
    for (const double side : {-1.0, 1.0}) {
      least = std::min(least, evaluate(distance, [&](const Expression& leaf) {
                         return (face.centre[leaf.axis()] + (leaf.axis() == along ? side * face.radius : 0)) / scale;
                       }));
    }
  }
  const Expression here = round_distance(face, box, scale);
  const Expression there = (Expression::number(1) - here) * distance / Expression::number(least);
  return target + (lift - target) * here / (here + there);
}

}  // namespace nusselt
