#include "solver/case/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "networks/layout/network_layout.hpp"
#include "solver/case/mean_conditions.hpp"
#include "solver/case/network_choice.hpp"
#include "solver/case/optimizer_choice.hpp"

namespace nusselt {

namespace {

using Part = Estimate::Part;

double sum_of(const std::vector<Part>& parts) {
  double sum = 0;
  for (const Part& part : parts) sum += part.size;
  return sum;
}

/// The operator of the highest order of one field in one expression: axes of each derivative and its weight beside the
/// first. Nothing where the weights vary from point to point.
using Operator = std::map<MultiIndex, double>;

std::optional<Operator> highest_operator(const Expression& expression, const std::vector<Expression>& derivatives) {
  Operator weights;
  const Expression first = partial(expression, derivatives.front());
  for (const Expression& derivative : derivatives) {
    const Expression ratio = partial(expression, derivative) / first;
    if (!ratio.is_number()) return std::nullopt;
    weights.emplace(derivative.index(), ratio.value());
  }
  return weights;
}

int order_of(const std::vector<Expression>& expressions) {
  int order = 0;
  for (const Expression& expression : expressions) {
    for (const Expression& leaf : leaves(expression)) {
      if (leaf.kind() == Expression::Kind::field) order = std::max(order, leaf.order());
    }
  }
  return order;
}

/// Derivatives of the highest order that occur in fixed ratios share one channel of a jet; below third derivatives
/// stands a channel for every second one that they contain.
int channels_of(const std::vector<Expression>& expressions, int dimensions) {
  const int order = order_of(expressions);
  if (order < 2) return order == 0 ? 1 : 1 + dimensions;
  bool fixed = true;
  std::set<MultiIndex> single;
  std::set<MultiIndex> below;
  std::set<Operator> operators;
  for (const Expression& expression : expressions) {
    std::map<std::string, std::vector<Expression>> highest;
    for (const Expression& leaf : leaves(expression)) {
      if (leaf.kind() != Expression::Kind::field || leaf.order() < 2) continue;
      if (leaf.order() < order) {
        below.insert(leaf.index());
        continue;
      }
      single.insert(leaf.index());
      highest[leaf.name()].push_back(leaf);
      for (int axis = 0; axis < axis_count && order == 3; ++axis) {
        MultiIndex contained = leaf.index();
        if (contained[axis]-- > 0) below.insert(contained);
      }
    }
    for (const auto& [field, derivatives] : highest) {
      const auto weights = highest_operator(expression, derivatives);
      if (weights) {
        operators.insert(*weights);
      } else {
        fixed = false;
      }
    }
  }
  const std::size_t shared = fixed ? std::min(operators.size(), single.size()) : single.size();
  return 1 + dimensions + static_cast<int>(below.size() + shared);
}

/// Points that are looked at together, and what is asked of them.
struct PointSet {
  std::int64_t points;
  int equations;
  int channels;
  std::int64_t means = 0;  // that the points stand for, where they do
  std::int64_t rows() const { return (means > 0 ? means : points) * equations; }
};

/// Flops of one product of each matrix of weights with one feature vector per channel, but for those that read the
/// coordinates.
double sweep(const NetworkLayout& layout, int channels) {
  double sum = 0;
  for (const NetworkLayout::Map& map : layout.maps) {
    if (!map.reads_coordinates) sum += channels * 2.0 * map.inputs * map.outputs;
  }
  return sum;
}

/// Bytes and what they hold.
Part matrices(const std::string& what, double rows, double columns, double bytes) {
  return {what, rows * columns * bytes};
}

}  // namespace

double Estimate::Work::flops() const { return sum_of(parts); }

double Estimate::bytes() const { return sum_of(memory); }

Estimate estimate(const Case& c) {
  const Settings& settings = c.settings;
  const int dimensions = c.box.dimensions();
  const std::vector<Subnetwork> parts = subnetworks(c);
  const NetworkLayout layout(settings.network, parts);
  Estimate result;
  result.parameters = trained_count(settings.network, parts);
  result.points_inside = settings.points.interior * static_cast<int>(c.domain.regions().size());
  result.points_on_faces = 0;

  std::vector<Expression> expressions;
  std::vector<PointSet> sets;
  result.channels = 0;
  result.order = 0;
  for (const Region& region : c.domain.regions()) {
    expressions.clear();
    for (std::size_t e = 0; e < c.equations.size(); ++e) {
      if (c.system.region_of(c.system.equations()[e].residual) == region.name) {
        expressions.push_back(in_trial_fields(c.equations[e].expression(), c.trials));
      }
    }
    const int channels = channels_of(expressions, dimensions);
    result.channels = std::max(result.channels, channels);
    result.order = std::max(result.order, order_of(expressions));
    sets.push_back({settings.points.interior, static_cast<int>(expressions.size()), channels});
  }
  for (const FaceGeometry& geometry : c.domain.faces()) {
    const Face& face = geometry.face;
    expressions.clear();
    for (const SoftCondition& soft : c.soft_conditions) {
      if (soft.face == face && !soft.of_mean) {
        expressions.push_back(in_trial_fields(soft.residual.expression(), c.trials));
      }
    }
    if (expressions.empty()) continue;
    result.points_on_faces += settings.points.boundary;
    sets.push_back(
        {settings.points.boundary, static_cast<int>(expressions.size()), channels_of(expressions, dimensions)});
  }
  for (const SoftCondition& soft : c.soft_conditions) {
    if (!soft.of_mean) continue;
    const MeanRule rule = mean_rule(soft.face, c.box, !c.constants.inputs().empty());
    result.points_on_faces += rule.points * rule.rows;
    sets.push_back({rule.points * rule.rows, 1,
                    channels_of({in_trial_fields(soft.residual.expression(), c.trials)}, dimensions), rule.rows});
  }

  const double bytes = settings.precision == "float32" ? 4 : 8;
  const auto parameters = static_cast<double>(result.parameters);
  double gradient = 0;
  double jacobian = 0;  // forward, one adjoint per equation, and the rows of the matrices
  double largest_tile = 0;
  result.residuals = 0;
  for (const PointSet& set : sets) {
    const auto points = static_cast<double>(set.points);
    gradient += points * matrix_flops_per_point(layout, set.channels);
    jacobian += points * (1 + 2 * set.equations) * sweep(layout, set.channels);
    largest_tile = std::max(largest_tile, std::min(points, 1024.0) * set.equations);
    result.residuals += static_cast<int>(set.rows());
  }
  const auto residuals = static_cast<double>(result.residuals);
  const double smaller = std::min(residuals, parameters);

  const std::string& name = settings.optimizer.name;
  const bool begins_dense = name == "levenberg_marquardt" || name == "hybrid";
  const bool ends_dense = name == "ssbroyden" || name == "ssbfgs" || name == "hybrid";
  if (begins_dense) {
    result.work.push_back({"step of levenberg_marquardt",
                           {{"Jacobian", jacobian},
                            {residuals >= parameters ? "J^T J" : "J J^T", residuals * parameters * smaller},
                            {"Cholesky factor", smaller * smaller * smaller / 3}}});
    result.memory = {matrices("matrix of the normal equations and its factor", 2 * smaller, smaller, 8),
                     matrices("rows of the Jacobian at a time", largest_tile, parameters, 8)};
  }
  if (ends_dense) {
    result.work.push_back({"iteration of " + std::string(name == "hybrid" ? "ssbroyden" : name),
                           {{"gradient", gradient}, {"update of the matrix", 6 * parameters * parameters}}});
    // The matrix, its candidate, and two copies on the way into a checkpoint.
    const std::vector<Part> later = {
        matrices("inverse Hessian, also on its way into a checkpoint", 4 * parameters, parameters, 8)};
    if (sum_of(later) > sum_of(result.memory)) result.memory = later;
  }
  if (name == "gauss_newton_cg") {
    const double reduced = std::min(residuals / 6, 4000.0);
    result.work.push_back({"product of gauss_newton_cg", {{"tangent and adjoint", gradient}}});
    result.memory = {matrices("kernel of the reduced rows and its factor", 2 * reduced, reduced, 8)};
  }
  if (name == "lbfgs") {
    result.work.push_back({"iteration of lbfgs", {{"gradient", gradient}}});
    result.memory = {matrices("pairs of steps and gradients", 100, parameters, bytes)};
  }
  if (name == "adam" || name == "soap" || name == "sgd") {
    result.work.push_back({"step of " + name, {{"gradient", gradient}}});
    const char* const what = name == "sgd" ? "the gradient" : "moments of the gradient";
    result.memory = {matrices(what, name == "adam" ? 2 : name == "sgd" ? 1 : 6, parameters, bytes)};
  }
  if (settings.engine == "libtorch" || settings.device != "cpu" || result.order > 2) {
    // A jet, what its activation needs again, and the adjoint of both, of all points at once.
    double features = 0;
    for (const PointSet& set : sets) {
      features += static_cast<double>(set.points) * set.channels * layout.width * settings.network.depth;
    }
    result.memory.push_back(matrices("jets of all points, forward and back", 5, features, bytes));
  }
  return result;
}

namespace {

std::string in_units(double value, const char* const (&units)[4]) {
  int unit = 0;
  while (value >= 1000 && unit < 3) {
    value /= 1000;
    ++unit;
  }
  return to_string(value, 3) + " " + units[unit];
}

std::string shown_flops(double flops) { return in_units(flops / 1e6, {"MFLOP", "GFLOP", "TFLOP", "PFLOP"}); }
std::string shown_bytes(double bytes) { return in_units(bytes / 1e3, {"kB", "MB", "GB", "TB"}); }

std::string list_of(const std::vector<Part>& parts, std::string (*shown)(double)) {
  std::string text;
  for (const Part& part : parts) text += (text.empty() ? "" : ", ") + part.what + " " + shown(part.size);
  return text;
}

}  // namespace

double Estimate::most_flops(int steps) const {
  constexpr int iterations_per_step = 50;
  double most = 0;
  for (const Work& one : work) {
    most = std::max(most, one.flops() * (one.unit.starts_with("iteration") ? iterations_per_step : 1));
  }
  return steps * most;
}

std::string describe(const Estimate& e, const Case& c) {
  std::string text =
      fmt::format("Cost\n  {} parameters, {} residuals at {} points{}, jets of {} channels\n", e.parameters,
                  e.residuals, e.points_inside + e.points_on_faces,
                  e.points_on_faces == 0 ? "" : fmt::format(" ({} on faces)", e.points_on_faces), e.channels);
  if (e.order > 2) text += "  third derivatives, which the tile engine lacks: LibTorch computes\n";
  if (const std::vector<Subnetwork> parts = subnetworks(c); !parts.empty()) {
    const NetworkLayout layout(c.settings.network, parts);
    std::string counts;
    for (int part = 0; part < static_cast<int>(parts.size()); ++part) {
      counts += (part == 0 ? "" : ", ") + parts[part].name + fmt::format(" {}", layout.stretch_of(part).size);
    }
    text += fmt::format("  a network of {} layers of {} for each region: {} parameters\n", c.settings.network.depth,
                        c.settings.network.width, counts);
  }
  text += "  memory beside the program and its libraries: " + shown_bytes(e.bytes()) + " (" +
          list_of(e.memory, shown_bytes) + ")\n";
  for (const Estimate::Work& work : e.work) {
    text += "  one " + work.unit + ": " + shown_flops(work.flops());
    if (work.parts.size() > 1) text += " (" + list_of(work.parts, shown_flops) + ")";
    text += "\n";
  }
  const int steps = c.settings.optimizer.steps * c.windows;
  const double seconds = e.most_flops(steps) / reckoned_rate;
  text += fmt::format("  at most {} steps{}: {}, {} at {} per core and second, which a machine may do twice or half\n",
                      steps, e.work.back().unit.starts_with("iteration") ? ", each of up to 50 iterations" : "",
                      shown_flops(e.most_flops(steps)),
                      seconds < 100 ? fmt::format("{:.2g} s", seconds) : fmt::format("{:.2g} min", seconds / 60),
                      shown_flops(reckoned_rate));
  return text;
}

}  // namespace nusselt
