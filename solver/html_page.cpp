#include "solver/html_page.hpp"

#include <array>
#include <cstdint>

namespace nusselt {
namespace {

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

}  // namespace

std::string html_escaped(std::string_view text) {
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

std::string html_with_commands(const std::string& words) {
  std::string html;
  bool inside = false;
  for (std::size_t i = 0; i <= words.size();) {
    const std::size_t end = std::min(words.find('`', i), words.size());
    const std::string piece = html_escaped(std::string_view(words).substr(i, end - i));
    html += inside ? "<code>" + piece + "</code>" : piece;
    inside = !inside;
    i = end + 1;
  }
  return html;
}

std::string html_heading(const std::string& title) { return "<h2>" + html_escaped(title) + "</h2>\n"; }
std::string html_note(const std::string& sentence) { return "<p class=\"note\">" + html_escaped(sentence) + "</p>\n"; }

HtmlTable::HtmlTable(const std::vector<Column>& columns) {
  html_ = "<div class=\"scroll\"><table><thead><tr>";
  for (const Column& column : columns)
    html_ += std::string("<th scope=\"col\"") + (column.right ? " class=\"number\">" : ">") +
             html_escaped(column.title) + "</th>";
  html_ += "</tr></thead><tbody>\n";
}

void HtmlTable::row(const std::vector<std::pair<Cell, std::string>>& cells) {
  static constexpr std::array classes{"name", "words", "unit", "number", "result good", "result bad"};
  html_ += "<tr>";
  for (const auto& [kind, content] : cells)
    html_ += std::string("<td class=\"") + classes[std::size_t(kind)] + "\">" + html_escaped(content) + "</td>";
  html_ += "</tr>\n";
}

std::string HtmlTable::html() const { return html_ + "</tbody></table></div>\n"; }

std::string html_figures(const std::vector<HtmlFigure>& figures) {
  if (figures.empty()) return {};
  std::string html = html_heading("Figures") + "<div class=\"figures\">\n";
  for (const HtmlFigure& figure : figures) {
    html += "<figure><img alt=\"" + html_escaped(figure.caption) + "\"";
    if (figure.width > 0 && figure.height > 0)
      html += " width=\"" + std::to_string(figure.width) + "\" height=\"" + std::to_string(figure.height) + "\"";
    html += " src=\"data:image/png;base64," + base64(figure.png) + "\"/><figcaption>" + html_escaped(figure.caption) +
            "</figcaption></figure>\n";
  }
  return html + "</div>\n";
}

std::string html_page(const std::string& tab, const std::string& title, const std::string& subtitle,
                      const std::string& body) {
  return "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
         "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
         "<title>" +
         html_escaped(tab) + "</title>\n<style>" + std::string(style_sheet) +
         "</style>\n</head>\n<body>\n<header><h1>" + html_escaped(title) + "</h1><p>" + html_escaped(subtitle) +
         "</p></header>\n<main>\n" + body + "</main>\n</body>\n</html>\n";
}

}  // namespace nusselt
