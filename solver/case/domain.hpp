// Where a case takes place: the box around all of it, the regions it consists of, and their faces by name.
//
// A case of one material has one region without a name. With several, each lies in the box: a box of its own, or a
// shape. A field belongs to a region, and holds there and on its faces. Time, where there is any, is the same for all
// of them.
//
// Faces: those of the box, x- to t+; those of the regions that are boxes, `wall.x-`; the surfaces of shapes, under the
// names that these have; and parts of faces that the case names under `faces`.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "physics/system.hpp"
#include "solver/case/box.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/shape.hpp"
#include "solver/case/shapes.hpp"
#include "solver/case/surface.hpp"

namespace nusselt {

/// Values of the coordinates x, y, z, t in SI.
using Coordinates = std::array<double, axis_count>;

struct Region {
  std::string name;                 // empty where the case has one material
  Box box;                          // the smallest around it
  std::optional<Shape> shape = {};  // where it does not fill its box
  /// Whether a point lies in it or on its boundary.
  bool contains(const Coordinates& at) const;
};

/// Of its set of points: `interior`, or the region's own name.
std::string interior_name(const Region& region);

/// What is behind the name of a face.
struct FaceGeometry {
  Face face;
  std::string region;  // that it belongs to, first of all; empty for a face of the box around several regions
  Box extent;          // of a flat face the box whose face it is; else what bounds the part of the surface
  std::optional<Surface> surface = {};
  std::optional<Shape> filled = {};  // of a moment in time: the shape that it is taken over
  bool is_point = false;             // that a condition names, at the lower end of `extent`
};

/// Whether a place lies in a box or, to rounding, on its sides, which points of a surface along them miss by a digit.
bool is_within(const Box& extent, const Position& x);

/// A point that something is looked at, on a face.
struct FacePoint {
  Coordinates at;
  std::array<double, 3> normal;  // zero on a moment in time
};

class Domain {
 public:
  /// One region that fills the box.
  Domain(const Box& box);  // NOLINT(google-explicit-constructor): a box is a domain
  Domain(const Box& box, std::vector<Region> regions);

  const Box& box() const { return box_; }
  const std::vector<Region>& regions() const { return regions_; }
  bool is_divided() const { return regions_.size() > 1 || !regions_.front().name.empty(); }
  /// Throws std::out_of_range.
  const Region& region_named(const std::string& name) const;
  /// All of them, in the order of the head of this file.
  const std::vector<FaceGeometry>& faces() const { return faces_; }
  std::vector<std::string> face_names() const;
  /// Throws std::out_of_range.
  const FaceGeometry& geometry(const Face& face) const { return geometry(face.name()); }
  const FaceGeometry& geometry(const std::string& name) const;
  /// The faces that bound a region; together they are its boundary.
  std::vector<Face> boundary(const Region& region) const;
  /// The face of the region `name` that lies in a face of the box: `wall.x-` for x-. Itself where there is none.
  Face within(const std::string& region, const Face& face) const;
  /// Whether points of one face lie on the other: the same face under two names, or one that is a part of the other.
  bool meet(const Face& a, const Face& b) const;

  /// Length, area or volume, times the duration where it lasts.
  double measure(const Face& face) const;
  double measure(const Region& region) const;

  /// Points spread over a face, its edges included where it is flat.
  std::vector<FacePoint> look_at(const Face& face, int along_axis) const;

  /// The same domain for a part of its time.
  Domain during(double begin, double end) const;

  /// Adds a point in space, in the first region that contains it, unless it is there already.
  void add_point(const std::string& name, const Coordinates& at);
  /// Adds a part of a face. Throws std::out_of_range.
  void add_part(const std::string& name, const std::string& of, const Box& extent);

 private:
  Box box_;
  std::vector<Region> regions_;
  std::vector<FaceGeometry> faces_;
};

/// Reads `domain.is`, `regions` and `faces`. Throws InputError: shapes that are none, regions that leave the box, faces
/// that are empty or have names that are taken.
Domain read_domain(const Node& root, const Box& box, const Constants& constants, const std::string& folder,
                   std::vector<std::string>& notes);

/// The name under which read_domain knows the point `{x: 0 m, y: L}` that a condition is at.
std::string point_name(const Node& at);

/// The names under `regions`.
std::vector<std::string> region_names(const Node& root);

}  // namespace nusselt
