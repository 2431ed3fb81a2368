// The update of a dense inverse Hessian and its next product with a vector in one pass over its memory.
//
// A quasi-Newton step on a matrix of P x P numbers is bound by memory, not by arithmetic: reading and writing one
// triangle once is all that is spent on it.
#pragma once

#include <torch/types.h>

namespace nusselt {

/// H <- scale H + uu u u^T + uv (u v^T + v u^T) + vv v v^T. The default changes nothing.
struct RankTwoUpdate {
  double scale = 1;
  double uu = 0;
  double uv = 0;
  double vv = 0;
  torch::Tensor u;  // [P]
  torch::Tensor v;  // [P]
};

/// Updates the symmetric `matrix` [P, P] in place, on the CPU its upper triangle (row-major) only, and returns the new
/// matrix times `x`. float64.
torch::Tensor update_and_multiply(torch::Tensor& matrix, const RankTwoUpdate& update, const torch::Tensor& x);

}  // namespace nusselt
