#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

constexpr std::int64_t width = 64;
constexpr std::int64_t points = 64;

Tensor layer_norm(const Tensor& a) { return normalized("layer", 1e-5, a); }

/// Norm of the gradient of 1/2 mean |u - target|^2 in the second matrix of the last of `depth` blocks, which computes
/// x + W2 relu(W1 x) with He's variance (He et al. 2015) in both.
double last_gradient(const std::string& placement, int depth) {
  const at::AutoGradMode record(true);
  Tensor x = normal_numbers(1, {points, width});
  const Tensor target = normal_numbers(2, {points, width});
  Tensor last;
  for (int l = 0; l < depth; ++l) {
    const double he = std::sqrt(2.0 / width);
    const Tensor w1 = he * normal_numbers(10 + 2 * static_cast<std::uint64_t>(l), {width, width});
    last = std::sqrt(0.5) * he * normal_numbers(11 + 2 * static_cast<std::uint64_t>(l), {width, width});
    last.requires_grad_(true);
    const Tensor branch = at::mm(at::relu(at::mm(placement == "pre" ? layer_norm(x) : x, w1)), last);
    x = placement == "post" ? layer_norm(x + branch) : x + branch;
    if (l + 1 < depth) x = x.detach();
  }
  if (placement == "pre") x = layer_norm(x);
  const Tensor loss = 0.5 * (x - target).square().sum(1).mean();
  return torch::autograd::grad({loss}, {last})[0].norm().item<double>();
}

DemoTable measure() {
  DemoTable table;
  table.columns = {"blocks", "pre", "post", "none"};
  for (const int depth : {6, 24, 96}) {
    std::vector<double> row;
    for (const char* placement : {"pre", "post", "none"}) row.push_back(last_gradient(placement, depth));
    table.rows.push_back({std::to_string(depth), row});
  }
  const auto power = [&](const char* placement, const char* deep, double times) {
    return std::log(table.at(deep, placement) / table.at("6", placement)) / std::log(times);
  };
  table.between("pre: the gradient falls with the depth L as L to the power", power("pre", "96", 16), -0.6, -0.4);
  table.between("post: it does not depend on L; power", power("post", "96", 16), -0.1, 0.1);
  table.above("none: at 96 blocks it has grown by", table.at("96", "none") / table.at("6", "none"), 1e6);
  return table;
}

const RegisterDemonstration registered{
    {"placement",
     "Residual blocks with LayerNorm before the branch (pre, and once more after the last block) keep adding to a "
     "stream "
     "whose size grows as L^(1/2); the last norm divides by it, and so does the gradient of the last layer. With the "
     "norm after the sum (post) the stream has size 1 at every depth and that gradient stays, large near the output, "
     "which is why post-LN needs a warm-up. Without a norm it grows exponentially.",
     "R. Xiong et al., On layer normalization in the transformer architecture, arXiv:2002.04745 (2020), theorem 1",
     measure}};

}  // namespace
}  // namespace nusselt
