// What the conditions of a case say about the sizes of its fields before anything is solved.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "physics/system.hpp"
#include "solver/case/domain.hpp"
#include "solver/case/conditions.hpp"
#include "solver/case/constants.hpp"

namespace nusselt {

/// The values of one field on the faces, in SI: those that are given, and those an equation tends to where derivatives
/// vanish, such as the T_air of `-k*dn(T) = h*(T - T_air)`.
struct GivenRange {
  std::string field;
  double lowest;
  double highest;
  std::set<std::string> constants;  // that the values name
};

/// One entry for each field of which a value is given, in the order of the system's fields. Values that vary over a
/// face are looked at on a grid of points.
std::vector<GivenRange> given_ranges(const System& system, const Domain& domain, const Constants& constants,
                                     const std::vector<Condition>& conditions);

}  // namespace nusselt
