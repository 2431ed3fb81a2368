#include "solver/diagnostics_files.hpp"

#include <algorithm>

#include "solver/curves_figure.hpp"

namespace nusselt {

std::vector<CsvColumn> diagnostics_columns(const Diagnostics& diagnostics) {
  std::vector<CsvColumn> columns = {{"step", "", {}, {}}};
  for (const DiagnosticsColumn& column : diagnostics.columns()) columns.push_back({column.name, column.unit, {}, {}});
  for (const std::vector<double>& row : diagnostics.state().rows) {
    for (std::size_t k = 0; k < columns.size(); ++k) columns[k].values.push_back(row[k]);
  }
  return columns;
}

std::vector<NamedFigure> diagnostics_figures(const Diagnostics& diagnostics) {
  std::vector<NamedFigure> figures;
  const std::vector<CsvColumn> all = diagnostics_columns(diagnostics);
  std::vector<std::string> names;
  for (const DiagnosticsColumn& column : diagnostics.columns()) {
    if (!column.figure.empty() && std::ranges::find(names, column.figure) == names.end())
      names.push_back(column.figure);
  }
  for (const std::string& name : names) {
    CurvesPicture picture;
    picture.title = name + " while training";
    picture.x_name = "step";
    picture.y_name = name;
    picture.y_unit = "1";
    picture.y_scale = name == "alignment" || name == "saturation" ? AxisScale::linear : AxisScale::log10;
    for (std::size_t k = 0; k < diagnostics.columns().size(); ++k) {
      if (diagnostics.columns()[k].figure != name) continue;
      picture.curves.push_back({all[k + 1].name, all.front().values, all[k + 1].values, std::nullopt, false, false});
    }
    std::string file = "diagnostics_" + name + ".png";
    std::replace(file.begin(), file.end(), ' ', '_');
    figures.push_back({file, "Diagnostics: " + name, curves_figure(picture)});
  }
  return figures;
}

}  // namespace nusselt
