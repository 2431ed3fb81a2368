// Longer than most files here: the page is one document, and its style stands with it.
#include "solver/report_html.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "solver/axis_ticks.hpp"

namespace nusselt {
namespace {

using nlohmann::json;

constexpr std::string_view style_sheet = R"css(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --faint: #5a636e; --line: #d9dee4; --card: #f6f8fa;
  --good: #17693a; --good-card: #e9f6ee; --bad: #a3231f; --bad-card: #fdeeed; --warn: #7a5200; --warn-card: #fff6e0; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171b; --ink: #e4e8ed; --faint: #9aa4af; --line: #30363d; --card: #1c2127;
    --good: #6fd08c; --good-card: #14291c; --bad: #ff8f87; --bad-card: #331a1a; --warn: #f0c050; --warn-card: #2e2612; } }
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto,
  "DejaVu Sans", sans-serif; -webkit-text-size-adjust: 100%; }
body { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header p { margin: 0; color: var(--faint); }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .7rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p { max-width: 46rem; }
.note { color: var(--faint); font-size: .92rem; }
.verdict { border-left: .4rem solid; border-radius: .4rem; padding: 1rem 1.25rem; margin: 1.4rem 0 1rem; }
.verdict p { margin: .35rem 0; color: var(--ink); }
.verdict ul { margin: .35rem 0; padding-left: 1.2rem; color: var(--ink); }
.verdict strong { display: block; font-size: 1.25rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.verdict.good { background: var(--good-card); border-color: var(--good); }
.verdict.bad { background: var(--bad-card); border-color: var(--bad); }
.verdict.warn { background: var(--warn-card); border-color: var(--warn); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .38rem 1.5rem .38rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--faint); font-size: .85rem; vertical-align: bottom; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.name { font-weight: 600; min-width: 8.5rem; }
td.unit { white-space: nowrap; }
td.result { font-weight: 600; white-space: nowrap; }
dl.groups { display: flex; flex-wrap: wrap; gap: .7rem; margin: 0; }
dl.groups div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .45rem .9rem; }
dl.groups dt { color: var(--faint); font-size: .85rem; }
dl.groups dd { margin: 0; font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(27rem, 100%), 1fr)); gap: 1.5rem; }
figure { margin: 0; break-inside: avoid; }
figure img { display: block; width: 100%; height: auto; max-height: 44rem; object-fit: contain; background: #ffffff;
  border: 1px solid var(--line); border-radius: .5rem; }
figcaption { color: var(--faint); font-size: .92rem; margin-top: .4rem; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; overflow-x: auto;
  font: .87rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; tab-size: 4; }
code { font: .87rem ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.verdict code { font-weight: 600; }
@media print {
  :root { color-scheme: light; --paper: #ffffff; --ink: #000000; --faint: #444444; --line: #bbbbbb; --card: #ffffff;
    --good: #17693a; --good-card: #ffffff; --bad: #a3231f; --bad-card: #ffffff; --warn: #7a5200; --warn-card: #ffffff; }
  html { font-size: 9.5pt; } body { max-width: none; padding: 0; }
  .figures { grid-template-columns: 1fr 1fr; } h2 { break-after: avoid; } tr, .verdict { break-inside: avoid; }
  pre { white-space: pre-wrap; } }
)css";

/// Length of the well-formed UTF-8 sequence at `i` that XML 1.0 allows, or 0.
std::size_t allowed_length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? std::uint32_t(std::uint8_t(text[k])) : 0u; };
  const std::uint32_t lead = byte(i);
  if (lead < 0x80) return lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
  const std::size_t length =
      lead >= 0xc2 && lead < 0xe0 ? 2 : (lead >= 0xe0 && lead < 0xf0 ? 3 : (lead < 0xf5 ? 4 : 0));
  if (length == 0 || lead < 0xc2) return 0;
  std::uint32_t code = lead & (0xffu >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xc0) != 0x80) return 0;
    code = (code << 6) | (byte(i + k) & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool forbidden = (code >= 0xd800 && code < 0xe000) || code == 0xfffe || code == 0xffff || code > 0x10ffff;
  return overlong || forbidden ? 0 : length;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = allowed_length(text, i);
    if (length == 0) {
      out += "\ufffd";
      ++i;
      continue;
    }
    switch (text[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += text.substr(i, length);
    }
    i += length;
  }
  return out;
}

std::string base64(std::string_view bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = (group << 8) | (k < count ? std::uint8_t(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= count ? digits[(group >> (18 - 6 * k)) & 63u] : '=';
  }
  return out;
}

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

/// Escaped, with what stands between backquotes set as a command.
std::string with_commands(const std::string& words) {
  std::string html;
  bool inside = false;
  for (std::size_t i = 0; i <= words.size();) {
    const std::size_t end = std::min(words.find('`', i), words.size());
    const std::string piece = escaped(std::string_view(words).substr(i, end - i));
    html += inside ? "<code>" + piece + "</code>" : piece;
    inside = !inside;
    i = end + 1;
  }
  return html;
}

enum class Cell { name, words, unit, number, good, bad };

/// Escapes what it is given.
class Table {
 public:
  struct Column {
    std::string title;
    bool right = false;
  };
  explicit Table(const std::vector<Column>& columns) {
    html_ = "<div class=\"scroll\"><table><thead><tr>";
    for (const Column& column : columns)
      html_ += std::string("<th scope=\"col\"") + (column.right ? " class=\"number\">" : ">") + escaped(column.title) +
               "</th>";
    html_ += "</tr></thead><tbody>\n";
  }
  void row(const std::vector<std::pair<Cell, std::string>>& cells) {
    static constexpr std::array classes{"name", "words", "unit", "number", "result good", "result bad"};
    html_ += "<tr>";
    for (const auto& [kind, content] : cells)
      html_ += std::string("<td class=\"") + classes[std::size_t(kind)] + "\">" + escaped(content) + "</td>";
    html_ += "</tr>\n";
  }
  std::string html() const { return html_ + "</tbody></table></div>\n"; }

 private:
  std::string html_;
};

std::string heading(const std::string& title) { return "<h2>" + escaped(title) + "</h2>\n"; }
std::string note(const std::string& sentence) { return "<p class=\"note\">" + escaped(sentence) + "</p>\n"; }

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
      failed += "<li>" + escaped(text(criterion, "name")) + ": " + escaped(shown(number(criterion, "value"))) +
                ", the limit is " + escaped(shown(number(criterion, "limit"))) + "</li>";
  if (!failed.empty()) html += "<p>What failed:</p><ul>" + failed + "</ul>\n";
  if (!page.advice.empty()) html += "<p>" + with_commands(page.advice) + "</p>\n";
  return html + "</section>\n" +
         note(has_reference(page.report)
                  ? "The verdict rests on the criteria below and not on the reference: it is the same without it."
                  : "This case has no reference to compare with. A small residual is not a proof of a small error: "
                    "compare "
                    "with a finer or independent solution before you rely on the numbers.");
}

std::string groups_section(const json& report) {
  const json& groups = list(report, "groups");
  if (groups.empty()) return {};
  std::string html = heading("Dimensionless groups") + "<dl class=\"groups\">";
  for (const auto& [name, value] : groups.items())
    html += "<div><dt>" + escaped(name) + "</dt><dd>" +
            escaped(value.is_number() ? short_number(value.get<double>(), 6) : dash) + "</dd></div>";
  return html + "</dl>\n";
}

std::string quantities_section(const json& report) {
  const json& quantities = list(report, "quantities");
  if (quantities.empty()) return {};
  Table table({{"Quantity"}, {"Value", true}, {"Unit"}, {"Reference", true}, {"Relative error", true}, {"Source"}});
  for (const json& row : quantities) {
    const std::string source = text(row, "source");
    table.row({{Cell::name, text(row, "name")},
               {Cell::number, shown(number(row, "value"), 7)},
               {Cell::unit, unit_text(text(row, "unit"))},
               {Cell::number, shown(number(row, "reference"), 7)},
               {Cell::number, percent(number(row, "relative_error"))},
               {Cell::words, source.empty() ? dash : source}});
  }
  return heading("Quantities") + table.html();
}

std::string errors_section(const json& report) {
  const json& errors = list(report, "errors");
  if (errors.empty()) return {};
  Table table({{"Field"}, {"Relative L2", true}, {"Largest difference", true}, {"Unit"}, {"Reference"}});
  for (const json& row : errors)
    table.row({{Cell::name, text(row, "field")},
               {Cell::number, percent(number(row, "relative_l2"))},
               {Cell::number, shown(number(row, "max_abs"))},
               {Cell::unit, unit_text(text(row, "unit"))},
               {Cell::words, text(row, "reference")}});
  return heading("Difference from the reference") + table.html();
}

std::string criteria_section(const json& report) {
  const json& criteria = list(report, "criteria");
  if (criteria.empty()) return {};
  Table table({{"Criterion"}, {"Value", true}, {"Limit", true}, {"Result"}});
  for (const json& row : criteria) {
    const bool passed = row.value("passed", false);
    table.row({{Cell::name, text(row, "name")},
               {Cell::number, shown(number(row, "value"))},
               {Cell::number, shown(number(row, "limit"))},
               {passed ? Cell::good : Cell::bad, passed ? "\u2713 passed" : "\u2717 failed"}});
  }
  return heading("Criteria") + table.html();
}

std::string balances_section(const json& report) {
  const json& balances = list(report, "balances");
  if (balances.empty()) return {};
  Table table({{"Balance"}, {"Relative imbalance", true}});
  for (const json& row : balances)
    table.row({{Cell::name, text(row, "name")}, {Cell::number, shown(number(row, "relative"))}});
  return heading("Balances") + note("What flows through the boundary, summed, against what flows in.") + table.html();
}

std::string residuals_section(const json& report) {
  const json& residuals = list(report, "residuals");
  if (residuals.empty()) return {};
  Table table({{"Equation"},
               {"Region"},
               {"RMS, held out", true},
               {"RMS, training", true},
               {"Held out / training", true},
               {"Largest", true},
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
               {Cell::number, in_si(scale)},
               {Cell::number, in_si(rms && scale ? std::optional(*rms * *scale) : std::nullopt)}});
  }
  return heading("Residuals") +
         note(
             "Dimensionless, on points the training has not seen (held out). The last columns say what a residual of "
             "one means in physical units, and what the held-out residual is in them.") +
         table.html();
}

std::string events_section(const json& report) {
  const json* origin = member(report, "continued_from");
  const json& events = list(report, "events");
  if (!origin && events.empty()) return {};
  std::string html = heading("What happened");
  if (origin) {
    html += note("Training started from the weights of " + text(*origin, "run") + " after its step " +
                 text(*origin, "step") + " (SHA-256 " + text(*origin, "weights_sha256") + ").");
  }
  if (events.empty()) return html;
  Table table({{"After step", true}, {"Event"}});
  for (const json& row : events) table.row({{Cell::number, text(row, "step")}, {Cell::words, text(row, "text")}});
  return html + table.html();
}

std::string figures_section(const std::vector<ReportFigure>& figures) {
  if (figures.empty()) return {};
  std::string html = heading("Figures") + "<div class=\"figures\">\n";
  for (const ReportFigure& figure : figures) {
    html += "<figure><img alt=\"" + escaped(figure.caption) + "\"";
    if (figure.width > 0 && figure.height > 0)
      html += " width=\"" + std::to_string(figure.width) + "\" height=\"" + std::to_string(figure.height) + "\"";
    html += " src=\"data:image/png;base64," + base64(figure.png) + "\"/><figcaption>" + escaped(figure.caption) +
            "</figcaption></figure>\n";
  }
  return html + "</div>\n";
}

std::string texts_section(const ReportPage& page) {
  std::string html;
  for (const ReportText& block : page.texts) html += heading(block.title) + "<pre>" + escaped(block.text) + "</pre>\n";
  if (!page.case_text.empty()) html += heading("Case file") + "<pre>" + escaped(page.case_text) + "</pre>\n";
  return html;
}

std::string provenance_section(const ReportPage& page) {
  static constexpr std::pair<const char*, const char*> shown_keys[] = {
      {"exit_code", "exit code"}, {"seed", "seed"},           {"device", "device"},
      {"threads", "threads"},     {"precision", "precision"}, {"parameters", "network parameters"}};
  std::string html = heading("Provenance") + "<div class=\"scroll\"><table><tbody>\n";
  const auto row = [&](const std::string& name, const std::string& value) {
    html += "<tr><td class=\"words\">" + escaped(name) + "</td><td><code>" + escaped(value) + "</code></td></tr>\n";
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
  std::string html =
      "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>" +
      escaped(name) + " \u2013 " + escaped(text(page.report, "status")) + "</title>\n<style>" +
      std::string(style_sheet) + "</style>\n</head>\n<body>\n<header><h1>" + escaped(name) +
      "</h1><p>Report of a Nusselt run</p></header>\n<main>\n";
  html += banner(page);
  html += groups_section(page.report);
  html += quantities_section(page.report);
  html += errors_section(page.report);
  html += criteria_section(page.report);
  html += balances_section(page.report);
  html += residuals_section(page.report);
  html += events_section(page.report);
  html += figures_section(page.figures);
  html += texts_section(page);
  html += provenance_section(page);
  return html + "</main>\n</body>\n</html>\n";
}

}  // namespace nusselt
