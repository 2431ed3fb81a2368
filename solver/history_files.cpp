#include "solver/history_files.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "solver/curves_figure.hpp"

namespace nusselt {

NamedFigure history_figure(const Case& c, const std::vector<HistoryRow>& history,
                           const std::vector<std::string>& residuals) {
  CurvesPicture picture;
  picture.title = "RMS of the residuals while training: held-out solid, training dashed";
  picture.x_name = "step";
  picture.y_name = "RMS residual";
  picture.y_unit = "1";
  picture.y_scale = AxisScale::log10;
  for (std::size_t e = 0; e < residuals.size(); ++e) {
    Curve held_out{residuals[e], {}, {}, static_cast<int>(e), false, false};
    Curve training{"", {}, {}, static_cast<int>(e), true, true};
    for (const HistoryRow& row : history) {
      if (row.held_out_rms.empty()) continue;
      held_out.x.push_back(row.step);
      held_out.y.push_back(row.held_out_rms[e]);
      training.x.push_back(row.step);
      training.y.push_back(row.train_rms[e]);
    }
    picture.curves.push_back(std::move(held_out));
    picture.curves.push_back(std::move(training));
  }
  picture.limits.push_back({c.settings.criteria.residual, "criterion"});
  return {"history.png", "Training history", curves_figure(picture)};
}

HistoryNames history_names(const Solution& solution, const nlohmann::json& report) {
  HistoryNames names;
  for (const DimensionlessResidual& residual : solution.problem().residuals()) {
    names.residuals.push_back(residual.name());
  }
  for (const nlohmann::json& quantity : report["quantities"]) names.quantities.push_back(quantity["name"]);
  for (const nlohmann::json& error : report["errors"]) names.errors.push_back(error["field"]);
  return names;
}

NamedFigure error_figure(const std::vector<HistoryRow>& history, const HistoryNames& names,
                         const nlohmann::json& report) {
  CurvesPicture picture;
  picture.title = "relative errors while training: fields solid, quantities dashed";
  picture.x_name = "training time";
  picture.x_unit = "s";
  picture.y_name = "relative error";
  picture.y_unit = "1";
  picture.y_scale = AxisScale::log10;
  int colour = 0;
  const auto add = [&](const std::string& name, bool dashed, const auto& error_of) {
    Curve curve{name, {}, {}, colour++, dashed, false};
    for (const HistoryRow& row : history) {
      // The reference is that of the case, not of the rungs below it.
      if (row.held_out_rms.empty() || row.rung != history.back().rung) continue;
      curve.x.push_back(row.spent.wall);
      curve.y.push_back(error_of(row));
    }
    picture.curves.push_back(std::move(curve));
  };
  for (std::size_t i = 0; i < names.errors.size(); ++i) {
    add(names.errors[i], false, [&](const HistoryRow& row) { return row.errors[i]; });
  }
  for (std::size_t i = 0; i < names.quantities.size(); ++i) {
    const nlohmann::json& reference = report["quantities"][i]["reference"];
    if (!reference.is_number()) continue;
    const double known = reference.get<double>();
    add(names.quantities[i], true,
        [&](const HistoryRow& row) { return std::abs(row.quantities[i] - known) / std::abs(known); });
  }
  return {"errors.png", "Errors against the reference while training", curves_figure(picture)};
}

std::vector<CsvColumn> history_columns(const std::vector<HistoryRow>& history, const HistoryNames& names) {
  std::vector<CsvColumn> columns;
  const auto add = [&](const std::string& name, const std::string& unit, const auto& value_of) {
    CsvColumn column{name, unit, {}, {}};
    for (const HistoryRow& row : history) column.values.push_back(value_of(row));
    columns.push_back(std::move(column));
  };
  const auto evaluated = [](const std::vector<double>& values, std::size_t i) {
    return i < values.size() ? values[i] : NAN;
  };
  add("step", "", [](const HistoryRow& row) { return row.step; });
  add("iterations", "", [](const HistoryRow& row) { return static_cast<double>(row.iterations); });
  add("wall", "s", [](const HistoryRow& row) { return row.spent.wall; });
  add("cpu", "s", [](const HistoryRow& row) { return row.spent.cpu; });
  add("loss", "", [](const HistoryRow& row) { return row.loss; });
  add("damping", "", [](const HistoryRow& row) { return row.damping; });
  add("length", "", [](const HistoryRow& row) { return row.length; });
  add("rung", "", [](const HistoryRow& row) { return row.rung + 1; });
  for (std::size_t e = 0; e < names.residuals.size(); ++e) {
    add("training " + names.residuals[e], "", [&](const HistoryRow& row) { return evaluated(row.train_rms, e); });
    add("held-out " + names.residuals[e], "", [&](const HistoryRow& row) { return evaluated(row.held_out_rms, e); });
    add("weight " + names.residuals[e], "", [&](const HistoryRow& row) { return row.weights[e]; });
  }
  for (std::size_t i = 0; i < names.quantities.size(); ++i) {
    add("quantity " + names.quantities[i], "", [&](const HistoryRow& row) { return evaluated(row.quantities, i); });
  }
  for (std::size_t i = 0; i < names.errors.size(); ++i) {
    add("error of " + names.errors[i], "", [&](const HistoryRow& row) { return evaluated(row.errors, i); });
  }
  return columns;
}

std::string history_lines(const std::vector<HistoryRow>& history, const HistoryNames& names) {
  std::string lines;
  for (const HistoryRow& row : history) {
    nlohmann::json line = {{"step", row.step},
                           {"iterations", row.iterations},
                           {"wall_seconds", row.spent.wall},
                           {"cpu_seconds", row.spent.cpu},
                           {"loss", row.loss},
                           {"damping", row.damping},
                           {"length", row.length},
                           {"rung", row.rung + 1},
                           {"train_rms", row.train_rms},
                           {"held_out_rms", row.held_out_rms},
                           {"weights", row.weights}};
    for (std::size_t i = 0; i < row.quantities.size(); ++i) line["quantities"][names.quantities[i]] = row.quantities[i];
    for (std::size_t i = 0; i < std::min(row.errors.size(), names.errors.size()); ++i)
      line["errors"][names.errors[i]] = row.errors[i];
    lines += line.dump() + "\n";
  }
  return lines;
}

}  // namespace nusselt
