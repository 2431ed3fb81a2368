#include "solver/solution.hpp"

#include <algorithm>
#include <cmath>

namespace nusselt {

namespace {

// Quadrature points along an axis: for analytic fields of these networks the error is far below the criteria.
constexpr int face_points = 64;
// A profile at one moment may hold a front, which those would miss.
constexpr int profile_points = 512;
constexpr int box_points = 32;
// In space and time so many along each of four axes are a million.
constexpr int points_of_four_axes = 14;
// Points evaluated at once when fields are asked for on a fine grid.
constexpr std::int64_t chunk = 8192;

}  // namespace

Solution::Solution(const Case& the_case, const torch::Tensor& theta)
    : case_(the_case),
      problem_(the_case, at::TensorOptions().dtype(at::kDouble).device(theta.device())),
      pieces_{{INFINITY, problem_.network(), theta.detach().to(at::kDouble).clone()}} {
  for (const ParameterSlice& slice : problem_.network().slices()) {
    if (slice.name != "constants") continue;
    const torch::Tensor values = parameters().narrow(0, slice.offset, slice.size()).cpu();
    std::int64_t k = 0;
    for (const Constant* constant : case_.constants.sought()) {
      unknowns_[constant->sought->unknown.name()] = values[k++].item<double>();
    }
  }
  for (const Constant* constant : case_.constants.inputs()) unknowns_[constant->input->coordinate.name()] = 0;
  member_.assign(case_.constants.inputs().size(), 0);
  fix_gauges();
}

Solution::Solution(const Case& whole, const std::vector<Solution>& windows)
    : case_(whole),
      problem_(whole, windows.front().parameters().options()),
      unknowns_(windows.front().unknowns_),
      member_(windows.front().member_) {
  const double scale = whole.coordinate_scale(axis_t);
  for (const Solution& window : windows) {
    const Piece& piece = window.pieces_.front();
    pieces_.push_back({window.case_.box.upper[axis_t] / scale, piece.network, piece.theta});
  }
  // Points at the end may lie behind it by a digit.
  if (static_cast<int>(windows.size()) == whole.windows) pieces_.back().end = INFINITY;
}

torch::Tensor Solution::jet(const torch::Tensor& x, const JetSpec& spec) const {
  const at::NoGradGuard no_gradient;
  if (pieces_.size() == 1 && std::isinf(pieces_.front().end)) {
    return pieces_.front().network.jet(parameters(), x, spec);
  }
  const torch::Tensor time = x.select(1, case_.box.dimensions() - 1);
  torch::Tensor all;
  torch::Tensor left = at::ones_like(time, at::kBool);
  for (const Piece& piece : pieces_) {
    const torch::Tensor here = left.logical_and(time <= piece.end).nonzero().squeeze(1);
    left = left.logical_and(time > piece.end);
    const torch::Tensor part = piece.network.jet(piece.theta, x.index_select(0, here), spec);
    if (!all.defined()) all = at::full({x.size(0), part.size(1), part.size(2)}, NAN, part.options());
    all.index_copy_(0, here, part);
  }
  return all;
}

Solution Solution::of_member(const std::map<std::string, double>& constants) const {
  Solution other = *this;
  other.member_ = case_.constants.input_coordinates(constants);
  for (std::size_t i = 0; i < member_.size(); ++i) {
    other.unknowns_[case_.constants.inputs()[i]->input->coordinate.name()] = other.member_[i];
  }
  return other;
}

PointSet Solution::with_member(const PointSet& points) const {
  return problem_.with_inputs(points, [&](int, std::size_t input) { return member_[input]; });
}

void Solution::fix_gauges() {
  for (const std::string& field : case_.gauge_fields()) {
    const Expression symbol = case_.system.field_named(field).symbol;
    const Region& region = case_.domain.region_named(case_.system.field_named(field).region);
    const double mean = region_mean(symbol, region) - field_level(symbol, case_.scales);
    const double scaled_mean = mean / field_scale(symbol, case_.scales);
    // A gauge field has no hard condition, so it is an output of the network, and its mean sits in that output's bias.
    for (std::size_t output = 0; output < case_.trials.size(); ++output) {
      if (case_.trials[output].field != field) continue;
      pieces_.front().theta[problem_.network().layout().output_bias(static_cast<int>(output))] -= scaled_mean;
    }
  }
}

torch::Tensor Solution::values(const std::vector<Expression>& expressions, const Points& points) const {
  const at::NoGradGuard no_gradient;
  std::vector<Expression> scaled;
  for (const Expression& expression : expressions) {
    scaled.push_back(in_scaled_fields(expression, case_.scales, case_.constants.values()));
  }
  const CompiledResidual compiled(scaled, case_.trials, case_.box.axes, case_.input_columns());
  std::vector<torch::Tensor> parts;
  for (std::int64_t begin = 0; begin < points.x.size(0); begin += chunk) {
    const std::int64_t size = std::min(chunk, points.x.size(0) - begin);
    const Points part = points.narrow(begin, size);
    parts.push_back(compiled.values(part, jet(part.x, compiled.spec())));
  }
  return at::cat(parts, 0);
}

torch::Tensor Solution::fields(const Points& points) const {
  std::vector<Expression> symbols;
  for (const System::Field& field : case_.system.fields()) symbols.push_back(field.symbol);
  return values(symbols, points);
}

torch::Tensor Solution::residuals(const Points& points) const {
  const at::NoGradGuard no_gradient;
  std::vector<torch::Tensor> parts;
  for (std::int64_t begin = 0; begin < points.x.size(0); begin += chunk) {
    const std::int64_t size = std::min(chunk, points.x.size(0) - begin);
    const Points part{points.x.narrow(0, begin, size)};
    std::vector<torch::Tensor> regions;
    for (std::size_t s = 0; s < problem_.interiors(); ++s) {
      const CompiledResidual& residual = problem_.sets()[s].residual;
      regions.push_back(residual.values(part, jet(part.x, residual.spec())));
    }
    parts.push_back(at::cat(regions, 1));
  }
  return at::cat(parts, 0);
}

Solution::Weighted Solution::on_face(const Expression& integrand, const Face& face) const {
  const bool profile = face.axis == axis_t && case_.box.dimensions() == 2;
  const int along_axis = profile ? profile_points : case_.box.dimensions() > 3 ? points_of_four_axes : face_points;
  const WeightedPoints points = problem_.on_device(with_member(problem_.quadrature(face, along_axis)));
  return {values({integrand}, points.points).select(1, 0), points.weights};
}

double Solution::face_mean(const Expression& integrand, const Face& face) const {
  const Weighted all = on_face(integrand, face);
  return (all.values * all.weights).sum().item<double>();
}

Solution::Flows Solution::face_flows(const Expression& integrand, const Face& face) const {
  const Weighted all = on_face(integrand, face);
  const torch::Tensor shares = all.values * all.weights;
  return {shares.clamp_min(0).sum().item<double>(), -shares.clamp_max(0).sum().item<double>()};
}

double Solution::region_mean(const Expression& integrand, const Region& region) const {
  const int along_axis = case_.box.dimensions() > 3 ? points_of_four_axes : box_points;
  const WeightedPoints points = problem_.on_device(with_member(problem_.quadrature(region, along_axis)));
  return (values({integrand}, points.points).select(1, 0) * points.weights).sum().item<double>();
}

std::vector<bool> Solution::lie_in(const Region& region, const std::vector<std::vector<double>>& coordinates) const {
  const std::vector<Axis> axes = case_.box.active_axes();
  std::vector<bool> inside;
  for (std::size_t n = 0; n < coordinates.front().size(); ++n) {
    Coordinates at{};
    for (std::size_t d = 0; d < axes.size(); ++d) at[axes[d]] = coordinates[d][n];
    inside.push_back(region.contains(at));
  }
  return inside;
}

double Solution::section_mean(const Expression& integrand, const std::map<Axis, double>& positions,
                              const Box& box) const {
  const GaussRule rule = gauss_legendre(case_.box.dimensions() > 3 ? points_of_four_axes : face_points);
  std::vector<double> weights = {1};
  std::vector<std::vector<double>> coordinates;
  for (Axis axis : case_.box.active_axes()) {
    const auto given = positions.find(axis);
    const std::vector<double> alone = {1};
    const std::vector<double>& share = given != positions.end() ? alone : rule.weights;
    // What is there already, once for each place along this axis.
    std::vector<double> more, column;
    std::vector<std::vector<double>> others(coordinates.size());
    for (std::size_t i = 0; i < share.size(); ++i) {
      const double place = given != positions.end()
                               ? given->second
                               : box.lower[axis] + rule.nodes[i] * (box.upper[axis] - box.lower[axis]);
      column.insert(column.end(), weights.size(), place);
      for (double weight : weights) more.push_back(weight * share[i]);
      for (std::size_t d = 0; d < coordinates.size(); ++d) {
        others[d].insert(others[d].end(), coordinates[d].begin(), coordinates[d].end());
      }
    }
    weights = std::move(more);
    coordinates = std::move(others);
    coordinates.push_back(std::move(column));
  }
  const torch::Tensor along = values({integrand}, points_at(coordinates)).select(1, 0).cpu();
  return (along * at::tensor(weights, at::TensorOptions().dtype(at::kDouble))).sum().item<double>();
}

Solution::Extremum Solution::line_extremum(const Expression& expression, Axis axis,
                                           const std::map<Axis, double>& positions, bool largest) const {
  constexpr int samples = 2001;
  constexpr int refinements = 4;  // from the whole line to the neighbours of the best point, a thousandth each
  double lower = case_.box.lower[axis];
  double upper = case_.box.upper[axis];
  Extremum best{NAN, NAN};
  for (int level = 0; level < refinements; ++level) {
    std::vector<std::vector<double>> coordinates;
    for (Axis other : case_.box.active_axes()) {
      std::vector<double> column(samples, other == axis ? 0 : positions.at(other));
      for (int i = 0; other == axis && i < samples; ++i) column[i] = lower + (upper - lower) * i / (samples - 1);
      coordinates.push_back(std::move(column));
    }
    const torch::Tensor along = values({expression}, points_at(coordinates)).select(1, 0).cpu();
    const auto i = (largest ? along.argmax() : along.argmin()).item<std::int64_t>();
    const double spacing = (upper - lower) / (samples - 1);
    best = {along[i].item<double>(), lower + spacing * static_cast<double>(i)};
    lower = std::max(case_.box.lower[axis], best.place - spacing);
    upper = std::min(case_.box.upper[axis], best.place + spacing);
  }
  return best;
}

double Solution::constant(const std::string& name) const {
  const Constant* constant = case_.constants.find(name);
  if (constant == nullptr) throw std::out_of_range("the case has no constant " + name);
  if (!constant->ratio) return constant->si;
  return constant->si * evaluate(*constant->ratio, [&](const Expression& leaf) { return unknowns_.at(leaf.name()); });
}

Points Solution::points_at(const std::vector<std::vector<double>>& coordinates) const {
  std::vector<torch::Tensor> columns;
  const std::vector<Axis> axes = case_.box.active_axes();
  for (std::size_t d = 0; d < axes.size(); ++d) {
    columns.push_back(at::tensor(coordinates[d], at::TensorOptions().dtype(at::kDouble)) /
                      case_.coordinate_scale(axes[d]));
  }
  for (const double coordinate : member_) columns.push_back(at::full_like(columns.front(), coordinate));
  return {at::stack(columns, 1).to(problem_.options()), {}};
}

}  // namespace nusselt
