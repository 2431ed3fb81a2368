#include "nondim/expression.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <unordered_map>

namespace nusselt {

struct Expression::Node {
  Kind kind = Kind::number;
  Dimension dimension = {};
  double value = 0;
  std::string name = {};
  Axis axis = axis_x;
  MultiIndex index{};
  Axes axes{};
  bool scaled = false;
  Rational exponent = 1;
  Function function = Function::exp;
  std::vector<Expression> children;
  std::size_t hash = 0;
};

namespace {

using Kind = Expression::Kind;

std::size_t mix(std::size_t seed, std::size_t value) {
  return (seed ^ (value + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2))) * 0x100000001b3ULL;
}

std::size_t hash_of(const Expression::Node& node) {
  std::size_t h = mix(17, static_cast<std::size_t>(node.kind));
  h = mix(h, std::hash<double>{}(node.value));
  h = mix(h, std::hash<std::string>{}(node.name));
  h = mix(h, static_cast<std::size_t>(node.axis));
  for (int order : node.index) h = mix(h, static_cast<std::size_t>(order));
  h = mix(h, static_cast<std::size_t>(node.exponent.numerator()));
  h = mix(h, static_cast<std::size_t>(node.exponent.denominator()));
  h = mix(h, static_cast<std::size_t>(node.function));
  // Commutative over the children, so that a + b and b + a meet.
  std::size_t children = 0;
  for (const Expression& child : node.children) children += mix(23, child.hash());
  return mix(h, children);
}

bool same_children(const std::vector<Expression>& a, const std::vector<Expression>& b) {
  if (a.size() != b.size()) return false;
  std::vector<bool> taken(b.size(), false);
  for (const Expression& child : a) {
    std::size_t i = 0;
    while (i < b.size() && (taken[i] || child.hash() != b[i].hash() || child != b[i])) ++i;
    if (i == b.size()) return false;
    taken[i] = true;
  }
  return true;
}

bool is_integer(const Rational& value) { return value.denominator() == 1; }

/// A term as number times the rest, so that like terms can be collected.
struct Scaled {
  double coefficient;
  Expression rest;
};

Scaled split_number(const Expression& term) {
  if (term.is_number()) return {term.value(), Expression::number(1, term.dimension())};
  if (term.kind() != Kind::product || !term.children().front().is_number()) return {1, term};
  const Expression& number = term.children().front();
  std::vector<Expression> rest(term.children().begin() + 1, term.children().end());
  if (!number.dimension().is_dimensionless()) rest.insert(rest.begin(), Expression::number(1, number.dimension()));
  return {number.value(), product(rest)};
}

struct Power {
  Expression base;
  Rational exponent;
};

Power split_power(const Expression& factor) {
  if (factor.kind() == Kind::power) return {factor.children().front(), factor.exponent()};
  return {factor, 1};
}

}  // namespace

Expression make_expression(Expression::Node node) {
  node.hash = hash_of(node);
  return Expression(std::make_shared<const Expression::Node>(std::move(node)));
}

std::optional<Function> function_named(const std::string& name) {
  for (Function f :
       {Function::exp, Function::log, Function::sin, Function::cos, Function::tanh, Function::sinh, Function::cosh}) {
    if (to_string(f) == name) return f;
  }
  return std::nullopt;
}

std::string to_string(Function function) {
  switch (function) {
    case Function::exp:
      return "exp";
    case Function::log:
      return "log";
    case Function::sin:
      return "sin";
    case Function::cos:
      return "cos";
    case Function::tanh:
      return "tanh";
    case Function::sinh:
      return "sinh";
    case Function::cosh:
      return "cosh";
  }
  throw std::logic_error("unknown function");
}

Expression Expression::number(double value, const Dimension& dimension) {
  return make_expression({.kind = Kind::number, .dimension = dimension, .value = value});
}
Expression Expression::parameter(const std::string& name, const Dimension& dimension) {
  return make_expression({.kind = Kind::parameter, .dimension = dimension, .name = name});
}
Expression Expression::coordinate(Axis axis, const Dimension& dimension) {
  return make_expression({.kind = Kind::coordinate, .dimension = dimension, .axis = axis});
}
Expression Expression::normal(Axis axis) { return make_expression({.kind = Kind::normal, .axis = axis}); }
Expression Expression::column(const std::string& name, const Dimension& dimension) {
  return make_expression({.kind = Kind::column, .dimension = dimension, .name = name});
}
Expression Expression::field(const std::string& name, const Dimension& dimension, const Axes& axes, bool scaled) {
  return make_expression({.kind = Kind::field, .dimension = dimension, .name = name, .axes = axes, .scaled = scaled});
}

Expression::Kind Expression::kind() const { return node_->kind; }
const Dimension& Expression::dimension() const { return node_->dimension; }
double Expression::value() const { return node_->value; }
const std::string& Expression::name() const { return node_->name; }
Axis Expression::axis() const { return node_->axis; }
const MultiIndex& Expression::index() const { return node_->index; }
const Axes& Expression::axes() const { return node_->axes; }
bool Expression::scaled() const { return node_->scaled; }
int Expression::order() const { return node_->index[0] + node_->index[1] + node_->index[2] + node_->index[3]; }
const Rational& Expression::exponent() const { return node_->exponent; }
Function Expression::function() const { return node_->function; }
const std::vector<Expression>& Expression::children() const { return node_->children; }
bool Expression::is_zero() const { return node_->kind == Kind::number && node_->value == 0; }
std::size_t Expression::hash() const { return node_->hash; }

bool operator==(const Expression& a, const Expression& b) {
  if (a.node_ == b.node_) return true;
  const Expression::Node& m = *a.node_;
  const Expression::Node& n = *b.node_;
  return m.hash == n.hash && m.kind == n.kind && m.value == n.value && m.name == n.name && m.axis == n.axis &&
         m.index == n.index && m.exponent == n.exponent && m.function == n.function && m.dimension == n.dimension &&
         same_children(m.children, n.children);
}

Expression sum(const std::vector<Expression>& terms) {
  std::vector<Expression> flat;
  for (const Expression& term : terms) {
    if (term.is_zero()) continue;
    if (term.kind() == Kind::sum) {
      flat.insert(flat.end(), term.children().begin(), term.children().end());
    } else {
      flat.push_back(term);
    }
  }
  if (flat.empty()) return terms.empty() ? Expression::zero() : Expression::number(0, terms.front().dimension());
  const Dimension dimension = flat.front().dimension();
  std::vector<Scaled> collected;
  for (const Expression& term : flat) {
    if (term.dimension() != dimension) {
      throw DimensionError("cannot add " + dimension.describe() + " and " + term.dimension().describe(), dimension,
                           term.dimension());
    }
    Scaled scaled = split_number(term);
    const auto like = std::find_if(collected.begin(), collected.end(), [&](const Scaled& other) {
      return other.rest.hash() == scaled.rest.hash() && other.rest == scaled.rest;
    });
    if (like == collected.end()) {
      collected.push_back(std::move(scaled));
    } else {
      like->coefficient += scaled.coefficient;
    }
  }
  std::vector<Expression> result;
  for (const Scaled& term : collected) {
    if (term.coefficient == 0) continue;
    result.push_back(term.coefficient == 1 ? term.rest : product({Expression::number(term.coefficient), term.rest}));
  }
  if (result.empty()) return Expression::number(0, dimension);
  if (result.size() == 1) return result.front();
  // 2 (a + b) - (a + b) leaves a sum among the terms.
  if (std::any_of(result.begin(), result.end(), [](const Expression& e) { return e.kind() == Kind::sum; })) {
    return sum(result);
  }
  return make_expression({.kind = Kind::sum, .dimension = dimension, .children = std::move(result)});
}

Expression product(const std::vector<Expression>& factors) {
  double coefficient = 1;
  Dimension coefficient_dimension;
  Dimension dimension;
  std::vector<Power> collected;
  const std::function<void(const Expression&)> take = [&](const Expression& factor) {
    if (factor.is_number()) {
      coefficient *= factor.value();
      coefficient_dimension = coefficient_dimension * factor.dimension();
      return;
    }
    if (factor.kind() == Kind::product) {
      for (const Expression& child : factor.children()) take(child);
      return;
    }
    Power part = split_power(factor);
    const auto like = std::find_if(collected.begin(), collected.end(), [&](const Power& other) {
      return other.base.hash() == part.base.hash() && other.base == part.base;
    });
    if (like == collected.end()) {
      collected.push_back(std::move(part));
    } else {
      like->exponent += part.exponent;
    }
  };
  for (const Expression& factor : factors) {
    dimension = dimension * factor.dimension();
    take(factor);
  }
  if (coefficient == 0) return Expression::number(0, dimension);
  std::vector<Expression> result;
  for (const Power& part : collected) {
    if (part.exponent != Rational(0)) result.push_back(power(part.base, part.exponent));
  }
  if (coefficient != 1 || !coefficient_dimension.is_dimensionless() || result.empty()) {
    result.insert(result.begin(), Expression::number(coefficient, coefficient_dimension));
  }
  if (result.size() == 1) return result.front();
  // Roots that met, such as sqrt(f h) sqrt(f h), leave a product or a number among the factors.
  if (std::any_of(result.begin() + 1, result.end(),
                  [](const Expression& e) { return e.kind() == Kind::product || e.is_number(); }) ||
      result.front().kind() == Kind::product) {
    return product(result);
  }
  return make_expression({.kind = Kind::product, .dimension = dimension, .children = std::move(result)});
}

Expression power(const Expression& base, const Rational& exponent) {
  if (exponent == Rational(0)) return Expression::number(1);
  if (exponent == Rational(1)) return base;
  const Dimension dimension = base.dimension().power(exponent);
  if (base.is_number() && (base.value() >= 0 || is_integer(exponent))) {
    return Expression::number(std::pow(base.value(), to_double(exponent)), dimension);
  }
  const bool integer = is_integer(exponent);
  if (base.kind() == Kind::power && (integer || base.children().front().kind() == Kind::parameter)) {
    return power(base.children().front(), base.exponent() * exponent);
  }
  if (base.kind() == Kind::product) {
    // Fractional powers split only over factors that are positive by meaning: parameters and positive numbers.
    std::vector<Expression> outside;
    std::vector<Expression> inside;
    for (const Expression& factor : base.children()) {
      const Expression root = split_power(factor).base;
      const bool positive = root.kind() == Kind::parameter || (factor.is_number() && factor.value() > 0);
      (integer || positive ? outside : inside).push_back(factor);
    }
    if (!outside.empty()) {
      for (Expression& factor : outside) factor = power(factor, exponent);
      if (!inside.empty()) outside.push_back(power(product(inside), exponent));
      return product(outside);
    }
  }
  return make_expression({.kind = Kind::power, .dimension = dimension, .exponent = exponent, .children = {base}});
}

Expression sqrt(const Expression& base) { return power(base, Rational(1, 2)); }

Expression apply(Function function, const Expression& argument) {
  if (!argument.dimension().is_dimensionless()) {
    throw DimensionError(
        to_string(function) + "() needs a dimensionless argument, got " + argument.dimension().describe(),
        argument.dimension(), Dimension());
  }
  if (argument.is_number()) {
    const Expression symbolic = make_expression({.kind = Kind::function, .function = function, .children = {argument}});
    return Expression::number(evaluate(symbolic, [](const Expression&) { return 0.0; }));
  }
  return make_expression({.kind = Kind::function, .function = function, .children = {argument}});
}

Expression operator+(const Expression& a, const Expression& b) { return sum({a, b}); }
Expression operator-(const Expression& a) { return product({Expression::number(-1), a}); }
Expression operator-(const Expression& a, const Expression& b) { return sum({a, -b}); }
Expression operator*(const Expression& a, const Expression& b) { return product({a, b}); }
Expression operator/(const Expression& a, const Expression& b) { return product({a, power(b, -1)}); }

namespace {

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
  }
  throw std::logic_error("unknown function");
}

Expression differentiated(const Expression& field, Axis axis) {
  MultiIndex index = field.index();
  index[axis] += 1;
  Dimension dimension = field.dimension();
  if (!field.scaled()) dimension = dimension / Dimension::of(axis == axis_t ? Dimension::time : Dimension::length);
  return make_expression({.kind = Kind::field,
                          .dimension = dimension,
                          .name = field.name(),
                          .index = index,
                          .axes = field.axes(),
                          .scaled = field.scaled()});
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
        const Expression inner = (*this)(e.children().front());
        if (inner.is_zero()) return Expression::zero();
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
        result = apply(e.function(), children.front());
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

std::vector<Expression> expand(const Expression& expression) {
  constexpr int largest_expanded_power = 4;
  constexpr std::size_t most_terms = 1024;
  if (expression.kind() == Kind::sum) {
    std::vector<Expression> terms;
    for (const Expression& child : expression.children()) {
      for (Expression& term : expand(child)) terms.push_back(std::move(term));
    }
    const Expression collected = sum(terms);
    return collected.kind() == Kind::sum ? collected.children() : std::vector<Expression>{collected};
  }
  if (expression.kind() == Kind::product) {
    std::vector<Expression> terms = {Expression::number(1)};
    for (const Expression& factor : expression.children()) {
      std::vector<Expression> expanded = expand(factor);
      if (terms.size() * expanded.size() > most_terms) expanded = {factor};
      std::vector<Expression> next;
      for (const Expression& right : expanded) {
        for (const Expression& left : terms) next.push_back(product({left, right}));
      }
      terms = std::move(next);
    }
    const Expression collected = sum(terms);
    return collected.kind() == Kind::sum ? collected.children() : std::vector<Expression>{collected};
  }
  if (expression.kind() == Kind::power && expression.children().front().kind() == Kind::sum &&
      is_integer(expression.exponent()) && expression.exponent() > Rational(1) &&
      expression.exponent() <= Rational(largest_expanded_power)) {
    const std::vector<Expression> base = expand(expression.children().front());
    if (std::pow(base.size(), to_double(expression.exponent())) > most_terms) return {expression};
    std::vector<Expression> terms = {Expression::number(1)};
    for (int i = 0; i < expression.exponent().numerator(); ++i) {
      std::vector<Expression> next;
      for (const Expression& left : terms) {
        for (const Expression& right : base) next.push_back(product({left, right}));
      }
      terms = std::move(next);
    }
    const Expression collected = sum(terms);
    return collected.kind() == Kind::sum ? collected.children() : std::vector<Expression>{collected};
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
      }
      throw std::logic_error("unknown function");
    }
    default:
      return value_of(e);
  }
}

}  // namespace nusselt
