// Printing of expressions in the language of the case file.
#include <charconv>
#include <cmath>
#include <functional>

#include "nondim/expression.hpp"

namespace nusselt {

namespace {

using Kind = Expression::Kind;

enum Precedence { precedence_sum, precedence_product, precedence_power, precedence_atom };

std::string print(const Expression& e, Precedence context);

std::string parenthesised(const std::string& text, bool needed) { return needed ? "(" + text + ")" : text; }

std::string print_field(const Expression& e) {
  if (e.order() == 0) return e.name();
  std::string suffix;
  for (int axis = 0; axis < axis_count; ++axis) {
    for (int i = 0; i < e.index()[axis]; ++i) suffix += axis_names[axis];
  }
  return "d" + suffix + "(" + e.name() + ")";
}

std::string print_number(const Expression& e) {
  const std::string value = to_string(e.value());
  return e.dimension().is_dimensionless() ? value : value + " [" + e.dimension().unit() + "]";
}

std::string print_exponent(const Rational& exponent) {
  return exponent.denominator() == 1 && exponent.numerator() > 0 ? to_string(exponent)
                                                                 : "(" + to_string(exponent) + ")";
}

std::string print_power(const Expression& e, const Rational& exponent) {
  const Expression& base = e.children().front();
  if (exponent == Rational(1)) return print(base, precedence_power);
  if (exponent == Rational(1, 2)) return "sqrt(" + print(base, precedence_sum) + ")";
  return print(base, precedence_atom) + "^" + print_exponent(exponent);
}

std::string print_product(const Expression& e) {
  std::string above;
  std::string below;
  std::size_t divisors = 0;
  for (const Expression& factor : e.children()) {
    if (factor.is_number() && factor.value() == -1 && factor.dimension().is_dimensionless()) {
      above = "-" + above;
    } else if (factor.kind() == Kind::power && factor.exponent() < Rational(0)) {
      below += (below.empty() ? "" : "*") + print_power(factor, -factor.exponent());
      ++divisors;
    } else {
      // The leading number carries its sign without parentheses: -2*a.
      if (!above.empty() && above != "-") above += "*";
      above += print(factor, above.empty() && factor.is_number() ? precedence_sum : precedence_product);
    }
  }
  if (above.empty() || above == "-") above += "1";
  if (divisors == 0) return above;
  return above + "/" + parenthesised(below, divisors > 1);
}

std::string print_sum(const Expression& e) {
  std::string text;
  for (const Expression& term : e.children()) {
    const std::string printed = print(term, precedence_sum);
    if (text.empty()) {
      text = printed;
    } else if (printed.front() == '-') {
      text += " - " + printed.substr(1);
    } else {
      text += " + " + printed;
    }
  }
  return text;
}

std::string print(const Expression& e, Precedence context) {
  switch (e.kind()) {
    case Kind::number:
      return parenthesised(print_number(e), e.value() < 0 && context > precedence_sum);
    case Kind::parameter:
    case Kind::column:
      return e.name();
    case Kind::coordinate:
      return axis_names[e.axis()];
    case Kind::normal:
      return std::string("n_") + axis_names[e.axis()];
    case Kind::field:
      return print_field(e);
    case Kind::sum:
      return parenthesised(print_sum(e), context > precedence_sum);
    case Kind::product:
      return parenthesised(print_product(e), context > precedence_product);
    case Kind::power:
      if (e.exponent() < Rational(0)) {
        return parenthesised("1/" + print_power(e, -e.exponent()), context > precedence_product);
      }
      return parenthesised(print_power(e, e.exponent()), context > precedence_power);
    case Kind::function: {
      std::string arguments;
      for (const Expression& child : e.children()) {
        arguments += (arguments.empty() ? "" : ", ") + print(child, precedence_sum);
      }
      return to_string(e.function()) + "(" + arguments + ")";
    }
  }
  throw std::logic_error("unknown expression");
}

}  // namespace

std::string to_string(double value, int digits) {
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, digits);
  if (error != std::errc()) throw std::logic_error("a number did not fit its buffer");
  return std::string(buffer, end);
}

std::string to_string(const Expression& expression) { return print(expression, precedence_sum); }

}  // namespace nusselt
