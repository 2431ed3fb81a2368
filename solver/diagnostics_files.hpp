// What diagnostics leave behind: columns for diagnostics.csv and result.h5, and figures for the report.
#pragma once

#include <string>
#include <vector>

#include "solver/case/csv.hpp"
#include "solver/diagnostics.hpp"
#include "solver/figure_axes.hpp"

namespace nusselt {

/// The step and all columns.
std::vector<CsvColumn> diagnostics_columns(const Diagnostics& diagnostics);

/// One for each name of a figure among the columns, curves against steps.
std::vector<NamedFigure> diagnostics_figures(const Diagnostics& diagnostics);

}  // namespace nusselt
