// Where an axis or a colour bar is marked, and how the marks and the unit are written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nusselt {

struct AxisTicks {
  std::vector<double> positions;    ///< within [low, high], ascending
  std::vector<std::string> labels;  ///< one per position; empty where a mark stays without a number
  std::vector<double> minor;        ///< positions of small marks between
  int power = 0;                    ///< labels are positions / 10^power; the axis title says so
};

/// Multiples of 1, 2, 2.5 or 5 times a power of ten, about `wanted` of them. `largest` is the largest number of the
/// axes that share one power of ten; 0 when this axis stands alone. Needs finite low < high, wanted >= 2; throws
/// std::invalid_argument otherwise.
AxisTicks linear_ticks(double low, double high, int wanted, double largest = 0);

/// Decades, thinned where there are too many, with 2 and 5 between where there are too few. Needs 0 < low < high.
AxisTicks log_ticks(double low, double high, int wanted);

/// "10⁻³" for -3.
std::string power_of_ten(int exponent);

/// "T [K]"; with a power "u [10⁻³ m s⁻¹]"; with the unit "1" "residual [–]"; with an empty unit "step", "step [10³]".
std::string axis_title(std::string_view name, std::string_view unit, int power = 0);

/// A unit of the UDUNITS form with raised exponents: "W m⁻²" for "W m-2".
std::string raised_unit(std::string_view unit);

/// A number for a sentence: `digits` significant digits without trailing zeros, "0.7071", "2.5×10⁻⁶".
std::string short_number(double value, int digits = 4);

/// A number out of a range of that width: enough digits to tell a thousandth of the range, "293.642".
std::string number_in_range(double value, double width);

}  // namespace nusselt
