#include "solver/study_figures.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "solver/curves_figure.hpp"

namespace nusselt {

namespace {

using nlohmann::json;

// More places than this no figure shows.
constexpr std::size_t most_places = 400;

double number_or_nan(const json& value) { return value.is_number() ? value.get<double>() : NAN; }

/// One curve of each run that left a report; `value_of(row, point)` is nothing where the run has no such number.
StudySeries along_history(StudySeries series, const std::vector<StudyRow>& rows,
                          const std::function<std::optional<double>(const StudyRow&, const json&)>& value_of) {
  for (const StudyRow& row : rows) {
    if (row.report.is_null()) continue;
    RunCurve curve{row.run.setting, {}, {}, {}};
    for (const json& point : row.history) {
      const std::optional<double> value = value_of(row, point);
      if (!value) continue;
      curve.steps.push_back(point.value("step", 0.0));
      curve.seconds.push_back(point["wall_seconds"]);
      curve.values.push_back(*value);
    }
    if (!curve.values.empty()) series.runs.push_back(std::move(curve));
  }
  return series;
}

/// A column of the diagnostics; seconds are those of the history's last row up to the step.
StudySeries along_looks(StudySeries series, const std::vector<StudyRow>& rows, const std::string& column) {
  for (const StudyRow& row : rows) {
    const auto values = row.diagnostics.find(column);
    if (values == row.diagnostics.end()) continue;
    RunCurve curve{row.run.setting, row.diagnostics.at("step"), {}, values->second};
    for (const double step : curve.steps) {
      double seconds = 0;
      for (const json& point : row.history) {
        if (point.value("step", 0.0) <= step) seconds = point["wall_seconds"];
      }
      curve.seconds.push_back(seconds);
    }
    series.runs.push_back(std::move(curve));
  }
  return series;
}

/// Names in a list of the reports, in order of first appearance, with the first entry of that name.
std::vector<std::pair<std::string, json>> named_in(const std::vector<StudyRow>& rows, const char* list) {
  std::vector<std::pair<std::string, json>> names;
  for (const StudyRow& row : rows) {
    if (row.report.is_null()) continue;
    for (const json& entry : row.report.value(list, json::array())) {
      const std::string name = entry["name"];
      const auto same = [&](const auto& known) { return known.first == name; };
      if (std::ranges::none_of(names, same)) names.emplace_back(name, entry);
    }
  }
  return names;
}

std::optional<std::size_t> place_of(const StudyRow& row, const std::string& residual) {
  const json& residuals = row.report["residuals"];
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    if (residuals[i]["name"] == residual) return i;
  }
  return std::nullopt;
}

}  // namespace

std::vector<StudySeries> study_series(const std::vector<StudyRow>& rows) {
  std::vector<StudySeries> all;
  const auto keep = [&](StudySeries series) {
    if (!series.runs.empty()) all.push_back(std::move(series));
  };
  for (const std::string& name : study_error_names(rows)) {
    StudySeries series{name, "1"};
    series.against_time = true;
    keep(along_history(series, rows,
                       [&](const StudyRow& row, const json& point) { return study_error(point, row.report, name); }));
  }
  for (const auto& [name, entry] : named_in(rows, "quantities")) {
    StudySeries series{name, entry.value("unit", "1"), false};
    series.against_time = true;
    if (entry["reference"].is_number()) series.reference = entry["reference"];
    keep(along_history(series, rows, [&](const StudyRow&, const json& point) -> std::optional<double> {
      const json& quantities = point.value("quantities", json::object());
      if (!quantities.contains(name)) return std::nullopt;
      return number_or_nan(quantities[name]);
    }));
  }
  for (const auto& [name, entry] : named_in(rows, "residuals")) {
    const auto listed = [&](const char* key, bool in_si) {
      return [&, key, in_si](const StudyRow& row, const json& point) -> std::optional<double> {
        const std::optional<std::size_t> i = place_of(row, name);
        const json& values = point.value(key, json::array());
        if (!i || *i >= values.size()) return std::nullopt;
        return number_or_nan(values[*i]) * (in_si ? number_or_nan(row.report["residuals"][*i]["scale"]) : 1);
      };
    };
    keep(along_history({"residual of " + name, entry.value("unit", "1")}, rows, listed("held_out_rms", true)));
    const StudySeries weights = along_history({"weight of " + name, "1"}, rows, listed("weights", false));
    const bool all_one = std::ranges::all_of(weights.runs, [](const RunCurve& curve) {
      return std::ranges::all_of(curve.values, [](double w) { return w == 1; });
    });
    if (!all_one) keep(weights);
    keep(along_looks({"weighted gradient of " + name, "1"}, rows, "weighted gradient " + name));
  }
  keep(along_looks({"alignment of the gradients", "1", false}, rows, "alignment"));
  return all;
}

Band band_of(const StudySeries& series, std::size_t setting, bool against_steps) {
  std::vector<const RunCurve*> runs;
  std::set<double> places;
  double begin = -std::numeric_limits<double>::infinity();
  for (const RunCurve& run : series.runs) {
    if (run.setting != setting) continue;
    runs.push_back(&run);
    const std::vector<double>& x = against_steps ? run.steps : run.seconds;
    places.insert(x.begin(), x.end());
    begin = std::max(begin, x.front());
  }
  Band band;
  std::vector<double> grid(places.lower_bound(begin), places.end());
  const std::size_t every = grid.size() / most_places + 1;
  for (std::size_t k = 0; k < grid.size(); ++k) {
    if (k % every != 0 && k + 1 != grid.size()) continue;
    std::vector<double> values;
    for (const RunCurve* run : runs) {
      const std::vector<double>& x = against_steps ? run->steps : run->seconds;
      const auto after = std::upper_bound(x.begin(), x.end(), grid[k]);
      const double value = run->values[static_cast<std::size_t>(after - x.begin()) - 1];
      values.push_back(std::isfinite(value) ? value : std::numeric_limits<double>::max());
    }
    const Quartiles q = quartiles(values);
    band.x.push_back(grid[k]);
    band.lower.push_back(q.lower);
    band.median.push_back(q.median);
    band.upper.push_back(q.upper);
  }
  return band;
}

std::vector<std::pair<std::string, Figure>> study_figures(const StudyPlan& plan, const std::vector<StudyRow>& rows) {
  std::vector<std::pair<std::string, Figure>> figures;
  for (const StudySeries& series : study_series(rows)) {
    for (const bool against_steps : {true, false}) {
      if (!against_steps && !series.against_time) continue;
      CurvesPicture picture;
      picture.title = series.name + " while training: median, quartiles faint";
      picture.x_name = against_steps ? "step" : "training time";
      picture.x_unit = against_steps ? "" : "s";
      picture.y_name = series.name;
      picture.y_unit = series.unit;
      picture.y_scale = series.logarithmic ? AxisScale::log10 : AxisScale::linear;
      if (series.reference) picture.limits.push_back({*series.reference, "reference"});
      for (std::size_t s = 0; s < plan.settings.size(); ++s) {
        const Band band = band_of(series, s, against_steps);
        if (band.x.empty()) continue;
        const auto shown = [](std::vector<double> values) {
          for (double& value : values) {
            if (value == std::numeric_limits<double>::max()) value = NAN;
          }
          return values;
        };
        const int colour = static_cast<int>(s);
        picture.curves.push_back({plan.setting_name(s), band.x, shown(band.median), colour, false, false});
        const bool several = std::ranges::count(series.runs, s, &RunCurve::setting) > 1;
        if (!several) continue;
        picture.curves.push_back({"", band.x, shown(band.lower), colour, true, true});
        picture.curves.push_back({"", band.x, shown(band.upper), colour, true, true});
      }
      std::string file = series.name + (against_steps ? " steps.png" : " time.png");
      std::ranges::replace(file, ' ', '_');
      std::ranges::replace(file, '/', '_');
      figures.emplace_back(file, curves_figure(picture));
    }
  }
  return figures;
}

}  // namespace nusselt
