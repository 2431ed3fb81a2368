// From theta to the effective parameters, those with plain weights, and back: flat vectors, matrix by matrix.
// Without a reparametrization, without parts side by side and without constants, all three are the identity and return
// their argument: there theta lacks nothing. Weights between parts, and those of constants, are zero.
//
// The first layer of a part whose box is another than the network's reads the coordinates xi of the network's box where
// it would read a xi + b of its own: its weights W and biases c become W diag(a) and c + W b, so that theta has what a
// network alone in that box would have.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <vector>

#include "networks/layout/network_layout.hpp"
#include "networks/reparam.hpp"

namespace nusselt {

class Parametrization {
 public:
  /// `reparam` is null for none.
  Parametrization(const NetworkSettings& settings, const std::vector<Subnetwork>& parts, const NetworkLayout& layout,
                  std::shared_ptr<const Reparam> reparam);

  bool identity() const { return pieces_.empty(); }
  bool factorable() const { return reparam_ == nullptr || reparam_->factorable(); }

  /// theta [P] -> [Pe], differentiable.
  torch::Tensor effective(const torch::Tensor& theta) const;
  /// rows [..., Pe] -> [..., P]; or both without the statistics at the end.
  torch::Tensor pull_back(const torch::Tensor& theta, const torch::Tensor& rows) const;
  /// The same into `out`, whose last dimension is contiguous.
  void pull_back(const torch::Tensor& theta, const torch::Tensor& rows, const torch::Tensor& out) const;
  /// v [P] -> [Pe]
  torch::Tensor push_forward(const torch::Tensor& theta, const torch::Tensor& v) const;
  /// Factors of rows of the effective parameters -> of theta.
  std::vector<RowFactors> factors(const torch::Tensor& theta, std::vector<RowFactors> rows) const;

  /// Puts V and factors into `theta` [P] for each matrix, from the plain weights that stand where V will be.
  void start(torch::Tensor& theta, const NetworkSettings& settings, std::uint64_t seed) const;

 private:
  /// A block of theta, and where the effective parameters have it: a weight matrix, or numbers in one row.
  struct Piece {
    std::int64_t effective = 0;  ///< of its first row, with the zeros to its left
    std::int64_t own = 0, rows = 1, columns = 0;
    std::int64_t factor = -1;          ///< offset in theta
    std::int64_t left = 0, right = 0;  ///< zeros beside it
    std::int64_t below = 0;            ///< effective parameters behind it that are zero
    /// Of a matrix: a and b for each column, empty for 1 and 0; and the offset of its biases in the effective ones.
    std::vector<double> scale = {}, shift = {};
    std::int64_t bias = -1;
    bool is_bias = false;
    std::int64_t stride() const { return left + columns + right; }
  };
  using OfPiece = std::function<torch::Tensor(const Piece& piece)>;

  torch::Tensor matrix(const torch::Tensor& theta, const Piece& piece) const;
  torch::Tensor factor(const torch::Tensor& theta, const Piece& piece) const;
  /// Puts the plain weights of all pieces, [rows, columns] each, where the effective parameters have them.
  torch::Tensor placed(const OfPiece& plain) const;

  std::shared_ptr<const Reparam> reparam_;
  std::vector<Piece> pieces_;  // in the order of the effective parameters
  std::int64_t own_count_, effective_count_, statistics_count_;
};

}  // namespace nusselt
