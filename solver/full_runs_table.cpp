#include "solver/full_runs_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "nondim/expression.hpp"
#include "solver/case/csv.hpp"

namespace nusselt {

namespace {

using nlohmann::json;

/// Errors of a report, fields first; `met` is null where there is no bound.
json numbers_of(const json& report) {
  json numbers = json::array();
  const auto add = [&](const json& name, const json& error, const json& bound) {
    json met = nullptr;
    if (bound.is_number()) met = error.is_number() && error.get<double>() <= bound.get<double>();
    numbers.push_back({{"name", name}, {"error", error}, {"bound", bound}, {"met", met}});
  };
  for (const json& e : report["errors"]) add(e["field"], e["relative_l2"], e["bound"]);
  for (const json& q : report["quantities"]) {
    if (q["reference"].is_number() || q["bound"].is_number()) add(q["name"], q["relative_error"], q["bound"]);
  }
  return numbers;
}

json largest_imbalance(const json& report) {
  json largest = nullptr;
  for (const json& b : report["balances"]) {
    if (!b["relative"].is_number()) return nullptr;
    if (largest.is_null() || b["relative"] > largest) largest = b["relative"];
  }
  return largest;
}

json run_json(const FullRunRow& row) {
  json run = {{"name", row.run.name},
              {"case", row.run.case_name},
              {"set", row.run.overrides},
              {"setting", row.run.setting()},
              {"status", row.exit_code ? "broke_down" : "waiting"},
              {"exit_code", row.exit_code ? json(*row.exit_code) : json(nullptr)},
              {"failure", row.failure},
              {"build", row.build},
              {"numbers", json::array()}};
  for (const char* key : {"reason", "wall_seconds", "cpu_seconds", "steps", "parameters", "threads", "engine",
                          "precision", "device", "seed"}) {
    run[key] = row.report.is_object() ? row.report[key] : json(nullptr);
  }
  run["imbalance"] = nullptr;
  if (!row.report.is_object()) return run;
  run["status"] = row.report["status"];
  run["imbalance"] = largest_imbalance(row.report);
  run["numbers"] = numbers_of(row.report);
  return run;
}

bool is_bounded(const json& number) { return number["bound"].is_number(); }

std::string shown(const json& value, int digits) {
  return value.is_number() ? to_string(value.get<double>(), digits) : "not finite";
}

std::string seconds_text(const json& value) {
  if (!value.is_number()) return "";
  char text[32];
  const double seconds = value;
  std::snprintf(text, sizeof text, seconds < 99.95 ? "%.1f" : "%.0f", seconds);
  return seconds < 0.05 ? "< 0.1" : text;
}

/// "T 1.3e-06 (1e-05)", those beyond their bounds in bold; where nothing is bounded, what is known of the errors.
std::string numbers_text(const json& run, const char* mark) {
  std::string text;
  const bool bounded = std::ranges::any_of(run["numbers"], is_bounded);
  for (const json& number : run["numbers"]) {
    if (bounded && !is_bounded(number)) continue;
    std::string one = number["name"].get<std::string>() + " " + shown(number["error"], 2);
    if (bounded) one += " (" + shown(number["bound"], 2) + ")";
    if (number["met"] == false) one = mark + one + mark;
    text += (text.empty() ? "" : ", ") + one;
  }
  return text;
}

BoundCount bounds_of(const json& run) {
  BoundCount count;
  for (const json& number : run["numbers"]) {
    if (!is_bounded(number)) continue;
    ++count.all;
    count.met += number["met"] == true ? 1 : 0;
  }
  return count;
}

std::string bounds_text(const json& run) {
  const BoundCount count = bounds_of(run);
  if (count.all == 0) return run["numbers"].empty() ? "" : "no bound";
  if (count.met == count.all) return "yes";
  return count.all == 1 ? "**no**" : "**" + std::to_string(count.met) + " of " + std::to_string(count.all) + "**";
}

std::string verdict_of(const json& run) {
  std::string status = run["status"];
  std::ranges::replace(status, '_', ' ');
  if (run["status"] == "waiting") return status;
  if (run["status"] == "converged") return status;
  return "**" + status + "**, exit " + run["exit_code"].dump();
}

std::string in_a_cell(std::string text) {
  std::string safe;
  for (const char c : text) safe += c == '|' ? "\\|" : std::string(1, c);
  return safe;
}

/// "tile engine (avx512), 1 thread: 30 runs; ..."
std::string engines_text(const json& table) {
  std::map<std::string, int> engines;
  for (const json& run : table["runs"]) {
    if (!run["engine"].is_object()) continue;
    const std::string instructions = run["engine"]["instructions"];
    const int threads = run["threads"];
    ++engines[run["engine"]["name"].get<std::string>() + " engine" +
              (instructions.empty() ? "" : " (" + instructions + ")") + ", " + std::to_string(threads) +
              (threads == 1 ? " thread" : " threads")];
  }
  std::string text;
  for (const auto& [engine, count] : engines) {
    text += (text.empty() ? "" : "; ") + engine + ": " + std::to_string(count) + (count == 1 ? " run" : " runs");
  }
  return text;
}

std::string builds_text(const json& table) {
  std::string text;
  for (const json& run : table["runs"]) {
    const std::string build = run["build"];
    if (!build.empty() && text.find(build) == std::string::npos) text += (text.empty() ? "" : ", ") + build;
  }
  return text;
}

}  // namespace

json full_runs_json(const std::vector<FullRunRow>& rows, const FullRunsHeader& header) {
  json table = {{"command", header.command},
                {"machine", {{"processor", header.processor}, {"cores", header.cores}}},
                {"jobs", header.jobs},
                {"runs", json::array()}};
  for (const FullRunRow& row : rows) table["runs"].push_back(run_json(row));
  return table;
}

BoundCount count_bounds(const json& table) {
  BoundCount sum;
  for (const json& run : table["runs"]) {
    const BoundCount one = bounds_of(run);
    sum.all += one.all;
    sum.met += one.met;
  }
  return sum;
}

std::string full_run_line(const json& run) {
  if (run["status"] == "broke_down") {
    return "broke down, exit " + run["exit_code"].dump() + ": " + run["failure"].get<std::string>();
  }
  std::string status = run["status"];
  std::ranges::replace(status, '_', ' ');
  const std::string numbers = numbers_text(run, "");
  const BoundCount count = bounds_of(run);
  std::string text = status + (run["exit_code"] == 0 ? "" : ", exit " + run["exit_code"].dump());
  if (!numbers.empty()) text += ", " + numbers;
  if (count.met < count.all) text += ": " + std::to_string(count.all - count.met) + " beyond its bound";
  return text;
}

std::string full_runs_markdown(const json& table) {
  const json& machine = table["machine"];
  const int jobs = table["jobs"];
  std::string text = "# The case ladder\n\nWritten by `" + table["command"].get<std::string>() + "` on " +
                     machine["processor"].get<std::string>() + ", " + machine["cores"].dump() + " cores, " +
                     (jobs == 1 ? "one run after the other" : std::to_string(jobs) + " runs at a time");
  const std::string engines = engines_text(table);
  if (!engines.empty()) text += "; " + engines;
  const std::string builds = builds_text(table);
  if (!builds.empty()) text += "; " + builds;
  text +=
      ".\nErrors are relative, of fields in L2, each with its bound in brackets; all runs start from random "
      "weights.\n\n"
      "| case | set | verdict | wall s | CPU s | parameters | imbalance | error (bound) | within bounds |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  int ended = 0, converged = 0;
  std::string failures;
  for (const json& run : table["runs"]) {
    ended += run["status"] != "waiting" ? 1 : 0;
    converged += run["status"] == "converged" ? 1 : 0;
    const std::string setting = run["setting"];
    text += "| `" + run["case"].get<std::string>() + "` | " + (setting.empty() ? "" : "`" + in_a_cell(setting) + "`") +
            " | " + verdict_of(run) + " | " + seconds_text(run["wall_seconds"]) + " | " +
            seconds_text(run["cpu_seconds"]) + " | " + (run["parameters"].is_number() ? run["parameters"].dump() : "") +
            " | " + (run["imbalance"].is_number() ? shown(run["imbalance"], 2) : "") + " | " + numbers_text(run, "**") +
            " | " + bounds_text(run) + " |\n";
    if (run["status"] == "converged" || run["status"] == "waiting") continue;
    const std::string why =
        run["status"] == "broke_down" ? run["failure"].get<std::string>() : run["reason"].get<std::string>();
    failures += "* `" + run["name"].get<std::string>() + "`: " + why + "\n";
  }
  const BoundCount bounds = count_bounds(table);
  text += "\n" + std::to_string(ended) + " of " + std::to_string(table["runs"].size()) + " runs ended, " +
          std::to_string(converged) + " of them converged; " + std::to_string(bounds.met) + " of " +
          std::to_string(bounds.all) + " bounds are met.\n";
  if (!failures.empty()) text += "\nWhy the others ended:\n\n" + failures;
  return text;
}

std::string full_runs_csv(const json& table) {
  std::vector<CsvColumn> columns = {{"name", "", {}, {}},   {"case", "", {}, {}},           {"set", "", {}, {}},
                                    {"status", "", {}, {}}, {"exit_code", "", {}, {}},      {"wall", "s", {}, {}},
                                    {"cpu", "s", {}, {}},   {"parameters", "", {}, {}},     {"imbalance", "", {}, {}},
                                    {"number", "", {}, {}}, {"relative_error", "", {}, {}}, {"bound", "", {}, {}},
                                    {"met", "", {}, {}}};
  const auto value = [](const json& v) { return v.is_number() ? v.get<double>() : NAN; };
  const auto add = [&](const json& run, const json& number) {
    std::size_t c = 0;
    const auto text = [&](const json& t) { columns[c++].texts.push_back(t.is_string() ? t.get<std::string>() : ""); };
    const auto real = [&](const json& v) { columns[c++].values.push_back(value(v)); };
    text(run["name"]);
    text(run["case"]);
    text(run["setting"]);
    text(run["status"]);
    real(run["exit_code"]);
    real(run["wall_seconds"]);
    real(run["cpu_seconds"]);
    real(run["parameters"]);
    real(run["imbalance"]);
    text(number["name"]);
    real(number["error"]);
    real(number["bound"]);
    text(number["met"].is_boolean() ? json(number["met"] == true ? "yes" : "no") : json(""));
  };
  const json none = {{"name", ""}, {"error", nullptr}, {"bound", nullptr}, {"met", nullptr}};
  for (const json& run : table["runs"]) {
    for (const json& number : run["numbers"]) add(run, number);
    if (run["numbers"].empty()) add(run, none);
  }
  return csv_bytes(columns);
}

}  // namespace nusselt
