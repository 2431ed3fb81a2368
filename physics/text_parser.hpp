// The parser behind equation_text.hpp: recursive descent over the text of a formula, every node checked while it is
// built. Its rooms: text_parser.cpp the grammar, text_calls.cpp what stands in front of parentheses,
// text_functionals.cpp means, integrals and extrema.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "physics/conservation.hpp"
#include "physics/equation_text.hpp"
#include "physics/space_tensor.hpp"
#include "physics/temperature_kind.hpp"
#include "physics/text_cursor.hpp"

namespace nusselt {

/// What a part of a text stands for.
struct TextValue {
  SpaceTensor tensor;
  TemperatureWeight temperature = {};  // of a scalar temperature
  std::optional<Conservation> conservation = {};
};

/// The words of the language in front of parentheses: dx, lap, vec, sin, mean ...
bool is_function_of_the_language(std::string_view name);

bool is_temperature(const SpaceTensor& tensor);
/// min, max, argmin, argmax
std::optional<LineExtremum::Kind> extremum_named(std::string_view name);

/// The depth of the recursion is bounded, so is the stack.
class TextParser {
 public:
  /// `found` takes the functionals and extrema of the text; null where there may be none.
  TextParser(std::string_view text, const Scope& scope, Formula* found);

  /// Throw TextError.
  TextValue whole_formula();
  TensorEquation whole_equation();

 private:
  using Value = TextValue;
  using Arguments = std::map<std::string, Value>;
  struct Nesting;

  /// The text of a function of the case, read for a call that `outer` makes.
  TextParser(const TextFunction& function, const std::string& name, Arguments arguments, TextParser& outer);

  bool knows(const std::string& name) const { return arguments_.contains(name) || scope_.knows(name); }

  // The grammar.
  Value sum_of_products();
  Value product_of_powers();
  Value signed_power();
  /// Behind a minus sign: -10 degC is the level 263.15 K, not 283.15 K less than nothing.
  std::optional<Value> negative_level();
  Value raised(const Value& base, const Rational& exponent, std::size_t place) const;
  Value atom();
  Value name_or_call();

  // What stands in front of parentheses.
  Value call(const std::string& name, std::size_t place);
  /// The end of a call with so many arguments.
  void close(const std::string& name, int arguments);
  Value differentiated(const std::string& name, int order, std::size_t place);
  /// dt(d), div(F), lap(f), dx(f) as parts of a conservation law.
  std::optional<Conservation> conserved_by(const std::string& name, const SpaceTensor& argument) const;
  Value vector(std::size_t place);
  Value call_of_the_case(const TextFunction& function, const std::string& name, std::size_t place);
  Value smaller_or_larger(Function function, const Value& a, const Value& b, std::size_t place) const;

  // Functionals.
  Value functional(const std::string& name, std::size_t place);
  /// What follows `mean(a,` or `at(a,` when it is a coordinate.
  Value section(const std::string& name, std::size_t place, const Value& value, bool has_positions);
  /// `x = L/2, y = 0 m)`: the positions up to the end of a call of `name`.
  std::map<Axis, Expression> positions_in(const std::string& name, bool has_positions);
  /// min(a, b), or min(a, x = position) and min(a) along a line.
  Value extremum_or_function(LineExtremum::Kind kind, const std::string& name, std::size_t place);
  Value extremum(LineExtremum::Kind kind, const std::string& name, std::size_t place, const Value& value,
                 bool has_positions);
  /// `x = L/2` in a call of `name`.
  std::pair<Axis, Expression> line_position(const std::string& name);

  // What is refused, and where.
  /// Builds a node; a mistake in dimension or rank gets the place of its operator.
  template <class Build>
  SpaceTensor at_operator(std::size_t place, const std::string& verb, const Build& build) const {
    try {
      return limited(build(), place);
    } catch (const DimensionError& error) {
      std::string hint;
      if (error.left().is_dimensionless() != error.right().is_dimensionless()) {
        hint = "a bare number has no dimension: give it a unit, for example `300 K` (only 0 needs none)";
      }
      throw TextError("cannot " + verb + " " + error.left().describe() + " and " + error.right().describe(), place,
                      hint);
    } catch (const RankError& error) {
      throw TextError("cannot " + verb + " " + error.what(), place, error.hint());
    }
  }
  /// The same for operators and functions whose own message is a sentence.
  template <class Build>
  SpaceTensor at_function(std::size_t place, const Build& build) const {
    try {
      return limited(build(), place);
    } catch (const DimensionError& error) {
      throw TextError(error.what(), place, "divide the argument by a constant of its dimension");
    } catch (const RankError& error) {
      throw TextError(error.what(), place, error.hint());
    }
  }
  static SpaceTensor limited(SpaceTensor result, std::size_t place);
  /// A sum that is neither a level nor a difference of temperatures has no meaning where it is used.
  static const Value& settled(const Value& value);
  /// A level cannot equal a difference; a bare 0 fits both.
  static void require_like_temperatures(const Value& left, const Value& right, std::size_t place,
                                        const std::string& verb);
  /// A number only scales a temperature; with every other factor it must be a level or a difference, and a difference
  /// remains one where the factor has nothing to do with temperature, as in (T - T0)*x/L.
  static TemperatureWeight temperature_of_product(const Value& a, const Value& b);
  /// What is left of a text that should be at its end; `hint` is about an equals sign.
  void refuse_rest(const char* hint);
  [[noreturn]] void refuse_name(const std::string& name, std::size_t place) const;
  [[noreturn]] void refuse_call(const std::string& name, std::size_t place) const;

  TextCursor in_;
  const Scope& scope_;
  Formula* found_;
  const TextParser* outer_ = nullptr;  // that called the function read here
  std::string name_;                   // of that function
  Arguments arguments_;
  int own_calls_ = 0;
  int* calls_;
  bool on_face_;
  int depth_ = 0;
  int order_ = 0;  // of the derivatives around the current place
};

}  // namespace nusselt
