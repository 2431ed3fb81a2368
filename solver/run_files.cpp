#include "solver/run_files.hpp"

#include <fmt/format.h>
#include <torch/version.h>
#include <vtkVersion.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "networks/fused_activation.hpp"
#include "nusselt_version.hpp"
#include "solver/case/csv.hpp"
#include "solver/case/exit_code.hpp"
#include "solver/curves_figure.hpp"
#include "solver/dense.hpp"
#include "solver/diagnostics_files.hpp"
#include "solver/field_figure.hpp"
#include "solver/hdf5_image.hpp"
#include "solver/history_files.hpp"
#include "solver/report_html.hpp"
#include "solver/vtk_file.hpp"
#include "solver/write_atomically.hpp"

namespace nusselt {

namespace {

std::vector<double> column(const torch::Tensor& table, std::int64_t index) {
  const torch::Tensor values = table.select(1, index).contiguous().cpu();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

/// Three components, those that there are first: what ParaView takes for a vector.
NamedArray vector_array(const std::string& name, const std::string& unit,
                        const std::vector<std::vector<double>>& components) {
  NamedArray array{name, unit, 3, {}};
  for (std::size_t i = 0; i < components.front().size(); ++i) {
    for (std::size_t d = 0; d < 3; ++d) array.values.push_back(d < components.size() ? components[d][i] : 0);
  }
  return array;
}

struct GridPoints {
  FieldGrid grid;
  std::vector<std::vector<double>> coordinates;  // per active axis, SI
};

/// On all axes, or on those in space at a moment.
GridPoints grid_points(const Case& c, std::optional<double> moment) {
  GridPoints result;
  const std::vector<Axis> axes = c.box.active_axes();
  const std::size_t varying = axes.size() - (moment ? 1 : 0);  // time is the last of them
  for (std::size_t d = 0; d < varying; ++d) {
    const int n = c.settings.grid[d];
    result.grid.points[d] = n;
    result.grid.origin[d] = c.box.lower[axes[d]];
    result.grid.spacing[d] = (c.box.upper[axes[d]] - c.box.lower[axes[d]]) / (n - 1);
    result.grid.axes[d] = axis_names[axes[d]];
    result.grid.units[d] = c.system.coordinate(axes[d]).dimension().unit();
  }
  result.coordinates.resize(axes.size());
  for (std::size_t i = 0; i < result.grid.point_count(); ++i) {
    std::size_t rest = i;
    for (std::size_t d = 0; d < varying; ++d) {
      const auto n = static_cast<std::size_t>(result.grid.points[d]);
      result.coordinates[d].push_back(result.grid.origin[d] + result.grid.spacing[d] * static_cast<double>(rest % n));
      rest /= n;
    }
    if (moment) result.coordinates[varying].push_back(*moment);
  }
  return result;
}

/// Fields on a grid of any number of axes: positions along each, and arrays with the first axis fastest.
struct FieldBlock {
  std::vector<std::vector<double>> ticks;
  std::vector<NamedArray> arrays;
};

void add_ticks(const FieldGrid& grid, std::size_t axes, FieldBlock& block) {
  for (std::size_t d = 0; d < axes; ++d) {
    std::vector<double>& ticks = block.ticks.emplace_back();
    for (int i = 0; i < grid.points[d]; ++i) ticks.push_back(grid.origin[d] + i * grid.spacing[d]);
  }
}

/// The same fields at the next moment.
void append(const FieldGrid& grid, FieldBlock& block) {
  if (block.arrays.empty()) {
    block.arrays = grid.arrays;
    return;
  }
  for (std::size_t a = 0; a < grid.arrays.size(); ++a) {
    std::vector<double>& values = block.arrays[a].values;
    values.insert(values.end(), grid.arrays[a].values.begin(), grid.arrays[a].values.end());
  }
}

std::string residual_array(const std::string& equation) { return "residual " + equation; }

bool has_velocity(const FieldGrid& grid) {
  return std::any_of(grid.arrays.begin(), grid.arrays.end(),
                     [](const NamedArray& array) { return array.name == "velocity"; });
}

std::vector<NamedFigure> plane_figures(const Case& c, const FieldGrid& grid) {
  std::vector<NamedFigure> figures;
  for (const System::Field& field : c.system.fields()) {
    if (has_velocity(grid) && field.symbol.dimension() == dimension_of<Velocity>()) continue;
    FieldPicture picture;
    picture.title = field.doc;
    picture.array = field.name;
    picture.colours = field.name == "T" ? ColourMap::magma : ColourMap::viridis;
    picture.iso_lines = 11;
    figures.push_back({field.name + ".png", field.doc, field_figure(grid, picture)});
  }
  if (has_velocity(grid)) {
    FieldPicture picture;
    picture.title = "speed and streamlines";
    picture.array = "velocity";
    picture.label = "speed";
    picture.streamlines = "velocity";
    figures.push_back({"speed.png", "Speed with streamlines", field_figure(grid, picture)});
  }
  for (const DimensionlessResidual& equation : c.equations) {
    FieldPicture picture;
    picture.title = "residual of " + equation.name() + ", dimensionless";
    picture.array = residual_array(equation.name());
    picture.label = "|residual|";
    picture.scale = AxisScale::log10;
    picture.colours = ColourMap::cividis;
    figures.push_back({"residual_" + equation.name() + ".png", "Residual of " + equation.name() + ", dimensionless",
                       field_figure(grid, picture)});
  }
  return figures;
}

std::vector<NamedFigure> line_figures(const Case& c, const GridPoints& points) {
  std::vector<NamedFigure> figures;
  const auto add = [&](const std::string& title, const std::string& label, const std::string& name) {
    const NamedArray& array = find_array(points.grid, name);
    CurvesPicture picture;
    picture.title = title;
    picture.x_name = points.grid.axes.front();
    picture.x_unit = points.grid.units.front();
    picture.y_name = label;
    picture.y_unit = array.unit;
    picture.curves.push_back({label, points.coordinates.front(), array.values, std::nullopt, false, false});
    std::string file = name;
    std::replace(file.begin(), file.end(), ' ', '_');
    figures.push_back({file + ".png", title, curves_figure(picture)});
  };
  for (const System::Field& field : c.system.fields()) add(field.doc, field.name, field.name);
  for (const DimensionlessResidual& equation : c.equations) {
    add("residual of " + equation.name() + ", dimensionless", "residual", residual_array(equation.name()));
  }
  return figures;
}

std::string hdf5_bytes(const Case& c, const Solution& solution, const FieldBlock& fields,
                       const std::vector<CsvColumn>& history, const std::vector<CsvColumn>& looks,
                       const nlohmann::json& report, const Provenance& provenance) {
  Hdf5Image image;
  image.attribute("/", "status", report["status"].get<std::string>());
  image.attribute("/", "nusselt_version", std::string(version));
  const std::vector<Axis> axes = c.box.active_axes();
  // Row-major with the last axis fastest, as every reader of HDF5 expects: [z, y, x].
  std::vector<std::int64_t> shape;
  for (std::size_t d = axes.size(); d-- > 0;) shape.push_back(static_cast<std::int64_t>(fields.ticks[d].size()));
  for (std::size_t d = 0; d < axes.size(); ++d) {
    const std::vector<double>& ticks = fields.ticks[d];
    image.dataset(std::string("/coordinates/") + axis_names[axes[d]], {static_cast<std::int64_t>(ticks.size())}, ticks,
                  {{"units", c.system.coordinate(axes[d]).dimension().unit()}});
  }
  for (const NamedArray& array : fields.arrays) {
    std::vector<std::int64_t> array_shape = shape;
    if (array.components > 1) array_shape.push_back(array.components);
    const std::string path = "/fields/" + array.name;
    image.dataset(path, array_shape, array.values, {{"units", array.unit}});
    for (std::size_t d = 0; d < axes.size(); ++d) {
      image.dimension_scale(path, static_cast<unsigned>(axes.size() - 1 - d),
                            std::string("/coordinates/") + axis_names[axes[d]]);
    }
  }
  const auto table = [&](const std::string& group, const std::vector<CsvColumn>& columns) {
    for (const CsvColumn& column : columns) {
      image.dataset(group + column.name, {static_cast<std::int64_t>(column.values.size())}, column.values,
                    {{"units", column.unit.empty() ? std::string("1") : column.unit}});
    }
  };
  table("/history/", history);
  table("/diagnostics/", looks);
  image.text("/case/text", c.document.text());
  image.text("/case/resolved", c.document.resolved().dump(2));
  image.text("/report", report.dump(2));
  const Network& network = solution.problem().network();
  image.attribute("/network", "activation", network.settings().activation);
  image.attribute("/network", "norm", network.settings().norm);
  for (std::size_t window = 0; window < solution.windows(); ++window) {
    const torch::Tensor theta = solution.parameters_of(window).cpu();
    const std::string group = c.windows > 1 ? "/network/window" + std::to_string(window + 1) + "/" : "/network/";
    for (const ParameterSlice& slice : network.slices()) {
      const torch::Tensor part = theta.narrow(0, slice.offset, slice.size()).contiguous();
      image.dataset(group + slice.name, slice.shape,
                    std::span<const double>(part.data_ptr<double>(), static_cast<std::size_t>(part.numel())));
    }
  }
  for (const Reference& reference : c.scales.all()) {
    image.attribute("/scales", reference.name, reference.si);
  }
  image.attribute("/scales", "temperature_level", c.scales.temperature_level());
  for (const Group& group : c.groups.all()) image.attribute("/groups", group.name, group.value);
  for (const auto& [name, value] : provenance) image.attribute("/provenance", name, value);
  return image.bytes();
}

std::string advice(const nlohmann::json& report) {
  if (report["status"] == to_string(Status::converged)) return "";
  return "These fields are not a solution. Look at the criteria that failed; more steps (`optimizer.steps=...`) or a "
         "larger "
         "network (`network.width=...`) may help.";
}

}  // namespace

Provenance library_versions() {
  const std::string blas = blas_description();
  return {{"nusselt", std::string(version) + " (" + git_description + ")"},
          {"compiler", std::string("g++ ") + __VERSION__},
          {"LibTorch", TORCH_VERSION},
          {"CUDA", activation_kernels()},
          {"BLAS", blas.empty() ? "unknown: not OpenBLAS; ./nusselt installs it" : blas},
          {"VTK", vtkVersion::GetVTKVersion()}};
}

Provenance provenance(const std::string& device, const Execution& execution) {
  char now[32];
  const std::time_t seconds = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
  Provenance all = library_versions();
  all.insert(all.end(), {{"written", now},
                         {"device", device},
                         {"engine", text_of(execution.engine)},
                         {"threads", std::to_string(execution.threads)}});
  return all;
}

FieldGrid field_grid(const Case& c, const Solution& solution, std::optional<double> moment) {
  GridPoints points = grid_points(c, moment);
  const Points scaled = solution.points_at(points.coordinates);
  const torch::Tensor fields = solution.fields(scaled);
  // ParaView and the figures want the velocity as one array, and so any other vector of the case.
  std::vector<System::Vector> vectors;
  for (const Region& region : c.domain.regions()) {
    std::vector<std::string> velocity;
    for (const System::Field& field : c.system.fields()) {
      if (field.region != region.name) continue;
      if (field.symbol.dimension() == dimension_of<Velocity>()) velocity.push_back(field.name);
    }
    for (const System::Vector& vector : c.system.vectors()) {
      const System::Field& first = c.system.field_named(vector.components.front());
      if (first.region != region.name) continue;
      const bool moves = first.symbol.dimension() == dimension_of<Velocity>();
      if (moves && velocity.size() >= vector.components.size()) velocity = vector.components;
      if (!moves) vectors.push_back(vector);
    }
    // The first one has the plain name, which the figures look for.
    const bool first = std::none_of(vectors.begin(), vectors.end(),
                                    [](const System::Vector& vector) { return vector.name == "velocity"; });
    if (velocity.size() > 1) vectors.push_back({first ? "velocity" : "velocity_" + region.name, velocity});
  }
  std::map<std::string, std::vector<bool>> inside;
  for (const Region& region : c.domain.regions()) {
    inside[region.name] = solution.lie_in(region, points.coordinates);
  }
  const auto within = [&](const std::string& region, std::vector<double> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!inside.at(region)[i]) values[i] = NAN;
    }
    return values;
  };
  for (std::size_t f = 0; f < c.system.fields().size(); ++f) {
    const System::Field& field = c.system.fields()[f];
    points.grid.arrays.push_back({field.name, field.symbol.dimension().unit(), 1,
                                  within(field.region, column(fields, static_cast<std::int64_t>(f)))});
  }
  for (const System::Vector& vector : vectors) {
    std::vector<std::vector<double>> components;
    for (const std::string& name : vector.components) components.push_back(find_array(points.grid, name).values);
    points.grid.arrays.push_back(
        vector_array(vector.name, find_array(points.grid, vector.components.front()).unit, components));
  }
  for (const DerivedField& output : c.outputs) {
    const torch::Tensor values = solution.values(output.value.parts, scaled);
    std::vector<std::vector<double>> components;
    for (std::int64_t i = 0; i < values.size(1); ++i) {
      const std::string region = c.system.region_of(output.value.parts[static_cast<std::size_t>(i)]);
      components.push_back(inside.contains(region) ? within(region, column(values, i)) : column(values, i));
    }
    const std::string unit = output.value.dimension().unit();
    if (output.value.is_scalar()) {
      points.grid.arrays.push_back({output.name, unit, 1, components.front()});
    } else {
      points.grid.arrays.push_back(vector_array(output.name, unit, components));
    }
  }
  const auto region_of_equation = [&](std::size_t e) { return c.system.region_of(c.system.equations()[e].residual); };
  const torch::Tensor residuals = solution.residuals(scaled);
  for (std::size_t e = 0; e < c.equations.size(); ++e) {
    points.grid.arrays.push_back({residual_array(c.equations[e].name()), "1", 1,
                                  within(region_of_equation(e), column(residuals, static_cast<std::int64_t>(e)))});
  }
  const torch::Tensor budget = TermBudget(c).imbalance(solution, scaled);
  for (std::size_t e = 0; e < c.equations.size(); ++e) {
    points.grid.arrays.push_back({"term budget " + c.equations[e].name(), "1", 1,
                                  within(region_of_equation(e), column(budget, static_cast<std::int64_t>(e)))});
  }
  return points.grid;
}

void write_run_files(const std::filesystem::path& folder, const Case& c, const Solution& solution,
                     const std::vector<HistoryRow>& history, const Diagnostics& diagnostics,
                     const nlohmann::json& report, const Provenance& provenance) {
  std::filesystem::create_directories(folder / "figures");
  const HistoryNames names = history_names(solution, report);
  const std::size_t axes = c.box.active_axes().size();
  // Grids have three axes at most: with as many in space, time is that of the moments.
  const bool block_is_series = axes > 3;
  GridPoints points;
  FieldBlock block;
  if (!block_is_series) {
    points = grid_points(c, std::nullopt);
    points.grid = field_grid(c, solution);
    add_ticks(points.grid, axes, block);
    append(points.grid, block);
  }
  std::vector<PvdEntry> series;
  const auto write_fields = [&](const FieldGrid& grid, std::size_t grid_axes, std::optional<double> time) {
    std::string along;
    for (std::size_t d = 0; d < grid_axes; ++d) {
      along += (along.empty() ? "" : ", ") + grid.axes[d] + " [" + grid.units[d] + "]";
    }
    const std::string name = fmt::format("fields_{:04}.vti", series.size());
    write_atomically(folder / name, vti_bytes(grid,
                                              {{"status", report["status"].get<std::string>()},
                                               {"case", c.name},
                                               {"axes", along},
                                               {"nusselt_version", version}},
                                              time));
    series.push_back({time.value_or(0), name});
  };
  if (c.output_times.empty()) write_fields(points.grid, axes, std::nullopt);
  for (const double moment : c.output_times) {
    const FieldGrid grid = field_grid(c, solution, moment);
    write_fields(grid, axes - 1, moment);
    if (!block_is_series) continue;
    if (block.ticks.empty()) add_ticks(grid, axes - 1, block);
    append(grid, block);
  }
  if (block_is_series) block.ticks.push_back(c.output_times);
  write_atomically(folder / "fields.pvd", pvd_bytes(series));
  const std::vector<CsvColumn> columns = history_columns(history, names);
  write_atomically(folder / "history.csv", csv_bytes(columns));
  write_atomically(folder / "history.jsonl", history_lines(history, names));
  std::vector<CsvColumn> looks;
  if (!diagnostics.state().rows.empty()) looks = diagnostics_columns(diagnostics);
  if (!looks.empty()) write_atomically(folder / "diagnostics.csv", csv_bytes(looks));
  write_atomically(folder / "result.h5", hdf5_bytes(c, solution, block, columns, looks, report, provenance));

  std::vector<NamedFigure> figures;
  if (c.box.dimensions() == 1) figures = line_figures(c, points);
  if (c.box.dimensions() == 2) figures = plane_figures(c, points.grid);
  figures.push_back(history_figure(c, history, names.residuals));
  // Of windows of time none is compared before all are joined.
  if (!names.errors.empty() && c.windows == 1) figures.push_back(error_figure(history, names, report));
  if (!looks.empty()) {
    for (NamedFigure& figure : diagnostics_figures(diagnostics)) figures.push_back(std::move(figure));
  }
  ReportPage page{report, advice(report), {{"What was understood", describe(c)}}, {}, c.document.text(), provenance};
  for (const NamedFigure& figure : figures) {
    write_atomically(folder / "figures" / figure.file, figure.figure.png);
    page.figures.push_back({figure.caption, figure.figure.png, figure.figure.width, figure.figure.height});
  }
  write_atomically(folder / "report.html", report_html(page));
  write_report(folder, report);
}

void write_report(const std::filesystem::path& folder, const nlohmann::json& report) {
  write_atomically(folder / "report.json", report.dump(2) + "\n");
}

}  // namespace nusselt
