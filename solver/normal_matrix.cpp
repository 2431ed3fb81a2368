#include "solver/normal_matrix.hpp"

#include <stdexcept>

#include "solver/dense.hpp"

namespace nusselt {

torch::Tensor scale_to_unit_diagonal(torch::Tensor& matrix) {
  const torch::Tensor diagonal = matrix.diagonal();
  // A parameter that no residual feels, such as the constant of a pressure, has a zero column.
  const torch::Tensor scale = (diagonal + 1e-15 * diagonal.max()).rsqrt();
  matrix.mul_(scale.unsqueeze(0)).mul_(scale.unsqueeze(1));
  return scale;
}

torch::Tensor gauss_newton_inverse(const LeastSquares& objective, const torch::Tensor& theta, double damping) {
  constexpr double hopeless = 1e3;
  torch::Tensor matrix = objective.normal_equations(theta).matrix;
  const torch::Tensor scale = scale_to_unit_diagonal(matrix);
  for (double raised = damping; raised < hopeless; raised *= 10) {
    const auto factor = Cholesky::of(matrix, raised);
    if (factor) return factor->inverse().mul_(scale.unsqueeze(0)).mul_(scale.unsqueeze(1));
  }
  throw std::logic_error("the normal matrix is not finite at an accepted state");
}

}  // namespace nusselt
