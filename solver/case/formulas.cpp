#include "solver/case/formulas.hpp"

#include <algorithm>
#include <cmath>

#include "solver/case/did_you_mean.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

/// What a formula's name would hide; empty when it is free.
std::string meaning_of(const std::string& name, const System& system, const Constants& constants) {
  if (constants.find(name) != nullptr) return "a constant";
  for (const System::Field& field : system.fields()) {
    if (field.name == name) return "a field";
  }
  return "";
}

/// `known` joined, with what `name` may have been meant to be, for a hint.
std::string suggestion(const std::string& name, const std::vector<std::string>& known, const std::string& what) {
  const std::string near = did_you_mean(name, known);
  std::string all;
  for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
  return (near.empty() ? "" : "did you mean " + near + "? ") + what + ": " + all;
}

/// Refuses a factor that is not a positive number at some point of a grid inside the domain.
void require_positive(const Expression& factor, const Node& node, const std::string& key, const Box& box,
                      const Constants& constants) {
  constexpr int samples = 9;  // along each axis
  if (!factor.dimension().is_dimensionless()) {
    throw InputError(node.place, key + ": a factor has no dimension, got " + factor.dimension().describe(),
                     "divide by a constant of that dimension");
  }
  const std::vector<Axis> axes = box.active_axes();
  std::vector<int> index(axes.size(), 0);
  while (true) {
    std::array<double, axis_count> position{};
    std::string where;
    for (std::size_t d = 0; d < axes.size(); ++d) {
      const Axis a = axes[d];
      position[a] = box.lower[a] + (index[d] + 0.5) / samples * (box.upper[a] - box.lower[a]);
      where += (where.empty() ? "" : ", ") + std::string(axis_names[a]) + " = " + to_string(position[a]);
    }
    const double value = evaluate(factor, [&](const Expression& leaf) {
      return leaf.kind() == Expression::Kind::coordinate ? position[leaf.axis()] : constant_value(leaf, constants);
    });
    if (!(std::isfinite(value) && value > 0)) {
      throw InputError(node.place, key + ": a factor is a positive number, got " + to_string(value) + " at " + where);
    }
    std::size_t d = 0;
    while (d < axes.size() && ++index[d] == samples) index[d++] = 0;
    if (d == axes.size()) return;
  }
}

}  // namespace

Scope position_scope(const Node& root, const System& system, const Box& box, const Constants& constants) {
  Scope scope = constants.scope();
  scope.axes = box.axes;
  for (Axis axis : box.active_axes()) scope.names.emplace(axis_names[axis], system.coordinate(axis));
  const Node* section = root.find("formulas");
  if (section == nullptr) return scope;
  for (const Entry& entry : section->entries) {
    require_usable_name(entry, "formulas");
    const std::string meaning = meaning_of(entry.key, system, constants);
    if (!meaning.empty()) {
      throw InputError(entry.key_place, "formulas." + entry.key + ": " + meaning + " has that name",
                       "choose another name");
    }
    try {
      scope.names.insert_or_assign(entry.key, parse_formula(entry.value.text, scope).expression);
    } catch (const TextError& error) {
      throw located(error, entry.value, "formulas." + entry.key);
    }
  }
  return scope;
}

KnownParts read_known_parts(const Node& root, const System& system, const Box& box, const Constants& constants) {
  KnownParts parts;
  const Node* section = root.find("known_parts");
  if (section == nullptr) return parts;
  const Scope scope = position_scope(root, system, box, constants);
  for (const Entry& entry : section->entries) {
    const std::string key = "known_parts." + entry.key;
    std::vector<std::string> fields;
    for (const System::Field& field : system.fields()) fields.push_back(field.name);
    if (std::find(fields.begin(), fields.end(), entry.key) == fields.end()) {
      throw InputError(entry.key_place, key + ": " + quote(entry.key) + " is no field of the case",
                       suggestion(entry.key, fields, "fields") + "; intermediate results go under formulas");
    }
    try {
      const Expression part = parse_formula(entry.value.text, scope).expression;
      const Dimension& dimension = system.field_named(entry.key).symbol.dimension();
      if (!part.is_zero() && part.dimension() != dimension) {
        throw TextError("expected " + dimension.describe() + ", got " + part.dimension().describe(), 0);
      }
      parts.insert_or_assign(entry.key, part);
    } catch (const TextError& error) {
      throw located(error, entry.value, key);
    }
  }
  return parts;
}

std::vector<Expression> read_residual_factors(const Node& root, const System& system, const Box& box,
                                              const Constants& constants) {
  std::vector<std::string> names;
  for (const System::Equation& equation : system.equations()) names.push_back(equation.name);
  std::vector<Expression> factors(names.size(), Expression::number(1));
  const Node* section = root.find("residual_factors");
  if (section == nullptr) return factors;
  const Scope scope = position_scope(root, system, box, constants);
  for (const Entry& entry : section->entries) {
    const std::string key = "residual_factors." + entry.key;
    const auto equation = std::find(names.begin(), names.end(), entry.key);
    if (equation == names.end()) {
      throw InputError(entry.key_place, key + ": " + quote(entry.key) + " is no equation of the case",
                       suggestion(entry.key, names, "equations"));
    }
    Expression& factor = factors[equation - names.begin()];
    try {
      factor = parse_formula(entry.value.text, scope).expression;
    } catch (const TextError& error) {
      throw located(error, entry.value, key);
    }
    require_positive(factor, entry.value, key, box, constants);
  }
  return factors;
}

}  // namespace nusselt
