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

std::string shown_digits(const nlohmann::json& value, int digits) {
  return value.is_number() ? to_string(value.get<double>(), digits) : "not finite";
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() >= width ? text + " " : text + std::string(width - text.size(), ' ');
}

constexpr double in_95_percent = 1.959964;

nlohmann::json optional_number(const std::optional<double>& value) {
  return value ? finite(*value) : nlohmann::json(nullptr);
}

nlohmann::json products_json(const std::vector<Estimation::Product>& products) {
  nlohmann::json list = nlohmann::json::array();
  for (const Estimation::Product& product : products) {
    list.push_back({{"product", product.text}, {"relative_error", finite(product.relative_error)}});
  }
  return list;
}

nlohmann::json estimates_json(const std::optional<Estimation>& estimation) {
  if (!estimation) return nullptr;
  nlohmann::json json = {{"constants", nlohmann::json::array()}, {"correlation", nlohmann::json::array()}};
  for (const ConstantEstimate& one : estimation->constants) {
    nlohmann::json interval = nullptr;
    if (one.standard_error) {
      const double half = in_95_percent * *one.standard_error;
      interval = {finite(one.value - half), finite(one.value + half)};
    }
    json["constants"].push_back({{"name", one.name},
                                 {"value", finite(one.value)},
                                 {"unit", one.unit},
                                 {"standard_error", optional_number(one.standard_error)},
                                 {"interval_95", interval},
                                 {"start", finite(one.start)},
                                 {"prior", optional_number(one.prior)}});
  }
  for (const std::vector<double>& row : estimation->correlation) {
    nlohmann::json numbers = nlohmann::json::array();
    for (const double value : row) numbers.push_back(finite(value));
    json["correlation"].push_back(numbers);
  }
  json["identified"] = products_json(estimation->identified);
  json["not_identified"] = products_json(estimation->unidentified);
  std::string statement;
  if (!estimation->unidentified.empty()) {
    std::string known, unknown;
    for (const auto& product : estimation->identified) known += (known.empty() ? "" : ", ") + product.text;
    for (const auto& product : estimation->unidentified) unknown += (unknown.empty() ? "" : ", ") + product.text;
    statement = (known.empty() ? "the data identify none of the constants" : "only " + known + " is identified") +
                ": the data do not tell " + unknown;
  }
  json["statement"] = statement;
  json["shift"] = finite(estimation->shift);
  return json;
}

/// "k = 15.1 +- 0.2 W/(m K)", with the interval; what is not identified has its value alone.
std::string estimate_text(const nlohmann::json& one) {
  const std::string unit = one["unit"] == "1" ? "" : " " + one["unit"].get<std::string>();
  std::string text = shown_digits(one["value"], 6) + unit;
  if (!one["standard_error"].is_number()) return text + "   not identified: this value is one of many";
  return text + "   standard error " + shown_digits(one["standard_error"], 3) + unit + ", 95 % within " +
         shown_digits(one["interval_95"][0], 6) + " .. " + shown_digits(one["interval_95"][1], 6);
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
  json["estimates"] = estimates_json(report.evaluation.estimation);
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
  if (const nlohmann::json& estimates = report["estimates"]; estimates.is_object()) {
    for (const nlohmann::json& one : estimates["constants"]) {
      text += "  " + padded(one["name"], 12) + estimate_text(one) + "\n";
    }
    if (estimates["correlation"].size() == 2) {
      text += "  correlation " + shown(estimates["correlation"][0][1]) + "\n";
    }
    if (estimates["statement"] != "") text += "  NOTE  " + estimates["statement"].get<std::string>() + "\n";
    for (const nlohmann::json& one : estimates["identified"]) {
      if (!one["relative_error"].is_number()) continue;  // a sum
      text += "  " + padded(one["product"], 12) + "relative standard error " + shown(one["relative_error"]) + "\n";
    }
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
