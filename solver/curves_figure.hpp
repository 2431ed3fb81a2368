// A picture of curves: the history of a training, or a field along a line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solver/figure_axes.hpp"

namespace nusselt {

struct Curve {
  std::string name{};
  std::vector<double> x{}, y{};  ///< of equal length; the line is interrupted where a value is not finite or, on a
                                 ///< logarithmic axis, not positive
  std::optional<int> colour{};   ///< index into `curve_colour`; by default the next one. The same index ties two curves
                                 ///< together: training dashed and faint, held-out solid
  bool dashed = false;
  bool faint = false;
};

/// A horizontal line across the picture: the limit a criterion sets.
struct CurveLimit {
  double value = 0;
  std::string name{};
};

struct CurvesPicture {
  std::string title{};
  std::string x_name{}, x_unit{};  ///< unit empty for a count: "step"; "1" for a dimensionless number
  std::string y_name{}, y_unit{};
  AxisScale x_scale = AxisScale::linear;
  AxisScale y_scale = AxisScale::linear;
  std::vector<Curve> curves{};
  std::vector<CurveLimit> limits{};
};

/// Eight colours that colour-blind eyes can tell apart (after M. Okabe and K. Ito, "Color universal design", 2008), on
/// white; further indices start again.
Colour curve_colour(int index);

/// The legend stands above the plot, so no curve runs behind it. On a logarithmic y axis at most 14 decades are shown.
/// When nothing can be shown, the plot says so. Throws std::invalid_argument when x and y of a curve differ in length.
Figure curves_figure(const CurvesPicture& picture);

}  // namespace nusselt
