// Small linear programs, solved exactly to rounding: what the scales of a case minimise.
//
// The simplex method on the dual, with Bland's rule, which cannot cycle (R. G. Bland, Math. Oper. Res. 2, 1977, 103,
// doi:10.1287/moor.2.2.103). Meant for some twenty unknowns and some hundred constraints; everything is dense.
#pragma once

#include <stdexcept>
#include <vector>

namespace nusselt {

/// Minimise cost . x where every row . x >= bound; the unknowns may have either sign.
struct LinearProgram {
  struct Constraint {
    std::vector<double> row;  // as long as `cost`
    double bound = 0;
  };
  std::vector<double> cost;
  std::vector<Constraint> constraints;
};

struct LinearOptimum {
  std::vector<double> x;
  double cost = 0;
  /// One per constraint, never negative: by how much the cost grows with the bound. A constraint with a positive price
  /// is met with equality by every optimum, not by this one alone.
  std::vector<double> prices;
};

/// Throws std::invalid_argument when no x meets the constraints, or when the cost can fall without end.
LinearOptimum minimum(const LinearProgram& program);

}  // namespace nusselt
