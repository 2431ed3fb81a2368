// Cases that are hard for a network, seen from their dimensionless numbers before any time is spent.
#pragma once

#include <string>
#include <vector>

#include "nondim/nondimensionalize.hpp"
#include "solver/case/case_groups.hpp"

namespace nusselt {

/// A sentence for every equation whose coefficients spread over more than four decades, naming the smallest one in the
/// groups of the case, and for Ra or Gr above 1e7.
std::vector<std::string> extreme_notes(const std::vector<DimensionlessResidual>& equations, const CaseGroups& groups);

}  // namespace nusselt
