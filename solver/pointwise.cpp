#include "solver/pointwise.hpp"

#include <algorithm>

namespace nusselt {

double pointwise_deviation(const std::function<torch::Tensor(const torch::Tensor&)>& f, const torch::Tensor& x) {
  const at::NoGradGuard no_gradient;
  const torch::Tensor together = f(x);
  double largest = 0;
  for (std::int64_t n = 0; n < x.size(0); ++n) {
    largest = std::max(largest, (f(x.narrow(0, n, 1))[0] - together[n]).abs().max().item<double>());
  }
  return largest / together.abs().max().item<double>();
}

}  // namespace nusselt
