// Fields on a regular grid in SI units: what the writers of VTK files, HDF5 and figures read. Plain data, no library.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nusselt {

/// One field. `values` is `[points, components]`, components fastest. `unit` in UDUNITS form without `/`: "W m-2";
/// "1" when dimensionless.
struct NamedArray {
  std::string name{};
  std::string unit{};
  int components = 1;
  std::vector<double> values{};
};

/// Points of a box, x fastest. A line has points {n, 1, 1}, a plane {nx, ny, 1}. Lengths in m; time, where a case has
/// it, is the last of the axes in use, in s.
struct FieldGrid {
  std::array<int, 3> points{1, 1, 1};
  std::array<double, 3> origin{0, 0, 0};
  std::array<double, 3> spacing{1, 1, 1};
  std::array<std::string, 3> axes{"x", "y", "z"};
  std::array<std::string, 3> units{"m", "m", "m"};
  std::vector<NamedArray> arrays{};

  std::size_t point_count() const { return std::size_t(points[0]) * std::size_t(points[1]) * std::size_t(points[2]); }
};

/// Throws std::invalid_argument when a count is below one, a spacing is not positive along an axis with more than one
/// point, an array has not `point_count() * components` values, or two arrays share a name.
void check_field_grid(const FieldGrid& grid);

/// The array of that name; throws std::invalid_argument that lists the names there are.
const NamedArray& find_array(const FieldGrid& grid, std::string_view name);

}  // namespace nusselt
