#include "solver/run_report.hpp"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "solver/trivial_state.hpp"

namespace nusselt {

namespace {

nlohmann::json finite(double value) { return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr); }

std::string shown(const nlohmann::json& value) {
  return value.is_number() ? to_string(value.get<double>(), 4) : "not finite";
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() >= width ? text + " " : text + std::string(width - text.size(), ' ');
}

}  // namespace

Status status_of(Outcome outcome, const Evaluation& evaluation) {
  switch (outcome) {
    case Outcome::converged:
      return Status::converged;
    case Outcome::diverged:
      return Status::diverged;
    case Outcome::interrupted:
      return Status::interrupted;
    case Outcome::out_of_steps:
    case Outcome::out_of_time:
    case Outcome::stalled:
      break;
  }
  return evaluation.only_independent_checks_failed() ? Status::check_failed : Status::not_converged;
}

nlohmann::json to_json(const RunReport& report) {
  nlohmann::json json = {{"case", report.case_name},
                         {"status", to_string(report.status)},
                         {"exit_code", exit_code(report.status)},
                         {"reason", report.reason},
                         {"seed", report.seed},
                         {"device", report.device},
                         {"threads", report.execution.threads},
                         {"engine",
                          {{"name", report.execution.engine.name},
                           {"instructions", report.execution.engine.instructions},
                           {"threads", report.execution.threads},
                           {"reason", report.execution.engine.reason},
                           {"measured", report.execution.measured}}},
                         {"precision", report.precision},
                         {"parameters", report.parameters},
                         {"steps", report.steps},
                         {"iterations", report.iterations},
                         {"wall_seconds", finite(report.spent.wall)},
                         {"cpu_seconds", finite(report.spent.cpu)},
                         {"optimizer", {{"name", report.optimizer}, {"reason", report.optimizer_reason}}}};
  for (const char* list : {"residuals", "balances", "criteria", "quantities", "errors", "events"}) {
    json[list] = nlohmann::json::array();
  }
  json["groups"] = nlohmann::json::object();
  for (const Group& group : report.groups) json["groups"][group.name] = finite(group.value);
  for (const ResidualReport& r : report.evaluation.residuals) {
    json["residuals"].push_back({{"name", r.name},
                                 {"region", r.region},
                                 {"rms", finite(r.rms)},
                                 {"max", finite(r.max)},
                                 {"train_rms", finite(r.train_rms)},
                                 {"term_budget", r.term_budget ? finite(*r.term_budget) : nlohmann::json(nullptr)},
                                 {"scale", finite(r.scale)},
                                 {"unit", r.unit}});
  }
  for (const BalanceReport& b : report.evaluation.balances) {
    json["balances"].push_back({{"name", b.name}, {"relative", finite(b.relative)}});
  }
  for (const Criterion& c : report.evaluation.criteria) {
    json["criteria"].push_back(
        {{"name", c.name}, {"value", finite(c.value)}, {"limit", finite(c.limit)}, {"passed", c.passed}});
  }
  for (const QuantityReport& q : report.quantities) {
    nlohmann::json entry = {{"name", q.name},
                            {"value", finite(q.value)},
                            {"unit", q.unit},
                            {"reference", nullptr},
                            {"relative_error", nullptr},
                            {"source", q.source},
                            {"bound", q.bound ? nlohmann::json(*q.bound) : nlohmann::json(nullptr)}};
    if (q.reference) {
      entry["reference"] = finite(*q.reference);
      entry["relative_error"] = finite(std::abs(q.value - *q.reference) / std::abs(*q.reference));
    }
    json["quantities"].push_back(entry);
  }
  for (const ErrorReport& e : report.errors) {
    json["errors"].push_back({{"field", e.field},
                              {"relative_l2", finite(e.relative_l2)},
                              {"max_abs", finite(e.max_abs)},
                              {"unit", e.unit},
                              {"reference", e.reference},
                              {"bound", e.bound ? nlohmann::json(*e.bound) : nlohmann::json(nullptr)}});
  }
  for (const Event& event : report.events) json["events"].push_back({{"step", event.step}, {"text", event.text}});
  json["continued_from"] = report.origin.empty() ? nlohmann::json(nullptr) : nlohmann::json::parse(report.origin);
  return json;
}

namespace {

/// ", within the bound 1e-06"; nothing without a bound or where the error is no number.
std::string beside_bound(const nlohmann::json& error, const nlohmann::json& bound) {
  if (!error.is_number() || !bound.is_number()) return "";
  return (error <= bound ? ", within the bound " : ", beyond the bound ") + to_string(bound.get<double>(), 3);
}

}  // namespace

std::string verdict_text(const nlohmann::json& report, const std::string& folder) {
  std::string text;
  for (const nlohmann::json& q : report["quantities"]) {
    text +=
        "  " + padded(q["name"], 12) + (q["value"].is_number() ? to_string(q["value"].get<double>(), 7) : "not finite");
    if (q["unit"] != "1") text += " " + q["unit"].get<std::string>();
    if (q["reference"].is_number()) {
      text += "   reference " + to_string(q["reference"].get<double>(), 7) + ", relative error " +
              shown(q["relative_error"]) + beside_bound(q["relative_error"], q["bound"]);
    }
    text += "\n";
  }
  for (const nlohmann::json& e : report["errors"]) {
    text += "  " + padded(e["field"], 12) + "relative L2 error " + shown(e["relative_l2"]) + " against " +
            e["reference"].get<std::string>() + beside_bound(e["relative_l2"], e["bound"]) + "\n";
  }
  for (const nlohmann::json& b : report["balances"]) {
    text += "  imbalance of " + padded(b["name"], 8) + shown(b["relative"]) + "\n";
  }
  for (const nlohmann::json& r : report["residuals"]) {
    if (!r["rms"].is_number() || !r["scale"].is_number()) continue;
    const std::string unit = r["unit"] == "1" ? "" : " " + r["unit"].get<std::string>();
    text += "  residual of " + padded(r["name"], 19) + shown(r["rms"]) + " = " +
            to_string(r["rms"].get<double>() * r["scale"].get<double>(), 3) + unit + "\n";
  }
  const bool converged = report["status"] == to_string(Status::converged);
  text += "STATUS  " + report["status"].get<std::string>() + "  (exit " +
          std::to_string(report["exit_code"].get<int>()) + "): " + report["reason"].get<std::string>() + "\n";
  for (const nlohmann::json& c : report["criteria"]) {
    if (!c["passed"].get<bool>()) {
      text += "  FAILED  " + padded(c["name"], 36) + shown(c["value"]) + "  limit " + shown(c["limit"]) + "\n";
      const std::string advice = trivial_state_advice(c["name"]);
      if (!advice.empty()) text += "          " + advice + "\n";
    }
  }
  if (!converged) text += "  This field is not a solution.\n";
  if (report["errors"].empty()) text += "  No reference fields: a small residual is not a proof of a small error.\n";
  return text + "Results in " + folder + "\n";
}

int exit_code_of(const nlohmann::json& report) { return report["exit_code"].get<int>(); }

}  // namespace nusselt
