// A place or a direction in space: SI metres along x, y, z; axes that a shape does not have are 0.
#pragma once

#include <array>
#include <cmath>

namespace nusselt {

using Position = std::array<double, 3>;

inline Position operator+(const Position& a, const Position& b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }
inline Position operator-(const Position& a, const Position& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
inline Position operator-(const Position& a) { return {-a[0], -a[1], -a[2]}; }
inline Position operator*(double s, const Position& a) { return {s * a[0], s * a[1], s * a[2]}; }
inline double dot(const Position& a, const Position& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
inline double norm(const Position& a) { return std::sqrt(dot(a, a)); }
inline Position cross(const Position& a, const Position& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
/// The direction of `a`, or `otherwise` where `a` has none.
inline Position unit(const Position& a, const Position& otherwise = {1, 0, 0}) {
  const double length = norm(a);
  return length > 0 ? (1 / length) * a : otherwise;
}

}  // namespace nusselt
