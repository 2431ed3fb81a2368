// The shapes that others are made of. Faces have the names given here; a shape of one face has a face without a name.
// All throw ShapeError for sizes that are not positive, and what else is said.
#pragma once

#include <vector>

#include "solver/case/shape.hpp"

namespace nusselt {

/// On a line; faces `x-`, `x+`.
Shape interval(double lower, double upper);
/// Parallel to the axes; faces `x-` to `x+`, `y+` or `z+`.
Shape box(int dimensions, const Position& lower, const Position& upper);

Shape disc(const Position& centre, double radius);
/// Faces `inner` and `outer`. ShapeError when the inner radius is not the smaller one.
Shape annulus(const Position& centre, double inner, double outer);
/// Half axes along x and y.
Shape ellipse(const Position& centre, const Position& half_axes);
/// Corners in either direction around; the edge from the first to the second is `1`, the last closes it. ShapeError:
/// fewer than three corners, neighbours that are the same point, edges that touch or cross, no area.
Shape polygon(const std::vector<Position>& corners);

Shape sphere(const Position& centre, double radius);
/// Faces `bottom` at `from`, `top` at `to`, and `side`.
Shape cylinder(const Position& from, const Position& to, double radius);

}  // namespace nusselt
