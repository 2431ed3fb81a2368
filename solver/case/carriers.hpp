// The smooth pieces that boundaries of primitives consist of.
#pragma once

#include "solver/case/solid.hpp"

namespace nusselt {

std::shared_ptr<const Carrier> point_carrier(const Position& x, const Position& normal);
std::shared_ptr<const Carrier> segment(const Position& from, const Position& to, const Position& normal);
/// A whole circle in the plane, counter-clockwise; the normal points away from the centre.
std::shared_ptr<const Carrier> circle(const Position& centre, double radius);
/// A parallelogram with right angles: corner + u along + v across.
std::shared_ptr<const Carrier> rectangle(const Position& corner, const Position& along, const Position& across,
                                         const Position& normal);
/// The normal is that of counter-clockwise corners.
std::shared_ptr<const Carrier> triangle(const Position& a, const Position& b, const Position& c);
/// A flat disc in the plane z = height, looking along z or against it.
std::shared_ptr<const Carrier> cap(double height, double radius, bool upwards);
/// The side of a cylinder about the z axis from z = 0 to `height`.
std::shared_ptr<const Carrier> mantle(double height, double radius);
/// u is the longitude, v the height: by Archimedes the area is even in both.
std::shared_ptr<const Carrier> sphere_carrier(const Position& centre, double radius);

/// The nearest point to x on a segment or a triangle (C. Ericson, Real-Time Collision Detection, 2005, 5.1.5).
Position nearest_on_segment(const Position& x, const Position& from, const Position& to);
Position nearest_on_triangle(const Position& x, const Position& a, const Position& b, const Position& c);

}  // namespace nusselt
