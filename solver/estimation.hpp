// What the sensors tell of the sought constants: values, standard errors, correlations, and what they do not tell.
//
// The likelihood of the data is profiled over the fields: with the residuals of the equations and conditions held at
// zero in the linear approximation (their rows weigh a thousand times what they weigh in training), the parameters of
// the network are eliminated from the Gauss-Newton equations, and what is left is the information matrix of the
// constants alone, the Schur complement
//     S = C^T (1 - J (J^T J)^-1 J^T) C ,
// C the columns of the constants and J those of the network (G. A. F. Seber & C. J. Wild, Nonlinear Regression, Wiley
// 1989, section 5.1 and appendix A5 on profiling). The noise is known, so S^-1 is the covariance. The equations are
// taken at held-out points, more than the network has parameters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solver/solution.hpp"

namespace nusselt {

struct ConstantEstimate {
  std::string name;
  double value;  // SI
  std::string unit;
  double start;
  std::optional<double> prior;           // standard deviation before the data
  std::optional<double> standard_error;  // SI; nothing where the data do not tell the constant
};

/// A reading: how far the fields are from the data, in standard deviations of the noise.
struct Misfit {
  std::string name;
  double rms;
  double limit;  // exceeded by chance once in 10,000
};

struct Estimation {
  std::vector<ConstantEstimate> constants;
  std::vector<std::vector<double>> correlation;  // of those with a standard error, in their order
  /// What the data tell of constants that they do not tell one by one: products of powers, `h/k`, with the relative
  /// standard error; where a constant may change its sign sums, `q1/start - 0.5*ln(k)`, with an infinite one.
  struct Product {
    std::string text;
    double relative_error;
  };
  std::vector<Product> identified, unidentified;
  /// By how many standard errors the estimate would still move, at most.
  double shift = 0;
  std::vector<Misfit> misfits;
};

/// h/k for exponents (1, -1) of (h, k): scaled so that the largest is 1, the first positive.
std::string power_text(const std::vector<std::string>& names, std::vector<double> exponents);

/// Nothing for a case without sensors.
std::optional<Estimation> estimate(const Case& the_case, const Solution& solution);

}  // namespace nusselt
