// The algebra of a residual: an immutable, shared expression in which every node knows its physical dimension.
//
// Leaves are numbers, parameters (named constants), coordinates, components of the outward normal, per-point data
// columns, and fields or their derivatives (a multi-index over x, y, z, t). Inner nodes are sums, products, rational
// powers and elementary functions. Building a node checks dimensions and simplifies locally (flattening, folding of
// numbers, collection of like terms and powers) while keeping the order in which the author wrote the terms, so that a
// printed equation still reads like the book.
//
// Parameters stand for positive constants: (a b)^(1/2) = a^(1/2) b^(1/2) is applied to parameters only.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "nondim/dimension.hpp"

namespace nusselt {

/// The coordinates, in the order of every multi-index. `t` is time.
enum Axis : int { axis_x, axis_y, axis_z, axis_t };
inline constexpr int axis_count = 4;
inline constexpr std::array<const char*, axis_count> axis_names = {"x", "y", "z", "t"};

/// The set of coordinates a field depends on; a derivative along any other coordinate is zero.
using Axes = std::array<bool, axis_count>;

/// Orders of differentiation along x, y, z, t.
using MultiIndex = std::array<int, axis_count>;

/// Two terms of unlike dimension were added, or a function was given a dimensional argument.
class DimensionError : public std::invalid_argument {
 public:
  DimensionError(const std::string& message, Dimension left, Dimension right)
      : std::invalid_argument(message), left_(left), right_(right) {}
  const Dimension& left() const { return left_; }
  const Dimension& right() const { return right_; }

 private:
  Dimension left_;
  Dimension right_;
};

/// step(x) is 1 where x > 0 and 0 elsewhere; step, min and max are differentiated almost everywhere, their kinks and
/// jumps have no derivative. min and max take two arguments of one dimension, step one of any dimension.
enum class Function { exp, log, sin, cos, tanh, sinh, cosh, atan, erf, erfc, step, min, max };
/// A function of one argument.
std::optional<Function> function_named(const std::string& name);
/// Of one argument, as function_named knows them.
std::vector<std::string> function_names();
std::string to_string(Function function);

class Expression {
 public:
  enum class Kind { number, parameter, coordinate, normal, column, field, sum, product, power, function };

  static Expression number(double value, const Dimension& dimension = {});
  static Expression zero() { return number(0); }
  static Expression parameter(const std::string& name, const Dimension& dimension);
  static Expression coordinate(Axis axis, const Dimension& dimension);
  /// Component of the unit normal that points out of the domain; only meaningful on a face.
  static Expression normal(Axis axis);
  /// A value given per point, such as measured data.
  static Expression column(const std::string& name, const Dimension& dimension);
  /// The undifferentiated field. `scaled` says that the coordinates it is differentiated by are dimensionless.
  static Expression field(const std::string& name, const Dimension& dimension, const Axes& axes, bool scaled = false);

  Kind kind() const;
  const Dimension& dimension() const;
  double value() const;              // number
  const std::string& name() const;   // parameter, column, field
  Axis axis() const;                 // coordinate, normal
  const MultiIndex& index() const;   // field
  const Axes& axes() const;          // field
  bool scaled() const;               // field: differentiated by dimensionless coordinates
  int order() const;                 // field: total order of differentiation
  const Rational& exponent() const;  // power
  Function function() const;         // function
  const std::vector<Expression>& children() const;

  bool is_zero() const;
  bool is_number() const { return kind() == Kind::number; }
  /// Address of the shared node: equal for equal sub-expressions that were built once. Used for caches only.
  const void* id() const { return node_.get(); }
  std::size_t hash() const;
  /// Nodes of the tree, shared ones counted as often as they are used; what grows without bound when text is expanded.
  std::size_t size() const;

  /// Structural equality; sums and products are equal in any order.
  friend bool operator==(const Expression& a, const Expression& b);
  friend bool operator!=(const Expression& a, const Expression& b) { return !(a == b); }

  friend Expression operator+(const Expression& a, const Expression& b);
  friend Expression operator-(const Expression& a, const Expression& b);
  friend Expression operator*(const Expression& a, const Expression& b);
  friend Expression operator/(const Expression& a, const Expression& b);
  friend Expression operator-(const Expression& a);

  struct Node;

 private:
  explicit Expression(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  friend Expression make_expression(Node node);
  std::shared_ptr<const Node> node_;
};

/// Throws DimensionError when two non-zero terms differ in dimension. A zero fits every dimension.
Expression sum(const std::vector<Expression>& terms);
Expression product(const std::vector<Expression>& factors);
Expression power(const Expression& base, const Rational& exponent);
Expression sqrt(const Expression& base);
/// Throws DimensionError when the argument is not dimensionless, and need not be for step.
Expression apply(Function function, const Expression& argument);
/// min or max. Throws DimensionError when the arguments differ in dimension; a zero fits every dimension.
Expression apply(Function function, const Expression& a, const Expression& b);

/// A field, or a derivative of one, differentiated once more along a coordinate.
Expression differentiated(const Expression& field, Axis axis);
/// Bound of the size that derivative() of an expression can have before it is simplified, from its size alone.
std::size_t derivative_size(const Expression& expression);
/// Total derivative along a coordinate: chain rule through fields, coordinates, powers and functions.
Expression derivative(const Expression& expression, Axis axis);
/// Partial derivative with respect to one leaf (a field or one of its derivatives, a parameter, a coordinate).
Expression partial(const Expression& expression, const Expression& leaf);
/// Replaces leaves: `replace` returns the new expression for a leaf, or nothing to keep it. A replaced field's
/// derivatives are the business of `replace` (see `substitute_field`).
Expression transform(const Expression& expression,
                     const std::function<std::optional<Expression>(const Expression&)>& replace);
/// Replaces a field everywhere, its derivatives by the total derivatives of `replacement` (product rule included).
Expression substitute_field(const Expression& expression, const std::string& field, const Expression& replacement);
/// Multiplies out: a sum whose terms are products without sums (integer powers of sums up to the fourth included).
/// A factor that would bring a product beyond a thousand terms stays as it is.
std::vector<Expression> expand(const Expression& expression);

/// All distinct leaves in order of first appearance.
std::vector<Expression> leaves(const Expression& expression);
/// Value at given leaves, in SI. Throws whatever `value_of` throws for a leaf it does not know.
double evaluate(const Expression& expression, const std::function<double(const Expression&)>& value_of);

/// Text in the case-file language: `rho*(u*dx(u) + v*dy(u)) + dx(p) - mu*(dxx(u) + dyy(u))`.
std::string to_string(const Expression& expression);
/// Shortest text of a number with `digits` significant digits.
std::string to_string(double value, int digits = 6);

}  // namespace nusselt
