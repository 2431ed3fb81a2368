#include "nondim/expression.hpp"

#include <algorithm>
#include <array>
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
  std::size_t size = 1;
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
  constexpr std::size_t beyond_counting = std::size_t{1} << 40;
  for (const Expression& child : node.children) node.size = std::min(node.size + child.size(), beyond_counting);
  return Expression(std::make_shared<const Expression::Node>(std::move(node)));
}

namespace {

constexpr std::array functions_of_one = {Function::exp,  Function::log,  Function::sin,  Function::cos,
                                         Function::tanh, Function::sinh, Function::cosh, Function::atan,
                                         Function::erf,  Function::erfc, Function::step};

}  // namespace

std::optional<Function> function_named(const std::string& name) {
  for (Function f : functions_of_one) {
    if (to_string(f) == name) return f;
  }
  return std::nullopt;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (Function f : functions_of_one) names.push_back(to_string(f));
  return names;
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
    case Function::atan:
      return "atan";
    case Function::erf:
      return "erf";
    case Function::erfc:
      return "erfc";
    case Function::step:
      return "step";
    case Function::min:
      return "min";
    case Function::max:
      return "max";
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
std::size_t Expression::size() const { return node_->size; }

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
  if (function != Function::step && !argument.dimension().is_dimensionless()) {
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

Expression apply(Function function, const Expression& a, const Expression& b) {
  if (function != Function::min && function != Function::max) {
    throw std::logic_error(to_string(function) + "() takes one argument");
  }
  const auto fitting = [](const Expression& e, const Dimension& dimension) {
    return e.is_zero() ? Expression::number(0, dimension) : e;
  };
  const std::vector<Expression> arguments = {fitting(a, b.dimension()), fitting(b, a.dimension())};
  const Dimension& dimension = arguments[0].dimension();
  if (dimension != arguments[1].dimension()) {
    throw DimensionError(
        to_string(function) + "() compares " + dimension.describe() + " and " + arguments[1].dimension().describe(),
        dimension, arguments[1].dimension());
  }
  if (arguments[0] == arguments[1]) return arguments[0];
  if (arguments[0].is_number() && arguments[1].is_number()) {
    return arguments[(arguments[0].value() < arguments[1].value()) == (function == Function::min) ? 0 : 1];
  }
  return make_expression({.kind = Kind::function, .dimension = dimension, .function = function, .children = arguments});
}

Expression operator+(const Expression& a, const Expression& b) { return sum({a, b}); }
Expression operator-(const Expression& a) { return product({Expression::number(-1), a}); }
Expression operator-(const Expression& a, const Expression& b) { return sum({a, -b}); }
Expression operator*(const Expression& a, const Expression& b) { return product({a, b}); }
Expression operator/(const Expression& a, const Expression& b) { return product({a, power(b, -1)}); }

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

}  // namespace nusselt
