#include "solver/case/shapes.hpp"

#include <algorithm>
#include <array>
#include <numbers>
#include <optional>

#include "nondim/quantity.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/primitives.hpp"
#include "solver/case/references.hpp"
#include "solver/case/set_text.hpp"
#include "solver/case/stl.hpp"

namespace nusselt {

namespace {

/// Reads one entry of the section.
class EntryReader {
 public:
  EntryReader(const Node& root, const std::string& name, int dimensions, const Constants& constants,
              const std::string& folder, std::vector<std::string>& notes)
      : root_(root),
        key_("shapes." + name),
        node_(require(root, key_)),
        dimensions_(dimensions),
        constants_(constants),
        folder_(folder),
        notes_(notes) {}

  Shape primitive(const std::string& kind) const {
    const std::string key = key_ + "." + kind;
    const Node& node = require(root_, key);
    require_dimensions(kind, node);
    const auto length = [&](const char* part) {
      return this->length(require(root_, key + "." + part), key + "." + part);
    };
    const auto point = [&](const char* part) {
      return this->point(require(root_, key + "." + part), key + "." + part);
    };
    if (kind == "stl") return read_part(node, key);
    try {
      if (kind == "interval") {
        return interval(this->length(node.items[0], key), this->length(node.items[1], key));
      }
      if (kind == "box") return read_box(key);
      if (kind == "disc") return disc(point("center"), length("radius"));
      if (kind == "annulus") return annulus(point("center"), length("inner"), length("outer"));
      if (kind == "ellipse") return ellipse(point("center"), point("half_axes"));
      if (kind == "polygon") return polygon(points(node, key));
      if (kind == "sphere") return sphere(point("center"), length("radius"));
      return cylinder(point("from"), point("to"), length("radius"));
    } catch (const ShapeError& error) {
      const Node* part = error.part().empty() ? nullptr : node.find(error.part());
      throw InputError((part == nullptr ? node : *part).place,
                       key + (part == nullptr || node.is_list() ? "" : "." + error.part()) + ": " + error.what());
    }
  }

  bool moves() const {
    return std::ranges::any_of(std::array{"rotate", "translate", "scale"},
                               [&](const char* part) { return node_.find(part) != nullptr; });
  }

  /// Scaled, then rotated, both about `about`, then translated.
  Shape moved(Shape shape) const {
    const Node* about_node = node_.find("about");
    const Position about = about_node == nullptr ? Position{} : point(*about_node, key_ + ".about");
    if (const Node* scale = node_.find("scale")) {
      const double factor = constants_.value_of(*scale, key_ + ".scale", Dimension());
      if (!(factor > 0)) {
        throw InputError(scale->place, key_ + ".scale: must be positive, got " + scale->text);
      }
      shape = shape.scaled(factor, about);
    }
    if (const Node* rotate = node_.find("rotate")) shape = rotated(shape, *rotate, about);
    if (const Node* by = node_.find("translate")) shape = shape.translated(point(*by, key_ + ".translate"));
    require_used("unit", node_.find("stl") != nullptr, "stl");
    require_used("about", node_.find("rotate") != nullptr || node_.find("scale") != nullptr, "rotate or scale");
    require_used("axis", node_.find("rotate") != nullptr, "rotate");
    return shape;
  }

 private:
  void require_dimensions(const std::string& kind, const Node& node) const {
    const int own = kind == "interval"                                        ? 1
                    : kind == "sphere" || kind == "cylinder" || kind == "stl" ? 3
                    : kind == "box"                                           ? dimensions_
                                                                              : 2;
    if (own == dimensions_) return;
    throw InputError(node.place,
                     key_ + ": " + (kind == "interval" || kind == "annulus" || kind == "ellipse" ? "an " : "a ") +
                         (kind == "stl" ? "part from STL" : kind) + " has " + std::to_string(own) +
                         (own == 1 ? " dimension" : " dimensions") + ", the domain " + std::to_string(dimensions_));
  }

  void require_used(const char* part, bool used, const char* by) const {
    const Node* node = node_.find(part);
    if (node == nullptr || used) return;
    throw InputError(node->place, key_ + "." + part + ": does nothing without " + by);
  }

  double length(const Node& node, const std::string& key) const {
    return constants_.value_of(node, key, Dimension::of(Dimension::length));
  }

  Position vector(const Node& node, const std::string& key, const Dimension& dimension) const {
    const std::size_t given = node.is_list() ? node.items.size() : 1;
    if (given != static_cast<std::size_t>(dimensions_)) {
      throw InputError(node.place, key + ": expected one number per axis (" + std::to_string(dimensions_) + "), got " +
                                       std::to_string(given));
    }
    Position x{};
    for (int d = 0; d < dimensions_; ++d) {
      x[d] = constants_.value_of(node.is_list() ? node.items[d] : node, key, dimension);
    }
    return x;
  }

  Position point(const Node& node, const std::string& key) const {
    return vector(node, key, Dimension::of(Dimension::length));
  }

  std::vector<Position> points(const Node& node, const std::string& key) const {
    std::vector<Position> points;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      points.push_back(point(node.items[i], key + "." + std::to_string(i)));
    }
    return points;
  }

  Shape read_part(const Node& node, const std::string& key) const {
    const Node* unit = node_.find("unit");
    if (unit == nullptr) {
      throw InputError(node.place, key_ + ".unit: is missing: STL files do not say what their numbers mean",
                       "write unit: mm, or what the program that made the file uses");
    }
    double metres = 0;
    try {
      const Unit parsed = parse_unit(unit->text);
      if (parsed.dimension != Dimension::of(Dimension::length)) {
        throw TextError("expected a unit of length, got " + quote(unit->text) + ", " + parsed.dimension.describe(), 0);
      }
      metres = parsed.factor;
    } catch (const TextError& error) {
      throw located(error, *unit, key_ + ".unit");
    }
    return read_stl(data_file(node, key, folder_), metres, notes_);
  }

  Shape read_box(const std::string& key) const {
    Position lower{};
    Position upper{};
    for (int d = 0; d < 3; ++d) {
      const std::string path = key + "." + axis_names[d];
      if (d >= dimensions_) {
        const Node* extra = root_.find_path(path);
        if (extra == nullptr) continue;
        throw InputError(extra->place, path + ": the domain has no axis " + axis_names[d]);
      }
      const Node& ends = require(root_, path);
      lower[d] = length(ends.items[0], path);
      upper[d] = length(ends.items[1], path);
    }
    return box(dimensions_, lower, upper);
  }

  Shape rotated(const Shape& shape, const Node& rotate, const Position& about) const {
    const std::string key = key_ + ".rotate";
    if (dimensions_ == 1) throw InputError(rotate.place, key + ": nothing turns on a line");
    const double angle = constants_.value_of(rotate, key, Dimension());
    if (std::abs(angle) > 2 * std::numbers::pi * (1 + 1e-12)) {
      throw InputError(rotate.place, key + ": more than one turn: " + rotate.text + " without a unit is in radians",
                       "write " + rotate.text + " deg");
    }
    const Node* axis = node_.find("axis");
    if (dimensions_ == 2) {
      if (axis != nullptr) throw InputError(axis->place, key_ + ".axis: in the plane there is only one");
      return shape.rotated(angle, about);
    }
    const std::string axis_key = key_ + ".axis";
    const Node& given = require(root_, axis_key);
    Position direction{};
    const std::string letter = given.is_scalar() ? given.text : "";
    if (letter == "x" || letter == "y" || letter == "z") {
      direction[letter.front() - 'x'] = 1;
    } else {
      direction = vector(given, axis_key, Dimension());
    }
    if (!(norm(direction) > 0)) throw InputError(given.place, axis_key + ": has no direction");
    return shape.rotated(angle, direction, about);
  }

  const Node& root_;
  std::string key_;
  const Node& node_;
  int dimensions_;
  const Constants& constants_;
  const std::string& folder_;
  std::vector<std::string>& notes_;
};

/// What the entry is: the one kind of shape that it has.
std::string kind_of(const Entry& entry) {
  const std::initializer_list<const char*> kinds = {"interval", "box",    "disc",     "annulus", "ellipse",
                                                    "polygon",  "sphere", "cylinder", "stl",     "is"};
  std::vector<std::string> found;
  for (const char* kind : kinds) {
    if (entry.value.find(kind) != nullptr) found.push_back(kind);
  }
  const std::string key = "shapes." + entry.key;
  if (found.empty()) {
    throw InputError(entry.key_place, key + ": says no shape",
                     "give one of interval, box, disc, annulus, ellipse, polygon, sphere, cylinder, stl, is");
  }
  if (found.size() > 1) {
    throw InputError(entry.value.find(found[1])->place, key + ": is " + found[0] + " and " + found[1] + " at once",
                     "give each a name of its own and put them together with is: a + b");
  }
  return found.front();
}

Shape box_in_space(const Box& box, int dimensions) {
  Position lower{};
  Position upper{};
  for (int d = 0; d < dimensions; ++d) {
    lower[d] = box.lower[d];
    upper[d] = box.upper[d];
  }
  return nusselt::box(dimensions, lower, upper);
}

}  // namespace

const Shapes::Entry* Shapes::find(const std::string& name) const {
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.name == name; });
  return entry == entries_.end() ? nullptr : &*entry;
}

std::vector<std::string> Shapes::names() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.name);
  return names;
}

Shapes::Entry Shapes::combined_entry(const Node& node, const std::string& key) const {
  try {
    Entry entry = parse_set(node.text, *this);
    if (entry.shape.empty()) {
      throw InputError(node.place, key + ": nothing is left of " + quote(node.text),
                       "do the shapes overlap, and are their units right?");
    }
    return entry;
  } catch (const TextError& error) {
    throw located(error, node, key);
  }
}

Shape Shapes::combined(const Node& node, const std::string& key) const { return combined_entry(node, key).shape; }

Shapes read_shapes(const Node& root, const Box& box, const Constants& constants, const std::string& folder,
                   std::vector<std::string>& notes) {
  const int dimensions = static_cast<int>(box.axes[axis_x]) + box.axes[axis_y] + box.axes[axis_z];
  const Shape whole = box_in_space(box, dimensions);
  Shapes shapes({"box", whole, whole, 1});
  const Node* section = root.find("shapes");
  if (section == nullptr) return shapes;
  for (const Entry& entry : section->entries) {
    // Names of shapes stand where no formula does, so that `step` is free.
    if (!is_name(entry.key)) require_usable_name(entry, "shapes");
    if (entry.key == "box") {
      throw InputError(entry.key_place, "shapes.box: box is the box of the domain", "choose another name");
    }
    const std::string kind = kind_of(entry);
    const EntryReader reader(root, entry.key, dimensions, constants, folder, notes);
    if (kind != "is") {
      const Shape bare = reader.moved(reader.primitive(kind));
      shapes.add({entry.key, bare.named(entry.key), bare, 1});
      continue;
    }
    const Node& is = *entry.value.find("is");
    const Shapes::Entry made = shapes.combined_entry(is, "shapes." + entry.key + ".is");
    const Shape bare = reader.moved(made.bare);
    const bool own = reader.moves() || is_name(is.text);
    shapes.add({entry.key, own ? bare.named(entry.key) : made.shape, bare, made.primitives});
  }
  return shapes;
}

}  // namespace nusselt
