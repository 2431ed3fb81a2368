// Residuals by nested reverse mode, as the popular toolkits compute them: the yardstick and the oracle of `nusselt
// bench`.
//
// Fields are differentiated in the coordinates by torch::autograd::grad with create_graph, once more for second
// derivatives, and the loss is differentiated in the parameters through all of it. It shares nothing with jets,
// compiled residuals or their adjoints but the expressions of the case; only derivatives that occur are computed, each
// once.
#pragma once

#include <torch/types.h>

#include <vector>

#include "solver/problem.hpp"
#include "solver/tape.hpp"

namespace nusselt {

class NestedAutograd {
 public:
  /// `the_case` is the one that `problem` was made of; `problem` must outlive this.
  NestedAutograd(const Case& the_case, const Problem& problem);

  /// Residuals of one set at points, [N, E]; differentiable in theta where that requires grad.
  torch::Tensor residuals(std::size_t set, const torch::Tensor& theta, const Points& points) const;

  struct Gradient {
    double loss;
    torch::Tensor gradient;  // [P]
  };
  /// The loss of LeastSquares without conditioning, and its gradient. At most `chunk` points of a set at once; their
  /// losses and gradients are added.
  Gradient gradient(const torch::Tensor& theta, const std::vector<WeightedPoints>& points, std::int64_t chunk) const;

 private:
  struct Set {
    std::vector<double> weights;
    Tape tape;
  };
  struct Trial {
    std::string field;
    Tape tape;  // lift, distance
  };
  class Fields;

  const Problem& problem_;
  std::vector<Set> sets_;
  std::vector<Trial> trials_;
};

}  // namespace nusselt
