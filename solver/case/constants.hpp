// The constants of a case: quantities and formulas of other constants, in any order, each checked for dimension. One
// that is sought is found together with the fields, from sensor data: its value here is where the search starts. One
// that is an input is a further argument of the fields, over a range: a case is then a family, and its value here is
// that of the member that scales are taken at.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
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
  /// The constant over `si`, of the unknowns of all sought constants that it depends on; absent where it is fixed.
  std::optional<Expression> ratio = {};
  /// How a constant of the case itself is sought; absent for fixed ones and for formulas of others.
  struct Sought {
    Expression unknown;           // the number that is trained, 0 at the start; a field without axes
    std::optional<double> prior;  // standard deviation of a Gaussian around the start, SI
  };
  std::optional<Sought> sought = {};
  /// How a constant is an input of the network; absent for others.
  struct Input {
    Expression coordinate;  // of the network, 0 at `si`; a column
    double lower, upper;    // of the coordinate
    bool logarithmic;
    std::vector<double> members;  // SI, that the report looks at
  };
  std::optional<Input> input = {};
};

class Constants {
 public:
  /// Reads the map `constants`. Throws InputError: unknown names, circular definitions, names that mean something else
  /// in the language (coordinates, operators), numbers that are not finite.
  explicit Constants(const Node& root);

  const std::vector<Constant>& all() const { return constants_; }
  const Constant* find(const std::string& name) const;
  ConstantValues values() const;
  /// Those that are sought, in the order of the case.
  std::vector<const Constant*> sought() const;
  /// Those that are inputs, in the order of the case.
  std::vector<const Constant*> inputs() const;
  /// The coordinates of a member of the family, one for each input; what `given` (SI) does not name is where scales are
  /// taken. Throws std::out_of_range with a sentence for a value outside of its range.
  std::vector<double> input_coordinates(const std::map<std::string, double>& given) const;
  /// The members that the report looks at: for each input its own, the others where scales are taken; one without
  /// inputs.
  std::vector<std::map<std::string, double>> members() const;
  /// "Ra = 1000"
  std::string member_text(const std::map<std::string, double>& given) const;
  /// The constants of that member, formulas of inputs among them. The ratios stay those of the family.
  Constants of_member(const std::map<std::string, double>& given) const;
  /// Every constant as a symbol.
  Scope scope() const;
  /// The value of a formula of constants at a node, checked for dimension; `key` is named in messages.
  double value_of(const Node& node, const std::string& key, const Dimension& expected) const;

 private:
  void define(const Entry& entry, const std::map<std::string, const Entry*>& entries, std::vector<std::string>& path);
  Constant read_sought(const Entry& entry, const std::string& key) const;
  Constant read_input(const Entry& entry, const std::string& key) const;
  std::vector<Constant> constants_;
};

/// The ratio to its value at the start of a sought constant, by what is trained, which is 0 at the start and has there
/// a slope of 1. Positive constants are exp(unknown), others 1 + unknown; between bounds (relative to the start) the
/// exponent or the change is a scaled tanh.
Expression sought_ratio(const Expression& unknown, bool positive,
                        const std::optional<std::pair<double, double>>& bounds);

/// What to do about a bare number where `wanted` has a unit; empty where `value` is something else.
std::string unit_hint(const Expression& value, const std::string& text, const Dimension& wanted);

/// Letters, digits and _, no digit first.
bool is_name(const std::string& text);
/// Throws InputError when an entry's key is not a name, or means something else in the language.
void require_usable_name(const Entry& entry, const std::string& section);

/// Value of an expression of constants in SI.
double constant_value(const Expression& expression, const Constants& constants);

}  // namespace nusselt
