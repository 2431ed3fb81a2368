// What the history of a training leaves behind: history.csv and history.jsonl, the columns of result.h5, and two
// figures.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "solver/case/csv.hpp"
#include "solver/figure_axes.hpp"
#include "solver/solution.hpp"
#include "solver/trainer.hpp"

namespace nusselt {

/// What stands in each row of the history besides the residuals, by name.
struct HistoryNames {
  std::vector<std::string> residuals;
  std::vector<std::string> quantities;
  std::vector<std::string> errors;
};

HistoryNames history_names(const Solution& solution, const nlohmann::json& report);

/// NaN where a row was not evaluated.
std::vector<CsvColumn> history_columns(const std::vector<HistoryRow>& history, const HistoryNames& names);
/// One JSON object a line.
std::string history_lines(const std::vector<HistoryRow>& history, const HistoryNames& names);

/// RMS of the residuals against steps.
NamedFigure history_figure(const Case& c, const std::vector<HistoryRow>& history,
                           const std::vector<std::string>& residuals);
/// Relative errors against training seconds, of fields and of quantities that have a reference.
NamedFigure error_figure(const std::vector<HistoryRow>& history, const HistoryNames& names,
                         const nlohmann::json& report);

}  // namespace nusselt
