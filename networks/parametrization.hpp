// From theta to the effective parameters, those with plain weights, and back: flat vectors, matrix by matrix.
// Without a reparametrization and without constants, whose weights theta lacks because they are zero, all three are the
// identity and return their argument.
#pragma once

#include <torch/types.h>

#include <memory>
#include <vector>

#include "networks/layout/network_layout.hpp"
#include "networks/reparam.hpp"

namespace nusselt {

class Parametrization {
 public:
  /// `reparam` is null for none.
  Parametrization(const NetworkLayout& layout, std::shared_ptr<const Reparam> reparam);

  bool identity() const { return pieces_.empty(); }
  bool factorable() const { return reparam_ == nullptr || reparam_->factorable(); }

  /// theta [P] -> [Pe], differentiable.
  torch::Tensor effective(const torch::Tensor& theta) const;
  /// rows [..., Pe] -> [..., P]; or both without the statistics at the end.
  torch::Tensor pull_back(const torch::Tensor& theta, const torch::Tensor& rows) const;
  /// v [P] -> [Pe]
  torch::Tensor push_forward(const torch::Tensor& theta, const torch::Tensor& v) const;
  /// Factors of rows of the effective parameters -> of theta.
  std::vector<RowFactors> factors(const torch::Tensor& theta, std::vector<RowFactors> rows) const;

  /// Puts V and factors into `theta` [P] for each matrix, from the plain weights that stand where V will be.
  void start(torch::Tensor& theta, const NetworkSettings& settings, std::uint64_t seed) const;

 private:
  /// A stretch of effective parameters: one weight matrix, or numbers that theta has as they are.
  struct Piece {
    std::int64_t effective, own, size;
    std::int64_t outputs = 0;  ///< of a matrix
    std::int64_t factor = -1;  ///< offset in theta
    std::int64_t padding = 0;  ///< effective parameters behind it that are zero
  };
  torch::Tensor matrix(const torch::Tensor& theta, const Piece& piece) const;
  torch::Tensor factor(const torch::Tensor& theta, const Piece& piece) const;
  static void append(std::vector<torch::Tensor>& parts, const torch::Tensor& part, const Piece& piece);

  std::shared_ptr<const Reparam> reparam_;
  std::vector<Piece> pieces_;
  std::int64_t own_count_, effective_count_, statistics_count_;
};

}  // namespace nusselt
