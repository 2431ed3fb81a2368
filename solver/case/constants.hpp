// The constants of a case: quantities and formulas of other constants, in any order, each checked for dimension.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nondim/expression.hpp"
#include "nondim/nondimensionalize.hpp"
#include "physics/equation_text.hpp"
#include "solver/case/document.hpp"

namespace nusselt {

struct Constant {
  std::string name;
  double si;
  Dimension dimension;
  std::string text;  // as written in the case
  /// level: a reading in degC or degF, never a difference; difference: of two levels; either: all else, as 5 K.
  TemperatureKind temperature = TemperatureKind::either;
};

class Constants {
 public:
  /// Reads the map `constants`. Throws InputError: unknown names, circular definitions, names that mean something else
  /// in the language (coordinates, operators), numbers that are not finite.
  explicit Constants(const Node& root);

  const std::vector<Constant>& all() const { return constants_; }
  const Constant* find(const std::string& name) const;
  ConstantValues values() const;
  /// Every constant as a symbol.
  Scope scope() const;
  /// The value of a formula of constants at a node, checked for dimension; `key` is named in messages.
  double value_of(const Node& node, const std::string& key, const Dimension& expected) const;

 private:
  void define(const Entry& entry, const std::map<std::string, const Entry*>& entries, std::vector<std::string>& path);
  std::vector<Constant> constants_;
};

/// What to do about a bare number where `wanted` has a unit; empty where `value` is something else.
std::string unit_hint(const Expression& value, const std::string& text, const Dimension& wanted);

/// Letters, digits and _, no digit first.
bool is_name(const std::string& text);
/// Throws InputError when an entry's key is not a name, or means something else in the language.
void require_usable_name(const Entry& entry, const std::string& section);

/// Value of an expression of constants in SI.
double constant_value(const Expression& expression, const Constants& constants);

}  // namespace nusselt
