#include "solver/conjugate_gradients.hpp"

namespace nusselt {

using torch::Tensor;

ConjugateGradients conjugate_gradients(const std::function<Tensor(const Tensor&)>& product,
                                       const std::function<Tensor(const Tensor&)>& precondition, const Tensor& rhs,
                                       double tolerance, int most_products) {
  ConjugateGradients result{at::zeros_like(rhs)};
  Tensor residual = rhs.clone();
  Tensor preconditioned = precondition(residual);
  Tensor direction = preconditioned.clone();
  double size = at::dot(residual, preconditioned).item<double>();
  const double target = tolerance * tolerance * size;
  while (size > target && result.products < most_products) {
    const Tensor image = product(direction);
    ++result.products;
    const double length = size / at::dot(direction, image).item<double>();
    result.solution.add_(direction, length);
    residual.sub_(image, length);
    preconditioned = precondition(residual);
    const double next = at::dot(residual, preconditioned).item<double>();
    direction = preconditioned + (next / size) * direction;
    size = next;
  }
  return result;
}

}  // namespace nusselt
