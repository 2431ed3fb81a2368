#include "solver/case/kept_intervals.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "solver/case/gauss_rule.hpp"

namespace nusselt {

namespace {

constexpr double snap = 1e-9;
constexpr int bisections = 55;

/// What makes two lines alike.
std::array<std::size_t, 3> signature(const std::vector<Interval>& kept) {
  if (kept.empty()) return {0, 0, 0};
  return {kept.size(), kept.front().lower == 0, kept.back().upper == 1};
}

using Function = std::function<double(double)>;

double integral(const Function& function, const Interval& interval, int count) {
  double sum = 0;
  for (const Node1& node : rounded_gauss(interval, count)) sum += node.weight * function(node.at);
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

std::vector<Interval> kept_intervals(const std::function<Standing(double)>& standing, double finest) {
  std::vector<Interval> intervals;
  Standing here = standing(0);
  double begin = 0;
  const auto close = [&](double end) {
    if (end > 1 - snap) end = 1;
    if (end - begin > snap) intervals.push_back({begin, end});
  };
  for (double t = 0; t < 1;) {
    const double next = std::min(1.0, t + std::max(finest, here.safe));
    const Standing there = standing(next);
    if (there.kept != here.kept) {
      double before = t;
      double after = next;
      for (int i = 0; i < bisections; ++i) {
        const double middle = 0.5 * (before + after);
        (standing(middle).kept == here.kept ? before : after) = middle;
      }
      if (here.kept) close(before);
      begin = after < snap ? 0 : after;
    }
    here = there;
    t = next;
  }
  if (here.kept) close(1);
  return intervals;
}

std::vector<Interval> alike_bands(const std::function<std::vector<Interval>(double v)>& line, int lines) {
  std::vector<Interval> bands;
  double begin = 0;
  double last = 0.5 / lines;
  auto here = signature(line(last));
  const auto close = [&](double end) {
    if (here[0] > 0 && end - begin > snap) bands.push_back({begin, end});
  };
  for (int i = 1; i < lines; ++i) {
    const double next = (i + 0.5) / lines;
    const auto there = signature(line(next));
    if (there != here) {
      double before = last;
      double after = next;
      for (int k = 0; k < bisections; ++k) {
        const double middle = 0.5 * (before + after);
        (signature(line(middle)) == here ? before : after) = middle;
      }
      close(before);
      begin = after;
    }
    here = there;
    last = next;
  }
  close(1);
  return bands;
}

std::vector<Node1> gauss(const Interval& interval, int count) {
  constexpr int most = 64;  // nodes of one rule; more of them make panels
  const int panels = (count + most - 1) / most;
  const GaussRule rule = gauss_legendre((count + panels - 1) / panels);
  const double width = interval.length() / panels;
  std::vector<Node1> nodes;
  for (int panel = 0; panel < panels; ++panel) {
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
      nodes.push_back({interval.lower + (panel + rule.nodes[i]) * width, rule.weights[i] * width});
    }
  }
  return nodes;
}

std::vector<Node1> rounded_gauss(const Interval& interval, int count) {
  std::vector<Node1> nodes = gauss({0, 1}, count);
  for (Node1& node : nodes) {
    const double s = node.at;
    node.at = interval.lower + interval.length() * s * s * (3 - 2 * s);
    node.weight *= interval.length() * 6 * s * (1 - s);
  }
  return nodes;
}

}  // namespace nusselt
