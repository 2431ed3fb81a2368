// `report.html`: one self-contained page, readable by a person who was not there when the run was made.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "solver/html_page.hpp"

namespace nusselt {

/// A block of text that keeps its line breaks: the dimensionless equations, the scales and why they were chosen.
struct ReportText {
  std::string title;
  std::string text;
};

struct ReportPage {
  /// The object of `report.json`: case, status, exit_code, seed, device, threads, precision, parameters, wall_seconds,
  /// cpu_seconds, groups, residuals, balances, criteria, quantities, errors. What is absent, null or empty is left out
  /// of the page; `case` and `status` must be there.
  nlohmann::json report{};
  std::string advice{};  ///< in the banner: how to go on, `commands` between backquotes; may be empty
  std::vector<ReportText> texts{};
  std::vector<HtmlFigure> figures{};
  std::string case_text{};                                        ///< verbatim
  std::vector<std::pair<std::string, std::string>> provenance{};  ///< name, version or value
};

/// The page as UTF-8. Every text is escaped; bytes that are not UTF-8 or not allowed in XML become U+FFFD. Throws
/// std::invalid_argument when `case` or `status` is missing or the status is not one of converged, not_converged,
/// diverged, check_failed, interrupted.
std::string report_html(const ReportPage& page);

}  // namespace nusselt
