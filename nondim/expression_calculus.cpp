// Calculus on expressions: derivatives, substitution, expansion, evaluation.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <unordered_map>

#include "nondim/expression.hpp"

namespace nusselt {

namespace {

using Kind = Expression::Kind;

/// Derivative of a function with respect to its argument.
Expression outer_derivative(Function function, const Expression& argument) {
  const Expression one = Expression::number(1);
  switch (function) {
    case Function::exp:
      return apply(Function::exp, argument);
    case Function::log:
      return power(argument, -1);
    case Function::sin:
      return apply(Function::cos, argument);
    case Function::cos:
      return -apply(Function::sin, argument);
    case Function::tanh:
      return one - power(apply(Function::tanh, argument), 2);
    case Function::sinh:
      return apply(Function::cosh, argument);
    case Function::cosh:
      return apply(Function::sinh, argument);
    case Function::atan:
      return power(one + power(argument, 2), -1);
    case Function::erf:
    case Function::erfc:
      return Expression::number(function == Function::erf ? std::numbers::inv_sqrtpi * 2
                                                          : std::numbers::inv_sqrtpi * -2) *
             apply(Function::exp, -power(argument, 2));
    case Function::step:
      return Expression::zero();
    case Function::min:
    case Function::max:
      break;  // of two arguments
  }
  throw std::logic_error("unknown function");
}

/// The rules of differentiation once, for any derivation given by its values on the leaves.
class Derivation {
 public:
  explicit Derivation(std::function<Expression(const Expression&)> of_leaf) : of_leaf_(std::move(of_leaf)) {}

  Expression operator()(const Expression& e) {
    const auto known = cache_.find(e.id());
    if (known != cache_.end()) return known->second;
    const Expression result = compute(e);
    cache_.emplace(e.id(), result);
    return result;
  }

 private:
  Expression compute(const Expression& e) {
    switch (e.kind()) {
      case Kind::sum: {
        std::vector<Expression> terms;
        for (const Expression& child : e.children()) terms.push_back((*this)(child));
        return sum(terms);
      }
      case Kind::product: {
        std::vector<Expression> terms;
        for (std::size_t i = 0; i < e.children().size(); ++i) {
          std::vector<Expression> factors = e.children();
          factors[i] = (*this)(factors[i]);
          if (!factors[i].is_zero()) terms.push_back(product(factors));
        }
        return sum(terms);
      }
      case Kind::power: {
        const Expression& base = e.children().front();
        const Expression inner = (*this)(base);
        if (inner.is_zero()) return Expression::zero();
        return product({Expression::number(to_double(e.exponent())), power(base, e.exponent() - 1), inner});
      }
      case Kind::function: {
        if (e.children().size() == 2) {
          const Expression &a = e.children()[0], &b = e.children()[1];
          const Expression first = apply(Function::step, e.function() == Function::max ? a - b : b - a);
          return sum({first * (*this)(a), (Expression::number(1) - first) * (*this)(b)});
        }
        const Expression inner = (*this)(e.children().front());
        if (inner.is_zero() || e.function() == Function::step) return Expression::zero();
        return product({outer_derivative(e.function(), e.children().front()), inner});
      }
      default:
        return of_leaf_(e);
    }
  }

  std::function<Expression(const Expression&)> of_leaf_;
  std::unordered_map<const void*, Expression> cache_;
};

}  // namespace

std::size_t derivative_size(const Expression& e) {
  std::size_t size = 1;
  for (const Expression& child : e.children()) {
    size += derivative_size(child);
    // Every summand of a product rule holds the other factors, every chain rule the function of the same argument.
    if (e.kind() != Kind::sum) size += e.size() + 2;
  }
  return size;
}

Expression derivative(const Expression& expression, Axis axis) {
  Derivation along([axis](const Expression& leaf) {
    if (leaf.kind() == Kind::coordinate && leaf.axis() == axis) return Expression::number(1);
    if (leaf.kind() == Kind::field && leaf.axes()[axis]) return differentiated(leaf, axis);
    return Expression::zero();
  });
  return along(expression);
}

Expression partial(const Expression& expression, const Expression& leaf) {
  Derivation by(
      [&leaf](const Expression& other) { return other == leaf ? Expression::number(1) : Expression::zero(); });
  return by(expression);
}

Expression transform(const Expression& expression,
                     const std::function<std::optional<Expression>(const Expression&)>& replace) {
  std::unordered_map<const void*, Expression> cache;
  const std::function<Expression(const Expression&)> walk = [&](const Expression& e) -> Expression {
    const auto known = cache.find(e.id());
    if (known != cache.end()) return known->second;
    std::vector<Expression> children;
    for (const Expression& child : e.children()) children.push_back(walk(child));
    Expression result = e;
    switch (e.kind()) {
      case Kind::sum:
        result = sum(children);
        break;
      case Kind::product:
        result = product(children);
        break;
      case Kind::power:
        result = power(children.front(), e.exponent());
        break;
      case Kind::function:
        result = children.size() == 2 ? apply(e.function(), children[0], children[1])
                                      : apply(e.function(), children.front());
        break;
      default:
        result = replace(e).value_or(e);
    }
    cache.emplace(e.id(), result);
    return result;
  };
  return walk(expression);
}

Expression substitute_field(const Expression& expression, const std::string& field, const Expression& replacement) {
  std::map<MultiIndex, Expression> known;
  const std::function<Expression(const MultiIndex&)> differentiate = [&](const MultiIndex& index) -> Expression {
    const auto found = known.find(index);
    if (found != known.end()) return found->second;
    Expression result = replacement;
    for (int axis = 0; axis < axis_count; ++axis) {
      if (index[axis] == 0) continue;
      MultiIndex lower = index;
      lower[axis] -= 1;
      result = derivative(differentiate(lower), static_cast<Axis>(axis));
      break;
    }
    known.emplace(index, result);
    return result;
  };
  return transform(expression, [&](const Expression& leaf) -> std::optional<Expression> {
    if (leaf.kind() != Kind::field || leaf.name() != field) return std::nullopt;
    return differentiate(leaf.index());
  });
}

namespace {

/// The terms of a sum after like ones were collected.
std::vector<Expression> collected(const std::vector<Expression>& terms) {
  const Expression total = sum(terms);
  return total.kind() == Kind::sum ? total.children() : std::vector<Expression>{total};
}

/// Every product of one term of `left` with one of `right`.
std::vector<Expression> multiplied(const std::vector<Expression>& left, const std::vector<Expression>& right) {
  std::vector<Expression> products;
  products.reserve(left.size() * right.size());
  for (const Expression& b : right) {
    for (const Expression& a : left) products.push_back(product({a, b}));
  }
  return products;
}

}  // namespace

std::vector<Expression> expand(const Expression& expression) {
  constexpr int largest_expanded_power = 4;
  constexpr std::size_t most_terms = 1024;
  std::vector<Expression> terms;
  if (expression.kind() == Kind::sum) {
    for (const Expression& child : expression.children()) {
      for (Expression& term : expand(child)) terms.push_back(std::move(term));
    }
    return collected(terms);
  }
  terms.push_back(Expression::number(1));
  if (expression.kind() == Kind::product) {
    for (const Expression& factor : expression.children()) {
      std::vector<Expression> expanded = expand(factor);
      if (terms.size() * expanded.size() > most_terms) expanded = {factor};
      terms = multiplied(terms, expanded);
    }
    return collected(terms);
  }
  if (expression.kind() == Kind::power && expression.children().front().kind() == Kind::sum &&
      expression.exponent().denominator() == 1 && expression.exponent() > Rational(1) &&
      expression.exponent() <= Rational(largest_expanded_power)) {
    const std::vector<Expression> base = expand(expression.children().front());
    if (std::pow(base.size(), to_double(expression.exponent())) > most_terms) return {expression};
    for (int i = 0; i < expression.exponent().numerator(); ++i) terms = multiplied(terms, base);
    return collected(terms);
  }
  return {expression};
}

std::vector<Expression> leaves(const Expression& expression) {
  std::vector<Expression> found;
  std::unordered_map<const void*, bool> seen;
  const std::function<void(const Expression&)> walk = [&](const Expression& e) {
    if (seen[e.id()]) return;
    seen[e.id()] = true;
    for (const Expression& child : e.children()) walk(child);
    if (!e.children().empty() || e.is_number()) return;
    if (std::find(found.begin(), found.end(), e) == found.end()) found.push_back(e);
  };
  walk(expression);
  return found;
}

double evaluate(const Expression& e, const std::function<double(const Expression&)>& value_of) {
  switch (e.kind()) {
    case Kind::number:
      return e.value();
    case Kind::sum: {
      double total = 0;
      for (const Expression& child : e.children()) total += evaluate(child, value_of);
      return total;
    }
    case Kind::product: {
      double total = 1;
      for (const Expression& child : e.children()) total *= evaluate(child, value_of);
      return total;
    }
    case Kind::power: {
      const double base = evaluate(e.children().front(), value_of);
      // pow is not required to be correctly rounded for the roots people check by hand.
      if (e.exponent() == Rational(1, 2)) return std::sqrt(base);
      if (e.exponent() == Rational(1, 3)) return std::cbrt(base);
      return std::pow(base, to_double(e.exponent()));
    }
    case Kind::function: {
      const double x = evaluate(e.children().front(), value_of);
      const double y = e.children().size() == 2 ? evaluate(e.children()[1], value_of) : 0;
      switch (e.function()) {
        case Function::exp:
          return std::exp(x);
        case Function::log:
          return std::log(x);
        case Function::sin:
          return std::sin(x);
        case Function::cos:
          return std::cos(x);
        case Function::tanh:
          return std::tanh(x);
        case Function::sinh:
          return std::sinh(x);
        case Function::cosh:
          return std::cosh(x);
        case Function::atan:
          return std::atan(x);
        case Function::erf:
          return std::erf(x);
        case Function::erfc:
          return std::erfc(x);
        case Function::step:
          return x > 0 ? 1 : 0;
        case Function::min:
          return std::min(x, y);
        case Function::max:
          return std::max(x, y);
      }
      throw std::logic_error("unknown function");
    }
    default:
      return value_of(e);
  }
}

}  // namespace nusselt
