// Strong Wolfe line search: bracketing and zoom with cubic interpolation (J. Nocedal & S. J. Wright, Numerical
// Optimization, 2nd ed., 2006, algorithms 3.5 and 3.6, eq. 3.59).
//
// A step a is taken when f(a) <= f(0) + c1 a f'(0) and |f'(a)| <= c2 |f'(0)|. Near the end of a training the difference
// of two losses is rounding while their slopes still tell: there the approximate Wolfe conditions of W. W. Hager &
// H. Zhang (SIAM J. Optim. 16, 2005, 170, doi:10.1137/030601880, eq. 4.1) replace the first: (2 c1 - 1) f'(0) >= f'(a)
// with f(a) not above f(0) by more than `resolution` |f(0)|.
#pragma once

#include <functional>
#include <optional>

namespace nusselt {

struct LinePoint {
  double step;
  double value;
  double slope;  // along the line
};

struct LineSearchRules {
  double sufficient_decrease = 1e-4;  // c1
  double curvature = 0.9;             // c2
  double resolution = 1e-12;          // relative error of a value
  int most_evaluations = 25;
};

/// A step along a line of descent from `origin` (step 0, slope < 0). `first` is tried first. Values that are not finite
/// shorten the step. The point returned meets the Wolfe conditions; where the evaluations are used up before, it is the
/// best that meets the first one; nothing when there is none. Every call of `at` is one evaluation.
std::optional<LinePoint> search_line(const std::function<LinePoint(double step)>& at, const LinePoint& origin,
                                     double first, const LineSearchRules& rules = {});

}  // namespace nusselt
