#include "solver/case/kept_intervals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "solver/case/gauss_rule.hpp"

namespace nusselt {

namespace {

constexpr double snap = 1e-9;
constexpr int bisections_of_intervals = 55;  // to rounding
constexpr int island_halvings = 7;
constexpr int line_halvings = 5;
constexpr double first_line = 1e-6;
constexpr int bisections_of_bands = 30;  // lines are short where bands end

using Signature = std::array<std::size_t, 3>;

/// What makes two lines alike.
Signature signature(const Line& line) {
  if (line.kept.empty()) return {0, 0, 0};
  return {line.kept.size(), line.kept.front().lower == 0, line.kept.back().upper == 1};
}

struct Mark {
  double at;
  Standing standing;
};

/// A place between two of one kind that is of the other. Both sides can only be reached where what is safe at the ends
/// leaves room between them.
std::optional<double> other_between(const std::function<Standing(double)>& standing, const Mark& a, const Mark& b,
                                    int halvings) {
  if (a.standing.kept != b.standing.kept || halvings == 0) return {};
  const double reach = a.standing.safe + b.standing.safe;
  if (reach >= b.at - a.at || reach == 0) return {};
  const double at = 0.5 * (a.at + b.at);
  const Mark middle{at, standing(at)};
  if (middle.standing.kept != a.standing.kept) return at;
  if (const std::optional<double> left = other_between(standing, a, middle, halvings - 1)) return left;
  return other_between(standing, middle, b, halvings - 1);
}

struct LineMark {
  double at;
  Line line;
};

/// The same for lines.
std::optional<LineMark> other_line_between(const std::function<Line(double)>& line, const LineMark& a,
                                           const LineMark& b, int halvings) {
  if (halvings == 0 || !a.line.clear || !b.line.clear || signature(a.line) != signature(b.line)) return {};
  if (*a.line.clear + *b.line.clear >= b.at - a.at) return {};
  const double at = 0.5 * (a.at + b.at);
  LineMark middle{at, line(at)};
  if (signature(middle.line) != signature(a.line)) return middle;
  if (std::optional<LineMark> left = other_line_between(line, a, middle, halvings - 1)) return left;
  return other_line_between(line, middle, b, halvings - 1);
}

using Function = std::function<double(double)>;

double integral(const Function& function, const Interval& interval, int count) {
  double sum = 0;
  for (const RuleNode& node : rounded_gauss(interval, count)) sum += node.weight * function(node.at);
  return sum;
}

double error_on(const Function& function, const Interval& interval) {
  return std::abs(integral(function, interval, 12) - integral(function, interval, 9));
}

/// Follows the half with the larger error.
double kink_in(const Function& function, Interval interval) {
  constexpr double narrow = 1e-8;
  double error = error_on(function, interval);
  while (interval.length() > narrow) {
    const double middle = 0.5 * (interval.lower + interval.upper);
    const Interval left{interval.lower, middle};
    const Interval right{middle, interval.upper};
    const double of_left = error_on(function, left);
    const double of_right = error_on(function, right);
    if (std::max(of_left, of_right) < 0.02 * error) return middle;  // the kink is there
    interval = of_left > of_right ? left : right;
    error = std::max(of_left, of_right);
  }
  return 0.5 * (interval.lower + interval.upper);
}

void split(const Function& function, const Interval& band, double tolerance, int splits, std::vector<Interval>& parts) {
  if (splits == 0 || error_on(function, band) <= tolerance) {
    parts.push_back(band);
    return;
  }
  const double kink = kink_in(function, band);
  if (kink - band.lower < snap || band.upper - kink < snap) {
    parts.push_back(band);
    return;
  }
  split(function, {band.lower, kink}, tolerance, splits - 1, parts);
  split(function, {kink, band.upper}, tolerance, splits - 1, parts);
}

}  // namespace

std::vector<Interval> split_at_kinks(const std::vector<Interval>& bands, const Function& function, double tolerance) {
  constexpr int splits = 4;  // one inside the other: at most 16 parts
  std::vector<Interval> parts;
  for (const Interval& band : bands) split(function, band, tolerance, splits, parts);
  return parts;
}

Line kept_line(const std::function<Standing(double)>& standing, double finest) {
  Line line;
  double least = std::numeric_limits<double>::infinity();
  bool crossed = false;
  double begin = 0;
  const auto cross = [&](double before, double after, bool kept) {
    crossed = true;
    for (int i = 0; i < bisections_of_intervals; ++i) {
      const double middle = 0.5 * (before + after);
      (standing(middle).kept == kept ? before : after) = middle;
    }
    if (!kept) {
      begin = after < snap ? 0 : after;
      return;
    }
    const double end = before > 1 - snap ? 1 : before;
    if (end - begin > snap) line.kept.push_back({begin, end});
  };
  Mark here{0, standing(0)};
  while (here.at < 1) {
    const double next = std::min(1.0, here.at + std::max(finest, here.standing.safe));
    const Mark there{next, standing(next)};
    // What is too small for the step: a crossing and its return.
    const std::optional<double> island = other_between(standing, here, there, island_halvings);
    if (island) {
      cross(here.at, *island, here.standing.kept);
      cross(*island, there.at, !here.standing.kept);
    } else if (there.standing.kept != here.standing.kept) {
      cross(here.at, there.at, here.standing.kept);
    }
    least = std::min(least, here.standing.safe);
    here = there;
  }
  if (here.standing.kept && 1 - begin > snap) line.kept.push_back({begin, 1});
  // Between two places looked at, something may be half as far away.
  if (!crossed) line.clear = std::max(0.0, 0.5 * (std::min(least, here.standing.safe) - finest));
  return line;
}

Line alike_bands(const std::function<Line(double v)>& line, int lines) {
  Line bands;
  double least = std::numeric_limits<double>::infinity();
  bool all_clear = true;
  double begin = 0;
  const auto look = [&](double v) {
    LineMark mark{v, line(v)};
    if (mark.line.clear) least = std::min(least, *mark.line.clear);
    if (!mark.line.clear) all_clear = false;
    return mark;
  };
  const auto cross = [&](double before, double after, const Signature& kind) {
    for (int i = 0; i < bisections_of_bands; ++i) {
      const double middle = 0.5 * (before + after);
      (signature(line(middle)) == kind ? before : after) = middle;
    }
    if (kind[0] > 0 && before - begin > snap) bands.kept.push_back({begin, before});
    begin = after;
  };
  // Right at the ends a line would run along edges.
  LineMark here = look(first_line);
  for (int i = 0; i <= lines; ++i) {
    LineMark there = look(i < lines ? (i + 0.5) / lines : 1 - first_line);
    const std::optional<LineMark> island = other_line_between(line, here, there, line_halvings);
    if (island) {
      all_clear = false;
      cross(here.at, island->at, signature(here.line));
      cross(island->at, there.at, signature(island->line));
    } else if (signature(there.line) != signature(here.line)) {
      cross(here.at, there.at, signature(here.line));
    }
    here = std::move(there);
  }
  if (signature(here.line)[0] > 0 && 1 - begin > snap) bands.kept.push_back({begin, 1});
  if (all_clear) bands.clear = std::max(0.0, least - 0.5 / lines);
  return bands;
}

std::vector<RuleNode> gauss(const Interval& interval, int count) {
  constexpr int most = 64;  // nodes of one rule; more of them make panels
  const int panels = (count + most - 1) / most;
  const GaussRule rule = gauss_legendre((count + panels - 1) / panels);
  const double width = interval.length() / panels;
  std::vector<RuleNode> nodes;
  for (int panel = 0; panel < panels; ++panel) {
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
      nodes.push_back({interval.lower + (panel + rule.nodes[i]) * width, rule.weights[i] * width});
    }
  }
  return nodes;
}

std::vector<RuleNode> rounded_gauss(const Interval& interval, int count) {
  std::vector<RuleNode> nodes = gauss({0, 1}, count);
  for (RuleNode& node : nodes) {
    const double s = node.at;
    node.at = interval.lower + interval.length() * s * s * (3 - 2 * s);
    node.weight *= interval.length() * 6 * s * (1 - s);
  }
  return nodes;
}

}  // namespace nusselt
