#include <gtest/gtest.h>

#include "nondim/expression.hpp"
#include "nondim/units.hpp"
#include "physics/equation_text.hpp"

namespace nusselt {
namespace {

constexpr Axes all_axes = {true, true, true, true};
const Expression rho = Expression::parameter("rho", dimension_of<Density>());
const Expression a = Expression::parameter("a", Dimension());
const Expression b = Expression::parameter("b", Dimension());
const Expression u = Expression::field("u", dimension_of<Velocity>(), all_axes);
const Expression T = Expression::field("T", dimension_of<Temperature>(), all_axes);
const Expression f = Expression::field("f", Dimension(), all_axes);
const Expression x = Expression::coordinate(axis_x, dimension_of<Length>());
const Expression n_y = Expression::normal(axis_y);

Expression number(double value) { return Expression::number(value); }
Expression d(const Expression& e, Axis axis) { return derivative(e, axis); }

const Scope& scope() {
  static const Scope everything = {
      .names = {{"rho", rho}, {"a", a}, {"b", b}, {"u", u}, {"T", T}, {"f", f}, {"x", x}, {"n_y", n_y}},
      .axes = all_axes,
      .on_face = true,
      .faces = {}};
  return everything;
}

struct Printed {
  Expression expression;
  std::string text;
};

const std::vector<Printed>& printed() {
  static const std::vector<Printed> list = {
      {a, "a"},
      {number(0), "0"},
      {number(-2.5), "-2.5"},
      {Expression::number(300, dimension_of<Temperature>()), "300 [K]"},
      {Expression::number(-1.5e-7, dimension_of<DynamicViscosity>()), "-1.5e-07 [Pa s]"},
      {T - Expression::number(300, dimension_of<Temperature>()), "T - 300 [K]"},
      {Expression::number(2, dimension_of<Density>()) * u, "2 [kg m-3]*u"},
      {-a, "-a"},
      {a - b, "a - b"},
      {a - (b - f), "a - (b - f)"},
      {-(a + b), "-(a + b)"},
      {number(-2) * a, "-2*a"},
      {b - number(2) * a, "b - 2*a"},
      {number(-2) * a / b, "-2*a/b"},
      {a * (b + f), "a*(b + f)"},
      {a * (number(-2) + f), "a*(-2 + f)"},
      {a / b, "a/b"},
      {number(1) / a, "1/a"},
      {-(number(1) / a), "-1/a"},
      {a / (b * f), "a/(b*f)"},
      {a / (b + f), "a/(b + f)"},
      {number(1) / (b + f), "1/(b + f)"},
      {a + number(1) / b, "a + 1/b"},
      {(a + b) * f, "(a + b)*f"},
      {(number(1) - f) * apply(Function::sin, f), "(1 - f)*sin(f)"},
      {power(a, 2), "a^2"},
      {power(a, -2), "1/a^2"},
      {power(a + b, 2), "(a + b)^2"},
      {power(f, Rational(2, 3)), "f^(2/3)"},
      {power(power(f, 2), Rational(1, 3)), "(f^2)^(1/3)"},
      {sqrt(f), "sqrt(f)"},
      {sqrt(a + f), "sqrt(a + f)"},
      {a / sqrt(f), "a/sqrt(f)"},
      {power(apply(Function::sin, f), 2), "sin(f)^2"},
      {apply(Function::exp, -f), "exp(-f)"},
      {apply(Function::tanh, a / (number(1) + f)), "tanh(a/(1 + f))"},
      {d(u, axis_x), "dx(u)"},
      {d(d(u, axis_y), axis_y), "dyy(u)"},
      {d(d(u, axis_x), axis_y), "dxy(u)"},
      {d(d(d(u, axis_t), axis_x), axis_x), "dxxt(u)"},
      {power(d(u, axis_z), 2), "dz(u)^2"},
      {n_y * d(u, axis_y), "n_y*dy(u)"},
      {rho * (d(u, axis_t) + u * d(u, axis_x)), "rho*(dt(u) + u*dx(u))"},
  };
  return list;
}

TEST(ExpressionText, ReadsLikeTheBook) {
  for (const auto& [expression, text] : printed()) EXPECT_EQ(to_string(expression), text);
}

TEST(ExpressionText, ParsesBackToTheSameExpression) {
  for (const auto& [expression, text] : printed()) {
    const std::string written = to_string(expression);
    EXPECT_EQ(parse_formula(written, scope()).expression, expression) << written;
  }
}

TEST(ExpressionText, NumbersAreAsShortAsTheyCanBe) {
  EXPECT_EQ(to_string(0.1), "0.1");
  EXPECT_EQ(to_string(1e4), "10000");
  EXPECT_EQ(to_string(1.0 / 3), "0.333333");
  EXPECT_EQ(to_string(1.0 / 3, 3), "0.333");
  EXPECT_EQ(to_string(2.244816, 7), "2.244816");
}

}  // namespace
}  // namespace nusselt
