#include "solver/problem.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "networks/tile_engine.hpp"
#include "solver/case/mean_conditions.hpp"
#include "solver/case/network_choice.hpp"
#include "solver/case/windows.hpp"
#include "solver/device.hpp"
#include "solver/time_windows.hpp"

namespace nusselt {

namespace {

std::vector<Expression> expressions_of(const std::vector<DimensionlessResidual>& residuals) {
  std::vector<Expression> expressions;
  for (const DimensionlessResidual& residual : residuals) expressions.push_back(residual.expression());
  return expressions;
}

std::vector<std::string> names_of(const std::vector<DimensionlessResidual>& residuals) {
  std::vector<std::string> names;
  for (const DimensionlessResidual& residual : residuals) names.push_back(residual.name());
  return names;
}

/// Those whose earlier values occur.
std::vector<std::string> fields_handed_over(const std::vector<DimensionlessResidual>& residuals, const System& system) {
  std::vector<std::string> fields;
  for (const System::Field& field : system.fields()) {
    const bool occurs = std::ranges::any_of(residuals, [&](const DimensionlessResidual& residual) {
      return std::ranges::any_of(leaves(residual.expression()), [&](const Expression& leaf) {
        return leaf.kind() == Expression::Kind::column && leaf.name() == handed_over(field.name);
      });
    });
    if (occurs) fields.push_back(field.name);
  }
  return fields;
}

/// Why the tile engine cannot serve; empty where it can.
std::string refusal(const NetworkSettings& network, const std::vector<ResidualSet>& sets,
                    const torch::TensorOptions& options) {
  if (options.device().is_cuda()) return "the tile engine computes on a processor, not on a GPU";
  const auto why = options.dtype() == at::kFloat ? TileEngine<float>::refusal : TileEngine<double>::refusal;
  for (const ResidualSet& set : sets) {
    const std::string reason = why(network, set.residual.spec());
    if (!reason.empty()) return reason;
  }
  return {};
}

Engine choose_engine(const Case& c, const std::string& refusal) {
  const std::string& wanted = c.settings.engine;
  if (wanted == "libtorch") return {"libtorch", "", "the case asks for it"};
  if (refusal.empty()) {
    return {"tile", resolve_instructions(c.settings.instructions),
            wanted == "tile" ? "the case asks for it" : "it serves this network"};
  }
  if (wanted == "auto") return {"libtorch", "", refusal};
  const Node* const key = c.document.root().find("engine");
  throw InputError(key != nullptr ? key->place : c.document.root().place,
                   "engine: the tile engine cannot serve this case: " + refusal, "use engine=auto or engine=libtorch");
}

}  // namespace

Problem::Problem(const Case& c, const torch::TensorOptions& options)
    : the_case_(c),
      options_(options),
      axes_(c.box.axes),
      box_(scaled(c.box)),
      network_(c.settings.network, subnetworks(c)) {
  for (const Region& region : c.domain.regions()) {
    std::vector<DimensionlessResidual> here;
    std::vector<Expression> weighted;
    for (std::size_t e = 0; e < c.equations.size(); ++e) {
      if (c.system.region_of(c.equations[e].expression()) != region.name) continue;
      here.push_back(c.equations[e]);
      weighted.push_back(c.residual_factors[e] * c.equations[e].expression());
    }
    sets_.push_back({interior_name(region), std::nullopt, region.name,
                     CompiledResidual(weighted, c.trials, axes_, c.input_columns()), names_of(here),
                     std::vector<double>(here.size(), 1.0)});
    residuals_.insert(residuals_.end(), here.begin(), here.end());
  }
  for (const FaceGeometry& geometry : c.domain.faces()) {
    const Face& face = geometry.face;
    std::vector<DimensionlessResidual> here;
    std::vector<double> weights;
    for (const SoftCondition& soft : c.soft_conditions) {
      if (soft.face != face || soft.of_mean) continue;
      here.push_back(soft.residual);
      weights.push_back(soft.weight);
    }
    if (here.empty()) continue;
    std::vector<std::string> fields, columns;
    if (c.window && face.axis == axis_t) fields = fields_handed_over(here, c.system);
    for (const std::string& field : fields) columns.push_back(handed_over(field));
    sets_.push_back({face.name(), face, "",
                     CompiledResidual(expressions_of(here), c.trials, axes_, c.input_columns(), columns),
                     names_of(here), weights});
    sets_.back().handed_over = fields;
    residuals_.insert(residuals_.end(), here.begin(), here.end());
  }
  add_means(c);
  add_likelihoods(c);
  engine_ = choose_engine(c, refusal(network_.settings(), sets_, options_));
}

torch::Tensor WeightedPoints::means(const torch::Tensor& values) const {
  if (per_mean == 1) return values;
  const torch::Tensor weighted = (values * weights.unsqueeze(1)).view({-1, per_mean, values.size(1)}).sum(1);
  return weighted / mean_weights().unsqueeze(1);
}

torch::Tensor WeightedPoints::mean_weights() const {
  return per_mean == 1 ? weights : weights.view({-1, per_mean}).sum(1);
}

torch::Tensor WeightedPoints::row_weights() const {
  return per_mean == 1 ? weights : weights.square() / mean_weights().repeat_interleave(per_mean);
}

void Problem::add_means(const Case& c) {
  // A residual in each set: two of one face share points, but rarely derivatives.
  for (const SoftCondition& soft : c.soft_conditions) {
    if (!soft.of_mean) continue;
    const std::optional<Face> face = soft.whole ? std::nullopt : std::optional<Face>(soft.face);
    sets_.push_back({soft.residual.name(),
                     face,
                     soft.whole.value_or(""),
                     CompiledResidual({soft.residual.expression()}, c.trials, axes_, c.input_columns()),
                     {soft.residual.name()},
                     {soft.weight}});
    sets_.back().of_means = true;
    residuals_.push_back(soft.residual);
  }
}

void Problem::add_likelihoods(const Case& c) {
  first_likelihood_ = sets_.size();
  const std::vector<Likelihood>& all = c.likelihoods.all;
  for (std::size_t first = 0, end = 0; first < all.size(); first = end) {
    while (end < all.size() && all[end].set == all[first].set) ++end;
    std::vector<DimensionlessResidual> here;
    std::vector<double> weights;
    for (std::size_t i = first; i < end; ++i) {
      here.push_back(all[i].residual);
      weights.push_back(all[i].weight);
    }
    const auto sensors = std::find_if(c.sensors.begin(), c.sensors.end(),
                                      [&](const Sensors& one) { return one.name == all[first].set; });
    std::vector<std::string> columns;
    PointSet points{c.box.dimensions(), {}, {}};
    std::vector<double> data;
    if (sensors == c.sensors.end()) {
      // A prior has no place.
      for (std::size_t d = 0; d < box_.lower.size(); ++d) points.x.push_back(0.5 * (box_.lower[d] + box_.upper[d]));
      points.weights = {1.0};
    } else {
      for (const Sensors::Reading& reading : sensors->readings) columns.push_back(data_column(reading.field));
      const std::vector<Axis> axes = c.box.active_axes();
      const std::size_t count = all[first].data.size();
      points.weights.assign(count, 1.0 / static_cast<double>(count));
      for (std::size_t n = 0; n < count; ++n) {
        for (std::size_t d = 0; d < axes.size(); ++d) {
          points.x.push_back(sensors->points[d][n] / c.coordinate_scale(axes[d]));
        }
        for (std::size_t i = first; i < end; ++i) data.push_back(all[i].data[n]);
      }
    }
    sets_.push_back({all[first].set, std::nullopt, "",
                     CompiledResidual(expressions_of(here), c.trials, axes_, {}, columns), names_of(here), weights,
                     std::move(points), std::move(data)});
    residuals_.insert(residuals_.end(), here.begin(), here.end());
  }
}

WeightedPoints Problem::on_device(const PointSet& set) const {
  const auto cpu = at::TensorOptions().dtype(at::kDouble);
  WeightedPoints result;
  result.points.x = at::tensor(set.x, cpu).view({set.size(), set.dimensions}).to(options_);
  result.weights = at::tensor(set.weights, cpu).to(options_);
  if (!set.normals.empty()) {
    result.points.normal = at::tensor(set.normals, cpu).view({set.size(), set.dimensions}).to(options_);
  }
  return result;
}

ScaledBox Problem::scaled(const Box& box) const {
  ScaledBox result;
  for (const Axis axis : box.active_axes()) {
    result.lower.push_back(box.lower[axis] / the_case_.coordinate_scale(axis));
    result.upper.push_back(box.upper[axis] / the_case_.coordinate_scale(axis));
  }
  return result;
}

PointSet Problem::scaled(const std::vector<SurfacePoint>& points,
                         const std::function<double(std::size_t)>& moment) const {
  PointSet set{box_.dimensions(), {}, {}};
  double sum = 0;
  for (const SurfacePoint& point : points) sum += point.weight;
  for (std::size_t n = 0; n < points.size(); ++n) {
    for (const Axis axis : the_case_.box.active_axes()) {
      const double si = axis == axis_t ? moment(n) : points[n].x[axis];
      set.x.push_back(si / the_case_.coordinate_scale(axis));
      set.normals.push_back(axis == axis_t ? 0 : points[n].normal[axis]);
    }
    set.weights.push_back(points[n].weight / sum);
  }
  return set;
}

namespace {

/// Those points of a box of which `contains` is true: `count` of them, or all where the sampler makes a grid.
PointSet inside_of(const std::string& sampler, const ScaledBox& box, int count, const Draw& how,
                   const std::function<bool(const double*)>& contains) {
  constexpr int most_doublings = 12;
  for (int doubling = 0;; ++doubling) {
    const PointSet all = sample_box(sampler, box, count << doubling, how);
    PointSet set{all.dimensions, {}, {}};
    for (int n = 0; n < all.size() && set.size() < count; ++n) {
      const double* x = all.x.data() + static_cast<std::ptrdiff_t>(n) * all.dimensions;
      if (!contains(x)) continue;
      set.x.insert(set.x.end(), x, x + all.dimensions);
      set.weights.push_back(1.0 / count);
    }
    if (set.size() == count) return set;
    if (doubling == most_doublings) throw std::runtime_error("a shape fills too little of the box around it");
  }
}

// Candidates that tell how deep a shape is.
constexpr int depth_probes = 1024;

}  // namespace

PointSet Problem::sample(const Region& region, const std::string& sampler, int count, const Draw& how,
                         const Placement& placement) const {
  const ScaledBox box = scaled(region.box);
  if (!region.shape) {
    PointSet set = sample_closed_box(sampler, box, count, placement.on_boundary, how);
    std::vector<int> axes;
    const std::vector<Axis> active = region.box.active_axes();
    for (std::size_t d = 0; d < active.size(); ++d) {
      if (active[d] != axis_t) axes.push_back(static_cast<int>(d));
    }
    crowd_to_walls(set, box, axes, placement.near_walls);
    return set;
  }
  const Shape& shape = *region.shape;
  if (!(placement.near_walls > 1)) {
    return inside_of(sampler, box, count, how, [&](const double* x) { return shape.contains(in_space(x)); });
  }
  // A further coordinate of each candidate says whether it is taken: with a probability that falls from the walls to
  // the middle as crowd_to_walls has it, along the distance from the walls in place of an axis.
  double depth = 0;
  const PointSet even = sample_box(sampler, box, depth_probes, how);
  for (int n = 0; n < even.size(); ++n) {
    depth =
        std::max(depth, -shape.distance(in_space(even.x.data() + static_cast<std::ptrdiff_t>(n) * even.dimensions)));
  }
  const auto density = [&](const double* x) {
    return wall_density(std::max(0.0, -shape.distance(in_space(x))) / depth, placement.near_walls);
  };
  ScaledBox with_chance = box;
  with_chance.lower.push_back(0);
  with_chance.upper.push_back(1);
  const PointSet taken = inside_of(sampler, with_chance, count, how, [&](const double* x) {
    return shape.contains(in_space(x)) && x[box.dimensions()] * placement.near_walls <= density(x);
  });
  PointSet set{box.dimensions(), {}, {}};
  double sum = 0;
  for (int n = 0; n < taken.size(); ++n) {
    const double* x = taken.x.data() + static_cast<std::ptrdiff_t>(n) * taken.dimensions;
    set.x.insert(set.x.end(), x, x + set.dimensions);
    set.weights.push_back(1 / density(x));
    sum += set.weights.back();
  }
  for (double& weight : set.weights) weight /= sum;
  return set;
}

Position Problem::in_space(const double* x) const {
  Position position{};
  for (const Axis axis : the_case_.box.active_axes()) {
    if (axis != axis_t) position[axis] = *x * the_case_.coordinate_scale(axis);
    ++x;
  }
  return position;
}

PointSet Problem::sample(const Face& face, const std::string& sampler, int count, const Draw& how) const {
  const FaceGeometry& geometry = the_case_.domain.geometry(face);
  const ScaledBox box = scaled(geometry.extent);
  // Moments by the golden ratio: spread evenly whatever the order of the points is.
  constexpr double golden = 0.6180339887498949;
  const double begin = geometry.extent.lower[axis_t], end = geometry.extent.upper[axis_t];
  const auto moment = [&](std::size_t n) {
    return begin + (end - begin) * std::fmod(golden * static_cast<double>(n + 1 + how.number), 1.0);
  };
  if (geometry.is_point) {
    SurfacePoint point;
    for (const Axis axis : geometry.extent.active_axes()) {
      if (axis != axis_t) point.x[axis] = geometry.extent.lower[axis];
    }
    point.weight = 1;
    return scaled(std::vector<SurfacePoint>(axes_[axis_t] ? count : 1, point), moment);
  }
  if (!geometry.surface) {
    int active = 0;
    for (int axis = 0; axis < face.axis; ++axis) active += axes_[axis] ? 1 : 0;
    if (geometry.filled) {
      ScaledBox moment = box;
      (face.upper ? moment.lower : moment.upper)[active] = (face.upper ? box.upper : box.lower)[active];
      return inside_of(sampler, moment, count, how,
                       [&](const double* x) { return geometry.filled->contains(in_space(x)); });
    }
    PointSet set = sample_face(sampler, box, active, face.upper, count, how);
    if (face.axis != axis_t) {
      set.normals.assign(set.x.size(), 0.0);
      for (int n = 0; n < set.size(); ++n) set.normals[n * set.dimensions + active] = face.sign();
    }
    return set;
  }
  // A tensor grid of the surface's own has weights that differ; other samplers spread their points evenly.
  return scaled(geometry.surface->sample(
                    count,
                    [&](int dimensions, int size) {
                      const ScaledBox unit{std::vector<double>(dimensions, 0.0), std::vector<double>(dimensions, 1.0)};
                      PointSet set = sample_box(sampler == "gauss" ? "sobol" : sampler, unit, size, how);
                      set.x.resize(static_cast<std::size_t>(size) * dimensions);
                      return set.x;
                    }),
                moment);
}

namespace {

/// Points inside of a shape as those of a surface are, without a normal.
std::vector<SurfacePoint> points_inside(const Shape& shape, int along_axis) {
  std::vector<SurfacePoint> points;
  const double count = std::pow(along_axis, shape.dimensions());
  for (const InteriorPoint& point : shape.quadrature(static_cast<int>(count))) {
    points.push_back({point.x, {}, point.weight});
  }
  return points;
}

}  // namespace

PointSet Problem::over_time(const std::vector<SurfacePoint>& points, const Box& extent, int along_axis) const {
  if (!axes_[axis_t]) return scaled(points, [](std::size_t) { return 0.0; });
  const GaussRule rule = gauss_legendre(along_axis);
  std::vector<SurfacePoint> in_time;
  for (const double weight : rule.weights) {
    for (SurfacePoint point : points) {
      point.weight *= weight;
      in_time.push_back(point);
    }
  }
  const double begin = extent.lower[axis_t], end = extent.upper[axis_t];
  return scaled(in_time, [&](std::size_t n) { return begin + (end - begin) * rule.nodes[n / points.size()]; });
}

PointSet Problem::quadrature(const Face& face, int along_axis) const {
  const FaceGeometry& geometry = the_case_.domain.geometry(face);
  if (geometry.is_point) return sample(face, "sobol", along_axis, {0, "quadrature", 0});
  int across = 1;
  for (const Axis axis : the_case_.box.active_axes()) {
    if (axis != axis_t && axis != face.axis) across *= along_axis;
  }
  if (!geometry.surface) {
    if (geometry.filled) {
      const double moment = (face.upper ? geometry.extent.upper : geometry.extent.lower)[axis_t];
      PointSet set = scaled(points_inside(*geometry.filled, along_axis), [&](std::size_t) { return moment; });
      set.normals.clear();
      return set;
    }
    int count = across;
    if (axes_[axis_t] && face.axis != axis_t) count *= along_axis;
    return sample(face, "gauss", count, {0, "quadrature", 0});
  }
  return over_time(geometry.surface->quadrature(2 * across), geometry.extent, along_axis);
}

PointSet Problem::quadrature(const Region& region, int along_axis) const {
  if (region.shape) {
    PointSet set = over_time(points_inside(*region.shape, along_axis), region.box, along_axis);
    set.normals.clear();
    return set;
  }
  int count = 1;
  for (int d = 0; d < box_.dimensions(); ++d) count *= along_axis;
  return sample(region, "gauss", count, {0, "quadrature", 0});
}

PointSet Problem::with_inputs(const PointSet& set,
                              const std::function<double(int n, std::size_t input)>& coordinate) const {
  const std::size_t inputs = the_case_.constants.inputs().size();
  if (inputs == 0) return set;
  PointSet all{set.dimensions + static_cast<int>(inputs), {}, set.weights};
  for (int n = 0; n < set.size(); ++n) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(n) * set.dimensions;
    all.x.insert(all.x.end(), set.x.begin() + first, set.x.begin() + first + set.dimensions);
    for (std::size_t i = 0; i < inputs; ++i) all.x.push_back(coordinate(n, i));
    if (set.normals.empty()) continue;
    all.normals.insert(all.normals.end(), set.normals.begin() + first, set.normals.begin() + first + set.dimensions);
    all.normals.insert(all.normals.end(), inputs, 0.0);
  }
  return all;
}

PointSet Problem::over_inputs(const PointSet& set, const Draw& how) const {
  const std::vector<const Constant*> inputs = the_case_.constants.inputs();
  if (inputs.empty()) return set;
  // The positive root of x^(d+1) = x + 1; its powers are the most irrational steps in d dimensions (M. Roberts 2018).
  double root = 1.5;
  for (int i = 0; i < 60; ++i) root = std::pow(1 + root, 1.0 / static_cast<double>(inputs.size() + 1));
  const std::vector<double> shift =
      sample_box("random", {std::vector<double>(inputs.size(), 0.0), std::vector<double>(inputs.size(), 1.0)}, 1,
                 {how.seed, how.purpose + " inputs", how.number})
          .x;
  return with_inputs(set, [&](int n, std::size_t i) {
    const double step = std::pow(root, -static_cast<double>(i + 1));
    const double part = std::fmod(shift[i] + step * (n + 1), 1.0);
    return inputs[i]->input->lower + part * (inputs[i]->input->upper - inputs[i]->input->lower);
  });
}

WeightedPoints Problem::draw_means(const ResidualSet& set, const std::string& sampler, const Draw& how) const {
  const Face face = set.face.value_or(whole_domain);
  const MeanRule rule = mean_rule(face, the_case_.box, !the_case_.constants.inputs().empty());
  const PointSet all = set.face ? quadrature(face, rule.along_axis)
                                : quadrature(the_case_.domain.region_named(set.region), rule.along_axis);
  // The quadrature of an unsteady case is one in space times one in time: its points at one moment.
  const int time = axes_[axis_t] ? all.dimensions - 1 : -1;
  PointSet space{all.dimensions, {}, {}};
  double sum = 0;
  for (int n = 0; n < all.size(); ++n) {
    const double* const x = all.x.data() + static_cast<std::ptrdiff_t>(n) * all.dimensions;
    if (time >= 0 && x[time] != all.x[time]) continue;
    space.x.insert(space.x.end(), x, x + all.dimensions);
    space.weights.push_back(all.weights[n]);
    sum += all.weights[n];
    if (all.normals.empty()) continue;
    const auto normal = all.normals.begin() + static_cast<std::ptrdiff_t>(n) * all.dimensions;
    space.normals.insert(space.normals.end(), normal, normal + all.dimensions);
  }
  // A row for each place in what is no space: moments and members.
  PointSet rows{all.dimensions, {}, {}};
  const bool moves = time >= 0 && face.axis != axis_t;
  const ScaledBox moments = moves ? ScaledBox{{box_.lower[time]}, {box_.upper[time]}} : ScaledBox{{0.0}, {1.0}};
  const PointSet drawn = sample_box(sampler, moments, rule.rows, how);
  for (int row = 0; row < rule.rows; ++row) {
    rows.x.insert(rows.x.end(), space.x.begin(), space.x.begin() + all.dimensions);
    if (moves) rows.x.back() = drawn.x[row];
    rows.weights.push_back(moves ? drawn.weights[row] : 1.0 / rule.rows);
  }
  rows = over_inputs(rows, how);
  PointSet result{rows.dimensions, {}, {}};
  for (int row = 0; row < rule.rows; ++row) {
    const double* const of_row = rows.x.data() + static_cast<std::ptrdiff_t>(row) * rows.dimensions;
    for (int n = 0; n < space.size(); ++n) {
      for (int d = 0; d < rows.dimensions; ++d) {
        const bool in_space = d < space.dimensions && d != time;
        const std::size_t at = static_cast<std::size_t>(n) * space.dimensions + d;
        result.x.push_back(in_space ? space.x[at] : of_row[d]);
        if (!space.normals.empty()) result.normals.push_back(in_space ? space.normals[at] : 0.0);
      }
      result.weights.push_back(space.weights[n] / sum * rows.weights[row]);
    }
  }
  WeightedPoints points = on_device(result);
  points.per_mean = space.size();
  return points;
}

std::vector<WeightedPoints> Problem::draw(const std::string& sampler, int interior, int boundary,
                                          const std::string& purpose, std::uint64_t seed, std::uint64_t number,
                                          const Placement& placement) const {
  std::vector<WeightedPoints> drawn;
  for (const ResidualSet& set : sets_) {
    if (set.fixed) {
      drawn.push_back(on_device(*set.fixed));
      if (!set.data.empty()) {
        drawn.back().points.data =
            at::tensor(set.data, at::kDouble).view({set.fixed->size(), -1}).to(options_).contiguous();
      }
      continue;
    }
    const Draw how{seed, purpose + " " + set.name, number};
    if (set.of_means) {
      drawn.push_back(draw_means(set, sampler, how));
      continue;
    }
    const PointSet in_space =
        set.face ? sample(*set.face, sampler, boundary, how)
                 : sample(the_case_.domain.region_named(set.region), sampler, interior, how, placement);
    drawn.push_back(on_device(over_inputs(in_space, how)));
    if (!set.handed_over.empty()) {
      drawn.back().points.data = the_case_.before->scaled_fields(set.handed_over, drawn.back().points.x);
    }
  }
  return drawn;
}

std::vector<int> Problem::parts_of(std::size_t set) const {
  std::set<int> parts;
  for (const CompiledResidual::Slot& slot : sets_[set].residual.slots()) {
    if (slot.output < network_.settings().outputs) parts.insert(network_.layout().part_of(slot.output));
  }
  return {parts.begin(), parts.end()};
}

torch::Tensor Problem::evaluate(std::size_t set, const torch::Tensor& theta, const Points& points) const {
  const at::NoGradGuard no_gradient;
  const CompiledResidual& residual = sets_[set].residual;
  return residual.values(points, network_.jet(theta, points.x, residual.spec()));
}

}  // namespace nusselt
