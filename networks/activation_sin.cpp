#include <torch/types.h>

#include "networks/registry.hpp"

namespace nusselt {
namespace {

std::vector<torch::Tensor> derivatives(const torch::Tensor& z, int highest) {
  std::vector<torch::Tensor> d{at::sin(z)};
  if (highest >= 1) d.push_back(at::cos(z));
  if (highest >= 2) d.push_back(at::neg(d[0]));
  if (highest >= 3) d.push_back(at::neg(d[1]));
  if (highest >= 4) d.push_back(d[0]);
  return d;
}

const RegisterActivation registered{
    {"sin", 1.0, [](const torch::Tensor& z) { return at::sin(z); }, &derivatives, PointwiseFunction::sin}};

}  // namespace
}  // namespace nusselt
