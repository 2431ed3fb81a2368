// The objective of an optimizer: half the weighted sum of squares of all residuals at the current points.
//
// Row (n, e) of set s is r = sqrt(w_n * W_e * b_e * q_ne) * residual: quadrature weight of the point, weight stated in
// the case, weight from conditioning and balancing, weight from balancing at this point. So the loss approximates half
// the sum over equations of weight * (integral mean of square).
//
// Points that have one residual together, a mean, make one row, sqrt(W) times the mean with W the sum of their weights:
// it is the sum of rows at the points with w_n^2/W for w_n. The engines compute at points, and the sum is taken of what
// they give: of residuals, of J v, of the rows of J; J^T w spreads each entry of w over the points of its row.
//
// The parameters theta [P] are what an optimizer sees: where the objective has statistics (batch_statistics.hpp), the
// trained ones, and every derivative is one of the whole function of these.
//
// Where the problem says so the tile engine computes all of it, with the threads that LibTorch has when the objective
// is made; else LibTorch does, and is what the tests of the engine compare with.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "solver/batch_statistics.hpp"
#include "solver/problem.hpp"
#include "solver/tile_objective.hpp"

namespace nusselt {

class LeastSquares {
 public:
  /// `balance`: one weight per residual of the problem, from conditioning and balancing; the weights q come with the
  /// points.
  LeastSquares(const Problem& problem, std::vector<WeightedPoints> points, std::vector<double> balance,
               BatchStatistics statistics = {});

  const Network& network() const { return problem_.network(); }
  /// Differs between all objectives of a program: a value computed for one does not hold for another.
  std::uint64_t identity() const { return identity_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t parameters() const {
    return statistics_.is_identity() ? network().parameter_count() : network().trained_count();
  }
  const BatchStatistics& statistics() const { return statistics_; }
  /// Bytes of working memory that the tile engine holds; 0 where LibTorch computes.
  std::size_t tile_memory() const { return tiles_ ? tiles_->memory() : 0; }

  /// The same objective at one in `every` of its points, spread over each set and weighted to stand for all of them.
  LeastSquares reduced(std::int64_t every) const;

  /// The same objective without any weight but the quadrature's: not of the case, conditioning or balancing.
  LeastSquares unweighted() const;
  const Problem& problem() const { return problem_; }
  const std::vector<WeightedPoints>& points() const { return points_; }

  /// The weighted residuals r [R].
  torch::Tensor residual(const torch::Tensor& theta) const;
  /// 1/2 |r|^2
  double loss(const torch::Tensor& theta) const;
  struct Gradient {
    double loss;
    torch::Tensor gradient;  // [P]
  };
  Gradient gradient(const torch::Tensor& theta) const;
  /// Adds them to `loss`, float64 without dimension, and `gradient` [P] without waiting for a GPU: nothing is read back
  /// and nothing copied from the host. LibTorch only (std::logic_error).
  void add_gradient(const torch::Tensor& theta, torch::Tensor& loss, torch::Tensor& gradient) const;
  struct Linear {
    double loss;
    torch::Tensor residual;  // [R]
    torch::Tensor jacobian;  // [R, P]
  };
  /// The Jacobian's memory is kept between calls: the result is valid until the next.
  Linear linearize(const torch::Tensor& theta) const;
  struct NormalEquations {
    double loss;
    torch::Tensor residual;  // [R]
    torch::Tensor gradient;  // J^T r [P]
    torch::Tensor matrix;    // J^T J [P, P], upper triangle (row-major)
  };
  /// J^T J summed tile by tile: memory does not grow with the rows. float64.
  NormalEquations normal_equations(const torch::Tensor& theta) const;
  /// J v [R] for v [P].
  torch::Tensor push(const torch::Tensor& theta, const torch::Tensor& v) const;
  /// J^T w [P] for w [R].
  torch::Tensor pull(const torch::Tensor& theta, const torch::Tensor& w) const;
  /// J^T J v [P] for v [P].
  torch::Tensor product(const torch::Tensor& theta, const torch::Tensor& v) const;
  class Operator;
  /// The Jacobian at `theta` as a linear map, for many products at the same parameters.
  Operator jacobian(const torch::Tensor& theta) const;
  /// Mean square of every residual over its set's quadrature, without any other weight, at all parameters of the
  /// network, statistics included.
  std::vector<double> mean_squares(const torch::Tensor& all) const;
  /// Calls visit(set, r [n, E], J [n, E, P]) for blocks of the points of every set in turn: memory does not grow with
  /// the rows. What a call is given is valid until it returns.
  using BlockVisitor = std::function<void(std::size_t set, const torch::Tensor& r, const torch::Tensor& jacobian)>;
  void for_each_block(const torch::Tensor& theta, const BlockVisitor& visit) const;
  /// From now on gradient() returns what `combine` makes of the gradients [m, P] of the residuals' weighted losses: a
  /// direction that is in general no gradient, so that line searches and second-order methods cannot use it.
  void combine_gradients(std::function<torch::Tensor(const torch::Tensor& gradients)> combine) {
    combine_ = std::move(combine);
  }
  bool combines_gradients() const { return static_cast<bool>(combine_); }

 private:
  /// sqrt(w_n * W_e * b_e * q_ne) [size, E] at the points [begin, begin + size) of a set; in a mean w_n^2/W for w_n.
  torch::Tensor row_factors(std::size_t set, std::int64_t begin, std::int64_t size) const;
  /// Points [begin, begin + size) of a set, all that some residuals have together; their rows start at `row`.
  struct Range {
    std::size_t set;
    std::int64_t begin, size, row;
  };
  /// Points of that range that make a row for each equation.
  std::int64_t per_mean(const Range& range) const { return points_[range.set].per_mean; }
  /// Calls visit(range, residual [rows], Jacobian [rows, P]) tile by tile; `where(first, rows)` is the memory for the
  /// Jacobian of these rows.
  template <class Where, class Visit>
  void sweep(const torch::Tensor& theta, const Where& where, const Visit& visit) const;
  /// A range with the network linearized at its points.
  struct Tile {
    std::int64_t row;
    torch::Tensor residual;  // [rows]
    torch::Tensor seeds;     // [N, E, C, outputs], weighted
    Linearization network;
    std::int64_t per_mean;
    torch::Tensor push(const torch::Tensor& v) const;
    torch::Tensor pull(const torch::Tensor& w) const;
  };
  std::vector<Range> ranges(std::int64_t points) const;
  /// The network's parameters, all of them, and derivatives by these: `all` is statistics_.all(theta).
  Tile tile(const torch::Tensor& all, const Range& range) const;

  std::uint64_t identity_;
  const Problem& problem_;
  BatchStatistics statistics_;
  std::vector<double> balance_;
  std::vector<WeightedPoints> points_;
  std::vector<std::vector<double>> weights_;  // W_e * b_e per set
  std::int64_t rows_ = 0;
  std::unique_ptr<TileObjective> tiles_;  // null where LibTorch computes
  std::function<torch::Tensor(const torch::Tensor& gradients)> combine_;
  mutable torch::Tensor jacobian_;
};

/// The Jacobian J at fixed parameters, never written down: products by one tangent sweep (J v), one adjoint sweep
/// (J^T w), or both. The tile engine linearizes anew at every product; LibTorch keeps linearized tiles of points while
/// they fit into `memory` bytes. The objective must outlive it, and theta must not be changed in place meanwhile
/// (std::logic_error).
class LeastSquares::Operator {
 public:
  static constexpr std::int64_t default_memory = std::int64_t{1} << 30;
  Operator(const LeastSquares& objective, const torch::Tensor& theta, std::int64_t memory = default_memory);

  /// 1/2 |r|^2, the residual r [R], and J^T r [P].
  double loss() const { return loss_; }
  const torch::Tensor& residual() const { return residual_; }
  const torch::Tensor& gradient() const { return gradient_; }

  torch::Tensor push(const torch::Tensor& v) const;
  torch::Tensor pull(const torch::Tensor& w) const;
  torch::Tensor product(const torch::Tensor& v) const;
  /// J J^T [R, R], upper triangle (row-major), without J where that is cheaper: see gram_kernel.hpp. float64.
  torch::Tensor kernel() const;
  /// Bytes of the tiles kept.
  std::int64_t bytes() const { return bytes_; }

 private:
  void for_each_tile(const std::function<void(const Tile&)>& visit) const;

  const LeastSquares& objective_;
  torch::Tensor theta_;
  BatchStatistics::Linear map_;  // to all parameters of the network
  std::vector<Range> ranges_;
  std::vector<std::optional<Tile>> kept_;  // one per range
  std::int64_t bytes_ = 0;
  double loss_ = 0;
  torch::Tensor residual_;
  torch::Tensor gradient_;
};

}  // namespace nusselt
