#include "solver/case/periodicity.hpp"

#include <algorithm>
#include <cmath>

#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

/// Refuses a function of position that differs between the ends of a periodic axis.
void require_same_at_ends(const Expression& function, const Box& box, const std::optional<Face>& on,
                          const Constants& constants, const Place& place, const std::string& what) {
  constexpr int samples = 5;
  constexpr double agreement = 1e-9;
  for (const Axis axis : box.active_axes()) {
    if (!box.periodic[axis] || (on && on->axis == axis)) continue;
    for (std::array<double, axis_count> at : box.midpoints(samples)) {
      if (on) at[on->axis] = (on->upper ? box.upper : box.lower)[on->axis];
      const auto value_at = [&](double end) {
        at[axis] = end;
        return evaluate(function, [&](const Expression& leaf) {
          return leaf.kind() == Expression::Kind::coordinate ? at[leaf.axis()] : constant_value(leaf, constants);
        });
      };
      const double lower = value_at(box.lower[axis]), upper = value_at(box.upper[axis]);
      if (std::abs(upper - lower) <= agreement * std::max(std::abs(lower), std::abs(upper))) continue;
      const std::string unit = function.dimension().is_dimensionless() ? "" : " " + function.dimension().unit();
      throw InputError(place, what + " is not periodic along " + axis_names[axis] + ": " + to_string(lower) + unit +
                                  " at " + Face{axis, false}.name() + ", " + to_string(upper) + unit + " at " +
                                  Face{axis, true}.name());
    }
  }
}

}  // namespace

Axes read_periodic_axes(const Node& root, const Box& box) {
  Axes periodic{};
  const Node* list = root.find("conditions");
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    const Node& item = list->items[i];
    if (item.find("periodic") == nullptr) continue;
    const std::string key = "conditions." + std::to_string(i);
    read_choice(root, key + ".periodic");
    for (const Entry& entry : item.entries) {
      if (entry.key == "at" || entry.key == "periodic") continue;
      throw InputError(entry.key_place, key + "." + entry.key + ": faces that are periodic need nothing else",
                       "the two faces are one: leave it out");
    }
    const Node& at = require(root, key + ".at");
    std::vector<Face> faces;
    for (const std::string& name : read_names(root, key + ".at")) {
      const std::vector<std::string> known = box.face_names();
      if (std::find(known.begin(), known.end(), name) == known.end() || box.face_named(name).axis == axis_t) {
        throw InputError(at.place, key + ".at: " + quote(name) + " cannot be periodic",
                         "periodic are pairs of opposite faces of the box, [x-, x+]");
      }
      faces.push_back(box.face_named(name));
    }
    for (const Face& face : faces) {
      const Face other{face.axis, !face.upper};
      if (std::find(faces.begin(), faces.end(), other) == faces.end()) {
        throw InputError(at.place, key + ".at: " + face.name() + " is periodic with " + other.name() + " only",
                         "write at: [" + Face{face.axis, false}.name() + ", " + Face{face.axis, true}.name() + "]");
      }
      periodic[face.axis] = true;
    }
  }
  return periodic;
}

bool is_periodic(const Face& face, const Box& box) { return face.label.empty() && box.periodic[face.axis]; }

void require_periodic_values(const Node& root, const System& system, const Box& box,
                             const std::vector<Condition>& conditions, const KnownParts& known_parts,
                             const Constants& constants) {
  for (const Condition& condition : conditions) {
    if (!condition.field || !condition.face.label.empty()) continue;
    require_same_at_ends(condition.value, box, condition.face, constants, condition.place,
                         condition.key + ": the value of " + *condition.field);
  }
  for (const auto& [field, part] : known_parts) {
    const std::string key = "known_parts." + field;
    require_same_at_ends(part, box, std::nullopt, constants, require(root, key).place,
                         key + ": the known part of " + system.field_named(field).name);
  }
}

}  // namespace nusselt
