#include "networks/layout/network_layout.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace nusselt {

using Kind = NetworkLayout::Step::Kind;

std::int64_t ParameterSlice::size() const {
  std::int64_t product = 1;
  for (std::int64_t extent : shape) product *= extent;
  return product;
}

NetworkLayout::NetworkLayout(const NetworkSettings& settings, const std::vector<Subnetwork>& parts)
    : width(settings.width * std::max(1, static_cast<int>(parts.size()))),
      affine_(settings.norm_affine),
      over_points_(normalizes_over_points(settings.norm)),
      factored_(settings.reparam != "none"),
      divided_(!parts.empty()) {
  require_sensible(settings);
  require_separable(settings, parts);
  const int periodic = static_cast<int>(settings.periodic.size());
  fourier = settings.fourier > 0;
  embedded = fourier ? 2 * settings.fourier : settings.inputs + periodic;

  int last = 0;
  if (settings.block == "plain") last = add_plain(settings);
  if (settings.block == "residual") last = add_residual(settings);
  if (settings.block == "dense") last = add_dense(settings);
  if (settings.block == "modified") last = add_gated(settings, false);
  if (settings.block == "pirate") last = add_gated(settings, true);
  add_map("layer" + std::to_string(hidden_), last, settings.outputs, false, settings.constants);
  if (divided_) add_parts(settings, parts);
  // In both right behind the last biases: the effective bias is the two together.
  if (settings.constants > 0) add_slice("constants", {settings.constants});

  // Behind everything that is trained.
  for (Norm& norm : norms) {
    if (!over_points_) break;
    norm.statistics = effective_count;
    add_slice(norm.name + ".mean", {norm.features});
    add_slice(norm.name + ".variance", {norm.features});
    statistics_count += 2 * norm.features;
  }
}

std::int64_t NetworkLayout::add_effective(const std::string& name, std::vector<std::int64_t> shape) {
  effective.push_back({name, effective_count, std::move(shape)});
  effective_count += effective.back().size();
  return effective.back().offset;
}

std::int64_t NetworkLayout::add_own(const std::string& name, std::vector<std::int64_t> shape) {
  slices.push_back({name, parameter_count, std::move(shape)});
  parameter_count += slices.back().size();
  return slices.back().offset;
}

std::int64_t NetworkLayout::add_slice(const std::string& name, const std::vector<std::int64_t>& shape) {
  add_own(name, shape);
  return add_effective(name, shape);
}

int NetworkLayout::add_step(Step step) {
  steps.push_back(std::move(step));
  return static_cast<int>(steps.size());
}

int NetworkLayout::add_map(const std::string& name, int from, int outputs, bool activated, int constants) {
  Map map{name, features_of(from), outputs + constants, activated, from == 0};
  map.weight = add_effective(name + ".weight", {map.outputs, map.inputs});
  map.bias = add_effective(name + ".bias", {outputs});
  maps.push_back(map);
  if (!divided_) add_matrix("", {.map = static_cast<int>(maps.size()) - 1, .rows = outputs, .columns = map.inputs});
  return add_step({Kind::linear, {from}, map.outputs, static_cast<int>(maps.size()) - 1});
}

void NetworkLayout::add_matrix(const std::string& prefix, Matrix matrix) {
  const std::string name = prefix + maps[matrix.map].name;
  matrix.weight = add_own(name + ".weight", {matrix.rows, matrix.columns});
  if (factored_) matrix.factor = add_own(name + ".factor", {matrix.rows});
  matrix.bias = add_own(name + ".bias", {matrix.rows});
  matrices.push_back(matrix);
}

void NetworkLayout::add_parts(const NetworkSettings& settings, const std::vector<Subnetwork>& parts) {
  int output = 0;
  for (int part = 0; part < static_cast<int>(parts.size()); ++part) {
    const int place = part * settings.width;
    for (int map = 0; map < static_cast<int>(maps.size()); ++map) {
      const bool first = maps[map].reads_coordinates, last = !maps[map].activated;
      add_matrix(parts[part].name + ".", {.map = map,
                                          .part = part,
                                          .first_row = last ? output : place,
                                          .rows = last ? parts[part].outputs : settings.width,
                                          .first_column = first ? 0 : place,
                                          .columns = first ? embedded : settings.width});
    }
    output += parts[part].outputs;
  }
}

const NetworkLayout::Matrix& NetworkLayout::matrix_of(int output) const {
  for (const Matrix& matrix : matrices) {
    const int row = output - matrix.first_row;
    if (!maps[matrix.map].activated && row >= 0 && row < matrix.rows) return matrix;
  }
  throw std::out_of_range("no output " + std::to_string(output));
}

std::int64_t NetworkLayout::output_bias(int output) const {
  const Matrix& matrix = matrix_of(output);
  return matrix.bias + output - matrix.first_row;
}

int NetworkLayout::part_of(int output) const { return matrix_of(output).part; }

NetworkLayout::Stretch NetworkLayout::stretch_of(int part) const {
  Stretch stretch{-1, 0};
  for (const Matrix& matrix : matrices) {
    if (matrix.part != part) continue;
    if (stretch.offset < 0) stretch.offset = matrix.weight;
    stretch.size = matrix.bias + matrix.rows - stretch.offset;
  }
  return stretch;
}

int NetworkLayout::add_norm(const std::string& name, int from) {
  Norm norm{name, features_of(from)};
  if (affine_) {
    norm.affine = add_slice(name + ".gamma", {norm.features});
    add_slice(name + ".beta", {norm.features});
  }
  norms.push_back(norm);
  return add_step({Kind::norm, {from}, norm.features, static_cast<int>(norms.size()) - 1});
}

int NetworkLayout::add_hidden(const NetworkSettings& settings, int from, int outputs) {
  const std::string number = std::to_string(hidden_++);
  int value = add_map("layer" + number, from, outputs, true);
  const bool normed = settings.norm != "none" && settings.placement == "pre";
  if (normed && (from != 0 || settings.norm_first)) value = add_norm("norm" + number, value);
  return add_step({Kind::activation, {value}, outputs});
}

int NetworkLayout::add_scalar(Step::Kind kind, const std::string& name, int from, int branch) {
  return add_step({kind, {from, branch}, features_of(branch), -1, add_slice(name, {1})});
}

int NetworkLayout::add_plain(const NetworkSettings& settings) {
  int value = 0;
  for (int layer = 0; layer < settings.depth; ++layer) value = add_hidden(settings, value, width);
  return value;
}

int NetworkLayout::add_residual(const NetworkSettings& settings) {
  const bool normed = settings.norm != "none";
  const auto placed = [&](const char* where) { return normed && settings.placement == where; };
  int value = add_map("layer0", 0, width, true);
  if (normed && settings.norm_first) value = add_norm("norm0", value);
  value = add_step({Kind::activation, {value}, width});
  for (hidden_ = 1; hidden_ < settings.depth; ++hidden_) {
    const std::string number = std::to_string(hidden_);
    int branch = value;
    if (placed("pre") || placed("sandwich")) branch = add_norm("norm" + number, branch);
    branch = add_map("layer" + number, branch, width, true);
    branch = add_step({Kind::activation, {branch}, width});
    if (placed("sandwich")) branch = add_norm("branch_norm" + number, branch);
    value = settings.skip == "skipinit" ? add_scalar(Kind::scaled_add, "skip" + number + ".alpha", value, branch)
                                        : add_step({Kind::add, {value, branch}, width});
    if (placed("post")) value = add_norm("norm" + number, value);
  }
  return placed("pre") ? add_norm("norm" + std::to_string(hidden_), value) : value;
}

int NetworkLayout::add_dense(const NetworkSettings& settings) {
  int all = 0;
  for (int layer = 0; layer < settings.depth; ++layer) {
    const int next = add_hidden(settings, all, settings.width);
    all = add_step({Kind::concatenation, {all, next}, features_of(all) + settings.width});
  }
  return all;
}

int NetworkLayout::add_gated(const NetworkSettings& settings, bool pirate) {
  int gates[2];
  for (int which : {0, 1}) {
    const std::string name = which == 0 ? "u" : "v";
    int value = add_map("gate_" + name, 0, settings.width, true);
    if (settings.norm != "none" && settings.norm_first) value = add_norm("norm_" + name, value);
    gates[which] = add_step({Kind::activation, {value}, settings.width});
  }
  int value = 0, entry = 0;
  for (int layer = 0; layer < settings.depth; ++layer) {
    if (pirate && layer % 3 == 2) {
      value = add_hidden(settings, value, embedded);
      entry = value = add_scalar(Kind::mix, "skip" + std::to_string(layer / 3) + ".alpha", entry, value);
    } else {
      value = add_hidden(settings, value, settings.width);
      value = add_step({Kind::gate, {value, gates[0], gates[1]}, settings.width});
    }
  }
  return value;
}

double matrix_flops_per_point(const NetworkLayout& layout, int channels) {
  double sum = 0;
  for (const NetworkLayout::Map& map : layout.maps) {
    const double one = 2.0 * map.inputs * map.outputs;
    sum += (map.reads_coordinates ? 2.0 * (layout.fourier ? channels : 1) : 3.0 * channels) * one;
  }
  return sum;
}

}  // namespace nusselt
