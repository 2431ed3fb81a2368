#include "solver/study_report.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>

#include "nondim/expression.hpp"
#include "solver/case/csv.hpp"
#include "solver/case/exit_code.hpp"
#include "solver/case/input_error.hpp"
#include "solver/html_page.hpp"
#include "solver/study_figures.hpp"

namespace nusselt {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json parsed(const std::string& text, const fs::path& file) {
  json object = json::parse(text, nullptr, false);
  if (!object.is_object()) {
    throw InputError(place_at(file.string(), "", 0),
                     "not what a run writes; remove the folder, and run the study again");
  }
  return object;
}

/// Errors of one report, fields first: name -> relative error.
std::vector<std::pair<std::string, double>> errors_of(const json& report) {
  std::vector<std::pair<std::string, double>> errors;
  if (report.is_null()) return errors;
  for (const json& e : report["errors"]) {
    if (e["relative_l2"].is_number())
      errors.emplace_back("error of " + e["field"].get<std::string>(), e["relative_l2"]);
  }
  for (const json& q : report["quantities"]) {
    if (q["relative_error"].is_number()) {
      errors.emplace_back("error of " + q["name"].get<std::string>(), std::abs(q["relative_error"].get<double>()));
    }
  }
  return errors;
}

std::optional<double> error_named(const json& report, const std::string& name) {
  for (const auto& [known, value] : errors_of(report)) {
    if (known == name) return value;
  }
  return std::nullopt;
}

json summary(const std::vector<double>& values) {
  if (values.empty()) return nullptr;
  const Quartiles q = quartiles(values);
  return {{"lower_quartile", q.lower}, {"median", q.median}, {"upper_quartile", q.upper}, {"count", values.size()}};
}

/// `runs`: how many there should be; a run without a finite number has none.
std::string shown(const json& summary, const json& runs) {
  constexpr int digits = 3;
  if (summary.is_null()) return "-";
  std::string text = to_string(summary["median"].get<double>(), digits);
  if (summary["count"] != 1) {
    text += " [" + to_string(summary["lower_quartile"].get<double>(), digits) + ", " +
            to_string(summary["upper_quartile"].get<double>(), digits) + "]";
  }
  return summary["count"] == runs ? text : text + " (" + summary["count"].dump() + " of " + runs.dump() + ")";
}

/// Columns of the comparison: the varied keys, then what was measured.
struct Comparison {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
};

Comparison comparison_of(const json& study) {
  Comparison c;
  for (const json& key : study["varied"]) c.titles.push_back(key["key"]);
  c.titles.insert(c.titles.end(), {"converged", "steps", "wall [s]"});
  for (const json& name : study["errors"]) c.titles.push_back(name);
  for (const json& setting : study["settings"]) {
    std::vector<std::string> row;
    for (const json& key : study["varied"]) row.push_back(setting["values"][key["key"].get<std::string>()]);
    const int broken = setting["broke_down"], diverged = setting["diverged"];
    row.push_back(setting["converged"].dump() + " of " + setting["runs"].dump() +
                  (diverged > 0 ? ", " + std::to_string(diverged) + " diverged" : "") +
                  (broken > 0 ? ", " + std::to_string(broken) + " broke down" : ""));
    row.push_back(shown(setting["steps"], setting["runs"]));
    row.push_back(shown(setting["wall_seconds"], setting["runs"]));
    for (const json& name : study["errors"])
      row.push_back(shown(setting["measured"][name.get<std::string>()], setting["runs"]));
    c.rows.push_back(std::move(row));
  }
  return c;
}

}  // namespace

std::vector<std::string> study_error_names(const std::vector<StudyRow>& rows) {
  std::vector<std::string> names;
  for (const StudyRow& row : rows) {
    for (const auto& [name, value] : errors_of(row.report)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

std::optional<double> study_error(const json& row, const json& report, const std::string& name) {
  const std::string what = name.substr(std::string("error of ").size());
  const json& errors = row.value("errors", json::object());
  if (errors.contains(what)) return errors[what].is_number() ? std::optional<double>(errors[what]) : std::nullopt;
  for (const json& q : report["quantities"]) {
    if (q["name"] != what || !q["reference"].is_number()) continue;
    const json& value = row["quantities"][what];
    const double reference = q["reference"];
    if (value.is_number()) return std::abs(value.get<double>() - reference) / std::abs(reference);
  }
  return std::nullopt;
}

StudyRow read_study_row(const StudyRun& run, const fs::path& folder, int exit_code) {
  StudyRow row{run, nullptr, {}, exit_code};
  const fs::path report = folder / "report.json";
  std::ifstream stream(report);
  if (!stream) return row;
  row.report = parsed({std::istreambuf_iterator<char>(stream), {}}, report);
  const fs::path history = folder / "history.jsonl";
  std::ifstream lines(history);
  for (std::string line; std::getline(lines, line);) {
    json point = parsed(line, history);
    // The reference is that of the case, not of the rungs below it.
    if (!point["held_out_rms"].empty()) row.history.push_back(std::move(point));
  }
  if (!row.history.empty()) {
    const json last = row.history.back()["rung"];
    std::erase_if(row.history, [&](const json& point) { return point["rung"] != last; });
  }
  if (const fs::path looks = folder / "diagnostics.csv"; fs::exists(looks)) {
    const CsvTable table = CsvTable::read(looks);
    for (const CsvColumn& column : table.columns()) row.diagnostics[column.name] = column.values;
  }
  return row;
}

Quartiles quartiles(std::vector<double> values) {
  if (values.empty()) throw std::invalid_argument("quartiles of no values");
  std::sort(values.begin(), values.end());
  const auto at = [&](double part) {
    const double place = part * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
  };
  return {at(0.25), at(0.5), at(0.75)};
}

json study_json(const StudyPlan& plan, const std::vector<StudyRow>& rows) {
  const std::vector<std::string> names = study_error_names(rows);
  json study = {{"case", plan.case_name}, {"varied", json::array()},   {"errors", names},
                {"runs", json::array()},  {"settings", json::array()}, {"jobs", plan.jobs}};
  for (const VariedKey& varied : plan.varied)
    study["varied"].push_back({{"key", varied.key}, {"values", varied.values}});
  const auto values_of = [&](std::size_t setting) {
    json values = json::object();
    for (std::size_t k = 0; k < plan.varied.size(); ++k) values[plan.varied[k].key] = plan.settings[setting][k];
    return values;
  };
  for (const StudyRow& row : rows) {
    study["runs"].push_back({{"values", values_of(row.run.setting)},
                             {"seed", row.run.seed},
                             {"folder", row.run.folder},
                             {"overrides", row.run.overrides},
                             {"exit_code", row.exit_code},
                             {"report", row.report}});
  }
  for (std::size_t s = 0; s < plan.settings.size(); ++s) {
    int runs = 0, converged = 0, diverged = 0, broke_down = 0;
    std::map<std::string, std::vector<double>> residuals;
    std::map<std::string, std::string> units;
    std::vector<double> steps, wall, cpu;
    std::map<std::string, std::vector<double>> measured;
    for (const StudyRow& row : rows) {
      if (row.run.setting != s) continue;
      ++runs;
      if (row.report.is_null()) {
        ++broke_down;
        continue;
      }
      converged += row.report["status"] == to_string(Status::converged) ? 1 : 0;
      diverged += row.report["status"] == to_string(Status::diverged) ? 1 : 0;
      for (const json& r : row.report["residuals"]) {
        units[r["name"]] = r["unit"];
        if (r["rms"].is_number()) residuals[r["name"]].push_back(r["rms"].get<double>() * r["scale"].get<double>());
      }
      steps.push_back(row.report["steps"]);
      wall.push_back(row.report["wall_seconds"]);
      cpu.push_back(row.report["cpu_seconds"]);
      for (const auto& [name, value] : errors_of(row.report)) measured[name].push_back(value);
    }
    json setting = {{"values", values_of(s)},        {"runs", runs},
                    {"converged", converged},        {"diverged", diverged},
                    {"broke_down", broke_down},      {"steps", summary(steps)},
                    {"wall_seconds", summary(wall)}, {"cpu_seconds", summary(cpu)},
                    {"measured", json::object()}};
    for (const std::string& name : names) setting["measured"][name] = summary(measured[name]);
    setting["residuals"] = json::object();
    for (const auto& [name, unit] : units) {
      setting["residuals"][name] = {{"unit", unit}, {"in_si", summary(residuals[name])}};
    }
    study["settings"].push_back(std::move(setting));
  }
  return study;
}

std::string study_table(const json& study) {
  const Comparison c = comparison_of(study);
  std::string text;
  std::vector<std::size_t> widths;
  for (std::size_t k = 0; k < c.titles.size(); ++k) {
    std::size_t width = c.titles[k].size();
    for (const std::vector<std::string>& row : c.rows) width = std::max(width, row[k].size());
    widths.push_back(width + 2);
  }
  const auto add = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t k = 0; k < cells.size(); ++k) line += cells[k] + std::string(widths[k] - cells[k].size(), ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  add(c.titles);
  for (const std::vector<std::string>& row : c.rows) add(row);
  return text;
}

std::string study_csv(const StudyPlan& plan, const std::vector<StudyRow>& rows) {
  std::vector<CsvColumn> columns;
  const auto add_text = [&](const std::string& name, const auto& text_of) {
    CsvColumn column{name, "", {}, {}};
    for (const StudyRow& row : rows) column.texts.push_back(text_of(row));
    columns.push_back(std::move(column));
  };
  const auto add_number = [&](const std::string& name, const std::string& unit, const auto& value_of) {
    CsvColumn column{name, unit, {}, {}};
    for (const StudyRow& row : rows) column.values.push_back(value_of(row));
    columns.push_back(std::move(column));
  };
  const auto reported = [](const char* key) {
    return [key](const StudyRow& row) { return row.report.is_null() ? NAN : row.report[key].get<double>(); };
  };
  for (std::size_t k = 0; k < plan.varied.size(); ++k) {
    add_text(plan.varied[k].key, [&](const StudyRow& row) { return plan.settings[row.run.setting][k]; });
  }
  add_text("seed", [](const StudyRow& row) { return row.run.seed; });
  add_text("status", [](const StudyRow& row) {
    return row.report.is_null() ? std::string("broke_down") : row.report["status"].get<std::string>();
  });
  add_number("exit_code", "", [](const StudyRow& row) { return row.exit_code; });
  add_number("steps", "", reported("steps"));
  add_number("wall", "s", reported("wall_seconds"));
  add_number("cpu", "s", reported("cpu_seconds"));
  for (const std::string& name : study_error_names(rows)) {
    add_number(name, "", [&](const StudyRow& row) { return error_named(row.report, name).value_or(NAN); });
  }
  return csv_bytes(columns);
}

StudyPage study_page(const StudyPlan& plan, const std::vector<StudyRow>& rows, const json& study,
                     const std::string& command) {
  using Cell = HtmlTable::Cell;
  const Comparison c = comparison_of(study);
  std::vector<HtmlTable::Column> columns;
  for (std::size_t k = 0; k < c.titles.size(); ++k) columns.push_back({c.titles[k], k > plan.varied.size()});
  HtmlTable settings(columns);
  for (const std::vector<std::string>& row : c.rows) {
    std::vector<std::pair<Cell, std::string>> cells;
    for (std::size_t k = 0; k < row.size(); ++k) {
      cells.emplace_back(k < plan.varied.size()    ? Cell::name
                         : k == plan.varied.size() ? Cell::words
                                                   : Cell::number,
                         row[k]);
    }
    settings.row(cells);
  }
  HtmlTable runs({{"Run"}, {"Status"}, {"Why it ended"}, {"Equation"}, {"Residual, held out", true}, {"In SI", true}});
  for (const StudyRow& row : rows) {
    if (row.report.is_null()) {
      runs.row({{Cell::name, row.run.folder},
                {Cell::bad, "broke down, exit " + std::to_string(row.exit_code)},
                {Cell::words, "log/" + row.run.folder + ".txt says why"},
                {Cell::words, ""},
                {Cell::number, ""},
                {Cell::number, ""}});
      continue;
    }
    const bool converged = row.report["status"] == to_string(Status::converged);
    bool first = true;
    for (const json& r : row.report["residuals"]) {
      const bool known = r["rms"].is_number();
      const std::string unit = r["unit"] == "1" ? "" : " " + r["unit"].get<std::string>();
      runs.row({{Cell::name, first ? row.run.folder : ""},
                {converged ? Cell::good : Cell::bad, first ? row.report["status"].get<std::string>() : ""},
                {Cell::words, first ? row.report["reason"].get<std::string>() : ""},
                {Cell::words, r["name"].get<std::string>()},
                {Cell::number, known ? to_string(r["rms"].get<double>(), 3) : "-"},
                {Cell::number, known ? to_string(r["rms"].get<double>() * r["scale"].get<double>(), 3) + unit : "-"}});
      first = false;
    }
  }

  StudyPage page;
  std::vector<HtmlFigure> figures;
  for (auto& [file, figure] : study_figures(plan, rows)) {
    page.figures.emplace_back(file, figure.png);
    const std::string caption = file.substr(0, file.rfind('.'));
    figures.push_back({caption, figure.png, figure.width, figure.height});
  }
  HtmlTable residuals({{"Setting"}, {"Equation"}, {"Residual in SI, held out", true}, {"Unit"}});
  for (std::size_t s = 0; s < plan.settings.size(); ++s) {
    const json& setting = study["settings"][s];
    for (const auto& [name, entry] : setting["residuals"].items()) {
      residuals.row({{Cell::name, plan.setting_name(s)},
                     {Cell::words, name},
                     {Cell::number, shown(entry["in_si"], setting["runs"])},
                     {Cell::unit, entry["unit"].get<std::string>()}});
    }
  }
  page.html = html_page(plan.case_name + " \u2013 study", plan.case_name, "A Nusselt study",
                        "<p>" + html_with_commands("Made by `" + command + "`.") + "</p>\n" + html_heading("Settings") +
                            html_note("Medians over the seeds, quartiles in brackets; errors are relative, against the "
                                      "references of the case.") +
                            settings.html() + html_heading("Residuals of each setting") + residuals.html() +
                            html_figures(figures) + html_heading("Runs") +
                            html_note("Residuals of different scalings are measured in different units: compare them "
                                      "in SI, and settings by their errors.") +
                            runs.html());
  return page;
}

}  // namespace nusselt
