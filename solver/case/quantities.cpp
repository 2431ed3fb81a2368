#include "solver/case/quantities.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "nondim/quantity.hpp"
#include "solver/case/balancing_rules.hpp"
#include "solver/case/formulas.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/references.hpp"

namespace nusselt {

namespace {

/// An equation's residual is no operand of a formula: it has a size only once it is dimensionless, and then the report
/// has it. Throws TextError.
void refuse_equations(const std::string& text, const System& system, const Scope& scope) {
  const System::Equation* first = nullptr;
  std::size_t first_place = 0;
  const auto letter = [&](std::size_t i) {
    return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_');
  };
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (letter(end)) ++end;
    const std::string name = text.substr(begin, end - begin);
    const auto& equations = system.equations();
    const auto equation = std::ranges::find(equations, name, &System::Equation::name);
    if (equation != equations.end() && !scope.knows(name) && !scope.functions.contains(name)) {
      if (first != nullptr && first->residual.dimension() != equation->residual.dimension()) {
        throw TextError(cannot_average(first->name, first->residual.dimension(), name, equation->residual.dimension()),
                        begin, "the report has the root mean square of every residual, dimensionless");
      }
      if (first == nullptr) {
        first = &*equation;
        first_place = begin;
      }
    }
    begin = std::max(end, begin + 1);
  }
  if (first == nullptr) return;
  throw TextError("'" + first->name + "' is an equation and has no value of its own", first_place,
                  "the report has the root mean square of its residual, dimensionless; a formula may have its terms");
}

Scope output_scope(const Node& root, const System& system, const Domain& domain, const Constants& constants) {
  Scope scope = case_scope(root, system, constants);
  scope.faces = domain.face_names();
  return scope;
}

/// Puts the region of its fields in the place of a face of the box or of the domain. Throws TextError.
void settle_region(SurfaceFunctional& functional, const System& system, const Domain& domain) {
  try {
    const std::string region = system.region_of(functional.integrand);
    if (functional.face == "domain") {
      if (region.empty() && domain.is_divided()) {
        throw TextError("a mean over the whole domain has the fields of one region in it", 0,
                        "divide by the measure, a formula of constants, where the volume is meant");
      }
      functional.region = region;
    } else {
      functional.face = domain.within(region, domain.geometry(functional.face).face).name();
    }
  } catch (const std::invalid_argument& error) {
    if (functional.face == "domain") throw TextError(error.what(), 0, "name a face where both are");
  }
}

/// `what` is a line, a section or a point.
void require_inside(const std::string& what, const std::map<Axis, Expression>& positions, const Box& box,
                    const Constants& constants) {
  for (const auto& [axis, position] : positions) {
    const double si = constant_value(position, constants);
    if (si >= box.lower[axis] && si <= box.upper[axis]) continue;
    throw TextError("the " + what + " " + axis_names[axis] + " = " + to_string(si) + " lies outside of the domain", 0,
                    std::string(axis_names[axis]) + " goes from " + to_string(box.lower[axis]) + " to " +
                        to_string(box.upper[axis]) + " in SI");
  }
}

/// Finds the region that a section or a point lies in. Throws TextError.
void settle_section(Section& section, const System& system, const Domain& domain, const Constants& constants) {
  try {
    section.region = system.region_of(section.integrand);
  } catch (const std::invalid_argument& error) {
    throw TextError(error.what(), 0, "take them one by one, or name a face where both are");
  }
  if (section.region.empty() && domain.is_divided()) {
    throw TextError("no field says which region is meant", 0, "a formula of coordinates alone has no region");
  }
  const Region& region = domain.region_named(section.region);
  const std::vector<Axis> axes = domain.box().active_axes();
  const bool point = axes.size() == section.positions.size();
  require_inside(point ? "point" : "section", section.positions, region.box, constants);
  if (!region.shape) return;
  if (!point) {
    throw TextError("a section through a shape is not known", 0,
                    "take it over a face, or a part of one under `faces`; at() is the value at a point");
  }
  Coordinates at{};
  for (const auto& [axis, position] : section.positions) at[axis] = constant_value(position, constants);
  if (!region.contains(at)) throw TextError("the point lies outside of the domain", 0);
}

}  // namespace

std::vector<DerivedField> read_outputs(const Node& root, const System& system, const Constants& constants) {
  std::vector<DerivedField> outputs;
  const Node* section = root.find("outputs");
  if (section == nullptr) return outputs;
  const Scope scope = case_scope(root, system, constants);
  std::set<std::string> columns;  // of a table: a vector has one for each component
  for (const System::Field& field : system.fields()) columns.insert(field.name);
  for (const Entry& entry : section->entries) {
    const std::string key = "outputs." + entry.key;
    require_usable_name(entry, "outputs");
    // Velocities are written together under that name.
    bool written = entry.key == "velocity" || system.has_field(entry.key);
    for (const System::Vector& vector : system.vectors()) written = written || vector.name == entry.key;
    if (written) {
      throw InputError(entry.key_place, key + ": a field has that name and is written anyway", "choose another name");
    }
    try {
      refuse_equations(entry.value.text, system, scope);
      const SpaceTensor value = parse_tensor(entry.value.text, scope).value;
      if (value.rank > 1) {
        throw TextError("an output is a scalar or a vector, got " + rank_in_words(value), 0, "write its components");
      }
      for (const Expression& part : value.parts) require_derivatives(part, 0);
      for (std::size_t i = 0; i < value.parts.size(); ++i) {
        const std::string column =
            value.is_scalar() ? entry.key : entry.key + "_" + axis_names[space_axes(system.axes())[i]];
        if (columns.insert(column).second) continue;
        throw InputError(entry.key_place, key + ": " + column + " is the name of another column already",
                         "a vector has one column for each component; choose another name");
      }
      outputs.push_back({entry.key, value});
    } catch (const TextError& error) {
      throw located(error, entry.value, key);
    }
  }
  return outputs;
}

std::vector<AskedQuantity> read_quantities(const Node& root, const System& system, const Domain& domain,
                                           const Constants& constants, const std::string& folder,
                                           std::vector<std::string>& notes) {
  std::vector<AskedQuantity> quantities;
  const Node* section = root.find("quantities");
  if (section == nullptr) return quantities;
  const Scope scope = output_scope(root, system, domain, constants);
  for (const Entry& entry : section->entries) {
    const std::string key = "quantities." + entry.key;
    const Node& value = entry.value.is_map() ? require(root, key + ".value") : entry.value;
    AskedQuantity quantity{entry.key, {Expression::zero(), {}, {}}, "", 1, std::nullopt, "", std::nullopt};
    try {
      refuse_equations(value.text, system, scope);
      quantity.formula = parse_formula(value.text, scope);
      for (const Expression& leaf : leaves(quantity.formula.expression)) {
        if (leaf.kind() == Expression::Kind::field || leaf.kind() == Expression::Kind::coordinate) {
          throw TextError("a quantity is one number, but " + to_string(leaf) + " varies from point to point", 0,
                          "take mean(..., face) or integral(..., face) of it, min or max along a line, "
                          "max(..., x = position), or at(...) at a point");
        }
      }
      for (const LineExtremum& extremum : quantity.formula.extrema) {
        require_inside("line", extremum.positions, domain.box(), constants);
        require_derivatives(extremum.along_line, 0);
      }
      for (Section& section : quantity.formula.sections) {
        settle_section(section, system, domain, constants);
        require_derivatives(section.integrand, 0);
      }
      for (SurfaceFunctional& functional : quantity.formula.functionals) {
        require_derivatives(functional.integrand, 0);
        settle_region(functional, system, domain);
      }
    } catch (const TextError& error) {
      throw located(error, value, key);
    }
    quantity.unit = quantity.formula.expression.dimension().unit();
    if (const Node* unit = entry.value.find("unit")) {
      try {
        const Unit parsed = parse_unit(unit->text);
        if (parsed.dimension != quantity.formula.expression.dimension()) {
          throw TextError(
              "expected a unit of " + quantity.formula.expression.dimension().describe() + ", got " + quote(unit->text),
              0);
        }
        if (parsed.level()) {
          throw TextError(quote(unit->text) + " is a scale of levels, and a quantity may be a difference", 0,
                          "write K or a multiple of it");
        }
        quantity.unit = unit->text;
        quantity.unit_factor = parsed.factor;
      } catch (const TextError& error) {
        throw located(error, *unit, key + ".unit");
      }
    }
    if (entry.value.find("reference") != nullptr) {
      const std::optional<ReferenceValue> reference = read_reference_value(
          root, key + ".reference", quantity.formula.expression.dimension(), constants, folder, notes);
      if (reference) {
        quantity.reference = reference->si / quantity.unit_factor;
        quantity.source = reference->source;
      }
    }
    if (entry.value.find("bound") != nullptr) quantity.bound = read_real(root, key + ".bound");
    quantities.push_back(std::move(quantity));
  }
  return quantities;
}

}  // namespace nusselt
