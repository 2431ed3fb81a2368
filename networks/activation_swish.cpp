// swish(z) = z sigmoid(z), also called SiLU (Elfwing, Uchibe & Doya 2018; Ramachandran, Zoph & Le 2017).
#include <torch/types.h>

#include <cmath>

#include "networks/registry.hpp"

namespace nusselt {
namespace {

// With S = sigmoid(z):  S' = S (1 - S),  S'' = S' (1 - 2 S),  S''' = S' (1 - 6 S'),  S'''' = S'' (1 - 12 S'),  and by
// Leibniz
// f^(k) = z S^(k) + k S^(k-1).
std::vector<torch::Tensor> derivatives(const torch::Tensor& z, int highest) {
  std::vector<torch::Tensor> sigmoid{at::sigmoid(z)};
  if (highest >= 1) sigmoid.push_back(at::mul(sigmoid[0], at::rsub(sigmoid[0], 1.0)));
  if (highest >= 2) sigmoid.push_back(at::mul(sigmoid[1], at::mul(sigmoid[0], -2.0).add_(1.0)));
  if (highest >= 3) sigmoid.push_back(at::mul(sigmoid[1], at::mul(sigmoid[1], -6.0).add_(1.0)));
  if (highest >= 4) sigmoid.push_back(at::mul(sigmoid[2], at::mul(sigmoid[1], -12.0).add_(1.0)));
  std::vector<torch::Tensor> d;
  for (int k = 0; k <= highest; ++k) {
    d.push_back(at::mul(z, sigmoid[k]));
    if (k > 0) d.back().add_(sigmoid[k - 1], static_cast<double>(k));
  }
  return d;
}

// The gain of rectifier-like functions (He et al. 2015): about half of the inputs are passed on.
const RegisterActivation registered{{"swish", std::sqrt(2.0),
                                     [](const torch::Tensor& z) { return at::mul(z, at::sigmoid(z)); }, &derivatives,
                                     PointwiseFunction::swish}};

}  // namespace
}  // namespace nusselt
