#include <cmath>

#include "networks/registry.hpp"
#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

constexpr std::int64_t width = 64;
constexpr std::int64_t points = 64;
constexpr int blocks = 64;

/// Mean squares of the three channels value, d/dt, d2/dt2 of the stream [3, N, H].
std::vector<double> sizes(const Tensor& x) {
  std::vector<double> result;
  for (std::int64_t c = 0; c < 3; ++c) result.push_back(x[c].square().mean().item<double>());
  return result;
}

/// After each block: a branch of linear, swish, linear whose weights give each layer variance 2/width (He).
std::vector<std::vector<double>> stream(const std::string& kind) {
  const JetSpec spec = JetSpec::pure_seconds(1);
  const Activation& swish = find_activation("swish");
  const auto linear = [&](const Tensor& z, double variance, std::uint64_t seed) {
    const Tensor w = std::sqrt(variance / width) * normal_numbers(seed, {width, width});
    return at::matmul(z, w);
  };
  // a cos t + b sin t at t = 0: value, first and second derivative all of size 1.
  const Tensor a = normal_numbers(1, {points, width}), b = normal_numbers(2, {points, width});
  Tensor x = at::stack({a, b, -a});
  std::vector<std::vector<double>> history;
  for (int l = 0; l < blocks; ++l) {
    const auto seed = static_cast<std::uint64_t>(2 * l);
    Tensor z = kind == "pre" ? normalized_jet("layer", 1e-5, x, spec) : x;
    z = linear(z, 1, 10 + seed);
    z = activation_jet(swish.derivatives(z[0], 2), z, spec);
    z = linear(z, 2, 11 + seed);
    if (kind == "scaled") z = z / std::sqrt(static_cast<double>(blocks));
    x = x + z;
    if (kind == "post") x = normalized_jet("layer", 1e-5, x, spec);
    history.push_back(sizes(x));
  }
  return history;
}

DemoTable measure() {
  DemoTable table;
  table.columns = {"stream", "1", "2", "4", "8", "16", "32", "64"};
  const char* const channels[] = {"u", "u_t", "u_tt"};
  for (const char* kind : {"none", "pre", "post", "scaled"}) {
    const std::vector<std::vector<double>> history = stream(kind);
    for (std::size_t c = 0; c < 3; ++c) {
      std::vector<double> row;
      for (std::size_t l = 1; l <= blocks; l *= 2) row.push_back(history[l - 1][c]);
      table.rows.push_back({std::string(kind) + ", " + channels[c], row});
    }
  }
  const auto per_block = [&](const char* row) { return std::pow(table.at(row, "64") / table.at(row, "32"), 1.0 / 32); };
  table.between("none: the variance of the value doubles with every block, factor", per_block("none, u"), 1.9, 2.1);
  table.between("none: so does that of u_t", per_block("none, u_t"), 1.9, 2.1);
  table.between("pre: it grows linearly, blocks 33 to 64 add as much as the first 32; ratio",
                (table.at("pre, u", "64") - table.at("pre, u", "32")) / table.at("pre, u", "32"), 0.8, 1.2);
  table.between("post: it stays at 1; after 64 blocks", table.at("post, u", "64"), 0.99, 1.01);
  table.below("a branch scaled by 64^(-1/2) ends at", table.at("scaled, u", "64"), 3.0);
  table.above("pre: u_tt grows as well, to", table.at("pre, u_tt", "64"), 2);
  return table;
}

const RegisterDemonstration registered{
    {"residual_variance",
     "The variance of a residual stream grows linearly with depth only when the branch is normalized; otherwise every "
     "block adds a branch as large as the stream, and it doubles. A norm after the sum resets it to 1. A PINN needs "
     "the "
     "derivative channels too: rows u_t and u_tt carry the exact jet of the same stream along a line.",
     "S. De, S. L. Smith, Batch normalization biases residual blocks towards the identity function in deep networks, "
     "arXiv:2002.10444 (2020)",
     measure}};

}  // namespace
}  // namespace nusselt
