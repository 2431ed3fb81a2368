// report.json: the one source of a run's status, of its exit code and of what the terminal prints last.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "solver/case/case.hpp"
#include "solver/case/exit_code.hpp"
#include "solver/execution.hpp"
#include "solver/trainer.hpp"
#include "solver/verdict.hpp"

namespace nusselt {

struct RunReport {
  std::string case_name;
  Status status = Status::not_converged;
  std::string reason;  // one sentence: why the run ended as it did
  std::uint64_t seed = 0;
  std::string device;
  Execution execution;
  std::string precision;
  std::int64_t parameters = 0;
  int steps = 0;
  std::int64_t iterations = 0;
  SpentTime spent;  // training, all parts of the run together
  std::string optimizer;
  std::string optimizer_reason;
  std::vector<Group> groups;
  Evaluation evaluation;
  std::vector<QuantityReport> quantities;
  std::vector<ErrorReport> errors;
  std::vector<Event> events;
  std::string origin;  // as in RunIdentity
};

/// How the outcome of training and the last evaluation make a status.
Status status_of(Outcome outcome, const Evaluation& evaluation);

/// The keys that other programs read; numbers that are not finite become null.
nlohmann::json to_json(const RunReport& report);
/// The last lines on the terminal.
std::string verdict_text(const nlohmann::json& report, const std::string& folder);
int exit_code_of(const nlohmann::json& report);

}  // namespace nusselt
