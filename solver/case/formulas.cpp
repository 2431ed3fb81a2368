#include "solver/case/formulas.hpp"

#include <algorithm>
#include <cmath>

#include "nondim/did_you_mean.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

/// What a formula's name would hide; empty when it is free.
std::string meaning_of(const std::string& name, const System& system, const Constants& constants) {
  if (constants.find(name) != nullptr) return "a constant";
  if (system.has_field(name)) return "a field";
  for (const System::Vector& vector : system.vectors()) {
    if (vector.name == name) return "a vector field";
  }
  return "";
}

/// Refuses a factor that is not a positive number at some point of a grid inside the domain.
void require_positive(const Expression& factor, const Node& node, const std::string& key, const Box& box,
                      const Constants& constants) {
  constexpr int samples = 9;  // along each axis
  if (!factor.dimension().is_dimensionless()) {
    throw InputError(node.place, key + ": a factor has no dimension, got " + factor.dimension().describe(),
                     "divide by a constant of that dimension");
  }
  for (const std::array<double, axis_count>& point : box.midpoints(samples)) {
    const double value = evaluate(factor, [&](const Expression& leaf) {
      return leaf.kind() == Expression::Kind::coordinate ? point[leaf.axis()] : constant_value(leaf, constants);
    });
    if (std::isfinite(value) && value > 0) continue;
    std::string where;
    for (const Axis a : box.active_axes()) {
      where += (where.empty() ? "" : ", ") + std::string(axis_names[a]) + " = " + to_string(point[a]);
    }
    throw InputError(node.place, key + ": a factor is a positive number, got " + to_string(value) + " at " + where);
  }
}

}  // namespace

namespace {

/// `k(T)` or `f(a, b)`.
std::pair<std::string, TextFunction> read_function(const Entry& entry) {
  const auto refuse = [&](const std::string& what) {
    throw InputError(entry.key_place, "functions: " + quote(entry.key) + " " + what,
                     "a function is written with its arguments, `k(T): k0*(1 + b*(T - T0))`");
  };
  const std::size_t open = entry.key.find('(');
  if (open == std::string::npos || entry.key.back() != ')') refuse("names no arguments");
  Entry name;
  name.key = entry.key.substr(0, open);
  while (!name.key.empty() && name.key.back() == ' ') name.key.pop_back();
  name.key_place = entry.key_place;
  require_usable_name(name, "functions");
  TextFunction function{{}, entry.value.text};
  std::string parameter;
  for (const char c : entry.key.substr(open + 1)) {
    if (c == ' ') continue;
    if (c != ',' && c != ')') {
      parameter += c;
      continue;
    }
    const bool coordinate = parameter.size() == 1 && std::string("xyzt").find(parameter) != std::string::npos;
    if (!is_name(parameter) || (is_reserved(parameter) && !coordinate)) {
      refuse("has an argument " + quote(parameter) + " that cannot be one");
    }
    if (std::find(function.parameters.begin(), function.parameters.end(), parameter) != function.parameters.end()) {
      refuse("names the argument " + parameter + " twice");
    }
    function.parameters.push_back(parameter);
    parameter.clear();
  }
  if (!parameter.empty()) refuse("does not end with ')'");
  return {name.key, function};
}

void require_free(const std::string& name, const Entry& entry, const std::string& section, const System& system,
                  const Constants& constants, const Scope& scope) {
  const std::string meaning = scope.functions.contains(name) ? "a function" : meaning_of(name, system, constants);
  if (meaning.empty()) return;
  throw InputError(entry.key_place, section + "." + entry.key + ": " + meaning + " has that name",
                   "choose another name");
}

void read_functions(const Node& root, const System& system, const Constants& constants, Scope& scope) {
  const Node* section = root.find("functions");
  if (section == nullptr) return;
  for (const Entry& entry : section->entries) {
    const auto [name, function] = read_function(entry);
    require_free(name, entry, "functions", system, constants, scope);
    scope.functions.emplace(name, function);
  }
  for (const Entry& entry : section->entries) {
    const auto [name, function] = read_function(entry);
    // Arguments with the name of a field or constant are most likely such: what is wrong with the text is then told
    // where it stands, and else where it is called.
    const bool known = std::all_of(function.parameters.begin(), function.parameters.end(),
                                   [&](const std::string& parameter) { return scope.knows(parameter); });
    if (!known) continue;
    try {
      parse_tensor(function.body, scope);
    } catch (const TextError& error) {
      throw located(error, entry.value, "functions." + name);
    }
  }
}

bool depends_on_fields(const SpaceTensor& tensor) {
  for (const Expression& part : tensor.parts) {
    for (const Expression& leaf : leaves(part)) {
      if (leaf.kind() == Expression::Kind::field) return true;
    }
  }
  return false;
}

}  // namespace

Scope case_scope(const Node& root, const System& system, const Constants& constants) {
  Scope scope = constants.scope();
  scope.axes = system.axes();
  for (int axis = 0; axis < axis_count; ++axis) {
    if (scope.axes[axis]) scope.names.emplace(axis_names[axis], system.coordinate(static_cast<Axis>(axis)));
  }
  for (const System::Field& field : system.fields()) {
    const bool temperature = field.symbol.dimension() == Dimension::of(Dimension::temperature);
    scope.set(field.name, SpaceTensor::scalar(field.symbol),
              temperature ? TemperatureKind::level : TemperatureKind::either);
  }
  for (const System::Vector& vector : system.vectors()) {
    std::vector<Expression> components;
    for (const std::string& component : vector.components) components.push_back(system.field_named(component).symbol);
    scope.set(vector.name, SpaceTensor::vector(components));
  }
  read_functions(root, system, constants, scope);
  const Node* section = root.find("formulas");
  if (section == nullptr) return scope;
  for (const Entry& entry : section->entries) {
    require_usable_name(entry, "formulas");
    require_free(entry.key, entry, "formulas", system, constants, scope);
    try {
      const TensorFormula formula = parse_tensor(entry.value.text, scope);
      scope.set(entry.key, formula.value, formula.temperature);
    } catch (const TextError& error) {
      throw located(error, entry.value, "formulas." + entry.key);
    }
  }
  return scope;
}

Scope position_scope(const Node& root, const System& system, const Constants& constants) {
  Scope scope = case_scope(root, system, constants);
  const std::string why =
      "depends on the solution, and what is given here is known before it: a formula of constants "
      "and coordinates";
  std::vector<std::string> solved;
  for (const auto& [name, expression] : scope.names) {
    if (depends_on_fields(SpaceTensor::scalar(expression))) solved.push_back(name);
  }
  for (const auto& [name, vector] : scope.vectors) {
    if (depends_on_fields(vector)) solved.push_back(name);
  }
  for (const std::string& name : solved) {
    scope.names.erase(name);
    scope.vectors.erase(name);
    scope.elsewhere.emplace(name, why);
  }
  return scope;
}

void require_derivatives(const Expression& expression, std::size_t place) {
  constexpr int highest_order = 2;
  for (const Expression& leaf : leaves(expression)) {
    if (leaf.kind() != Expression::Kind::field || leaf.order() <= highest_order) continue;
    throw TextError("a derivative of the order " + std::to_string(leaf.order()) + ", " + to_string(leaf) +
                        "; the networks' derivatives go to the second",
                    place, "a field of its own for a derivative of " + leaf.name() + " lowers the order");
  }
}

KnownParts read_known_parts(const Node& root, const System& system, const Constants& constants) {
  KnownParts parts;
  const Node* section = root.find("known_parts");
  if (section == nullptr) return parts;
  const Scope scope = position_scope(root, system, constants);
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
  const Scope scope = position_scope(root, system, constants);
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
