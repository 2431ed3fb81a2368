// Longer than most files here: one recursive-descent parser, half of it what to say about each mistake.
#include "physics/equation_text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <functional>

#include "nondim/quantity.hpp"

namespace nusselt {

namespace {

constexpr std::size_t longest_text = 4096;
constexpr int deepest_nesting = 64;

constexpr std::int64_t largest_exponent = 4096;
constexpr int highest_order = 4;
constexpr std::string_view axis_letters = "xyzt";

/// dx, dyy, dxt: one letter per order.
bool is_derivative(std::string_view name) {
  return name.size() >= 2 && name.front() == 'd' && name.find_first_not_of(axis_letters, 1) == std::string_view::npos;
}

/// Order of differentiation of an operator; 0 for all other functions.
int order_of(std::string_view name) {
  if (name == "lap") return 2;
  if (name == "dn") return 1;
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

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool continues_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::string list_names(const Scope& scope) {
  std::string names;
  for (const auto& [name, expression] : scope.names) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "none" : names;
}

/// Recursive descent over the text; the depth is bounded, so is the stack.
class Parser {
 public:
  /// `found` takes the functionals and extrema of the text; null where there may be none.
  Parser(std::string_view text, const Scope& scope, Formula* found)
      : text_(text), scope_(scope), found_(found), on_face_(scope.on_face) {
    if (text.size() > longest_text) {
      throw TextError("the text is longer than " + std::to_string(longest_text) + " characters", 0,
                      "split it: give parts of it names under constants");
    }
  }

  Expression whole_formula() {
    const Expression result = sum_of_products();
    skip_space();
    if (at_ < text_.size()) {
      throw TextError(std::string("unexpected '") + text_[at_] + "'", at_,
                      text_[at_] == '=' ? "a formula has no '='; an equation has exactly one" : "");
    }
    return result;
  }

  Expression whole_equation() {
    const Expression left = sum_of_products();
    skip_space();
    if (at_ == text_.size())
      throw TextError("an equation needs '='", at_, "write `left = right`, for example `dn(T) = 0`");
    const std::size_t sign = at_;
    if (!take('=')) throw TextError(std::string("unexpected '") + text_[at_] + "'", at_);
    const Expression right = sum_of_products();
    skip_space();
    if (at_ < text_.size()) {
      throw TextError(std::string("unexpected '") + text_[at_] + "'", at_,
                      text_[at_] == '=' ? "an equation has exactly one '='" : "");
    }
    // Term by term, so that `a = -b + c` is the residual a + b - c and not a - (-b + c).
    std::vector<Expression> terms = {left};
    const bool several = right.kind() == Expression::Kind::sum;
    for (const Expression& term : several ? right.children() : std::vector<Expression>{right}) terms.push_back(-term);
    return at_operator(sign, "compare", [&] { return sum(terms); });
  }

 private:
  struct Nesting {
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > deepest_nesting) {
        throw TextError("nested deeper than " + std::to_string(deepest_nesting) + " levels", parser_.at_);
      }
    }
    ~Nesting() { --parser_.depth_; }
    Parser& parser_;
  };

  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c, const std::string& where) {
    if (!take(c)) throw TextError(std::string("expected '") + c + "' " + where, at_);
  }

  /// Builds a node; a dimension error gets the place of its operator.
  Expression at_operator(std::size_t place, const std::string& verb, const std::function<Expression()>& build) {
    try {
      return build();
    } catch (const DimensionError& error) {
      std::string hint;
      if (error.left().is_dimensionless() != error.right().is_dimensionless()) {
        hint = "a bare number has no dimension: give it a unit, for example `300 K` (only 0 needs none)";
      }
      throw TextError("cannot " + verb + " " + error.left().describe() + " and " + error.right().describe(), place,
                      hint);
    }
  }

  Expression sum_of_products() {
    const Nesting nesting(*this);
    Expression result = product_of_powers();
    while (true) {
      skip_space();
      const std::size_t place = at_;
      if (take('+')) {
        const Expression right = product_of_powers();
        result = at_operator(place, "add", [&] { return result + right; });
      } else if (take('-')) {
        const Expression right = product_of_powers();
        result = at_operator(place, "subtract", [&] { return result - right; });
      } else {
        return result;
      }
    }
  }

  Expression product_of_powers() {
    Expression result = signed_power();
    while (true) {
      skip_space();
      const std::size_t place = at_;
      if (text_.substr(at_, 2) == "**") throw TextError("unknown operator '**'", at_, "write a power as x^2");
      if (take('*')) {
        result = limited(result * signed_power(), place);
      } else if (take('/')) {
        const Expression divisor = signed_power();
        if (divisor.is_zero()) throw TextError("division by zero", place);
        result = limited(result / divisor, place);
      } else {
        return result;
      }
    }
  }

  Expression signed_power() {
    const Nesting nesting(*this);
    if (take('-')) return -signed_power();
    if (take('+')) return signed_power();
    const Expression base = atom();
    if (!take('^')) return base;
    const std::size_t place = at_;
    const Rational exponent = rational_exponent();
    if (base.is_zero() && exponent <= Rational(0)) throw TextError("0 to a power that is not positive", place);
    return limited(power(base, exponent), place);
  }

  static Expression limited(const Expression& result, std::size_t place) {
    if (has_large_exponent(result)) {
      throw TextError("an exponent grew beyond " + std::to_string(largest_exponent), place);
    }
    return result;
  }

  Rational rational_exponent() {
    if (take('(')) {
      const Rational value = signed_integer();
      if (!take('/')) {
        expect(')', "after the exponent");
        return value;
      }
      const std::size_t place = at_;
      const Rational divisor = signed_integer();
      if (divisor == Rational(0)) throw TextError("an exponent is divided by zero", place);
      expect(')', "after the exponent");
      return value / divisor;
    }
    const Rational value = signed_integer();
    if (at_ < text_.size() && text_[at_] == '.') {
      throw TextError("an exponent must be a whole number or a fraction", at_, "write ^(1/2) for a square root");
    }
    return value;
  }

  Rational signed_integer() {
    skip_space();
    const bool negative = take('-');
    skip_space();
    int value = 0;
    const char* first = text_.data() + at_;
    const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
    constexpr int largest = 64;
    if (error != std::errc() || value > largest) {
      throw TextError("expected a small whole number as exponent", at_, "exponents are like 2, -1 or (1/3)");
    }
    at_ += static_cast<std::size_t>(end - first);
    return negative ? -value : value;
  }

  Expression atom() {
    skip_space();
    if (at_ >= text_.size()) throw TextError("the formula ends where a value is expected", at_);
    if (take('(')) {
      const Expression inner = sum_of_products();
      expect(')', "to close '('");
      return inner;
    }
    const char c = text_[at_];
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return literal();
    if (starts_name(c)) return name_or_call();
    throw TextError(std::string("unexpected '") + c + "'", at_);
  }

  std::string_view identifier() {
    const std::size_t start = at_;
    while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  /// A number with the unit that follows it, if one does.
  Expression literal() {
    const std::size_t start = at_;
    double value = 0;
    const char* first = text_.data() + at_;
    const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
    if (error != std::errc() || !std::isfinite(value)) throw TextError("not a number", at_);
    at_ += static_cast<std::size_t>(end - first);
    const std::size_t unit_end = end_of_unit();
    if (unit_end == at_) {
      refuse_juxtaposition();
      return Expression::number(value);
    }
    const std::string_view quantity_text = text_.substr(start, unit_end - start);
    try {
      const Quantity quantity = parse_quantity(quantity_text);
      at_ = unit_end;
      return Expression::number(quantity.si, quantity.dimension);
    } catch (const TextError& error) {
      throw TextError(error.what(), start + error.offset(), error.hint());
    }
  }

  /// `5 g` where g is a constant: gram or gravity?
  void refuse_juxtaposition() {
    skip_space();
    if (at_ == text_.size() || !starts_name(text_[at_])) return;
    const std::size_t place = at_;
    const std::string name(identifier());
    at_ = place;
    if (!scope_.names.contains(name)) return;
    throw TextError("after a number '" + name + "' can be a unit or the constant of that name", place,
                    "write the unit in brackets, `[" + name + "]`, and a product with `*`");
  }

  /// Where the unit that starts here ends; the current place if none starts here.
  std::size_t end_of_unit() const {
    std::size_t i = at_;
    while (i < text_.size() && text_[i] == ' ') ++i;
    if (i < text_.size() && text_[i] == '[') {
      const std::size_t close = text_.find(']', i);
      if (close == std::string_view::npos) throw TextError("'[' is not closed", i);
      return close + 1;
    }
    std::size_t end = at_;
    while (i < text_.size()) {
      // One factor: a unit symbol with an optional exponent, or a parenthesised group of them.
      std::size_t j = i;
      if (text_[j] == '(') {
        if (end == at_ || j + 1 >= text_.size() || !is_unit_name(j + 1)) break;
        j = text_.find(')', j);
        if (j == std::string_view::npos) break;
        ++j;
      } else if (is_unit_name(j)) {
        while (j < text_.size() && (continues_name(text_[j]) || static_cast<unsigned char>(text_[j]) >= 0x80)) ++j;
      } else {
        break;
      }
      if (j < text_.size() && text_[j] == '^') {
        std::size_t k = j + 1;
        if (k < text_.size() && text_[k] == '(') {
          k = std::min(text_.find(')', k), text_.size() - 1) + 1;
        } else {
          if (k < text_.size() && text_[k] == '-') ++k;
          while (k < text_.size() && std::isdigit(static_cast<unsigned char>(text_[k]))) ++k;
        }
        j = k;
      }
      end = j;
      // Another factor follows after a blank, `*` or `/`, if what follows is a unit and not a name of the case.
      while (j < text_.size() && text_[j] == ' ') ++j;
      if (j < text_.size() && (text_[j] == '/' || text_[j] == '*')) ++j;
      while (j < text_.size() && text_[j] == ' ') ++j;
      if (j == end) break;
      i = j;
    }
    return end;
  }

  bool is_unit_name(std::size_t i) const {
    std::size_t j = i;
    while (j < text_.size() && (continues_name(text_[j]) || static_cast<unsigned char>(text_[j]) >= 0x80)) ++j;
    const std::string name(text_.substr(i, j - i));
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) || scope_.names.contains(name)) {
      return false;
    }
    return !(j < text_.size() && text_[j] == '(');  // a function call
  }

  Expression name_or_call() {
    const std::size_t place = at_;
    const std::string name(identifier());
    skip_space();
    if (at_ < text_.size() && text_[at_] == '(' && !scope_.names.contains(name)) return call(name, place);
    const auto known = scope_.names.find(name);
    if (known != scope_.names.end()) return known->second;
    throw TextError("unknown name '" + name + "'", place, "known here: " + list_names(scope_));
  }

  Expression call(const std::string& name, std::size_t place) {
    expect('(', "after " + name);
    if (name == "mean" || name == "integral") return functional(name, place);
    if (const auto kind = extremum_named(name)) return extremum(*kind, name, place);
    order_ += order_of(name);
    if (order_ > highest_order) {
      throw TextError("derivatives beyond the order " + std::to_string(highest_order) + " are not known", place);
    }
    const Expression argument = sum_of_products();
    order_ -= order_of(name);
    expect(')', "to close " + name + "(");
    if (is_derivative(name)) {
      Expression result = argument;
      for (char letter : name.substr(1)) {
        result = along(result, static_cast<Axis>(axis_letters.find(letter)), name, place);
      }
      return result;
    }
    if (name == "lap") {
      std::vector<Expression> terms;
      for (int axis = 0; axis < axis_t; ++axis) {
        const Axis a = static_cast<Axis>(axis);
        if (scope_.axes[axis]) terms.push_back(derivative(derivative(argument, a), a));
      }
      return sum(terms);
    }
    if (name == "dn") {
      if (!on_face_) {
        throw TextError("dn() is the derivative along the outward normal: it has a meaning on a face only", place,
                        "inside the domain use dx, dy or dz");
      }
      std::vector<Expression> terms;
      for (int axis = 0; axis < axis_t; ++axis) {
        const Axis a = static_cast<Axis>(axis);
        if (scope_.axes[axis]) terms.push_back(Expression::normal(a) * derivative(argument, a));
      }
      return sum(terms);
    }
    if (name == "sqrt") return sqrt(argument);
    if (const auto function = function_named(name)) {
      try {
        return apply(*function, argument);
      } catch (const DimensionError& error) {
        throw TextError(error.what(), place, "divide the argument by a constant of its dimension");
      }
    }
    throw TextError(
        "unknown function '" + name + "'", place,
        "known: dx dy dz dt lap dn sqrt exp log sin cos tanh sinh cosh atan, in outputs mean integral min max argmin "
        "argmax");
  }

  Expression along(const Expression& argument, Axis axis, const std::string& name, std::size_t place) const {
    if (!scope_.axes[axis]) {
      throw TextError(name + "(): the domain has no coordinate " + axis_names[axis], place);
    }
    return derivative(argument, axis);
  }

  Expression functional(const std::string& name, std::size_t place) {
    if (found_ == nullptr || scope_.faces.empty()) {
      throw TextError(name + "() over a face is known in outputs only", place);
    }
    const bool outside = std::exchange(on_face_, true);
    const Expression integrand = sum_of_products();
    on_face_ = outside;
    expect(',', "and the face after the formula in " + name + "(formula, face)");
    skip_space();
    const std::size_t face_place = at_;
    const std::size_t close = std::min(text_.find(')', at_), text_.size());
    std::string face(text_.substr(at_, close - at_));
    while (!face.empty() && face.back() == ' ') face.pop_back();
    if (std::find(scope_.faces.begin(), scope_.faces.end(), face) == scope_.faces.end()) {
      std::string known;
      for (const std::string& other : scope_.faces) known += (known.empty() ? "" : ", ") + other;
      throw TextError("unknown face '" + face + "'", face_place, "faces: " + known);
    }
    at_ = close;
    expect(')', "to close " + name + "(");
    const bool in_time = face == "t-" || face == "t+";
    if (in_time && mentions_normal(integrand)) {
      throw TextError("the face " + face + " is a moment in time, and dn() has no meaning on it", face_place);
    }
    Dimension dimension = integrand.dimension();
    const bool mean = name == "mean";
    if (!mean) {
      const auto measure = [](bool time) { return Dimension::of(time ? Dimension::time : Dimension::length); };
      for (int axis = 0; axis < axis_count; ++axis) {
        if (scope_.axes[axis]) dimension = dimension * measure(axis == axis_t);
      }
      dimension = dimension / measure(in_time);
    }
    // '<' cannot occur in a name of the case, so the symbol is unique.
    const std::string symbol = "<" + name + " " + std::to_string(found_->functionals.size()) + ">";
    found_->functionals.push_back(
        {mean ? SurfaceFunctional::Kind::mean : SurfaceFunctional::Kind::integral, integrand, face, symbol});
    return Expression::parameter(symbol, dimension);
  }

  Expression extremum(LineExtremum::Kind kind, const std::string& name, std::size_t place) {
    if (found_ == nullptr || scope_.faces.empty()) {
      throw TextError(name + "() along a line is known in outputs only", place);
    }
    const bool outside = std::exchange(on_face_, false);
    const Expression formula = sum_of_products();
    std::map<Axis, Expression> positions;
    while (take(',')) {
      const auto [axis, position] = line_position(name);
      if (!positions.emplace(axis, position).second) {
        throw TextError(std::string(axis_names[axis]) + " is given twice in " + name + "()", at_);
      }
    }
    on_face_ = outside;
    expect(')', "to close " + name + "(");
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
    const bool value = kind == LineExtremum::Kind::smallest || kind == LineExtremum::Kind::largest;
    const Dimension along = Dimension::of(left[0] == axis_t ? Dimension::time : Dimension::length);
    const std::string symbol = "<" + name + " " + std::to_string(found_->extrema.size()) + ">";
    found_->extrema.push_back({kind, formula, left[0], std::move(positions), symbol});
    return Expression::parameter(symbol, value ? formula.dimension() : along);
  }

  /// `x = L/2` in a call of `name`.
  std::pair<Axis, Expression> line_position(const std::string& name) {
    skip_space();
    const std::size_t place = at_;
    const std::string coordinate(identifier());
    const std::size_t axis = coordinate.size() == 1 ? axis_letters.find(coordinate) : std::string_view::npos;
    if (axis == std::string_view::npos || !scope_.axes[axis]) {
      throw TextError("expected a coordinate of the domain and its value after ',' in " + name + "()", place,
                      "for example " + name + "(u, x = L/2)");
    }
    expect('=', "and the value of " + coordinate + " in " + name + "()");
    skip_space();
    const std::size_t value_place = at_;
    const Expression position = sum_of_products();
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

  std::string_view text_;
  const Scope& scope_;
  Formula* found_;
  bool on_face_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int order_ = 0;  // of the derivatives around the current place
};

}  // namespace

Formula parse_formula(std::string_view text, const Scope& scope) {
  Formula formula{Expression::zero(), {}, {}};
  formula.expression = Parser(text, scope, &formula).whole_formula();
  return formula;
}

Expression parse_equation(std::string_view text, const Scope& scope) {
  return Parser(text, scope, nullptr).whole_equation();
}

bool mentions_normal(const Expression& expression) {
  const std::vector<Expression> all = leaves(expression);
  return std::any_of(all.begin(), all.end(),
                     [](const Expression& leaf) { return leaf.kind() == Expression::Kind::normal; });
}

std::vector<std::string> mentioned_names(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '[') {  // a unit
      i = std::min(text.find(']', i), text.size());
      continue;
    }
    if (!starts_name(text[i])) {
      // A number takes its exponent along: the e of 1e4 is no name.
      const bool number = std::isdigit(static_cast<unsigned char>(text[i])) || text[i] == '.';
      ++i;
      while (number && i < text.size() && (continues_name(text[i]) || text[i] == '.')) ++i;
      continue;
    }
    const std::size_t start = i;
    while (i < text.size() && continues_name(text[i])) ++i;
    names.emplace_back(text.substr(start, i - start));
  }
  return names;
}

}  // namespace nusselt
