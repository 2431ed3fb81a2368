#include <torch/types.h>

#include "networks/registry.hpp"

namespace nusselt {
namespace {

// All derivatives are polynomials of t = tanh(z):  f' = 1 - t^2,  f'' = -2 t f',  f''' = (6 t^2 - 2) f',
// f'''' = (16 - 24 t^2) t f'.
std::vector<torch::Tensor> derivatives(const torch::Tensor& z, int highest) {
  const torch::Tensor t = at::tanh(z);
  if (highest == 0) return {t};
  const torch::Tensor square = at::mul(t, t);
  const torch::Tensor slope = at::rsub(square, 1.0);
  if (highest == 1) return {t, slope};
  const torch::Tensor second = at::mul(t, slope).mul_(-2.0);
  if (highest == 2) return {t, slope, second};
  const torch::Tensor third = square.mul(6.0).sub_(2.0).mul_(slope);
  if (highest == 3) return {t, slope, second, third};
  return {t, slope, second, third, square.mul(-24.0).add_(16.0).mul_(t).mul_(slope)};
}

const RegisterActivation registered{
    {"tanh", 1.0, [](const torch::Tensor& z) { return at::tanh(z); }, &derivatives, PointwiseFunction::tanh}};

}  // namespace
}  // namespace nusselt
