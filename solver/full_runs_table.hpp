// The table of the full runs: what each took, its verdict, and every number that its case bounds.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "solver/case/full_runs.hpp"

namespace nusselt {

struct FullRunRow {
  FullRun run;
  std::optional<int> exit_code;     // nothing while the run waits or is stopped
  nlohmann::json report = nullptr;  // report.json of a run that came to its end; null where it broke down
  std::string failure = {};         // what a run said last that broke down
  std::string build = {};           // "nusselt 0.1.0 (3c8f005)" that began it
};

struct FullRunsHeader {
  std::string command;
  std::string processor;
  int cores = 0;
  int jobs = 1;  // runs at a time
};

/// `machine`, `command` and `runs`, in the order of the rows; each run has `status`: that of its report, `broke_down`
/// or `waiting`, and `numbers`: name, error, bound (null where the case has none) and met.
nlohmann::json full_runs_json(const std::vector<FullRunRow>& rows, const FullRunsHeader& header);
/// For people: one line for each run, and below it what failed and which bounds are not met.
std::string full_runs_markdown(const nlohmann::json& table);
/// One line for each number, and one for each run without any.
std::string full_runs_csv(const nlohmann::json& table);
/// "converged, T 1.3e-06 (1e-05)": a run in a few words.
std::string full_run_line(const nlohmann::json& run);
/// How many bounds there are and how many of them are met, over all runs.
struct BoundCount {
  int met = 0, all = 0;
};
BoundCount count_bounds(const nlohmann::json& table);

}  // namespace nusselt
