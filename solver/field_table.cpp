#include "solver/field_table.hpp"

#include <cmath>
#include <set>
#include <stdexcept>

namespace nusselt {

void check_field_grid(const FieldGrid& grid) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (grid.points[axis] < 1)
      throw std::invalid_argument("a grid needs at least one point along each axis, axis " + std::to_string(axis) +
                                  " has " + std::to_string(grid.points[axis]));
    const bool usable = std::isfinite(grid.origin[axis]) && std::isfinite(grid.spacing[axis]);
    if (!usable || (grid.points[axis] > 1 && grid.spacing[axis] <= 0))
      throw std::invalid_argument("the spacing of axis " + std::to_string(axis) + " must be positive, it is " +
                                  std::to_string(grid.spacing[axis]));
  }
  std::set<std::string> names;
  for (const NamedArray& array : grid.arrays) {
    if (!names.insert(array.name).second)
      throw std::invalid_argument("two arrays of the grid are named '" + array.name + "'");
    const std::size_t expected = grid.point_count() * std::size_t(array.components);
    if (array.components < 1 || array.values.size() != expected)
      throw std::invalid_argument("array '" + array.name + "' has " + std::to_string(array.values.size()) +
                                  " values, the grid has " + std::to_string(grid.point_count()) + " points of " +
                                  std::to_string(array.components) + " components");
  }
}

const NamedArray& find_array(const FieldGrid& grid, std::string_view name) {
  std::string known;
  for (const NamedArray& array : grid.arrays) {
    if (array.name == name) return array;
    known += (known.empty() ? "" : ", ") + array.name;
  }
  throw std::invalid_argument("the grid has no array '" + std::string(name) + "'; it has " +
                              (known.empty() ? "none" : known));
}

}  // namespace nusselt
