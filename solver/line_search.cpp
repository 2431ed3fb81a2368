#include "solver/line_search.hpp"

#include <algorithm>
#include <cmath>

namespace nusselt {

namespace {

// Growth of a step that is still too short, and the share of a bracket that a trial keeps from its ends.
constexpr double least_growth = 1.1;
constexpr double most_growth = 4;
constexpr double margin = 0.1;
// Where there is nothing but the knowledge that the far end is not finite.
constexpr double retreat = 0.2;

bool finite(const LinePoint& point) { return std::isfinite(point.value) && std::isfinite(point.slope); }

/// Minimizer of the cubic through two values and slopes; NaN when it has none.
double cubic_minimizer(const LinePoint& a, const LinePoint& b) {
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.step - a.step);
  return b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
}

class Search {
 public:
  Search(const std::function<LinePoint(double)>& at, const LinePoint& origin, const LineSearchRules& rules)
      : at_(at), origin_(origin), rules_(rules) {}

  std::optional<LinePoint> run(double first) {
    LinePoint last = origin_;
    double step = first;
    while (evaluations_ < rules_.most_evaluations) {
      const LinePoint here = evaluate(step);
      if (accepted(here)) return here;
      if (too_high(here) || (last.step > 0 && here.value >= last.value)) return zoom(last, here);
      if (here.slope >= 0) return zoom(here, last);
      const double cubic = cubic_minimizer(last, here);
      const double longest = most_growth * here.step;
      step = std::isfinite(cubic) && cubic > here.step ? std::clamp(cubic, least_growth * here.step, longest) : longest;
      last = here;
    }
    return last.step > 0 ? std::optional(last) : std::nullopt;
  }

 private:
  LinePoint evaluate(double step) {
    ++evaluations_;
    return at_(step);
  }

  bool too_high(const LinePoint& p) const {
    return !finite(p) || p.value > origin_.value + rules_.sufficient_decrease * p.step * origin_.slope;
  }

  bool accepted(const LinePoint& p) const {
    if (!finite(p) || std::abs(p.slope) > -rules_.curvature * origin_.slope) return false;
    return !too_high(p) || (p.value <= origin_.value + rules_.resolution * std::abs(origin_.value) &&
                            p.slope <= (2 * rules_.sufficient_decrease - 1) * origin_.slope);
  }

  /// `low` has the lowest value so far that decreases enough, and its slope points towards `high`.
  std::optional<LinePoint> zoom(LinePoint low, LinePoint high) {
    while (evaluations_ < rules_.most_evaluations) {
      const double width = high.step - low.step;
      if (std::abs(width) <= 1e-15 * std::abs(high.step)) break;
      const double cubic = finite(high) ? cubic_minimizer(low, high) : low.step + retreat * width;
      const double share = std::isfinite(cubic) ? std::clamp((cubic - low.step) / width, margin, 1 - margin) : 0.5;
      const LinePoint here = evaluate(low.step + share * width);
      if (accepted(here)) return here;
      if (too_high(here) || here.value >= low.value) {
        high = here;
      } else {
        if (here.slope * width >= 0) high = low;
        low = here;
      }
    }
    return low.step > 0 ? std::optional(low) : std::nullopt;
  }

  const std::function<LinePoint(double)>& at_;
  const LinePoint origin_;
  const LineSearchRules rules_;
  int evaluations_ = 0;
};

}  // namespace

std::optional<LinePoint> search_line(const std::function<LinePoint(double step)>& at, const LinePoint& origin,
                                     double first, const LineSearchRules& rules) {
  return Search(at, origin, rules).run(first);
}

}  // namespace nusselt
