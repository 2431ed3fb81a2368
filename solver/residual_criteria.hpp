// The first part of a verdict: residuals on points that were never trained on, each beside its limit and beside the
// terms of its own equation.
#pragma once

#include <string>

#include "solver/verdict.hpp"

namespace nusselt {

/// Passed where the value is finite and not above the limit.
Criterion criterion_of(const std::string& name, double value, double limit);

/// Residuals (without `train_rms`) and the criteria `residual of ...` and `residual/terms of ...`. The points lie in
/// each region and on its faces, where a layer hides from every point inside; an equation that has no finite value on a
/// face, such as one in cylinder coordinates on the axis, is not looked at there. Weights of the case play no part.
Evaluation judge_residuals(const Case& c, const TermBudget& budget, const Solution& solution);

}  // namespace nusselt
