// Preconditioned conjugate gradients (M. R. Hestenes & E. Stiefel, J. Res. NBS 49, 1952, 409, doi:10.6028/jres.049.044)
// for a symmetric positive definite matrix known by its products.
#pragma once

#include <torch/types.h>

#include <functional>

namespace nusselt {

struct ConjugateGradients {
  torch::Tensor solution;
  int products = 0;  // with the matrix
};

/// Starts from zero; ends when the residual in the norm of the preconditioner has fallen to `tolerance`, or after
/// `most_products`. `product` and `precondition` map [P] to new memory [P].
ConjugateGradients conjugate_gradients(const std::function<torch::Tensor(const torch::Tensor&)>& product,
                                       const std::function<torch::Tensor(const torch::Tensor&)>& precondition,
                                       const torch::Tensor& rhs, double tolerance, int most_products);

}  // namespace nusselt
