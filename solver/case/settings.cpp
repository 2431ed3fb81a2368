#include "solver/case/settings.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "solver/case/balancing_rules.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/network_choice.hpp"

namespace nusselt {

namespace {

constexpr std::array<std::string_view, 4> dense_optimizers = {"hybrid", "levenberg_marquardt", "ssbroyden", "ssbfgs"};

}  // namespace

Settings read_settings(const Node& root, int dimensions) {
  const auto integer = [&](const char* path) { return static_cast<int>(read_integer(root, path)); };
  Settings settings{
      .network = read_network(root),
      .statistics = {.momentum = read_real(root, "network.norm_momentum"),
                     .inference = read_choice(root, "network.norm_inference")},
      .points = {.interior = integer("points.interior"),
                 .boundary = integer("points.boundary"),
                 .held_out = integer("points.held_out"),
                 .sampling = read_choice(root, "points.sampling"),
                 .on_boundary = read_real(root, "points.on_boundary"),
                 .near_walls = read_real(root, "points.near_walls"),
                 .redraw = integer("points.redraw"),
                 .adapt = read_choice(root, "points.adapt"),
                 .power = read_real(root, "points.power"),
                 .floor = read_real(root, "points.floor")},
      .optimizer = {.name = read_choice(root, "optimizer.name"),
                    .reason = {},
                    .steps = integer("optimizer.steps"),
                    .time = read_real(root, "optimizer.time"),
                    .damping = read_real(root, "optimizer.damping"),
                    .damping_floor = read_real(root, "optimizer.damping_floor"),
                    .warm_damping = read_real(root, "optimizer.warm_damping"),
                    .rate = read_real(root, "optimizer.rate"),
                    .layer_lr = read_choice(root, "optimizer.layer_lr")},
      .ladder = {.steps = integer("ladder.steps"), .slack = read_real(root, "ladder.slack")},
      .conditioning = {.name = read_choice(root, "conditioning.name"),
                       .exponent = read_real(root, "conditioning.exponent"),
                       .average = read_real(root, "conditioning.average"),
                       .clamp = read_real(root, "conditioning.clamp"),
                       .floor = read_real(root, "conditioning.floor")},
      .balancing = read_balancing(root),
      .criteria = {.residual = read_real(root, "criteria.residual"),
                   .terms = read_real(root, "criteria.terms"),
                   .ratio = read_real(root, "criteria.ratio"),
                   .imbalance = read_real(root, "criteria.imbalance"),
                   .every = integer("criteria.every")},
      .diagnostics = {.every = integer("diagnostics.every"), .probe = integer("diagnostics.probe")},
      .continue_from = root.find("continue_from") == nullptr ? "" : read_text(root, "continue_from"),
      .seed = static_cast<std::uint64_t>(read_integer(root, "seed")),
      .precision = read_choice(root, "precision"),
      .device = read_choice(root, "device"),
      .engine = read_choice(root, "engine"),
      .threads = integer("threads"),
      .grid = {},
      .checkpoint_every = read_real(root, "checkpoint.every"),
  };
  const bool second_order =
      std::ranges::count(dense_optimizers, settings.optimizer.name) > 0 || settings.optimizer.name == "gauss_newton_cg";
  if (second_order && settings.precision != "float64") {
    throw InputError(require(root, "precision").place,
                     "precision: " + settings.optimizer.name + " needs float64, got " + settings.precision,
                     "its matrix squares the condition number; use optimizer.name=soap or adam with float32");
  }
  if (settings.points.adapt != "none") {
    const Place& place = require(root, "points.adapt").place;
    if (settings.points.sampling == "gauss") {
      throw InputError(place, "points.adapt: the points of a Gauss grid stay where they are",
                       "scatter them with points.sampling=sobol, or leave points.adapt out");
    }
    if (settings.points.near_walls > 1) {
      throw InputError(require(root, "points.near_walls").place,
                       "points.near_walls: points.adapt says already where points are dense", "leave one of them out");
    }
    if (settings.points.redraw == 0) {
      throw InputError(place, "points.adapt: points follow the residual only when they are redrawn",
                       "say how often, for example points.redraw=10");
    }
  }
  const std::vector<std::int64_t> grid = read_integers(root, "output.grid");
  for (const std::int64_t points : grid) {
    if (points >= 2) continue;
    throw InputError(require(root, "output.grid").place, "output.grid: an axis needs at least 2 points");
  }
  // Grids for people have three axes at most: with as many in space, time is in output.times.
  const int axes = std::min(dimensions, 3);
  if (grid.size() != 1 && grid.size() != static_cast<std::size_t>(axes)) {
    throw InputError(require(root, "output.grid").place, "output.grid: expected one number or one per axis (" +
                                                             std::to_string(axes) + "), got " +
                                                             std::to_string(grid.size()));
  }
  for (int axis = 0; axis < axes; ++axis) {
    settings.grid.push_back(static_cast<int>(grid[grid.size() == 1 ? 0 : axis]));
  }
  return settings;
}

}  // namespace nusselt
