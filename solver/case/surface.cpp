#include "solver/case/surface.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "solver/case/box_solid.hpp"
#include "solver/case/set_operation.hpp"

namespace nusselt {

namespace {

constexpr double finest_of_curve = 1.0 / 2048;
constexpr double finest_of_line = 1.0 / 256;
constexpr int lines_of_face = 48;
constexpr int measuring_lines = 24;      // of each band
constexpr double kink_tolerance = 1e-6;  // of the carrier's measure
constexpr int most_draws = 1 << 28;

double total_length(const std::vector<Interval>& intervals) {
  double sum = 0;
  for (const Interval& interval : intervals) sum += interval.length();
  return sum;
}

/// The parameter at which the share `s` in [0, 1) of all intervals lies before it.
double parameter_at(const std::vector<Interval>& intervals, double s) {
  double rest = s * total_length(intervals);
  for (const Interval& interval : intervals) {
    if (rest < interval.length()) return interval.lower + rest;
    rest -= interval.length();
  }
  return intervals.back().upper;
}

/// Share of the carrier's measure between two ends of u on a line of v.
double share(const Carrier::Facts& facts, const Interval& u) {
  return facts.grows ? u.upper * u.upper - u.lower * u.lower : u.length();
}

SurfacePoint point_of(const Piece& piece, double u, double v, double weight) {
  SurfacePoint point = piece.carrier->at(u, v);
  if (piece.reversed) point.normal = -point.normal;
  point.weight *= weight;
  return point;
}

std::vector<RuleNode> around(int count) {
  std::vector<RuleNode> nodes;
  for (int i = 0; i < count; ++i) nodes.push_back({(i + 0.5) / count, 1.0 / count});
  return nodes;
}

int share_of(int count, double part, double whole, int least) {
  return std::max(least, static_cast<int>(std::lround(count * part / whole)));
}

/// By the distance at the middle of the ball that holds the carrier, which no boundary can be nearer than.
std::optional<bool> whole_kept(const Piece& piece) {
  const Carrier::Facts& facts = piece.carrier->facts();
  bool all = true;
  for (const Cut& cut : piece.cuts) {
    const double distance = cut.other->nearest(facts.centre).distance;
    const bool clear = std::abs(distance) > facts.radius * (1 + 1e-9) + cut.tolerance;
    if (clear && (distance < 0) != cut.keep_inside) return false;
    all = all && clear;
  }
  if (all) return true;
  return {};
}

/// An additive recurrence that covers the square evenly (M. Roberts 2018, the plastic number).
std::vector<double> even_points(int dims, int count) {
  constexpr double steps[] = {0.7548776662466927, 0.5698402909980532};
  std::vector<double> points;
  for (int i = 0; i < count; ++i) {
    for (int d = 0; d < dims; ++d) points.push_back(std::fmod(0.5 + (i + 1) * steps[d], 1.0));
  }
  return points;
}

}  // namespace

Surface::Surface(std::string name, std::vector<Piece> pieces) : name_(std::move(name)) {
  for (Piece& piece : pieces) {
    carriers_.push_back(piece.carrier);
    Part part = cut(std::move(piece));
    if (part.measure <= 0) continue;
    measure_ += part.measure;
    drawn_from_.push_back((drawn_from_.empty() ? 0 : drawn_from_.back()) + part.band_measure);
    parts_.push_back(std::move(part));
  }
}

Surface::Part Surface::cut(Piece piece) const {
  const Carrier::Facts& facts = piece.carrier->facts();
  Part part{std::move(piece), true, {{0, 1}}, facts.measure, facts.measure};
  const std::optional<bool> whole = whole_kept(part.piece);
  if (whole) {
    part.is_cut = false;
    if (!*whole) part.measure = part.band_measure = 0;
  } else if (facts.parameters == 0) {
    part.is_cut = false;
    if (!state_of(part.piece, part.piece.carrier->at(0, 0)).kept) part.measure = part.band_measure = 0;
  } else if (facts.parameters == 1) {
    part.kept = line(part, 0).kept;
    part.measure = part.band_measure = facts.measure * total_length(part.kept);
    part.is_cut = part.kept != std::vector<Interval>{{0, 1}};
  } else {
    const auto kept_of_line = [&](double v) {
      double kept = 0;
      for (const Interval& u : line(part, v).kept) kept += share(facts, u);
      return kept;
    };
    const std::vector<Interval> bands = alike_bands([&](double v) { return line(part, v); }, lines_of_face).kept;
    part.kept = split_at_kinks(bands, kept_of_line, kink_tolerance);
    double kept = 0;
    for (const Interval& band : part.kept) {
      for (const RuleNode& v : rounded_gauss(band, measuring_lines)) kept += v.weight * kept_of_line(v.at);
    }
    part.measure = facts.measure * kept;
    part.band_measure = facts.measure * total_length(part.kept);
    if (part.measure < 1e-9 * facts.measure) part.measure = part.band_measure = 0;  // what rounding leaves
    part.is_cut = kept < 1 - 1e-9;
  }
  return part;
}

Line Surface::line(const Part& part, double v) const {
  if (!part.is_cut) return {{{0, 1}}};
  const Carrier& carrier = *part.piece.carrier;
  const Carrier::Facts& facts = carrier.facts();
  Line line = kept_line(
      [&](double u) {
        const CutState state = state_of(part.piece, carrier.at(u, v));
        return Standing{state.kept, state.safe / facts.speed};
      },
      facts.parameters == 1 ? finest_of_curve : finest_of_line);
  std::vector<Interval>& kept = line.kept;
  if (facts.u_closed && kept.size() > 1 && kept.front().lower == 0 && kept.back().upper == 1) {
    kept.back().upper += kept.front().upper;
    kept.erase(kept.begin());
  }
  if (line.clear && facts.parameters == 2) *line.clear *= facts.speed / facts.across;
  return line;
}

Surface Surface::within(const Position& lower, const Position& upper) const {
  std::vector<Piece> pieces;
  const double size = norm(upper - lower);
  Position margin{};  // makes a box of what is flat
  for (int d = 0; d < 3; ++d) margin[d] = upper[d] - lower[d] > 1e-9 * size ? 0 : 1e-9 * size;
  for (const Part& part : parts_) {
    const int dimensions = part.piece.carrier->facts().parameters + 1;
    pieces.push_back(part.piece);
    pieces.back().cuts.push_back({.other = box_solid(dimensions, lower - margin, upper + margin),
                                  .reversed = false,
                                  .keep_inside = true,
                                  .keep_same = true,
                                  .keep_opposite = true,
                                  .tolerance = 1e-11 * size});
  }
  return {name_, std::move(pieces)};
}

std::optional<Ball> Surface::ball() const {
  if (parts_.size() != 1 || carriers_.size() != 1 || parts_.front().is_cut) return {};
  const Carrier::Facts& facts = parts_.front().piece.carrier->facts();
  if (!facts.u_closed || facts.parameters == 0) return {};
  // Of all closed carriers in a ball of that radius these alone have the measure of its boundary.
  const double pi = std::numbers::pi;
  const double whole = facts.parameters == 1 ? 2 * pi * facts.radius : 4 * pi * facts.radius * facts.radius;
  if (std::abs(facts.measure - whole) > 1e-9 * whole) return {};
  return Ball{facts.centre, facts.radius};
}

double Surface::distance(const Position& x) const {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& carrier : carriers_) least = std::min(least, carrier->distance(x));
  return least;
}

std::vector<SurfacePoint> Surface::sample(int count, const UnitPoints& unit_points) const {
  if (parts_.empty()) return {};
  switch (parts_.front().piece.carrier->facts().parameters) {
    case 0:
      return quadrature(count);
    case 1:
      return sample_curves(count, unit_points);
    default:
      return sample_faces(count, unit_points);
  }
}

const Surface::Part& Surface::part_at(double& s) const {
  const auto after = std::upper_bound(drawn_from_.begin(), drawn_from_.end(), s * drawn_from_.back());
  const std::size_t index = std::min<std::size_t>(after - drawn_from_.begin(), parts_.size() - 1);
  const double before = index == 0 ? 0 : drawn_from_[index - 1];
  s = std::clamp((s * drawn_from_.back() - before) / parts_[index].band_measure, 0.0, 1.0);
  return parts_[index];
}

std::vector<SurfacePoint> Surface::sample_curves(int count, const UnitPoints& unit_points) const {
  std::vector<SurfacePoint> points;
  for (double s : unit_points(1, count)) {
    const Part& part = part_at(s);
    points.push_back(point_of(part.piece, parameter_at(part.kept, s), 0, 1));
    points.back().weight = measure_ / count;
  }
  return points;
}

std::vector<SurfacePoint> Surface::sample_faces(int count, const UnitPoints& unit_points) const {
  const double accepted = measure_ / drawn_from_.back();
  for (double draws = count / accepted * (accepted < 1 - 1e-9 ? 1.1 : 1); draws < most_draws; draws = 2 * draws + 8) {
    std::vector<SurfacePoint> points;
    const std::vector<double> unit = unit_points(2, static_cast<int>(std::ceil(draws - 1e-6)));
    for (std::size_t i = 0; i + 1 < unit.size() && static_cast<int>(points.size()) < count; i += 2) {
      double s = unit[i];
      const Part& part = part_at(s);
      const double u = part.piece.carrier->facts().grows ? std::sqrt(s) : s;
      const double v = parameter_at(part.kept, unit[i + 1]);
      if (part.is_cut && !state_of(part.piece, part.piece.carrier->at(u, v)).kept) continue;
      points.push_back(point_of(part.piece, u, v, 1));
      points.back().weight = measure_ / count;
    }
    if (static_cast<int>(points.size()) == count) return points;
  }
  throw std::runtime_error("too little is left of the face " + name_ + " to put points on it");
}

std::vector<SurfacePoint> Surface::quadrature(int count) const {
  if (parts_.empty()) return {};
  const int parameters = parts_.front().piece.carrier->facts().parameters;
  if (parameters == 2 && parts_.size() > static_cast<std::size_t>(count)) return sample_faces(count, even_points);
  std::vector<SurfacePoint> points;
  for (const Part& part : parts_) {
    if (parameters == 0) points.push_back(point_of(part.piece, 0, 0, 1));
    if (parameters == 1) add_curve(part, count, points);
    if (parameters == 2) add_face(part, count, points);
  }
  return points;
}

void Surface::add_curve(const Part& part, int count, std::vector<SurfacePoint>& points) const {
  const Carrier::Facts& facts = part.piece.carrier->facts();
  for (const Interval& interval : part.kept) {
    const bool whole = facts.u_closed && !part.is_cut;
    const int nodes = share_of(count, facts.measure * interval.length(), measure_, 4);
    for (const RuleNode& node : whole ? around(nodes) : gauss(interval, nodes)) {
      points.push_back(point_of(part.piece, node.at, 0, node.weight));
    }
  }
}

void Surface::add_face(const Part& part, int count, std::vector<SurfacePoint>& points) const {
  const Carrier::Facts& facts = part.piece.carrier->facts();
  const int nodes = share_of(count, part.measure, measure_, 1);
  const int across = static_cast<int>(std::ceil(std::sqrt(nodes)));
  const std::size_t begin = points.size();
  double sum = 0;
  const auto add = [&](const RuleNode& u, const RuleNode& v) {
    points.push_back(point_of(part.piece, u.at, v.at, u.weight * v.weight));
    sum += points.back().weight;
  };
  for (const Interval& band : part.kept) {
    const int here = part.is_cut ? share_of(across, band.length(), total_length(part.kept), 6) : across;
    const bool whole = facts.v_closed && !part.is_cut;
    for (const RuleNode& v : whole ? around(here) : part.is_cut ? rounded_gauss(band, here) : gauss(band, here)) {
      const std::vector<Interval> intervals = line(part, v.at).kept;
      for (const Interval& interval : intervals) {
        const bool round = facts.u_closed && interval == Interval{0, 1};
        const int along = part.is_cut ? share_of(across, interval.length(), total_length(intervals), 4) : across;
        for (const RuleNode& u : round ? around(along) : gauss(interval, along)) add(u, v);
      }
    }
  }
  // A rule of few lines misses a little of what many lines measured.
  for (std::size_t i = begin; i < points.size(); ++i) points[i].weight *= part.measure / sum;
}

}  // namespace nusselt
