#include "solver/case/symmetry.hpp"

#include <algorithm>
#include <set>

#include "solver/case/condition_count.hpp"

namespace nusselt {

namespace {

/// The components of vectors that point across the face: of those of the case, and of the velocity of a physics, whose
/// components are the fields of that dimension, along x, y and z.
std::set<std::string> normal_components(const Face& face, const System& system, const Domain& domain) {
  const std::vector<Axis> space = space_axes(domain.box().axes);
  const auto number = static_cast<std::size_t>(std::find(space.begin(), space.end(), face.axis) - space.begin());
  std::set<std::string> across;
  std::set<std::string> in_vectors;
  for (const System::Vector& vector : system.vectors()) {
    in_vectors.insert(vector.components.begin(), vector.components.end());
    across.insert(vector.components[number]);
  }
  for (const Region& region : domain.regions()) {
    std::vector<std::string> velocity;
    for (const System::Field& field : system.fields()) {
      const bool moves = field.symbol.dimension() == dimension_of<Velocity>() && !in_vectors.contains(field.name);
      if (moves && field.region == region.name) velocity.push_back(field.name);
    }
    if (velocity.size() == space.size()) across.insert(velocity[number]);
  }
  return across;
}

}  // namespace

std::vector<Entry> symmetric_entries(const Node& flag, const std::string& key, const Face& face, const System& system,
                                     const Domain& domain) {
  if (face.axis == axis_t) {
    throw InputError(flag.place, key + ": the face t- is a moment in time, and no plane of symmetry");
  }
  if (domain.geometry(face).surface || domain.geometry(face).is_point) {
    throw InputError(flag.place, key + ": a plane of symmetry is a flat face of a box, and " + face.name() + " is not");
  }
  const std::set<std::string> across = normal_components(face, system, domain);
  std::vector<Entry> entries;
  const auto add = [&](const std::string& name, const std::string& text) {
    Entry entry{name, flag.place, flag};
    entry.value.text = text;
    entries.push_back(std::move(entry));
  };
  for (const ConditionCount& count : count_conditions(system, domain, {})) {
    if (!domain.meet(count.face, face)) continue;
    if (across.contains(count.field)) {
      add(count.field, "0");
    } else if (count.needed > 0) {
      add("symmetry_" + count.field, "dn(" + count.field + ") = 0");
    }
  }
  return entries;
}

}  // namespace nusselt
