// The damped normal equations of an objective linearized at one state,
//     (J^T J + m d I) step = -J^T r ,   d = mean of the diagonal of J^T J ,
// without matrices of the size of the problem: conjugate gradients, with one tangent and one adjoint sweep per product.
//
// The preconditioner is the same matrix at a sixth of the points (the Gramian of a reduced set: accuracy of the metric
// matters less than its shape). With J_s the Jacobian of their rows and K_s = J_s J_s^T, from gram_kernel.hpp, its
// inverse is  ( I - J_s^T (K_s + m d I)^-1 J_s ) / (m d) , one Cholesky factorisation and two sweeps of the reduced
// set. d is the mean over the reduced set.
#pragma once

#include <optional>

#include "solver/dense.hpp"
#include "solver/least_squares.hpp"

namespace nusselt {

/// A linearization as damped_step.hpp asks for. float64. `objective` must outlive it.
class DampedNormalEquations {
 public:
  /// Conjugate gradients end when the preconditioned residual has fallen to `tolerance`, or after `most_products`.
  DampedNormalEquations(const LeastSquares& objective, const torch::Tensor& theta, double tolerance, int most_products);

  struct Factor {
    double shift;     // m d
    Cholesky kernel;  // of K_s + shift I
  };
  /// Nothing where the damping m is too small for a factorisation.
  std::optional<Factor> factor(double damping) const;
  /// The step [P] that cancels the residual.
  torch::Tensor step(const Factor& factor) const;
  /// That would cancel other residuals [R] at the same state.
  torch::Tensor step(const Factor& factor, const torch::Tensor& other) const;
  /// With J^T J so far.
  int products() const { return products_; }

  double loss;
  torch::Tensor residual;  // [R]

 private:
  torch::Tensor solve(const Factor& factor, const torch::Tensor& rhs) const;

  double tolerance_;
  int most_products_;
  mutable int products_ = 0;
  LeastSquares::Operator jacobian_;
  LeastSquares reduced_objective_;
  LeastSquares::Operator reduced_;
  torch::Tensor kernel_;  // of the reduced rows
  double unit_;
};

}  // namespace nusselt
