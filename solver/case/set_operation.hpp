// Union, difference and intersection of solids, regularized (A. A. G. Requicha, ACM Comput. Surv. 12, 1980, 437,
// doi:10.1145/356827.356833): what they leave is the closure of its interior.
#pragma once

#include "solver/case/solid.hpp"

namespace nusselt {

enum class SetOperation { unite, subtract, intersect };

/// Both of the same dimensions. The distance is the minimum or maximum of the operands'.
std::shared_ptr<const Solid> combined(SetOperation operation, std::shared_ptr<const Solid> a,
                                      std::shared_ptr<const Solid> b);

/// Whether the cuts of a piece leave a point of its carrier, and how far it is from where that may change.
struct CutState {
  bool kept;
  double safe;  // m
};
CutState state_of(const Piece& piece, const SurfacePoint& point_of_carrier);

}  // namespace nusselt
