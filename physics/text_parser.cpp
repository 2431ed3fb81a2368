// A little longer than most files: one grammar, and what to say where a text leaves it.
#include "physics/text_parser.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "nondim/did_you_mean.hpp"

namespace nusselt {

namespace {

constexpr int deepest_nesting = 64;
constexpr std::size_t most_nodes = 10000;  // of what a text stands for when it is written out
constexpr std::int64_t largest_exponent = 4096;

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

std::set<std::string> names_in(const Scope& scope) {
  std::set<std::string> all;
  for (const auto& [name, expression] : scope.names) all.insert(name);
  for (const auto& [name, vector] : scope.vectors) all.insert(name);
  for (const auto& [name, function] : scope.functions) all.insert(name + "()");
  return all;
}

bool is_constant(const Expression& expression) {
  const std::vector<Expression> all = leaves(expression);
  return std::all_of(all.begin(), all.end(),
                     [](const Expression& leaf) { return leaf.kind() == Expression::Kind::parameter; });
}

/// As a part of a conservation law.
std::optional<Conservation> law_of(const TextValue& value, const Axes& axes) {
  return value.conservation ? value.conservation : as_source(value.tensor, axes);
}

std::optional<Conservation> conservation_of_product(const TextValue& a, const TextValue& b) {
  for (const auto& [factor, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    if (other->conservation && factor->tensor.is_scalar() && is_constant(factor->tensor.expression())) {
      return scaled(other->conservation, factor->tensor.expression());
    }
  }
  return std::nullopt;
}

/// So that `a = -b + c` is the residual a + b - c and not a - (-b + c).
SpaceTensor term_by_term_negative(const SpaceTensor& tensor) {
  SpaceTensor result{tensor.rank, {}};
  for (const Expression& part : tensor.parts) {
    std::vector<Expression> terms;
    const bool several = part.kind() == Expression::Kind::sum;
    for (const Expression& term : several ? part.children() : std::vector<Expression>{part}) terms.push_back(-term);
    result.parts.push_back(sum(terms));
  }
  return result;
}

/// Numbers are folded while a node is built, so one that is none shows at its top.
bool is_finite(const Expression& e) {
  if (e.is_number()) return std::isfinite(e.value());
  if (e.kind() == Expression::Kind::power && e.children().front().is_number()) {
    return std::isfinite(
        std::pow(e.children().front().value(), e.exponent().numerator() * 1.0 / e.exponent().denominator()));
  }
  return std::all_of(e.children().begin(), e.children().end(),
                     [](const Expression& child) { return !child.is_number() || std::isfinite(child.value()); });
}

}  // namespace

bool is_temperature(const SpaceTensor& tensor) {
  return tensor.is_scalar() && tensor.dimension() == Dimension::of(Dimension::temperature);
}

struct TextParser::Nesting {
  explicit Nesting(TextParser& parser) : parser_(parser) {
    if (++parser_.depth_ > deepest_nesting) {
      throw TextError("nested deeper than " + std::to_string(deepest_nesting) + " levels", parser_.in_.at());
    }
  }
  ~Nesting() { --parser_.depth_; }
  TextParser& parser_;
};

TextParser::TextParser(std::string_view text, const Scope& scope, Formula* found)
    : in_(text, [this](const std::string& name) { return knows(name); }),
      scope_(scope),
      found_(found),
      calls_(&own_calls_),
      on_face_(scope.on_face) {}

TextParser::Value TextParser::whole_formula() {
  const Value result = sum_of_products();
  in_.skip_space();
  refuse_rest("a formula has no '='; an equation has exactly one");
  settled(result);
  if (!result.temperature.means_something()) {
    throw TextError("a multiple of a temperature level is neither a level nor a difference", 0,
                    "a reading such as 20 degC is a level; a difference is written in K or delta_degC");
  }
  return result;
}

TensorEquation TextParser::whole_equation() {
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
  return {residual, added(law_of(left, scope_.axes), scaled(law_of(right, scope_.axes), Expression::number(-1)))};
}

SpaceTensor TextParser::limited(SpaceTensor result, std::size_t place) {
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

const TextParser::Value& TextParser::settled(const Value& value) {
  const TemperatureWeight& temperature = value.temperature;
  if (temperature.means_something() || !temperature.guilty()) return value;
  if (temperature.subtracts()) {
    throw TextError("cannot subtract a temperature level from a temperature difference", *temperature.guilty(),
                    "a reading such as 20 degC is a level: level - level is a difference, level - difference a level");
  }
  throw TextError("cannot add two temperature levels", *temperature.guilty(),
                  "a reading such as 20 degC is a level: add a difference to it, `20 degC + 30 K`, or take the mean, "
                  "(a + b)/2");
}

void TextParser::require_like_temperatures(const Value& left, const Value& right, std::size_t place,
                                           const std::string& verb) {
  const auto &a = left.temperature, &b = right.temperature;
  if (a.open() || b.open() || left.tensor.is_zero() || right.tensor.is_zero()) return;
  if (std::abs(a.weight() - b.weight()) < 1e-9) return;
  throw TextError("cannot " + verb + " a temperature level and a temperature difference", place,
                  "T - T0 is a difference, T and 20 degC are levels; a difference alone is written in K");
}

void TextParser::refuse_rest(const char* hint) {
  if (in_.at_end()) return;
  const std::size_t place = in_.at();
  const std::string_view text = in_.text();
  const auto is_digit = [&](std::size_t i) {
    return i < text.size() && std::isdigit(static_cast<unsigned char>(text[i]));
  };
  const bool comma = in_.here() == ',' && place > 0 && is_digit(place - 1) && is_digit(place + 1);
  if (starts_name(in_.here()) || in_.here() == '(' || is_digit(place)) {
    const std::string word = starts_name(in_.here()) ? in_.identifier() : std::string(1, in_.here());
    throw TextError("expected an operator before '" + word + "'", place,
                    "a product is written with *, as in 2*(a + b)");
  }
  throw TextError(std::string("unexpected '") + in_.here() + "'", place,
                  in_.here() == '=' ? hint
                  : comma           ? "numbers have a decimal point: 0.2"
                                    : "");
}

TextParser::Value TextParser::sum_of_products() {
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
      conservation =
          added(law_of(result, scope_.axes), scaled(law_of(right, scope_.axes), Expression::number(plus ? 1 : -1)));
    }
    result = {std::move(sum), temperature, std::move(conservation)};
  }
}

TemperatureWeight TextParser::temperature_of_product(const Value& a, const Value& b) {
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

TextParser::Value TextParser::product_of_powers() {
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

TextParser::Value TextParser::signed_power() {
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

std::optional<TextParser::Value> TextParser::negative_level() {
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

TextParser::Value TextParser::raised(const Value& base, const Rational& exponent, std::size_t place) const {
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

TextParser::Value TextParser::atom() {
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

TextParser::Value TextParser::name_or_call() {
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
  if (name == normal_name) {
    if (on_face_) return {normal(scope_.axes), {}};
    throw TextError("the outward normal has a meaning on a face only", place);
  }
  if (const auto found = scope_.elsewhere.find(name); found != scope_.elsewhere.end()) {
    throw TextError("'" + name + "' " + found->second, place);
  }
  if (scope_.functions.contains(name)) {
    throw TextError("'" + name + "' is a function and takes its arguments in parentheses", place);
  }
  refuse_name(name, place);
}

void TextParser::refuse_name(const std::string& name, std::size_t place) const {
  if (is_function_of_the_language(name)) {
    throw TextError("'" + name + "' is a function and takes its argument in parentheses", place,
                    "for example " + name + "(T)");
  }
  std::vector<std::string> known;
  for (const auto& [other, argument] : arguments_) known.push_back(other);
  for (const std::string& other : names_in(scope_)) known.push_back(other);
  throw TextError("unknown name '" + name + "'", place, suggestion(name, known, "known here"));
}

}  // namespace nusselt
