#include "solver/case/constants.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>

#include "nondim/did_you_mean.hpp"
#include "nondim/unit_table.hpp"

namespace nusselt {

bool is_name(const std::string& text) {
  if (text.empty() || !(std::isalpha(static_cast<unsigned char>(text.front())) || text.front() == '_')) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; });
}

void require_usable_name(const Entry& entry, const std::string& section) {
  if (!is_name(entry.key)) {
    throw InputError(entry.key_place, section + ": " + quote(entry.key) + " is not a name",
                     "a name has letters, digits and _ and does not start with a digit");
  }
  if (is_reserved(entry.key)) {
    throw InputError(entry.key_place, section + ": '" + entry.key + "' has a meaning of its own in formulas",
                     "choose another name");
  }
}

std::string unit_hint(const Expression& value, const std::string& text, const Dimension& wanted) {
  if (!value.dimension().is_dimensionless()) return "";
  if (!value.is_number()) return "multiply it by a quantity in " + wanted.unit();
  return "add the unit, for example `" + text + " " + wanted.unit() + "`";
}

namespace {

/// Behind a number the name of a constant is that constant, also where a unit has the same name: `k: 0.03 W/(m K)` in a
/// case with a constant W. A hint when that made the circle.
std::string unit_in_circle(const Entry& last, const std::map<std::string, const Entry*>& entries,
                           const std::vector<std::string>& path) {
  for (auto name = std::find(path.begin(), path.end(), last.key); name != path.end(); ++name) {
    const std::string& next = name + 1 == path.end() ? last.key : *(name + 1);
    const std::string& text = entries.at(*name)->value.text;
    if (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) && find_unit(next)) {
      return "if a unit is meant, put it in brackets: 3 [" + next + "]";
    }
  }
  return "";
}

}  // namespace

Constants::Constants(const Node& root) {
  const Node* section = root.find("constants");
  if (section == nullptr) return;
  std::map<std::string, const Entry*> entries;
  for (const Entry& entry : section->entries) {
    require_usable_name(entry, "constants");
    entries[entry.key] = &entry;
  }
  std::vector<std::string> path;
  for (const Entry& entry : section->entries) define(entry, entries, path);
}

void Constants::define(const Entry& entry, const std::map<std::string, const Entry*>& entries,
                       std::vector<std::string>& path) {
  if (find(entry.key) != nullptr) return;
  const std::string key = "constants." + entry.key;
  if (std::find(path.begin(), path.end(), entry.key) != path.end()) {
    std::string circle;
    for (const std::string& name : path) circle += name + " -> ";
    throw InputError(entry.value.place, key + ": the definition runs in a circle: " + circle + entry.key,
                     unit_in_circle(entry, entries, path));
  }
  path.push_back(entry.key);
  for (const std::string& name : mentioned_names(entry.value.text)) {
    const auto other = entries.find(name);
    if (other != entries.end()) define(*other->second, entries, path);
  }
  path.pop_back();
  try {
    // A quantity alone keeps the meaning of its unit, `20 degC` is a level of 293.15 K.
    const Formula formula = parse_formula(entry.value.text, scope());
    const double si = constant_value(formula.expression, *this);
    if (!std::isfinite(si)) throw TextError("the value is not finite", 0);
    constants_.push_back({entry.key, si, formula.expression.dimension(), entry.value.text, formula.temperature});
  } catch (const TextError& error) {
    throw located(error, entry.value, key);
  }
}

const Constant* Constants::find(const std::string& name) const {
  for (const Constant& constant : constants_) {
    if (constant.name == name) return &constant;
  }
  return nullptr;
}

ConstantValues Constants::values() const {
  ConstantValues values;
  for (const Constant& constant : constants_) values[constant.name] = constant.si;
  return values;
}

Scope Constants::scope() const {
  Scope scope;
  for (const Constant& constant : constants_) {
    scope.set(constant.name, SpaceTensor::scalar(Expression::parameter(constant.name, constant.dimension)),
              constant.temperature);
  }
  return scope;
}

double Constants::value_of(const Node& node, const std::string& key, const Dimension& expected) const {
  try {
    const Expression expression = parse_formula(node.text, scope()).expression;
    if (!expression.is_zero() && expression.dimension() != expected) {
      throw TextError(
          "expected " + expected.describe() + ", got " + quote(node.text) + ", " + expression.dimension().describe(), 0,
          unit_hint(expression, node.text, expected));
    }
    const double si = constant_value(expression, *this);
    if (!std::isfinite(si)) throw TextError("the value is not finite", 0);
    return si;
  } catch (const TextError& error) {
    throw located(error, node, key);
  }
}

double constant_value(const Expression& expression, const Constants& constants) {
  return evaluate(expression, [&](const Expression& leaf) {
    const Constant* constant = leaf.kind() == Expression::Kind::parameter ? constants.find(leaf.name()) : nullptr;
    if (constant == nullptr) throw std::invalid_argument(to_string(leaf) + " is not a constant");
    return constant->si;
  });
}

}  // namespace nusselt
