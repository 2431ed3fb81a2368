// Evenly spaced streamlines of a plane velocity field.
//
// B. Jobard and W. Lefer, "Creating evenly-spaced streamlines of arbitrary density", Visualization in Scientific
// Computing '97, doi:10.1007/978-3-7091-6876-9_5: each line starts at a fixed distance beside one already drawn and
// ends where it comes too close to another.
#pragma once

#include <array>
#include <vector>

#include "solver/field_table.hpp"

namespace nusselt {

using PlanePoint = std::array<double, 2>;  ///< m
using PlaneLine = std::vector<PlanePoint>;

struct StreamlineOptions {
  double separation = 0;                 ///< m, between neighbouring lines; must be positive
  double slowest = 5e-3;                 ///< a line ends where the speed falls below this part of the largest speed
  double shortest_in_separations = 2.5;  ///< shorter lines are left out
};

/// Lines along `velocity` (2 or 3 components per point, the third is ignored), bilinear between the points of `grid`
/// (a plane {nx, ny, 1}), integrated by the classical Runge-Kutta method of fourth order along the arc; points follow
/// the flow's direction. A closed line ends with its first point. Empty when nothing moves.
std::vector<PlaneLine> even_streamlines(const FieldGrid& grid, const NamedArray& velocity,
                                        const StreamlineOptions& options);

}  // namespace nusselt
