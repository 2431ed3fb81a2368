// The sums of a least-squares objective over its points, by the tile engine. LeastSquares says what they mean.
#pragma once

#include <memory>
#include <vector>

#include "solver/problem.hpp"

namespace nusselt {

/// theta [P] has the dtype of the problem. The engine computes with effective parameters (Network::effective); what it
/// returns is in theta.
class TileObjective {
 public:
  virtual ~TileObjective() = default;
  virtual torch::Tensor residual(const torch::Tensor& theta) = 0;  // [R]
  virtual double loss(const torch::Tensor& theta) = 0;
  /// Returns the loss and writes the gradient [P].
  virtual double gradient(const torch::Tensor& theta, torch::Tensor& gradient) = 0;
  virtual torch::Tensor push(const torch::Tensor& theta, const torch::Tensor& v) = 0;     // J v [R]
  virtual torch::Tensor pull(const torch::Tensor& theta, const torch::Tensor& w) = 0;     // J^T w [P]
  virtual torch::Tensor product(const torch::Tensor& theta, const torch::Tensor& v) = 0;  // J^T J v [P]
  /// Residuals [count * E] of the points [begin, begin + count) of a set; writes their rows of J [count * E, P]. Where
  /// points have one row together, count is a multiple of theirs, and there are as many rows fewer.
  virtual torch::Tensor jacobian(const torch::Tensor& theta, std::size_t set, std::int64_t begin, std::int64_t count,
                                 const torch::Tensor& rows) = 0;
  /// Bytes of working memory.
  virtual std::size_t memory() const = 0;
};

/// For the instructions of problem.engine(). `weights[s][e]`: what the squares of residual e of set s are multiplied by
/// besides the quadrature weight.
std::unique_ptr<TileObjective> make_tile_objective(const Problem& problem, const std::vector<WeightedPoints>& points,
                                                   const std::vector<std::vector<double>>& weights, int threads);

}  // namespace nusselt
