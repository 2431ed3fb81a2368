// One state, all balancings: what each would do next with every residual.
//
// A balancing is asked for its weights at the state, as at the second of two looks that see the same, without memory of
// others (balancing.average 0). Then d is the gradient of the loss with these weights, or the direction it makes of the
// residuals' gradients, and with g_i the gradient of the unweighted L_i = 1/2 mean r_i^2 a step theta - eta d changes
// L_i by -eta g_i . d to first order. All steps have one length, eta |d|: that which with the weights of the case
// changes the RMS of the residual that changes most by one per cent.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "solver/problem.hpp"

namespace nusselt {

struct WhatIfRow {
  std::string balancing;
  std::vector<double> weights;    // one per residual, mean over points
  std::vector<double> predicted;  // relative change of each RMS, -eta g_i . d / (2 L_i)
  double error = 0;               // largest |difference - prediction| of a small step to both sides, of |g_i| |step|
};

/// One row per balancing that the case admits (`causal` needs time). `all`: parameters with statistics.
std::vector<WhatIfRow> what_if(const Case& the_case, const Problem& problem, const std::vector<WeightedPoints>& points,
                               const torch::Tensor& all);

/// Where the predictions and the differences agree to this, they are believed.
inline constexpr double what_if_limit = 1e-3;

std::string what_if_text(const Problem& problem, const std::vector<WhatIfRow>& rows);

}  // namespace nusselt
