// Files for ParaView: VTK XML image data and the `.pvd` collection that lists them with their times.
//
// VTK XML and not VTKHDF, because a two-dimensional VTKHDF image crashes the readers of VTK 9.1 and ParaView 5.11.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "solver/field_table.hpp"

namespace nusselt {

/// The name under which an array appears in ParaView: "T [K]".
std::string vtk_array_name(const NamedArray& array);

/// A `.vti` file: float64 point data, inline base64, zlib. Each array carries its unit in its name and as the
/// information key UNITS_LABEL. `field_data` becomes one string array per pair (status, case, nusselt_version, ...);
/// `time` in s becomes the field-data array `TimeValue`, by which a file on its own knows its time.
/// Throws std::invalid_argument for a grid that check_field_grid refuses and for a name or unit that holds `/` or `.`
/// (VTKHDF and ParaView's array selection give them a meaning of their own).
std::string vti_bytes(const FieldGrid& grid, const std::vector<std::pair<std::string, std::string>>& field_data,
                      std::optional<double> time = std::nullopt);

struct PvdEntry {
  double time = 0;   ///< s
  std::string file;  ///< relative to the folder of the `.pvd`
};

/// A `.pvd` file; the entries in the order given. Throws std::invalid_argument when a time is not finite.
std::string pvd_bytes(const std::vector<PvdEntry>& entries);

}  // namespace nusselt
