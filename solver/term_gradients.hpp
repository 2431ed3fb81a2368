// What every balancer starts from: the loss of each residual alone, its gradient, and the trace of its tangent kernel.
//
// Over the quadrature of a set (weights w_n that sum to 1), with r_ne the residual e at its point n:
//     L_e = 1/2 sum_n w_n r_ne^2
//     grad L_e = sum_n w_n r_ne (d r_ne / d theta)
//     t_e = sum_n w_n |d r_ne / d theta|^2
// t_e is the mean of the diagonal of the neural tangent kernel K_e = J_e J_e^T (tr K_e / N_e where points weigh the
// same). All from one sweep over the Jacobian's rows, block by block: memory does not grow with the points.
#pragma once

#include <torch/types.h>

#include <vector>

#include "solver/least_squares.hpp"

namespace nusselt {

/// One entry per residual of the problem, in the order of Problem::residuals().
struct TermGradients {
  std::vector<double> losses;
  torch::Tensor gradients;  // [m, P], with dtype and device of theta
  std::vector<double> traces;
};

/// Without any weight but the quadrature's.
TermGradients term_gradients(const Problem& problem, std::vector<WeightedPoints> points, const torch::Tensor& theta);
/// Of the parts that the objective adds up, with its weights: losses and gradients sum to its loss and gradient.
TermGradients term_gradients(const LeastSquares& objective, const torch::Tensor& theta);

}  // namespace nusselt
