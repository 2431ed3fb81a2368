// What LayerNorm of the vector of residuals itself would do, as numbers: a demonstration of why conditioning is not
// that. With r the residuals of m equations at one point, LN(r) = (r - mean r)/sqrt(var r + eps), and the loss that is
// asked for is the mean of LN(r)^2.
//
// 1. For eps -> 0 the squares sum to m for every r: the loss is a constant and has no gradient.
// 2. With eps it is var/(var + eps): its minimum 0 is wherever all residuals are equal, a million or zero alike.
// 3. With two equations LN(r) is always (1, -1) or (-1, 1).
// 4. It changes when an equation is multiplied by -1, which means nothing.
#pragma once

#include <string>
#include <vector>

namespace nusselt {

/// LN(r), no gain and shift.
std::vector<double> layer_normalized(const std::vector<double>& r, double eps);

struct NaiveLayernormRow {
  std::string what;
  std::vector<double> residuals;
  std::vector<double> normalized;
  double sum_of_squares;  // of `normalized`; m where eps is negligible
  double loss;            // their mean
  double rms;             // of the residuals: what should become small
};

/// The four claims above, a few rows each.
std::vector<NaiveLayernormRow> naive_layernorm();

}  // namespace nusselt
