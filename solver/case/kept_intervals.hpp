// Where along a parameter of [0, 1] something holds, and how such intervals change with a second parameter.
#pragma once

#include <functional>
#include <optional>
#include <vector>

namespace nusselt {

struct Interval {
  double lower;
  double upper;
  double length() const { return upper - lower; }
  bool operator==(const Interval&) const = default;
};

struct Standing {
  bool kept;
  double safe;  // nothing changes within this step of the parameter; 0 where that is not known
};

/// What is kept along a line, or across a set of lines.
struct Line {
  std::vector<Interval> kept;
  /// Where nothing or all of it is kept: how far away something else may begin, in the line's own parameter.
  std::optional<double> clear = {};
};

/// The intervals of [0, 1] where `standing` is kept: stepping by what is safe and by at least `finest`, then bisection
/// to rounding. Islands and gaps shorter than finest / 128 may be missed. Ends within 1e-9 of 0 and 1 are 0 and 1.
Line kept_line(const std::function<Standing(double)>& standing, double finest);

/// Intervals of v in [0, 1] in which lines are alike: as many intervals are kept, with the same of them reaching 0
/// and 1. Where lines have none, there is no band. Looks at `lines` values of v, at more where an island may lie
/// between two lines that are clear, then bisects. `clear` of the lines is in the parameter v.
Line alike_bands(const std::function<Line(double v)>& line, int lines);

/// The bands, split where a function of v that the lines define has a kink, such as their length across the corner of a
/// cut: there one rule over both sides would converge slowly. `tolerance` is on the integral over a band.
std::vector<Interval> split_at_kinks(const std::vector<Interval>& bands,
                                     const std::function<double(double v)>& function, double tolerance);

/// Nodes and weights on an interval whose integrand may rise like a square root at its ends, as the length of a chord
/// does where a line touches a circle: Gauss in s with v = lower + length s^2 (3 - 2 s).
struct RuleNode {
  double at;
  double weight;
};
std::vector<RuleNode> rounded_gauss(const Interval& interval, int count);
std::vector<RuleNode> gauss(const Interval& interval, int count);

}  // namespace nusselt
