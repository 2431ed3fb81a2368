// Longer than most files here: one recursive-descent parser, half of it what to say about each mistake.
#include "physics/equation_text.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace nusselt {

namespace {

constexpr int deepest_nesting = 64;
constexpr int most_calls = 1000;           // of the case's functions, from one text
constexpr std::size_t most_nodes = 10000;  // of what a text stands for when it is written out
constexpr std::size_t most_work = 100000;  // nodes that a derivative may pass through
constexpr std::int64_t largest_exponent = 4096;
constexpr int highest_order = 4;
constexpr std::string_view axis_letters = "xyzt";
const std::string known_functions =
    "known: dx dy dz dt lap dn grad div dot transpose vec sqrt pow min max step exp log sin cos tanh sinh cosh atan, "
    "in outputs mean integral argmin argmax, and min and max along a line";

/// dx, dyy, dxt: one letter per order.
bool is_derivative(std::string_view name) {
  return name.size() >= 2 && name.front() == 'd' && name.find_first_not_of(axis_letters, 1) == std::string_view::npos;
}

/// Order of differentiation of an operator; 0 for all other functions.
int order_of(std::string_view name) {
  if (name == "lap") return 2;
  if (name == "dn" || name == "grad" || name == "div") return 1;
  return is_derivative(name) ? static_cast<int>(name.size()) - 1 : 0;
}

std::optional<LineExtremum::Kind> extremum_named(std::string_view name) {
  if (name == "min") return LineExtremum::Kind::smallest;
  if (name == "max") return LineExtremum::Kind::largest;
  if (name == "argmin") return LineExtremum::Kind::place_of_smallest;
  if (name == "argmax") return LineExtremum::Kind::place_of_largest;
  return std::nullopt;
}

bool is_large(const Rational& exponent) {
  return std::abs(exponent.numerator()) > largest_exponent || exponent.denominator() > largest_exponent;
}
/// Powers of powers multiply their exponents, products add them: both stay far from an overflow.
bool has_large_exponent(const Expression& e) {
  for (std::size_t base = 0; base < Dimension::base_count; ++base) {
    if (is_large(e.dimension()[base])) return true;
  }
  if (e.kind() == Expression::Kind::power) return is_large(e.exponent());
  return e.kind() == Expression::Kind::product &&
         std::any_of(e.children().begin(), e.children().end(), has_large_exponent);
}

int field_order(const Expression& e) {
  int order = e.kind() == Expression::Kind::field ? e.order() : 0;
  for (const Expression& child : e.children()) order = std::max(order, field_order(child));
  return order;
}

bool is_temperature(const SpaceTensor& tensor) {
  return tensor.is_scalar() && tensor.dimension() == Dimension::of(Dimension::temperature);
}

std::string list_names(const Scope& scope) {
  std::set<std::string> all;
  for (const auto& [name, expression] : scope.names) all.insert(name);
  for (const auto& [name, vector] : scope.vectors) all.insert(name);
  for (const auto& [name, function] : scope.functions) all.insert(name + "()");
  std::string names;
  for (const std::string& name : all) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "none" : names;
}

/// What a part of a text stands for.
struct Value {
  SpaceTensor tensor;
  TemperatureWeight temperature = {};  // of a scalar temperature
  std::optional<Conservation> conservation = {};
};

bool is_constant(const Expression& expression) {
  const std::vector<Expression> all = leaves(expression);
  return std::all_of(all.begin(), all.end(),
                     [](const Expression& leaf) { return leaf.kind() == Expression::Kind::parameter; });
}

SpaceTensor no_flux(const Axes& axes) {
  return SpaceTensor::vector(std::vector<Expression>(space_axes(axes).size(), Expression::zero()));
}

/// As a part of a conservation law: what has no derivatives is a source.
std::optional<Conservation> conservation_of(const Value& value, const Axes& axes) {
  if (value.conservation || !value.tensor.is_scalar()) return value.conservation;
  if (space_axes(axes).empty()) return std::nullopt;  // a relation of constants
  if (field_order(value.tensor.expression()) > 0) return std::nullopt;
  return Conservation{no_flux(axes), Expression::zero(), -value.tensor.expression(), false};
}

std::optional<Conservation> scaled(const std::optional<Conservation>& c, const Expression& factor) {
  if (!c) return std::nullopt;
  return Conservation{SpaceTensor::scalar(factor) * c->flux, factor * c->density, factor * c->source,
                      c->names_divergence};
}

std::optional<Conservation> added(const std::optional<Conservation>& a, const std::optional<Conservation>& b) {
  if (!a || !b) return std::nullopt;
  return Conservation{a->flux + b->flux, a->density + b->density, a->source + b->source,
                      a->names_divergence || b->names_divergence};
}

using Arguments = std::map<std::string, Value>;

/// Recursive descent over the text; the depth is bounded, so is the stack.
class Parser {
 public:
  /// `found` takes the functionals and extrema of the text; null where there may be none.
  Parser(std::string_view text, const Scope& scope, Formula* found)
      : in_(text, [this](const std::string& name) { return knows(name); }),
        scope_(scope),
        found_(found),
        calls_(&own_calls_),
        on_face_(scope.on_face) {}

  Value whole_formula() {
    const Value result = sum_of_products();
    in_.skip_space();
    refuse_rest("a formula has no '='; an equation has exactly one");
    return settled(result);
  }

  TensorEquation whole_equation() {
    const Value left = settled(sum_of_products());
    in_.skip_space();
    if (in_.at_end()) {
      throw TextError("an equation needs '='", in_.at(), "write `left = right`, for example `dn(T) = 0`");
    }
    const std::size_t sign = in_.at();
    if (!in_.take('=')) refuse_rest("");
    const Value right = settled(sum_of_products());
    in_.skip_space();
    refuse_rest("an equation has exactly one '='");
    require_like_temperatures(left, right, sign, "compare");
    const SpaceTensor residual =
        at_operator(sign, "compare", [&] { return left.tensor + term_by_term_negative(right.tensor); });
    if (!residual.is_scalar()) return {residual};
    return {residual, added(conservation_of(left, scope_.axes),
                            scaled(conservation_of(right, scope_.axes), Expression::number(-1)))};
  }

 private:
  /// The text of a function of the case, read for a call that `outer` makes.
  Parser(const TextFunction& function, const std::string& name, Arguments arguments, Parser& outer)
      : in_(function.body, [this](const std::string& known) { return knows(known); }),
        scope_(outer.scope_),
        found_(nullptr),
        outer_(&outer),
        name_(name),
        arguments_(std::move(arguments)),
        calls_(outer.calls_),
        on_face_(outer.on_face_),
        depth_(outer.depth_),
        order_(outer.order_) {}

  struct Nesting {
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > deepest_nesting) {
        throw TextError("nested deeper than " + std::to_string(deepest_nesting) + " levels", parser_.in_.at());
      }
    }
    ~Nesting() { --parser_.depth_; }
    Parser& parser_;
  };

  /// So that `a = -b + c` is the residual a + b - c and not a - (-b + c).
  static SpaceTensor term_by_term_negative(const SpaceTensor& tensor) {
    SpaceTensor result{tensor.rank, {}};
    for (const Expression& part : tensor.parts) {
      std::vector<Expression> terms;
      const bool several = part.kind() == Expression::Kind::sum;
      for (const Expression& term : several ? part.children() : std::vector<Expression>{part}) terms.push_back(-term);
      result.parts.push_back(sum(terms));
    }
    return result;
  }

  bool knows(const std::string& name) const { return arguments_.contains(name) || scope_.knows(name); }

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

  /// Numbers are folded while a node is built, so one that is none shows at its top.
  static bool is_finite(const Expression& e) {
    if (e.is_number()) return std::isfinite(e.value());
    if (e.kind() == Expression::Kind::power && e.children().front().is_number()) {
      return std::isfinite(
          std::pow(e.children().front().value(), e.exponent().numerator() * 1.0 / e.exponent().denominator()));
    }
    return std::all_of(e.children().begin(), e.children().end(),
                       [](const Expression& child) { return !child.is_number() || std::isfinite(child.value()); });
  }

  static SpaceTensor limited(SpaceTensor result, std::size_t place) {
    for (const Expression& part : result.parts) {
      if (!is_finite(part)) throw TextError("the value is not finite", place);
      if (has_large_exponent(part)) {
        throw TextError("an exponent grew beyond " + std::to_string(largest_exponent), place);
      }
    }
    if (result.size() > most_nodes) {
      throw TextError("written out, this grows beyond " + std::to_string(most_nodes) + " operations", place,
                      "split the equation: a field of its own can stand for a part of it");
    }
    return result;
  }

  /// A sum that is neither a level nor a difference of temperatures has no meaning where it is used.
  static const Value& settled(const Value& value) {
    const TemperatureWeight& temperature = value.temperature;
    if (temperature.means_something() || !temperature.guilty()) return value;
    if (temperature.subtracts()) {
      throw TextError(
          "cannot subtract a temperature level from a temperature difference", *temperature.guilty(),
          "a reading such as 20 degC is a level: level - level is a difference, level - difference a level");
    }
    throw TextError("cannot add two temperature levels", *temperature.guilty(),
                    "a reading such as 20 degC is a level: add a difference to it, `20 degC + 30 K`, or take the mean, "
                    "(a + b)/2");
  }

  /// A level cannot equal a difference; a bare 0 fits both.
  static void require_like_temperatures(const Value& left, const Value& right, std::size_t place,
                                        const std::string& verb) {
    const auto &a = left.temperature, &b = right.temperature;
    if (a.open() || b.open() || left.tensor.is_zero() || right.tensor.is_zero()) return;
    if (std::abs(a.weight() - b.weight()) < 1e-9) return;
    throw TextError("cannot " + verb + " a temperature level and a temperature difference", place,
                    "T - T0 is a difference, T and 20 degC are levels; a difference alone is written in K");
  }

  /// What is left of a text that should be at its end; `hint` is about an equals sign.
  void refuse_rest(const char* hint) {
    if (in_.at_end()) return;
    const std::size_t place = in_.at();
    const std::string_view text = in_.text();
    const auto is_digit = [&](std::size_t i) {
      return i < text.size() && std::isdigit(static_cast<unsigned char>(text[i]));
    };
    const bool comma = in_.here() == ',' && place > 0 && is_digit(place - 1) && is_digit(place + 1);
    throw TextError(std::string("unexpected '") + in_.here() + "'", place,
                    in_.here() == '=' ? hint
                    : comma           ? "numbers have a decimal point: 0.2"
                                      : "");
  }

  Value sum_of_products() {
    const Nesting nesting(*this);
    Value result = product_of_powers();
    while (true) {
      in_.skip_space();
      const std::size_t place = in_.at();
      const bool plus = in_.take('+');
      if (!plus && !in_.take('-')) return result;
      const Value right = product_of_powers();
      SpaceTensor sum = at_operator(place, plus ? "add" : "subtract",
                                    [&] { return result.tensor + (plus ? right.tensor : -right.tensor); });
      TemperatureWeight temperature;
      if (is_temperature(sum)) temperature = result.temperature.plus(right.temperature, plus ? 1 : -1, place);
      std::optional<Conservation> conservation;
      if (result.conservation || right.conservation) {
        conservation = added(conservation_of(result, scope_.axes),
                             scaled(conservation_of(right, scope_.axes), Expression::number(plus ? 1 : -1)));
      }
      result = {std::move(sum), temperature, std::move(conservation)};
    }
  }

  /// A number only scales a temperature; with every other factor it must be a level or a difference, and a difference
  /// remains one where the factor has nothing to do with temperature, as in (T - T0)*x/L.
  static TemperatureWeight temperature_of_product(const Value& a, const Value& b) {
    for (const auto& [factor, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
      const bool number = factor->tensor.is_scalar() && factor->tensor.expression().is_number() &&
                          factor->tensor.dimension().is_dimensionless();
      if (number) return other->temperature.times(factor->tensor.expression().value());
    }
    settled(a);
    settled(b);
    for (const auto& [factor, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
      if (factor->temperature.kind() == TemperatureKind::difference &&
          other->tensor.dimension()[Dimension::temperature] == Rational(0)) {
        return factor->temperature;
      }
    }
    return {};
  }

  static std::optional<Conservation> conservation_of_product(const Value& a, const Value& b) {
    for (const auto& [factor, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
      if (other->conservation && factor->tensor.is_scalar() && is_constant(factor->tensor.expression())) {
        return scaled(other->conservation, factor->tensor.expression());
      }
    }
    return std::nullopt;
  }

  Value product_of_powers() {
    Value result = signed_power();
    while (true) {
      in_.skip_space();
      const std::size_t place = in_.at();
      if (in_.text().substr(place, 2) == "**") throw TextError("unknown operator '**'", place, "write a power as x^2");
      if (in_.take('*')) {
        const Value right = signed_power();
        SpaceTensor product = at_function(place, [&] { return result.tensor * right.tensor; });
        const TemperatureWeight temperature = temperature_of_product(result, right);
        result = {std::move(product), temperature, conservation_of_product(result, right)};
      } else if (in_.take('/')) {
        const Value divisor = signed_power();
        if (divisor.tensor.is_zero()) throw TextError("division by zero", place);
        SpaceTensor quotient = at_function(place, [&] { return result.tensor / divisor.tensor; });
        const Value inverse{SpaceTensor::scalar(power(divisor.tensor.expression(), -1)), {}};
        settled(divisor);
        const TemperatureWeight temperature = temperature_of_product(result, inverse);
        result = {std::move(quotient), temperature, conservation_of_product(result, inverse)};
      } else {
        return result;
      }
    }
  }

  Value signed_power() {
    const Nesting nesting(*this);
    if (in_.take('-')) {
      if (auto level = negative_level()) return *level;
      Value value = signed_power();
      value.tensor = -value.tensor;
      value.temperature = value.temperature.times(-1);
      value.conservation = scaled(value.conservation, Expression::number(-1));
      return value;
    }
    if (in_.take('+')) return signed_power();
    const Value base = atom();
    if (!in_.take('^')) return base;
    const std::size_t place = in_.at();
    const Rational exponent = in_.exponent();
    return raised(base, exponent, place);
  }

  /// Behind a minus sign: -10 degC is the level 263.15 K, not 283.15 K less than nothing.
  std::optional<Value> negative_level() {
    in_.skip_space();
    const std::size_t place = in_.at();
    if (std::isdigit(static_cast<unsigned char>(in_.here())) || in_.here() == '.') {
      const Quantity quantity = in_.literal();
      if (quantity.level && in_.here() != '^') {
        const Quantity negative = parse_quantity("-" + quantity.text);
        return Value{SpaceTensor::scalar(Expression::number(negative.si, negative.dimension)),
                     TemperatureWeight(TemperatureKind::level)};
      }
    }
    in_.go_to(place);
    return std::nullopt;
  }

  Value raised(const Value& base, const Rational& exponent, std::size_t place) const {
    settled(base);
    if (!base.tensor.is_scalar()) {
      throw TextError("cannot raise " + rank_in_words(base.tensor) + " to a power", place,
                      "the square of its length is dot(a, a)");
    }
    if (base.tensor.is_zero() && exponent <= Rational(0)) {
      throw TextError("0 to a power that is not positive", place);
    }
    return {at_function(place, [&] { return SpaceTensor::scalar(power(base.tensor.expression(), exponent)); }), {}};
  }

  Value atom() {
    in_.skip_space();
    if (in_.at_end()) throw TextError("the formula ends where a value is expected", in_.at());
    if (in_.take('(')) {
      const Value inner = sum_of_products();
      in_.expect(')', "to close '('");
      return inner;
    }
    const char c = in_.here();
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') {
      const Quantity quantity = in_.literal();
      return {SpaceTensor::scalar(Expression::number(quantity.si, quantity.dimension)),
              TemperatureWeight(quantity.level                                         ? TemperatureKind::level
                                : quantity.text.find("delta_deg") != std::string::npos ? TemperatureKind::difference
                                                                                       : TemperatureKind::either)};
    }
    if (starts_name(c)) return name_or_call();
    throw TextError(std::string("unexpected '") + c + "'", in_.at(), c == '[' ? "a vector is written vec(0, -g)" : "");
  }

  Value name_or_call() {
    const std::size_t place = in_.at();
    const std::string name = in_.identifier();
    in_.skip_space();
    const bool known = knows(name);
    if (in_.here() == '(') {
      if (!known) return call(name, place);
      if (in_.at() == place + name.size()) {
        throw TextError("'" + name + "' is no function", in_.at(),
                        "a product is written with *, a function is defined under functions");
      }
    }
    if (const auto argument = arguments_.find(name); argument != arguments_.end()) return argument->second;
    const auto kind = scope_.temperatures.find(name);
    const TemperatureWeight temperature(kind == scope_.temperatures.end() ? TemperatureKind::either : kind->second);
    if (const auto found = scope_.names.find(name); found != scope_.names.end()) {
      return {SpaceTensor::scalar(found->second), temperature};
    }
    if (const auto found = scope_.vectors.find(name); found != scope_.vectors.end()) return {found->second, {}};
    if (const auto found = scope_.elsewhere.find(name); found != scope_.elsewhere.end()) {
      throw TextError("'" + name + "' " + found->second, place);
    }
    if (scope_.functions.contains(name)) {
      throw TextError("'" + name + "' is a function and takes its arguments in parentheses", place);
    }
    throw TextError("unknown name '" + name + "'", place, "known here: " + list_names(scope_));
  }

  Value call(const std::string& name, std::size_t place) {
    in_.expect('(', "after " + name);
    if (const auto function = scope_.functions.find(name); function != scope_.functions.end()) {
      return call_of_the_case(function->second, name, place);
    }
    if (name == "mean" || name == "integral") return functional(name, place);
    if (const auto kind = extremum_named(name)) return extremum_or_function(*kind, name, place);
    if (const int order = order_of(name)) return differentiated(name, order, place);
    if (name == "vec") return vector(place);
    if (name == "pow") {
      const Value base = sum_of_products();
      in_.expect(',', "and the exponent after the base in pow(x, 3/2)");
      const Rational exponent = in_.pow_exponent();
      in_.expect(')', "to close pow(");
      return raised(base, exponent, place);
    }
    if (name == "dot") {
      const Value a = settled(sum_of_products());
      in_.expect(',', "between the two vectors of dot(a, b)");
      const Value b = settled(sum_of_products());
      in_.expect(')', "to close dot(");
      return {at_function(place, [&] { return dot(a.tensor, b.tensor); })};
    }
    const auto function = function_named(name);
    if (!function && name != "sqrt" && name != "transpose") {
      throw TextError("unknown function '" + name + "'", place, known_functions);
    }
    const Value argument = settled(sum_of_products());
    in_.expect(')', "to close " + name + "(");
    return {at_function(place, [&] {
      if (name == "transpose") return transpose(argument.tensor);
      if (!argument.tensor.is_scalar()) {
        throw RankError(name + "() takes a scalar, got " + rank_in_words(argument.tensor));
      }
      const Expression& x = argument.tensor.expression();
      return SpaceTensor::scalar(name == "sqrt" ? sqrt(x) : apply(*function, x));
    })};
  }

  Value differentiated(const std::string& name, int order, std::size_t place) {
    order_ += order;
    if (order_ > highest_order) refuse_order(place);
    const Value argument = settled(sum_of_products());
    order_ -= order;
    in_.expect(')', "to close " + name + "(");
    if (name == "dn" && !on_face_) {
      throw TextError("dn() is the derivative along the outward normal: it has a meaning on a face only", place,
                      "inside the domain use dx, dy or dz");
    }
    std::size_t work = 0;
    for (const Expression& part : argument.tensor.parts) work += derivative_size(part);
    if (work > most_work) {
      throw TextError("the derivative grows beyond " + std::to_string(most_nodes) + " operations", place);
    }
    const SpaceTensor result = at_function(place, [&] {
      if (name == "lap") return lap(argument.tensor, scope_.axes);
      if (name == "dn") return dn(argument.tensor, scope_.axes);
      if (name == "grad") return grad(argument.tensor, scope_.axes);
      if (name == "div") return div(argument.tensor, scope_.axes);
      SpaceTensor along = argument.tensor;
      for (char letter : name.substr(1)) {
        const auto axis = static_cast<Axis>(axis_letters.find(letter));
        if (!scope_.axes[axis]) {
          throw TextError(name + "(): the domain has no coordinate " + axis_names[axis], place,
                          axis == axis_t ? "a steady case has no time derivative; an unsteady one has the extent of "
                                           "time under domain.box.t"
                                         : "");
        }
        along = limited(derivative(along, axis), place);
      }
      return along;
    });
    for (const Expression& part : result.parts) {
      if (field_order(part) > highest_order) refuse_order(place);
    }
    return {result, {}, conserved_by(name, argument.tensor)};
  }

  /// dt(d), div(F), lap(f), dx(f) as parts of a conservation law.
  std::optional<Conservation> conserved_by(const std::string& name, const SpaceTensor& argument) const {
    const Expression none = Expression::zero();
    if (name == "div") {
      if (argument.rank != 1) return std::nullopt;
      return Conservation{argument, none, none, true};
    }
    if (!argument.is_scalar()) return std::nullopt;
    if (name == "dt") return Conservation{no_flux(scope_.axes), argument.expression(), none, false};
    if (name == "lap") return Conservation{grad(argument, scope_.axes), none, none, false};
    SpaceTensor flux = no_flux(scope_.axes);
    const std::vector<Axis> space = space_axes(scope_.axes);
    for (std::size_t i = 0; i < space.size(); ++i) {
      const std::string along = std::string("d") + axis_names[space[i]];
      if (name == along || name == along + axis_names[space[i]]) {
        flux.parts[i] = name == along ? argument.expression() : derivative(argument.expression(), space[i]);
        return Conservation{flux, none, none, false};
      }
    }
    return std::nullopt;
  }

  [[noreturn]] static void refuse_order(std::size_t place) {
    throw TextError("derivatives beyond the order " + std::to_string(highest_order) + " are not known", place);
  }

  Value vector(std::size_t place) {
    std::vector<Expression> parts;
    do {
      in_.skip_space();
      const std::size_t part_place = in_.at();
      const Value part = settled(sum_of_products());
      at_function(part_place, [&] { return SpaceTensor::scalar(part.tensor.expression()); });
      parts.push_back(part.tensor.expression());
    } while (in_.take(','));
    in_.expect(')', "to close vec(");
    const std::size_t wanted = space_axes(scope_.axes).size();
    if (parts.size() != wanted) {
      throw TextError("vec() takes one component for each space axis, " + std::to_string(wanted) + " here, got " +
                          std::to_string(parts.size()),
                      place);
    }
    return {at_operator(place, "put together", [&] {
      sum(parts);  // of one dimension
      return SpaceTensor::vector(parts);
    })};
  }

  Value call_of_the_case(const TextFunction& function, const std::string& name, std::size_t place) {
    Arguments arguments;
    std::size_t count = 0;
    do {
      Value argument = settled(sum_of_products());
      if (count < function.parameters.size()) arguments.emplace(function.parameters[count], std::move(argument));
      ++count;
    } while (in_.take(','));
    in_.expect(')', "to close " + name + "(");
    if (count != function.parameters.size()) {
      throw TextError(name + "() takes " + std::to_string(function.parameters.size()) + " argument" +
                          (function.parameters.size() == 1 ? "" : "s") + ", got " + std::to_string(count),
                      place);
    }
    for (const Parser* parser = this; parser != nullptr; parser = parser->outer_) {
      if (parser->name_ == name) throw TextError(name + "() is defined by itself", place);
    }
    if (++*calls_ > most_calls) {
      throw TextError("more than " + std::to_string(most_calls) + " calls of functions", place,
                      "functions that call functions multiply");
    }
    try {
      return Parser(function, name, std::move(arguments), *this).whole_formula();
    } catch (const TextError& error) {
      throw TextError("in " + name + "() = " + function.body + ": " + error.what(), place, error.hint());
    }
  }

  Value functional(const std::string& name, std::size_t place) {
    if (found_ == nullptr || scope_.faces.empty()) {
      throw TextError(name + "() over a face is known in outputs only", place);
    }
    const bool outside = std::exchange(on_face_, true);
    in_.skip_space();
    const std::size_t integrand_place = in_.at();
    const Value value = settled(sum_of_products());
    on_face_ = outside;
    at_function(integrand_place, [&] { return SpaceTensor::scalar(value.tensor.expression()); });
    const Expression integrand = value.tensor.expression();
    std::string face = "domain";
    std::size_t face_place = place;
    if (in_.take(',')) {
      in_.skip_space();
      face_place = in_.at();
      const std::size_t close = std::min(in_.text().find(')', face_place), in_.text().size());
      face = in_.text().substr(face_place, close - face_place);
      while (!face.empty() && face.back() == ' ') face.pop_back();
      if (face != "domain" && std::find(scope_.faces.begin(), scope_.faces.end(), face) == scope_.faces.end()) {
        std::string known;
        for (const std::string& other : scope_.faces) known += (known.empty() ? "" : ", ") + other;
        throw TextError("unknown face '" + face + "'", face_place, "faces: " + known + "; or domain for all of it");
      }
      in_.go_to(close);
    }
    in_.expect(')', "to close " + name + "(");
    const bool in_time = face == "t-" || face == "t+";
    if ((in_time || face == "domain") && mentions_normal(integrand)) {
      throw TextError(in_time ? "the face " + face + " is a moment in time, and dn() has no meaning on it"
                              : "dn() has a meaning on a face only, and " + name +
                                    "() without a face is taken over the "
                                    "domain",
                      face_place, in_time ? "" : "name the face: " + name + "(..., x-)");
    }
    Dimension dimension = integrand.dimension();
    const bool mean = name == "mean";
    if (!mean) {
      const auto measure = [](bool time) { return Dimension::of(time ? Dimension::time : Dimension::length); };
      for (int axis = 0; axis < axis_count; ++axis) {
        if (scope_.axes[axis]) dimension = dimension * measure(axis == axis_t);
      }
      if (face != "domain") dimension = dimension / measure(in_time);
    }
    // '<' cannot occur in a name of the case, so the symbol is unique.
    const std::string symbol = "<" + name + " " + std::to_string(found_->functionals.size()) + ">";
    found_->functionals.push_back(
        {mean ? SurfaceFunctional::Kind::mean : SurfaceFunctional::Kind::integral, integrand, face, symbol});
    return {SpaceTensor::scalar(Expression::parameter(symbol, dimension)),
            mean ? value.temperature : TemperatureWeight()};
  }

  /// min(a, b), or min(a, x = position) and min(a) along a line.
  Value extremum_or_function(LineExtremum::Kind kind, const std::string& name, std::size_t place) {
    const bool has_function = name == "min" || name == "max";
    const bool outside = on_face_;
    if (!has_function) on_face_ = false;
    const Value first = settled(sum_of_products());
    on_face_ = outside;
    if (has_function && in_.take(',')) {
      if (!in_.at_assignment()) {
        const Value second = settled(sum_of_products());
        in_.expect(')', "to close " + name + "(");
        return smaller_or_larger(name == "max" ? Function::max : Function::min, first, second, place);
      }
      return extremum(kind, name, place, first, true);
    }
    return extremum(kind, name, place, first, in_.take(','));
  }

  Value smaller_or_larger(Function function, const Value& a, const Value& b, std::size_t place) const {
    require_like_temperatures(a, b, place, "compare");
    const SpaceTensor result = at_operator(place, "compare", [&] {
      for (const Value* value : {&a, &b}) {
        if (!value->tensor.is_scalar())
          throw RankError(rank_in_words(value->tensor) + " in " + to_string(function) + "()");
      }
      return SpaceTensor::scalar(apply(function, a.tensor.expression(), b.tensor.expression()));
    });
    return {result, is_temperature(result) ? a.temperature : TemperatureWeight()};
  }

  Value extremum(LineExtremum::Kind kind, const std::string& name, std::size_t place, const Value& value,
                 bool has_positions) {
    if (found_ == nullptr || scope_.faces.empty()) {
      throw TextError(name + "() along a line is known in outputs only", place,
                      name == "min" || name == "max" ? "of two values it is " + name + "(a, b)" : "");
    }
    const Expression formula =
        at_function(place, [&] { return SpaceTensor::scalar(value.tensor.expression()); }).expression();
    if (mentions_normal(formula)) {
      throw TextError("dn() is the derivative along the outward normal: it has a meaning on a face only", place,
                      "inside the domain use dx, dy or dz");
    }
    std::map<Axis, Expression> positions;
    while (has_positions) {
      const auto [axis, position] = line_position(name);
      if (!positions.emplace(axis, position).second) {
        throw TextError(std::string(axis_names[axis]) + " is given twice in " + name + "()", in_.at());
      }
      has_positions = in_.take(',');
    }
    in_.expect(')', "to close " + name + "(");
    std::vector<Axis> left;
    for (int axis = 0; axis < axis_count; ++axis) {
      if (scope_.axes[axis] && !positions.contains(static_cast<Axis>(axis))) left.push_back(static_cast<Axis>(axis));
    }
    if (left.size() != 1) {
      std::string free;
      for (Axis axis : left) free += (free.empty() ? "" : ", ") + std::string(axis_names[axis]);
      throw TextError(name + "() is taken along a line: one coordinate varies, the others are given; here " +
                          (left.empty() ? "none varies" : free + " vary"),
                      place, "write " + name + "(formula, x = position) in a plane, with y = position too in space");
    }
    const bool of_value = kind == LineExtremum::Kind::smallest || kind == LineExtremum::Kind::largest;
    const Dimension along = Dimension::of(left[0] == axis_t ? Dimension::time : Dimension::length);
    const std::string symbol = "<" + name + " " + std::to_string(found_->extrema.size()) + ">";
    found_->extrema.push_back({kind, formula, left[0], std::move(positions), symbol});
    return {SpaceTensor::scalar(Expression::parameter(symbol, of_value ? formula.dimension() : along)),
            of_value ? value.temperature : TemperatureWeight()};
  }

  /// `x = L/2` in a call of `name`.
  std::pair<Axis, Expression> line_position(const std::string& name) {
    in_.skip_space();
    const std::size_t place = in_.at();
    const std::string coordinate = in_.identifier();
    const std::size_t axis = coordinate.size() == 1 ? axis_letters.find(coordinate) : std::string_view::npos;
    if (axis == std::string_view::npos || !scope_.axes[axis]) {
      throw TextError("expected a coordinate of the domain and its value after ',' in " + name + "()", place,
                      "for example " + name + "(u, x = L/2)");
    }
    in_.expect('=', "and the value of " + coordinate + " in " + name + "()");
    in_.skip_space();
    const std::size_t value_place = in_.at();
    const Value value = sum_of_products();
    const Expression position =
        at_function(value_place, [&] { return SpaceTensor::scalar(value.tensor.expression()); }).expression();
    for (const Expression& leaf : leaves(position)) {
      if (leaf.kind() != Expression::Kind::parameter) {
        throw TextError("the value of " + coordinate + " must not vary, but " + to_string(leaf) + " does", value_place);
      }
    }
    const Dimension expected = Dimension::of(axis == axis_t ? Dimension::time : Dimension::length);
    if (!position.is_zero() && position.dimension() != expected) {
      throw TextError(
          "the value of " + coordinate + " is " + expected.describe() + ", got " + position.dimension().describe(),
          value_place);
    }
    return {static_cast<Axis>(axis), position};
  }

  TextCursor in_;
  const Scope& scope_;
  Formula* found_;
  const Parser* outer_ = nullptr;  // that called the function read here
  std::string name_;               // of that function
  Arguments arguments_;
  int own_calls_ = 0;
  int* calls_;
  bool on_face_;
  int depth_ = 0;
  int order_ = 0;  // of the derivatives around the current place
};

}  // namespace

void Scope::set(const std::string& name, const SpaceTensor& value, TemperatureKind kind) {
  names.erase(name);
  vectors.erase(name);
  if (value.is_scalar()) {
    names.emplace(name, value.expression());
  } else {
    vectors.emplace(name, value);
  }
  temperatures[name] = kind;
}

Formula parse_formula(std::string_view text, const Scope& scope) {
  Formula formula{Expression::zero(), {}, {}};
  const Value value = Parser(text, scope, &formula).whole_formula();
  try {
    formula.expression = value.tensor.expression();
  } catch (const RankError& error) {
    throw TextError(error.what(), 0);
  }
  formula.temperature = value.temperature.kind();
  return formula;
}

TensorFormula parse_tensor(std::string_view text, const Scope& scope) {
  const Value value = Parser(text, scope, nullptr).whole_formula();
  return {value.tensor, value.temperature.kind()};
}

TensorEquation parse_tensor_equation(std::string_view text, const Scope& scope) {
  return Parser(text, scope, nullptr).whole_equation();
}

Expression parse_equation(std::string_view text, const Scope& scope) {
  const SpaceTensor residual = parse_tensor_equation(text, scope).residual;
  if (!residual.is_scalar()) {
    throw TextError("an equation between scalars is expected, got " + rank_in_words(residual),
                    std::min(text.find('='), text.size()), "write one equation for each component");
  }
  return residual.expression();
}

bool mentions_normal(const Expression& expression) {
  const std::vector<Expression> all = leaves(expression);
  return std::any_of(all.begin(), all.end(),
                     [](const Expression& leaf) { return leaf.kind() == Expression::Kind::normal; });
}

bool is_reserved(const std::string& name) {
  static const std::set<std::string> words = {"x",   "y",         "z",        "t",      "lap",    "dn",    "grad",
                                              "div", "dot",       "vec",      "pow",    "sqrt",   "mean",  "min",
                                              "max", "transpose", "integral", "argmin", "argmax", "domain"};
  return words.contains(name) || function_named(name).has_value() || name == "dx" || name == "dy" || name == "dz" ||
         name == "dt";
}

}  // namespace nusselt
