#include "solver/report_html.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "solver/axis_ticks.hpp"

namespace nusselt {
namespace {

using nlohmann::json;

/// null, also what JSON makes of a number that is not finite, and absence are both "none".
const json* member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<double> number(const json& object, const char* key) {
  const json* value = member(object, key);
  return value && value->is_number() ? std::optional(value->get<double>()) : std::nullopt;
}

std::string text(const json& object, const char* key) {
  const json* value = member(object, key);
  if (!value) return {};
  return value->is_string() ? value->get<std::string>() : value->dump(-1, ' ', false, json::error_handler_t::replace);
}

const json& list(const json& report, const char* key) {
  static const json empty = json::array();
  const json* value = member(report, key);
  return value ? *value : empty;
}

const std::string dash = "\u2014";

std::string shown(std::optional<double> value, int digits = 4) { return value ? short_number(*value, digits) : dash; }
std::string percent(std::optional<double> value) { return value ? short_number(100 * *value, 3) + " %" : dash; }
std::string unit_text(const std::string& unit) { return unit == "1" ? "\u2013" : raised_unit(unit); }

using Cell = HtmlTable::Cell;

bool has_reference(const json& report) {
  for (const json& quantity : list(report, "quantities"))
    if (number(quantity, "relative_error")) return true;
  return !list(report, "errors").empty();
}

struct Verdict {
  const char* status;
  const char* tone;
  const char* headline;
  const char* meaning;
};

constexpr Verdict verdicts[] = {
    {"converged", "good", "\u2713 Converged", "Every criterion that this case sets is met."},
    {"not_converged", "bad", "\u2717 Not converged",
     "The fields on this page are not a solution. They show how far the training came."},
    {"diverged", "bad", "\u2717 Diverged",
     "The training left the range of finite numbers. The fields are not a solution."},
    {"check_failed", "bad", "\u2717 Converged, but a check failed",
     "The training came to rest, but a check on the result did not pass. Do not use the fields before you know why."},
    {"interrupted", "warn", "\u25a0 Interrupted",
     "The run was stopped before its end. The fields are not a solution."}};

std::string banner(const ReportPage& page) {
  const std::string status = text(page.report, "status");
  const auto* verdict = std::find_if(std::begin(verdicts), std::end(verdicts),
                                     [&](const Verdict& candidate) { return status == candidate.status; });
  if (verdict == std::end(verdicts)) {
    std::string known;
    for (const Verdict& candidate : verdicts) known += (known.empty() ? "" : ", ") + std::string(candidate.status);
    throw std::invalid_argument("the report has the status '" + status + "', expected one of " + known);
  }
  std::string html = std::string("<section class=\"verdict ") + verdict->tone + "\"><strong>" + verdict->headline +
                     "</strong><p>" + verdict->meaning + "</p>\n";
  std::string failed;
  for (const json& criterion : list(page.report, "criteria"))
    if (!criterion.value("passed", false))
      failed += "<li>" + html_escaped(text(criterion, "name")) + ": " +
                html_escaped(shown(number(criterion, "value"))) + ", the limit is " +
                html_escaped(shown(number(criterion, "limit"))) + "</li>";
  if (!failed.empty()) html += "<p>What failed:</p><ul>" + failed + "</ul>\n";
  if (!page.advice.empty()) html += "<p>" + html_with_commands(page.advice) + "</p>\n";
  return html + "</section>\n" +
         html_note(
             has_reference(page.report)
                 ? "The verdict rests on the criteria below and not on the reference: it is the same without it."
                 : "This case has no reference to compare with. A small residual is not a proof of a small error: "
                   "compare "
                   "with a finer or independent solution before you rely on the numbers.");
}

std::string groups_section(const json& report) {
  const json& groups = list(report, "groups");
  if (groups.empty()) return {};
  std::string html = html_heading("Dimensionless groups") + "<dl class=\"groups\">";
  for (const auto& [name, value] : groups.items())
    html += "<div><dt>" + html_escaped(name) + "</dt><dd>" +
            html_escaped(value.is_number() ? short_number(value.get<double>(), 6) : dash) + "</dd></div>";
  return html + "</dl>\n";
}

std::string quantities_section(const json& report) {
  const json& quantities = list(report, "quantities");
  if (quantities.empty()) return {};
  HtmlTable table({{"Quantity"}, {"Value", true}, {"Unit"}, {"Reference", true}, {"Relative error", true}, {"Source"}});
  for (const json& row : quantities) {
    const std::string source = text(row, "source");
    table.row({{Cell::name, text(row, "name")},
               {Cell::number, shown(number(row, "value"), 7)},
               {Cell::unit, unit_text(text(row, "unit"))},
               {Cell::number, shown(number(row, "reference"), 7)},
               {Cell::number, percent(number(row, "relative_error"))},
               {Cell::words, source.empty() ? dash : source}});
  }
  return html_heading("Quantities") + table.html();
}

std::string estimates_section(const json& report) {
  const json* estimates = member(report, "estimates");
  if (!estimates || !estimates->is_object() || list(*estimates, "constants").empty()) return {};
  HtmlTable table({{"Constant"},
                   {"Estimate", true},
                   {"Standard error", true},
                   {"95 % from", true},
                   {"to", true},
                   {"Unit"},
                   {"Start", true},
                   {"Prior", true}});
  for (const json& row : list(*estimates, "constants")) {
    const json& interval = row.at("interval_95");
    const auto end = [&](std::size_t i) {
      return interval.is_array() && interval[i].is_number() ? short_number(interval[i].get<double>(), 6) : dash;
    };
    table.row({{Cell::name, text(row, "name")},
               {Cell::number, shown(number(row, "value"), 6)},
               {Cell::number, shown(number(row, "standard_error"), 3)},
               {Cell::number, end(0)},
               {Cell::number, end(1)},
               {Cell::unit, unit_text(text(row, "unit"))},
               {Cell::number, shown(number(row, "start"), 4)},
               {Cell::number, shown(number(row, "prior"), 3)}});
  }
  std::string html = html_heading("Estimated constants") +
                     html_note(
                         "From the sensors and the equations together. Standard errors are those that the stated "
                         "noise gives the estimates; a dash stands where the data do not tell a constant.") +
                     table.html();
  const std::string statement = text(*estimates, "statement");
  if (!statement.empty()) html += html_note("Not everything is identified: " + statement + ".");
  const json& correlation = list(*estimates, "correlation");
  if (correlation.size() < 2) return html;
  std::vector<std::string> names;
  for (const json& row : list(*estimates, "constants")) {
    if (number(row, "standard_error")) names.push_back(text(row, "name"));
  }
  HtmlTable matrix({{"Correlation"}, {"with"}, {"", true}});
  for (std::size_t a = 0; a < correlation.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      matrix.row(
          {{Cell::name, names[a]},
           {Cell::name, names[b]},
           {Cell::number, correlation[a][b].is_number() ? short_number(correlation[a][b].get<double>(), 3) : dash}});
    }
  }
  return html + matrix.html();
}

std::string errors_section(const json& report) {
  const json& errors = list(report, "errors");
  if (errors.empty()) return {};
  HtmlTable table({{"Field"}, {"Relative L2", true}, {"Largest difference", true}, {"Unit"}, {"Reference"}});
  for (const json& row : errors)
    table.row({{Cell::name, text(row, "field")},
               {Cell::number, percent(number(row, "relative_l2"))},
               {Cell::number, shown(number(row, "max_abs"))},
               {Cell::unit, unit_text(text(row, "unit"))},
               {Cell::words, text(row, "reference")}});
  return html_heading("Difference from the reference") + table.html();
}

std::string criteria_section(const json& report) {
  const json& criteria = list(report, "criteria");
  if (criteria.empty()) return {};
  HtmlTable table({{"Criterion"}, {"Value", true}, {"Limit", true}, {"Result"}});
  for (const json& row : criteria) {
    const bool passed = row.value("passed", false);
    table.row({{Cell::name, text(row, "name")},
               {Cell::number, shown(number(row, "value"))},
               {Cell::number, shown(number(row, "limit"))},
               {passed ? Cell::good : Cell::bad, passed ? "\u2713 passed" : "\u2717 failed"}});
  }
  return html_heading("Criteria") + table.html();
}

std::string balances_section(const json& report) {
  const json& balances = list(report, "balances");
  if (balances.empty()) return {};
  HtmlTable table({{"Balance"}, {"Relative imbalance", true}});
  for (const json& row : balances)
    table.row({{Cell::name, text(row, "name")}, {Cell::number, shown(number(row, "relative"))}});
  return html_heading("Balances") + html_note("What flows through the boundary, summed, against what flows in.") +
         table.html();
}

std::string residuals_section(const json& report) {
  const json& residuals = list(report, "residuals");
  if (residuals.empty()) return {};
  HtmlTable table({{"Equation"},
                   {"Region"},
                   {"RMS, held out", true},
                   {"RMS, training", true},
                   {"Held out / training", true},
                   {"Largest", true},
                   {"Of its terms", true},
                   {"One equals", true},
                   {"RMS in SI", true}});
  for (const json& row : residuals) {
    const auto rms = number(row, "rms");
    const auto training = number(row, "train_rms");
    const bool comparable = rms && training && *training > 0;
    const std::string region = text(row, "region");
    const std::string unit = text(row, "unit") == "1" ? std::string() : " " + raised_unit(text(row, "unit"));
    const auto scale = number(row, "scale");
    const auto in_si = [&](std::optional<double> value) { return shown(value, 3) + (value ? unit : ""); };
    table.row({{Cell::name, text(row, "name")},
               {Cell::words, region.empty() ? dash : region},
               {Cell::number, shown(rms, 3)},
               {Cell::number, shown(training, 3)},
               {Cell::number, comparable ? short_number(*rms / *training, 3) : dash},
               {Cell::number, shown(number(row, "max"), 3)},
               {Cell::number, percent(number(row, "term_budget"))},
               {Cell::number, in_si(scale)},
               {Cell::number, in_si(rms && scale ? std::optional(*rms * *scale) : std::nullopt)}});
  }
  return html_heading("Residuals") +
         html_note(
             "Dimensionless, on points the training has not seen (held out); beside the summed sizes of the equation's "
             "own "
             "terms, 100 % where nothing cancels. The last columns say what a residual of one means in physical units, "
             "and what the held-out residual is in them.") +
         table.html();
}

std::string events_section(const json& report) {
  const json* origin = member(report, "continued_from");
  const json& events = list(report, "events");
  if (!origin && events.empty()) return {};
  std::string html = html_heading("What happened");
  if (origin) {
    html += html_note("Training started from the weights of " + text(*origin, "run") + " after its step " +
                      text(*origin, "step") + " (SHA-256 " + text(*origin, "weights_sha256") + ").");
  }
  if (events.empty()) return html;
  HtmlTable table({{"After step", true}, {"Event"}});
  for (const json& row : events) table.row({{Cell::number, text(row, "step")}, {Cell::words, text(row, "text")}});
  return html + table.html();
}

std::string texts_section(const ReportPage& page) {
  std::string html;
  for (const ReportText& block : page.texts)
    html += html_heading(block.title) + "<pre>" + html_escaped(block.text) + "</pre>\n";
  if (!page.case_text.empty()) html += html_heading("Case file") + "<pre>" + html_escaped(page.case_text) + "</pre>\n";
  return html;
}

std::string provenance_section(const ReportPage& page) {
  static constexpr std::pair<const char*, const char*> shown_keys[] = {
      {"exit_code", "exit code"}, {"seed", "seed"},           {"device", "device"},
      {"threads", "threads"},     {"precision", "precision"}, {"parameters", "network parameters"}};
  std::string html = html_heading("Provenance") + "<div class=\"scroll\"><table><tbody>\n";
  const auto row = [&](const std::string& name, const std::string& value) {
    html += "<tr><td class=\"words\">" + html_escaped(name) + "</td><td><code>" + html_escaped(value) +
            "</code></td></tr>\n";
  };
  for (const auto& [key, name] : shown_keys)
    if (member(page.report, key)) row(name, text(page.report, key));
  if (const auto wall = number(page.report, "wall_seconds")) row("wall time", short_number(*wall, 4) + " s");
  if (const auto cpu = number(page.report, "cpu_seconds")) row("processor time", short_number(*cpu, 4) + " s");
  for (const auto& [name, value] : page.provenance) row(name, value);
  return html + "</tbody></table></div>\n";
}

}  // namespace

std::string report_html(const ReportPage& page) {
  if (!page.report.is_object() || !member(page.report, "case") || !member(page.report, "status"))
    throw std::invalid_argument("the report needs the keys 'case' and 'status'");
  const std::string name = text(page.report, "case");
  std::string html = banner(page);
  html += groups_section(page.report);
  html += quantities_section(page.report);
  html += estimates_section(page.report);
  html += errors_section(page.report);
  html += criteria_section(page.report);
  html += balances_section(page.report);
  html += residuals_section(page.report);
  html += events_section(page.report);
  html += html_figures(page.figures);
  html += texts_section(page);
  html += provenance_section(page);
  return html_page(name + " \u2013 " + text(page.report, "status"), name, "Report of a Nusselt run", html);
}

}  // namespace nusselt
