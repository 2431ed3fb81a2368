#include "solver/case/domain.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "nondim/did_you_mean.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

// Positions agree when they differ by less than this part of the extent of the box.
constexpr double same_place = 1e-9;

Position in_space(const Coordinates& at) { return {at[axis_x], at[axis_y], at[axis_z]}; }

bool is_space(Axis axis) { return axis != axis_t; }

double duration(const Box& box) { return box.axes[axis_t] ? box.upper[axis_t] - box.lower[axis_t] : 1; }

/// x-, y+ ... for the surface of that name; nothing for a name of another form.
std::optional<Face> face_of_box(const std::string& name, const Box& box) {
  for (const Face& face : box.faces()) {
    if (face.name() == name) return face;
  }
  return std::nullopt;
}

}  // namespace

bool Region::contains(const Coordinates& at) const {
  for (const Axis axis : box.active_axes()) {
    const double slack = same_place * (box.upper[axis] - box.lower[axis]);
    if (at[axis] < box.lower[axis] - slack || at[axis] > box.upper[axis] + slack) return false;
  }
  if (!shape) return true;
  double extent = 0;
  for (const Axis axis : box.active_axes()) {
    if (is_space(axis)) extent = std::max(extent, box.upper[axis] - box.lower[axis]);
  }
  return shape->distance(in_space(at)) <= same_place * extent;
}

bool is_within(const Box& extent, const Position& x) {
  for (int axis = 0; axis < axis_t; ++axis) {
    if (!extent.axes[axis]) continue;
    const double tolerance = same_place * (extent.upper[axis] - extent.lower[axis]);
    if (x[axis] < extent.lower[axis] - tolerance || x[axis] > extent.upper[axis] + tolerance) return false;
  }
  return true;
}

std::string interior_name(const Region& region) { return region.name.empty() ? "interior" : region.name; }

Domain::Domain(const Box& box) : Domain(box, {{"", box}}) {}

Domain::Domain(const Box& box, std::vector<Region> regions) : box_(box), regions_(std::move(regions)) {
  const bool whole = !is_divided() && !regions_.front().shape;
  if (is_divided() || whole) {
    for (const Face& face : box_.faces()) faces_.push_back({face, whole ? regions_.front().name : "", box_});
  }
  for (const Region& region : regions_) {
    const std::string prefix = region.name.empty() ? "" : region.name + ".";
    if (region.shape) {
      for (const Surface& surface : region.shape->surfaces()) {
        if (std::any_of(faces_.begin(), faces_.end(), [&](const FaceGeometry& known) {
              return known.face.name() == surface.name() && known.surface;
            })) {
          continue;  // two regions that share the surface of a third shape
        }
        const std::optional<Face> flat = face_of_box(surface.name(), box_);
        if (flat && is_divided()) continue;  // it is a part of the box's own
        faces_.push_back(
            {flat ? *flat : Face{axis_x, true, surface.name()}, region.name, region.box, surface, std::nullopt});
      }
      for (const bool upper : {false, true}) {
        if (!region.box.axes[axis_t]) continue;
        const Face moment{axis_t, upper};
        faces_.push_back({{axis_t, upper, prefix.empty() ? "" : prefix + moment.name()},
                          region.name,
                          region.box,
                          std::nullopt,
                          region.shape});
      }
    } else if (!whole) {
      for (const Face& face : region.box.faces()) {
        faces_.push_back({{face.axis, face.upper, prefix + face.name()}, region.name, region.box});
      }
    }
  }
}

const Region& Domain::region_named(const std::string& name) const {
  for (const Region& region : regions_) {
    if (region.name == name) return region;
  }
  throw std::out_of_range("no region '" + name + "'");
}

std::vector<std::string> Domain::face_names() const {
  std::vector<std::string> names;
  for (const FaceGeometry& geometry : faces_) names.push_back(geometry.face.name());
  return names;
}

const FaceGeometry& Domain::geometry(const std::string& name) const {
  for (const FaceGeometry& geometry : faces_) {
    if (geometry.face.name() == name) return geometry;
  }
  throw std::out_of_range("no face '" + name + "'");
}

std::vector<Face> Domain::boundary(const Region& region) const {
  std::vector<Face> faces;
  if (region.shape) {
    for (const Surface& surface : region.shape->surfaces()) {
      const std::optional<Face> flat = face_of_box(surface.name(), box_);
      faces.push_back(flat ? *flat : Face{axis_x, true, surface.name()});
    }
  }
  for (const Face& face : region.box.faces()) {
    if (region.shape && is_space(face.axis)) continue;
    faces.push_back(region.name.empty() ? face : Face{face.axis, face.upper, region.name + "." + face.name()});
  }
  return faces;
}

Face Domain::within(const std::string& region, const Face& face) const {
  if (region.empty() || !face.label.empty()) return face;
  const Region& own = region_named(region);
  const double at = (face.upper ? box_.upper : box_.lower)[face.axis];
  const double mine = (face.upper ? own.box.upper : own.box.lower)[face.axis];
  if (std::abs(at - mine) > same_place * (box_.upper[face.axis] - box_.lower[face.axis])) return face;
  if (own.shape && is_space(face.axis)) return face;
  return {face.axis, face.upper, region + "." + face.name()};
}

bool Domain::meet(const Face& a, const Face& b) const {
  if (a == b) return true;
  const FaceGeometry& one = geometry(a);
  const FaceGeometry& two = geometry(b);
  if (one.is_point || two.is_point) return false;
  const auto parts_overlap = [&](const Box& left, const Box& right, std::optional<Axis> but) {
    for (const Axis axis : box_.active_axes()) {
      if (axis == but) continue;
      const double slack = same_place * (box_.upper[axis] - box_.lower[axis]);
      if (left.lower[axis] > right.upper[axis] - slack || right.lower[axis] > left.upper[axis] - slack) return false;
    }
    return true;
  };
  if (one.surface && two.surface) {
    return one.surface->name() == two.surface->name() && parts_overlap(one.extent, two.extent, std::nullopt);
  }
  if (one.surface || two.surface) {
    // A flat face and a surface: whether the surface's points lie in the face.
    const FaceGeometry& flat = one.surface ? two : one;
    const Face& face = flat.face;
    const double at = (face.upper ? flat.extent.upper : flat.extent.lower)[face.axis];
    const std::vector<FacePoint> points = look_at(one.surface ? a : b, 5);
    return std::any_of(points.begin(), points.end(), [&](const FacePoint& point) {
      for (const Axis axis : box_.active_axes()) {
        const double slack = same_place * (box_.upper[axis] - box_.lower[axis]);
        if (axis == face.axis ? std::abs(point.at[axis] - at) > slack
                              : point.at[axis] < flat.extent.lower[axis] + slack ||
                                    point.at[axis] > flat.extent.upper[axis] - slack) {
          return false;
        }
      }
      return true;
    });
  }
  if (a.axis != b.axis) return false;
  const double left = (a.upper ? one.extent.upper : one.extent.lower)[a.axis];
  const double right = (b.upper ? two.extent.upper : two.extent.lower)[b.axis];
  return std::abs(left - right) <= same_place * (box_.upper[a.axis] - box_.lower[a.axis]) &&
         parts_overlap(one.extent, two.extent, a.axis);
}

double Domain::measure(const Face& face) const {
  const FaceGeometry& found = geometry(face);
  if (found.is_point) return duration(box_);
  if (found.filled) return found.filled->measure();
  if (!found.surface) return found.extent.measure(face);
  return found.surface->measure() * duration(found.extent);
}

double Domain::measure(const Region& region) const {
  return region.shape ? region.shape->measure() * duration(box_) : region.box.measure();
}

std::vector<FacePoint> Domain::look_at(const Face& face, int along_axis) const {
  const FaceGeometry& found = geometry(face);
  std::vector<FacePoint> points;
  if (found.surface) {
    const int moments = box_.axes[axis_t] ? along_axis : 1;
    for (const SurfacePoint& point : found.surface->quadrature(along_axis * along_axis)) {
      for (int i = 0; i < moments; ++i) {
        const double s = moments == 1 ? 0 : static_cast<double>(i) / (moments - 1);
        const double moment =
            found.extent.lower[axis_t] + s * (found.extent.upper[axis_t] - found.extent.lower[axis_t]);
        points.push_back({{point.x[0], point.x[1], point.x[2], moment}, point.normal});
      }
    }
    return points;
  }
  const Box& box = found.extent;
  const std::vector<Axis> axes = box.active_axes();
  std::vector<int> index(axes.size(), 0);
  std::array<double, 3> normal{};
  if (is_space(face.axis)) normal[face.axis] = face.sign();
  while (true) {
    Coordinates at{};
    for (std::size_t d = 0; d < axes.size(); ++d) {
      const Axis a = axes[d];
      const double s = a == face.axis ? (face.upper ? 1.0 : 0.0) : static_cast<double>(index[d]) / (along_axis - 1);
      at[a] = box.lower[a] + s * (box.upper[a] - box.lower[a]);
    }
    if (!found.filled || found.filled->contains(in_space(at))) points.push_back({at, normal});
    std::size_t d = 0;
    while (d < axes.size() && (axes[d] == face.axis || ++index[d] == along_axis)) index[d++] = 0;
    if (d == axes.size()) return points;
  }
}

Domain Domain::during(double begin, double end) const {
  Domain part = *this;
  const auto cut = [&](Box& box) {
    box.lower[axis_t] = begin;
    box.upper[axis_t] = end;
  };
  cut(part.box_);
  for (Region& region : part.regions_) cut(region.box);
  for (FaceGeometry& face : part.faces_) cut(face.extent);
  return part;
}

void Domain::add_point(const std::string& name, const Coordinates& at) {
  for (const FaceGeometry& known : faces_) {
    if (known.face.label == name) return;
  }
  for (const Region& region : regions_) {
    Coordinates place = at;
    if (box_.axes[axis_t]) place[axis_t] = box_.lower[axis_t];
    if (!region.contains(place)) continue;
    FaceGeometry point{{axis_x, false, name}, region.name, box_};
    for (const Axis axis : box_.active_axes()) {
      if (is_space(axis)) point.extent.lower[axis] = point.extent.upper[axis] = at[axis];
    }
    point.is_point = true;
    faces_.push_back(std::move(point));
    return;
  }
  throw std::out_of_range("no region contains the point " + name);
}

void Domain::add_part(const std::string& name, const std::string& of, const Box& extent) {
  FaceGeometry part = geometry(of);
  part.face.label = name;
  part.extent = extent;
  if (part.surface) {
    Position lower{};
    Position upper{};
    for (int axis = 0; axis < axis_t; ++axis) {
      lower[axis] = extent.lower[axis];
      upper[axis] = extent.upper[axis];
    }
    part.surface = part.surface->within(lower, upper);
  }
  faces_.push_back(std::move(part));
}

std::vector<std::string> region_names(const Node& root) {
  std::vector<std::string> names;
  if (const Node* section = root.find("regions")) {
    for (const Entry& entry : section->entries) names.push_back(entry.key);
  }
  return names;
}

namespace {

/// [lower, upper] at `key`, inside of that of `around`; that itself where the key is not there.
void read_interval(const Node& root, const std::string& key, Axis axis, const Box& around, const Constants& constants,
                   Box& box) {
  const Node* node = root.find_path(key);
  if (node == nullptr) return;
  if (!around.axes[axis]) {
    throw InputError(node->place, key + ": the domain has no axis " + axis_names[axis], "leave it out");
  }
  const Dimension dimension = Dimension::of(axis == axis_t ? Dimension::time : Dimension::length);
  box.lower[axis] = constants.value_of(node->items[0], key, dimension);
  box.upper[axis] = constants.value_of(node->items[1], key, dimension);
  const std::string unit = " " + dimension.unit();
  const auto range = [&](const Box& of) {
    return to_string(of.lower[axis]) + " to " + to_string(of.upper[axis]) + unit;
  };
  if (!(box.upper[axis] > box.lower[axis])) {
    throw InputError(node->place, key + ": the upper end must be above the lower end, got " + range(box));
  }
  const double slack = same_place * (around.upper[axis] - around.lower[axis]);
  if (box.lower[axis] < around.lower[axis] - slack || box.upper[axis] > around.upper[axis] + slack) {
    throw InputError(node->place, key + ": leaves what it is a part of: got " + range(box),
                     std::string(axis_names[axis]) + " goes from " + range(around));
  }
}

/// The smallest box around a shape, in time that of the domain.
Box box_around(const Shape& shape, const Box& domain) {
  const auto [lower, upper] = shape.bounds();
  Box box = domain;
  for (const Axis axis : domain.active_axes()) {
    if (!is_space(axis)) continue;
    box.lower[axis] = std::max(domain.lower[axis], lower[axis]);
    box.upper[axis] = std::min(domain.upper[axis], upper[axis]);
  }
  return box;
}

Region read_region(const Node& root, const std::string& name, const Box& domain, const Constants& constants,
                   const Shapes& shapes) {
  const std::string key = "regions." + name;
  const Node& section = require(root, key);
  const Node* is = section.find("is");
  if ((is != nullptr) == (section.find("box") != nullptr)) {
    throw InputError(section.place, key + ": a region is a box or a shape, " + (is ? "not both" : "and has to say so"),
                     "write box: {x: [...]} or is: a shape");
  }
  Region region{name, domain};
  if (is != nullptr) {
    region.shape = shapes.combined(*is, key + ".is");
    region.box = box_around(*region.shape, domain);
    return region;
  }
  for (const Axis axis : {axis_x, axis_y, axis_z}) {
    read_interval(root, key + ".box." + axis_names[axis], axis, domain, constants, region.box);
  }
  return region;
}

void read_parts(const Node& root, const Constants& constants, Domain& domain) {
  const Node* section = root.find("faces");
  if (section == nullptr) return;
  for (const Entry& entry : section->entries) {
    const std::string key = "faces." + entry.key;
    require_usable_name(entry, "faces");
    const std::vector<std::string> known = domain.face_names();
    if (std::find(known.begin(), known.end(), entry.key) != known.end() || entry.key == "domain") {
      throw InputError(entry.key_place, key + ": a face has that name already", "choose another name");
    }
    const Node& on = require(root, key + ".on");
    if (std::find(known.begin(), known.end(), on.text) == known.end()) {
      throw InputError(on.place, key + ".on: the domain has no face " + quote(on.text),
                       suggestion(on.text, known, "faces"));
    }
    const FaceGeometry& whole = domain.geometry(on.text);
    Box extent = whole.extent;
    for (const Axis axis : {axis_x, axis_y, axis_z, axis_t}) {
      read_interval(root, key + "." + axis_names[axis], axis, whole.extent, constants, extent);
    }
    domain.add_part(entry.key, on.text, extent);
    if (!(domain.measure(domain.geometry(entry.key).face) > 0)) {
      throw InputError(entry.key_place, key + ": nothing of " + on.text + " lies there");
    }
  }
}

void read_points(const Node& root, const Constants& constants, Domain& domain) {
  const Node* list = root.find("conditions");
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    const Node* at = list->items[i].find("at");
    if (at == nullptr || !at->is_map()) continue;
    const std::string key = "conditions." + std::to_string(i) + ".at";
    Coordinates position{};
    for (const Axis axis : {axis_x, axis_y, axis_z}) {
      if (domain.box().axes[axis] || at->find(axis_names[axis]) == nullptr) continue;
      throw InputError(at->place, key + ": the domain has no axis " + axis_names[axis], "leave it out");
    }
    for (const Axis axis : domain.box().active_axes()) {
      if (!is_space(axis)) continue;
      const Node* value = at->find(axis_names[axis]);
      if (value == nullptr) {
        throw InputError(at->place,
                         key + ": a point has a place along every axis, and " + axis_names[axis] + " is missing");
      }
      position[axis] = constants.value_of(*value, key + "." + axis_names[axis], Dimension::of(Dimension::length));
    }
    try {
      domain.add_point(point_name(*at), position);
    } catch (const std::out_of_range&) {
      throw InputError(at->place, key + ": the point lies outside of the domain");
    }
  }
}

}  // namespace

std::string point_name(const Node& at) {
  std::string name;
  for (const Entry& entry : at.entries) name += (name.empty() ? "" : ", ") + entry.key + " = " + entry.value.text;
  return name;
}

Domain read_domain(const Node& root, const Box& box, const Constants& constants, const std::string& folder,
                   std::vector<std::string>& notes) {
  const Shapes shapes = read_shapes(root, box, constants, folder, notes);
  const std::vector<std::string> names = region_names(root);
  const Node* is = root.find_path("domain.is");
  std::vector<Region> regions;
  if (names.empty()) {
    Region whole{"", box};
    if (is != nullptr) whole.shape = shapes.combined(*is, "domain.is");
    regions.push_back(std::move(whole));
  } else if (is != nullptr) {
    throw InputError(is->place, "domain.is: the case has several regions, and each has its own shape",
                     "write it into the regions");
  }
  for (const std::string& name : names) {
    regions.push_back(read_region(root, name, box, constants, shapes));
  }
  Domain domain(box, std::move(regions));
  read_parts(root, constants, domain);
  read_points(root, constants, domain);
  return domain;
}

}  // namespace nusselt
