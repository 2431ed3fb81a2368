// What a study found: the runs side by side, as a table, CSV, JSON, and a page with curves.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "solver/case/study_plan.hpp"

namespace nusselt {

/// A run as its folder tells it; `report` is null where the run broke down and left none.
struct StudyRow {
  StudyRun run;
  nlohmann::json report;                // report.json
  std::vector<nlohmann::json> history;  // evaluated rows of history.jsonl
  int exit_code = 0;
  std::map<std::string, std::vector<double>> diagnostics = {};  // columns of diagnostics.csv; empty without one
};

/// Throws InputError where a file of a finished run cannot be read as JSON.
StudyRow read_study_row(const StudyRun& run, const std::filesystem::path& folder, int exit_code);

/// "error of T", everything that any run was measured by against a reference, in order of first appearance.
std::vector<std::string> study_error_names(const std::vector<StudyRow>& rows);
/// The error of that name in a row of a history; nothing where it has none.
std::optional<double> study_error(const nlohmann::json& row, const nlohmann::json& report, const std::string& name);

/// Median and quartiles by linear interpolation between order statistics (R. J. Hyndman and Y. Fan, Am. Stat. 50, 1996,
/// 361, type 7, doi:10.1080/00031305.1996.10473566).
struct Quartiles {
  double lower = 0, median = 0, upper = 0;
};
/// Throws std::invalid_argument without a value.
Quartiles quartiles(std::vector<double> values);

/// One object: case, varied keys, `runs` with everything measured, `settings` with median and quartiles over the seeds
/// and how many runs converged, diverged or broke down; residuals in SI. Only errors against references compare
/// settings: residuals of different scalings are measured in different units, and stand in the runs alone.
nlohmann::json study_json(const StudyPlan& plan, const std::vector<StudyRow>& rows);
/// The settings as lines for the terminal.
std::string study_table(const nlohmann::json& study);
/// One row for each run.
std::string study_csv(const StudyPlan& plan, const std::vector<StudyRow>& rows);

struct StudyPage {
  std::string html;
  std::vector<std::pair<std::string, std::string>> figures;  // file name, PNG
};
StudyPage study_page(const StudyPlan& plan, const std::vector<StudyRow>& rows, const nlohmann::json& study,
                     const std::string& command);

}  // namespace nusselt
