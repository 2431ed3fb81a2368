// The objective of an optimizer: half the weighted sum of squares of all residuals at the current points.
//
// Row (n, e) of set s is r = sqrt(w_n * W_e * b_e) * residual: quadrature weight of the point, weight stated in the
// case, weight from conditioning. So the loss approximates half the sum over equations of weight * (integral mean of
// square).
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "solver/problem.hpp"

namespace nusselt {

class LeastSquares {
 public:
  /// `balance`: one weight per residual of the problem, from conditioning.
  LeastSquares(const Problem& problem, std::vector<WeightedPoints> points, std::vector<double> balance);

  /// Differs between all objectives of a program: a value computed for one does not hold for another.
  std::uint64_t identity() const { return identity_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t parameters() const { return problem_.network().parameter_count(); }

  /// The weighted residuals r [R].
  torch::Tensor residual(const torch::Tensor& theta) const;
  /// 1/2 |r|^2
  double loss(const torch::Tensor& theta) const;
  struct Gradient {
    double loss;
    torch::Tensor gradient;  // [P]
  };
  Gradient gradient(const torch::Tensor& theta) const;
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
  /// J^T w [P] for w [R].
  torch::Tensor pull(const torch::Tensor& theta, const torch::Tensor& w) const;
  /// Weighted mean square of every residual without case and conditioning weights.
  std::vector<double> mean_squares(const torch::Tensor& theta) const;

 private:
  torch::Tensor weighted(std::size_t set, const torch::Tensor& residuals) const;
  /// Calls visit(first row, residual [rows], Jacobian [rows, P]) tile by tile; `where(first, rows)` is the memory for
  /// the Jacobian of these rows.
  template <class Where, class Visit>
  void sweep(const torch::Tensor& theta, const Where& where, const Visit& visit) const;

  std::uint64_t identity_;
  const Problem& problem_;
  std::vector<WeightedPoints> points_;
  std::vector<torch::Tensor> row_factors_;  // [N, E] per set
  std::int64_t rows_ = 0;
  mutable torch::Tensor jacobian_;
};

}  // namespace nusselt
