#include "solver/case/equations.hpp"

#include <algorithm>
#include <set>

#include "nondim/did_you_mean.hpp"
#include "nondim/quantity.hpp"
#include "solver/case/balances.hpp"
#include "solver/case/conditions.hpp"
#include "solver/case/domain.hpp"
#include "solver/case/formulas.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<std::string> names_of(const std::vector<System::Field>& fields) {
  std::vector<std::string> names;
  for (const System::Field& field : fields) names.push_back(field.name);
  return names;
}

std::vector<std::string> names_of(const std::vector<System::Equation>& equations) {
  std::vector<std::string> names;
  for (const System::Equation& equation : equations) names.push_back(equation.name);
  return names;
}

std::string counted(std::size_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

void describe_physics(const Node& root, const std::string& name, System& system) {
  const Physics& chosen = registered_physics().at(name);
  if (system.is_transient() && !chosen.timeless.empty()) {
    throw InputError(require(root, "domain.box.t").place, "domain.box.t: " + name + " has no time: " + chosen.timeless,
                     "leave t out");
  }
  if (static_cast<int>(space_axes(system.axes()).size()) > chosen.most_dimensions) {
    throw InputError(require(root, "domain.box").place,
                     "domain.box: " + name + " has at most " + counted(chosen.most_dimensions, "dimension") +
                         " in space: x is " + chosen.distance_x,
                     chosen.most_dimensions == 1 ? "give x alone" : "give x alone, or x and y");
  }
  chosen.describe(system);
}

/// The constants that a physics by name asks for.
void require_constants(const Node& root, const std::string& physics, const System& system, const Constants& constants) {
  for (const System::Constant& needed : system.constants()) {
    const Constant* constant = constants.find(needed.name);
    const Node* section = root.find("constants");
    if (constant == nullptr) {
      throw InputError(section != nullptr ? section->place : root.place,
                       "constants: " + physics + " needs " + needed.name + ", the " + needed.doc,
                       "add `" + needed.name + ": ... " + needed.dimension.unit() + "`");
    }
    if (constant->dimension == needed.dimension) continue;
    const Node& node = *section->find(needed.name);
    std::string hint;
    if (constant->dimension.is_dimensionless()) {
      hint = "add the unit, for example `" + needed.name + ": " + node.text + " " + needed.dimension.unit() + "`";
    }
    throw InputError(node.place,
                     "constants." + needed.name + ": expected " + needed.dimension.describe() + ", got " +
                         quote(node.text) + ", " + constant->dimension.describe(),
                     hint);
  }
}

Dimension dimension_of_field(const Node& unit, const std::string& key) {
  try {
    return parse_unit(unit.text).dimension;
  } catch (const TextError& error) {
    throw located(error, unit, key);
  }
}

/// What has that name already; empty when it is free.
std::string taken_by(const std::string& name, const System& system, const Constants& constants,
                     const std::string& physics) {
  const std::vector<std::string>& options = condition_options();
  if (std::find(options.begin(), options.end(), name) != options.end()) return "a condition has a key of that name";
  if (constants.find(name) != nullptr) return "a constant has that name";
  for (const System::Vector& vector : system.vectors()) {
    if (vector.name == name) return "another vector has that name";
  }
  if (!system.has_field(name)) return "";
  return physics.empty() ? "another field has that name" : "there is a field of that name already";
}

/// The region that a field belongs to, `in`; empty in a case of one material.
std::string region_of_field(const Node& root, const Entry& entry) {
  const std::string key = "fields." + entry.key;
  const std::vector<std::string> regions = region_names(root);
  const Node* in = entry.value.find("in");
  if (in == nullptr) {
    if (regions.empty()) return "";
    throw InputError(entry.key_place, key + ": the case has several regions, and the field belongs to one of them",
                     "write " + entry.key + ": {unit: ..., in: " + regions.front() + "}");
  }
  if (std::find(regions.begin(), regions.end(), in->text) != regions.end()) return in->text;
  throw InputError(in->place, key + ".in: the case has no region " + quote(in->text),
                   regions.empty() ? "leave it out" : suggestion(in->text, regions, "regions"));
}

void read_vector(const Node& root, const Entry& entry, const std::string& physics, const Constants& constants,
                 System& system) {
  const std::string key = "fields." + entry.key;
  const std::string region = region_of_field(root, entry);
  const Dimension dimension = dimension_of_field(require(root, key + ".unit"), key + ".unit");
  const std::vector<std::string> components = read_names(root, key + ".components");
  const Node& list = require(root, key + ".components");
  std::vector<std::string> space;
  for (int axis = 0; axis < axis_t; ++axis) {
    if (system.axes()[axis]) space.push_back(axis_names[axis]);
  }
  if (components.size() != space.size()) {
    throw InputError(list.place,
                     key + ".components: a vector has one component along each axis of the domain (" + joined(space) +
                         "), got " + std::to_string(components.size()),
                     "for example [" +
                         std::string(space.size() == 1   ? "u"
                                     : space.size() == 2 ? "u, v"
                                                         : "u, v, w") +
                         "]");
  }
  for (std::size_t i = 0; i < components.size(); ++i) {
    Entry component;
    component.key = components[i];
    component.key_place = list.is_list() ? list.items[i].place : list.place;
    require_usable_name(component, key + ".components");
    if (std::count(components.begin(), components.end(), components[i]) > 1) {
      throw InputError(component.key_place, key + ".components: " + components[i] + " is named twice");
    }
    // A vector may put fields together that are there already.
    if (system.has_field(components[i])) {
      const Dimension& given = system.field_named(components[i]).symbol.dimension();
      if (given == dimension) continue;
      throw InputError(component.key_place, key + ".components: " + components[i] + " is " + given.describe() +
                                                ", the vector is " + dimension.describe());
    }
    const std::string taken = taken_by(components[i], system, constants, physics);
    if (!taken.empty()) {
      throw InputError(component.key_place, key + ".components: " + components[i] + ": " + taken,
                       "choose another name");
    }
    system.add_field(components[i], dimension, entry.key + " along " + space[i], region);
  }
  system.add_vector(entry.key, components);
}

void read_fields(const Node& root, const std::string& physics, const Constants& constants, System& system) {
  const Node* section = root.find("fields");
  if (section == nullptr) return;
  for (const Entry& entry : section->entries) {
    const std::string key = "fields." + entry.key;
    require_usable_name(entry, "fields");
    const std::string taken = taken_by(entry.key, system, constants, physics);
    if (!taken.empty()) throw InputError(entry.key_place, key + ": " + taken, "choose another name");
    if (entry.value.find("components") != nullptr) {
      read_vector(root, entry, physics, constants, system);
      continue;
    }
    const Node& unit = entry.value.is_map() ? require(root, key + ".unit") : entry.value;
    const bool sought = entry.value.is_map() && read_choice(root, key + ".role") == "sought";
    if (sought && root.find("sensors") == nullptr) {
      throw InputError(entry.key_place,
                       key + ": " + entry.key + " is sought, and the case has no sensors to find it from",
                       "give measured values in the section `sensors`");
    }
    system.add_field(entry.key, dimension_of_field(unit, key), "", region_of_field(root, entry), sought);
  }
}

/// The sign of an equation as a place for what is wrong with it as a whole.
std::size_t place_of_equals(const Entry& entry) {
  return std::min(entry.value.text.find('='), entry.value.text.size());
}

void require_solvable(const Expression& residual, const Entry& entry) {
  const std::size_t place = place_of_equals(entry);
  if (residual.is_zero()) throw TextError("both sides are the same: the equation is 0 = 0", place);
  require_derivatives(residual, place);
  const std::vector<Expression> all = leaves(residual);
  const bool has_field = std::any_of(all.begin(), all.end(),
                                     [](const Expression& leaf) { return leaf.kind() == Expression::Kind::field; });
  if (!has_field) throw TextError("there is no field in the equation", place, "it says nothing about what is solved");
}

void read_equations(const Node& root, const std::string& physics, const Constants& constants, System& system,
                    std::vector<std::string>& notes) {
  const Node* section = root.find("equations");
  if (section == nullptr) return;
  const Scope scope = case_scope(root, system, constants);
  std::set<std::string> known;
  for (const System::Equation& equation : system.equations()) known.insert(equation.name);
  std::set<std::string> given;
  for (const Entry& entry : section->entries) {
    const std::string key = "equations." + entry.key;
    require_usable_name(entry, "equations");
    try {
      const TensorEquation equation = parse_tensor_equation(entry.value.text, scope);
      const SpaceTensor& residual = equation.residual;
      if (residual.rank > 1) {
        throw TextError("an equation is between scalars or vectors, not between gradients of vectors",
                        place_of_equals(entry), "div() of such a tensor is a vector");
      }
      std::vector<std::string> names = {entry.key};
      if (residual.rank == 1) {
        names.clear();
        for (Axis axis : space_axes(system.axes())) names.push_back(entry.key + "_" + axis_names[axis]);
      }
      for (std::size_t i = 0; i < names.size(); ++i) {
        try {
          (void)system.region_of(residual.parts[i]);
        } catch (const std::invalid_argument& error) {
          throw TextError(error.what(), place_of_equals(entry), "what couples them is a condition");
        }
        if (!given.insert(names[i]).second) {
          throw InputError(entry.key_place, key + ": there are two equations " + names[i],
                           "the components of a vector equation are called by its name and the axis");
        }
        require_solvable(residual.parts[i], entry);
        const std::vector<std::string> lost = system.replace_equation(names[i], residual.parts[i]);
        if (known.contains(names[i])) {
          notes.push_back("the equation " + names[i] + " of " + physics + " is replaced by that of the case" +
                          (lost.empty() ? ""
                                        : ", and its balance of " + joined(lost) +
                                              " no longer checked; `balances` can give another"));
        }
        for (const Expression& leaf : leaves(residual.parts[i])) {
          if (leaf.kind() == Expression::Kind::parameter) system.add_constant(leaf.name(), leaf.dimension(), "");
        }
      }
      if (equation.conservation && equation.conservation->names_divergence) {
        const Conservation& law = *equation.conservation;
        system.add_balance(
            {entry.key, along_axes(law.flux, system.axes()), law.density, law.source, {System::whole(entry.key)}});
      } else if (!equation.conservation && entry.value.text.find("div(") != std::string::npos &&
                 root.find_path("balances." + entry.key) == nullptr) {
        notes.push_back(
            "no balance of " + entry.key +
            " is checked: not every derivative in it stands in a div(), lap() or dt() of its own; `balances` "
            "can give one");
      }
    } catch (const TextError& error) {
      throw located(error, entry.value, key);
    }
  }
  system.forget_unused_constants();
}

void require_determined(const Node& root, const System& system) {
  const Node* section = root.find("equations");
  const Node* fields = root.find("fields");
  if (section == nullptr && fields == nullptr) return;
  const Place& place = section != nullptr ? section->place : fields->place;
  std::set<std::string> mentioned;
  for (const System::Equation& equation : system.equations()) {
    for (const Expression& leaf : leaves(equation.residual)) {
      if (leaf.kind() == Expression::Kind::field) mentioned.insert(leaf.name());
    }
  }
  std::vector<System::Field> solved = system.fields();
  std::erase_if(solved, [](const System::Field& field) { return field.sought; });
  const std::vector<std::string> unknowns = names_of(solved);
  const std::vector<std::string> equations = names_of(system.equations());
  const std::string count = counted(equations.size(), "equation") + " (" + joined(equations) + ") for " +
                            counted(unknowns.size(), "field") + " (" + joined(unknowns) + ")";
  for (const std::string& field : unknowns) {
    if (mentioned.contains(field)) continue;
    throw InputError(place, "equations: the field " + field + " is in none of them: " + count,
                     "give an equation for it, or leave the field out");
  }
  if (equations.size() < unknowns.size()) {
    throw InputError(place, "equations: the system is underdetermined, " + count,
                     "add " + counted(unknowns.size() - equations.size(), "equation"));
  }
  if (equations.size() > unknowns.size()) {
    throw InputError(place, "equations: the system is overdetermined, " + count,
                     "remove " + counted(equations.size() - unknowns.size(), "equation") +
                         "; an equation replaces one of the physics when it has its name");
  }
}

/// The physics by name that regions have.
void describe_regions(const Node& root, const Constants& constants, const std::set<std::string>& given,
                      const std::vector<std::string>& regions, System& system) {
  for (const std::string& region : regions) {
    const std::string key = "regions." + region + ".physics";
    if (root.find_path(key) == nullptr) continue;
    std::set<std::string> own = given;
    const std::string suffix = "_" + region;
    for (const std::string& name : given) {
      if (name.ends_with(suffix)) own.insert(name.substr(0, name.size() - suffix.size()));
    }
    System part(system.axes(), own);
    std::vector<Choice> known;
    for (const auto& [name, entry] : registered_physics()) known.push_back({name, entry.doc});
    describe_physics(root, read_choice(root, key, known), part);
    system.merge(part, region);
    for (const System::Field& field : system.fields()) {
      if (constants.find(field.name) == nullptr) continue;
      throw InputError(root.find("constants")->find(field.name)->place,
                       "constants." + field.name + ": " + region + " has a field of that name", "rename the constant");
    }
  }
}

}  // namespace

System read_system(const Node& root, const Axes& axes, const Constants& constants, std::vector<std::string>& notes) {
  std::set<std::string> given;
  for (const Constant& constant : constants.all()) given.insert(constant.name);
  System system(axes, given);
  std::string physics;
  const std::vector<std::string> regions = region_names(root);
  if (const Node* node = root.find("physics"); node != nullptr && !regions.empty()) {
    throw InputError(node->place, "physics: the case has several regions, and each has its own",
                     "write it into the region: regions." + regions.front() + ".physics: " + node->text);
  }
  describe_regions(root, constants, given, regions, system);
  if (regions.empty() && (root.find("physics") != nullptr || root.find("equations") == nullptr)) {
    std::vector<Choice> known;
    for (const auto& [name, entry] : registered_physics()) known.push_back({name, entry.doc});
    physics = read_choice(root, "physics", known);
    describe_physics(root, physics, system);
  }
  for (const System::Field& field : system.fields()) {
    if (constants.find(field.name) == nullptr) continue;
    throw InputError(root.find("constants")->find(field.name)->place,
                     "constants." + field.name + ": " + physics + " has a field of that name", "rename the constant");
  }
  if (root.find("equations") == nullptr) require_constants(root, physics, system, constants);
  read_fields(root, physics, constants, system);
  read_equations(root, physics, constants, system, notes);
  // Those of the equations that were not replaced.
  require_constants(root, physics, system, constants);
  require_determined(root, system);
  if (!regions.empty()) system.sort_equations(regions);
  read_balances(root, constants, system);
  return system;
}

void require_distances(const Node& root, const Domain& domain) {
  for (const Region& region : domain.regions()) {
    const Node* physics = root.find_path(region.name.empty() ? "physics" : "regions." + region.name + ".physics");
    if (physics == nullptr) continue;
    const std::string& meaning = registered_physics().at(physics->text).distance_x;
    if (meaning.empty() || region.box.lower[axis_x] >= 0) continue;
    throw InputError(require(root, "domain.box.x").place, "domain.box.x: x is " + meaning + " in " + physics->text +
                                                              " and begins at 0 or above, got " +
                                                              to_string(region.box.lower[axis_x]) + " m");
  }
}

void read_sources(const Node& root, const Constants& constants, System& system) {
  const Node* section = root.find("sources");
  if (section == nullptr) return;
  const Scope scope = position_scope(root, system, constants);
  const std::vector<std::string> names = names_of(system.equations());
  for (const Entry& entry : section->entries) {
    const std::string key = "sources." + entry.key;
    const auto named = std::find(names.begin(), names.end(), entry.key);
    if (named == names.end()) {
      const std::string near = did_you_mean(entry.key, names);
      throw InputError(entry.key_place, key + ": there is no equation " + quote(entry.key),
                       (near.empty() ? "" : "did you mean " + near + "? ") + "equations: " + joined(names));
    }
    const Dimension& wanted = system.equations()[static_cast<std::size_t>(named - names.begin())].residual.dimension();
    try {
      const Expression source = parse_formula(entry.value.text, scope).expression;
      if (!source.is_zero() && source.dimension() != wanted) {
        throw TextError("the terms of " + entry.key + " are " + wanted.describe() + ", got " + quote(entry.value.text) +
                            ", " + source.dimension().describe(),
                        0, unit_hint(source, entry.value.text, wanted));
      }
      system.add_source(entry.key, source);
    } catch (const TextError& error) {
      throw located(error, entry.value, key);
    }
  }
}

}  // namespace nusselt
