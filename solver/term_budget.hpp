// Each equation's residual beside the sizes of its own terms: the part of what should cancel that does not.
#pragma once

#include <torch/types.h>

#include "solver/solution.hpp"

namespace nusselt {

class TermBudget {
 public:
  /// The case must outlive it.
  explicit TermBudget(const Case& the_case);

  /// The sum of |term| of every equation at scaled points, without dimension, [N, E]; its residual is at most that.
  torch::Tensor sizes(const Solution& solution, const Points& points) const;
  /// |residual| over that sum, in [0, 1], [N, E]; 0 where all terms vanish.
  torch::Tensor imbalance(const Solution& solution, const Points& points) const;

 private:
  /// All terms of all equations, [N, T].
  torch::Tensor terms(const Solution& solution, const Points& points) const;
  const Case& case_;
  CompiledResidual terms_;  // every term of every equation, in order
};

}  // namespace nusselt
