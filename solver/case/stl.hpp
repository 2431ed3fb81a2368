// Solids from STL files, binary or text: triangles without a unit, which may come from a stranger.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "solver/case/shape.hpp"

namespace nusselt {

struct StlLimits {
  static constexpr std::size_t file_bytes = std::size_t{1} << 28;
  static constexpr std::size_t triangles = 1000000;
  static constexpr std::size_t name_bytes = 80;
};

/// What is written in the file, in its order.
struct StlFile {
  struct Triangle {
    std::array<Position, 3> corners;
    int solid;  // number in `solids`
  };
  std::vector<Triangle> triangles;
  std::vector<std::string> solids;  // names; a binary file has one solid without a name
};

/// Strict: every number finite, every facet a triangle, nothing left over. Normals are not used. `file` is for
/// messages. Throws InputError, in text at the line.
StlFile parse_stl(std::string_view bytes, const std::string& file);

/// Corners that are equal to the last bit are one; `unit` is metres per unit of the file. Triangles that have no area
/// or stand twice are left out, and a surface that looks inwards as a whole is turned, both with a note. A file of
/// several solids has a face for each, by its name; one of a single solid has one face without a name.
///
/// Throws InputError with counts and a place in space: edges that belong to one triangle (holes) or to more than two,
/// neighbours that look to opposite sides, bodies that look inwards or overlap others. That a surface crosses itself
/// elsewhere is not looked for. The distance is exact, its sign that of the winding number.
Shape stl_shape(const StlFile& stl, double unit, const std::string& file, std::vector<std::string>& notes);

/// Both, of a regular file. Throws InputError.
Shape read_stl(const std::filesystem::path& path, double unit, std::vector<std::string>& notes);

}  // namespace nusselt
