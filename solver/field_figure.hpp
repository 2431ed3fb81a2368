// A picture of one field on a plane: colours, iso-lines, streamlines, axes and a colour bar with their units.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "solver/colour_map.hpp"
#include "solver/field_table.hpp"
#include "solver/figure_axes.hpp"

namespace nusselt {

struct FieldPicture {
  std::string title{};
  std::string array{};  ///< name of the field; of a vector the magnitude is drawn
  std::string label{};  ///< on the colour bar; empty takes the array's name
  ColourMap colours = ColourMap::viridis;
  AxisScale scale = AxisScale::linear;  ///< log10 shows the magnitude, four decades below its maximum or `range`
  std::optional<std::array<double, 2>>
      range{};                     ///< of the colours, in the array's unit; the field's own when not given
  int iso_lines = 0;               ///< about that many, at round values that are marked on the colour bar; 0 none
  std::string streamlines{};       ///< name of a vector field, drawn as streamlines with arrow heads; empty none
  double streamline_density = 18;  ///< lines across the shorter side
};

/// Both axes have the same scale unless the plane is more slender than 6:1; then it is stretched and its axis says so.
/// A plane of a length and a time is drawn as a square.
/// A diverging map is centred on zero when no range is given. Points without a finite value are grey, and the note
/// under the title counts them. Throws std::invalid_argument when the grid is not a plane {nx, ny, 1} with nx, ny >= 2
/// or has no such array (a line is a case for curves_figure).
Figure field_figure(const FieldGrid& grid, const FieldPicture& picture);

}  // namespace nusselt
