// Curves of a study: what was measured along the runs, as median and quartiles over the seeds of each setting, against
// steps and against seconds.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "solver/figure_axes.hpp"
#include "solver/study_report.hpp"

namespace nusselt {

/// A number along one run.
struct RunCurve {
  std::size_t setting = 0;
  std::vector<double> steps, seconds, values;  // of equal length, rising
};

struct StudySeries {
  std::string name;  // "error of T"
  std::string unit;
  bool logarithmic = true;
  std::optional<double> reference = {};  // drawn as a line
  std::vector<RunCurve> runs = {};
  bool against_time = false;  // drawn so as well
};

/// Errors, quantities, residuals in SI, weights that are not all one, and where runs were watched (diagnostics.every)
/// weighted gradients and alignment; only what at least one run has.
std::vector<StudySeries> study_series(const std::vector<StudyRow>& rows);

/// Lower quartile, median, upper quartile over the runs of a setting; at each place every run counts with its latest
/// value, from where all of them have one. A value that is no number counts as the largest.
struct Band {
  std::vector<double> x, lower, median, upper;
};
Band band_of(const StudySeries& series, std::size_t setting, bool against_steps);

/// File name and figure: medians solid, quartiles faint; against steps, errors and quantities against seconds as well.
std::vector<std::pair<std::string, Figure>> study_figures(const StudyPlan& plan, const std::vector<StudyRow>& rows);

}  // namespace nusselt
