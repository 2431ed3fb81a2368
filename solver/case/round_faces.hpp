// Faces that are whole circles or spheres, on which a value can hold exactly as it can on the faces of a box.
#pragma once

#include <optional>

#include "solver/case/domain.hpp"

namespace nusselt {

struct RoundFace {
  Position centre;  // SI
  double radius;
  bool encloses;  // the region lies in it, not around it
};

/// Of a face that is all of the boundary of a disc or a ball, so that it meets no other face, and, where the region
/// lies around it, is clear of the box; none in an unsteady domain, where it meets the initial state.
std::optional<RoundFace> round_face(const Domain& domain, const Region& region, const Face& face);

/// The smooth stand-in for the distance that V. L. Rvachev's R-functions are built from (V. Shapiro, Acta Numerica 16,
/// 2007, 239, doi:10.1017/S096249290631001X): +-(r^2 - R^2)/(r^2 + R^2), zero on the face, positive in the region and
/// below 1, with the slope 1/R on the face. In coordinates divided by `scale`.
Expression round_distance(const RoundFace& face, const Box& box, double scale);

/// `lift` changed so that it is `target` on the face and what it was where `distance` vanishes, on the faces that are
/// exact already: weighed by the distances of both, `distance` in units of its smallest value at the ends of the axes
/// of the face, so that the change takes place over about a radius.
Expression lift_with(const RoundFace& face, const Expression& target, const Expression& lift,
                     const Expression& distance, const Box& box, double scale);

}  // namespace nusselt
