#include "nondim/expression.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

#include "nondim/units.hpp"
#include "tests/front/expression_values.hpp"

namespace nusselt {
namespace {

constexpr Axes plane = {true, true, false, false};
const Expression rho = Expression::parameter("rho", dimension_of<Density>());
const Expression mu = Expression::parameter("mu", dimension_of<DynamicViscosity>());
const Expression L = Expression::parameter("L", dimension_of<Length>());
const Expression a = Expression::parameter("a", Dimension());
const Expression b = Expression::parameter("b", Dimension());
const Expression u = Expression::field("u", dimension_of<Velocity>(), plane);
const Expression v = Expression::field("v", dimension_of<Velocity>(), plane);
const Expression T = Expression::field("T", dimension_of<Temperature>(), plane);
const Expression f = Expression::field("f", Dimension(), plane);
const Expression h = Expression::field("h", Dimension(), plane);
const Expression x = Expression::coordinate(axis_x, dimension_of<Length>());
const Expression y = Expression::coordinate(axis_y, dimension_of<Length>());

Expression number(double value) { return Expression::number(value); }

TEST(Expression, CollectsLikeTerms) {
  EXPECT_EQ(u + u, number(2) * u);
  EXPECT_EQ(number(3) * u - number(2) * u, u);
  EXPECT_TRUE((u - u).is_zero());
  EXPECT_EQ((u - u).dimension(), dimension_of<Velocity>());
  EXPECT_EQ(u * v + v * u, number(2) * u * v);
  EXPECT_EQ(number(2) + a + number(3), a + number(5));
  EXPECT_NE(u + v, u - v);
  const Expression metre = Expression::number(1, dimension_of<Length>());
  EXPECT_EQ(number(2) * metre + metre, Expression::number(3, dimension_of<Length>()));
  EXPECT_EQ(metre * u + metre * u, number(2) * metre * u);
}

TEST(Expression, SumsAndProductsStayFlat) {
  // Like terms that leave a sum behind, like powers that leave a product or a number behind.
  EXPECT_EQ(sum({number(2) * (a + b), -(a + b), f}), a + b + f);
  EXPECT_EQ(sum({number(2) * (a + b), -(a + b), a}), number(2) * a + b);
  const Expression root = sqrt(f * h);
  EXPECT_EQ(product({root, root, a}), f * h * a);
  EXPECT_EQ(product({root, root, f}), power(f, 2) * h);
  const Expression third = power(number(-8), Rational(1, 3));
  EXPECT_EQ(product({number(2), a, third, third, third}), number(-16) * a);
}

TEST(Expression, CollectsPowers) {
  EXPECT_EQ(u * u, power(u, 2));
  EXPECT_EQ(u / u, number(1));
  EXPECT_EQ(power(u, 2) / u, u);
  EXPECT_EQ(power(power(u, 3), 2), power(u, 6));
  EXPECT_EQ(power(u, 0), number(1));
  EXPECT_EQ(power(u, 1), u);
  EXPECT_EQ(power(rho * u, -2), power(rho, -2) * power(u, -2));
  EXPECT_EQ(power(number(4), Rational(1, 2)), number(2));
  EXPECT_EQ(number(2) * number(3), number(6));
  EXPECT_EQ(sqrt(u) * sqrt(u), u);
  EXPECT_TRUE((number(0) * u).is_zero());
  EXPECT_EQ((number(0) * u).dimension(), dimension_of<Velocity>());
}

TEST(Expression, TakesRootsOfPositiveFactorsOnly) {
  EXPECT_EQ(sqrt(a * b), sqrt(a) * sqrt(b));
  EXPECT_EQ(sqrt(power(a, 2)), a);
  EXPECT_EQ(sqrt(number(4) * power(a, 2) * b), number(2) * a * sqrt(b));
  // A field may be negative: the square root of its square is not the field.
  EXPECT_NE(sqrt(power(f, 2)), f);
  EXPECT_DOUBLE_EQ(value_at(sqrt(power(f, 2)), {{"f", -3}}), 3);
  EXPECT_DOUBLE_EQ(value_at(sqrt(a * f * h), {{"a", 4}, {"f", -3}, {"h", -12}}), 12);
  EXPECT_DOUBLE_EQ(value_at(power(-f, Rational(1, 3)), {{"f", -8}}), 2);
}

TEST(Expression, KeepsTheOrderOfTerms) {
  EXPECT_EQ(to_string(v + u + T * v / T), "2*v + u");
  EXPECT_EQ(to_string(h * f * a), "h*f*a");
}

TEST(Expression, IsEqualInAnyOrder) {
  EXPECT_EQ(u + v + Expression::number(1, dimension_of<Velocity>()),
            Expression::number(1, dimension_of<Velocity>()) + v + u);
  EXPECT_EQ(rho * u * v, v * (rho * u));
  EXPECT_EQ((a + b) * (f + h), (h + f) * (b + a));
  EXPECT_EQ((a + b).hash(), (b + a).hash());
  EXPECT_NE(a + b, a + a);
  EXPECT_NE(a * b, a + b);
  EXPECT_NE(u, v);
  EXPECT_NE(derivative(u, axis_x), derivative(u, axis_y));
  EXPECT_NE(Expression::parameter("f", Dimension()), f);
  EXPECT_NE(Expression::number(1), Expression::number(1, dimension_of<Length>()));
  EXPECT_NE(power(f, 2), power(f, 3));
  EXPECT_NE(apply(Function::sin, f), apply(Function::cos, f));
}

TEST(Expression, ZeroFitsEveryDimension) {
  EXPECT_EQ(u + Expression::zero(), u);
  EXPECT_EQ(Expression::zero() - u, -u);
  EXPECT_EQ(sum({Expression::zero(), T}).dimension(), dimension_of<Temperature>());
  EXPECT_TRUE(sum({}).is_zero());
  EXPECT_EQ(product({}), number(1));
}

TEST(Expression, UnlikeTermsAreRefusedWithBothDimensions) {
  try {
    u + T;
    FAIL() << "a velocity and a temperature were added";
  } catch (const DimensionError& error) {
    EXPECT_STREQ(error.what(), "cannot add velocity [m s-1] and temperature [K]");
    EXPECT_EQ(error.left(), dimension_of<Velocity>());
    EXPECT_EQ(error.right(), dimension_of<Temperature>());
  }
  EXPECT_THROW(u - number(1), DimensionError);
  EXPECT_THROW(sum({u, v, rho}), DimensionError);
  try {
    apply(Function::sin, x);
    FAIL() << "the sine of a length was taken";
  } catch (const DimensionError& error) {
    EXPECT_STREQ(error.what(), "sin() needs a dimensionless argument, got length [m]");
    EXPECT_EQ(error.left(), dimension_of<Length>());
    EXPECT_TRUE(error.right().is_dimensionless());
  }
}

TEST(Expression, KnowsItsDimension) {
  EXPECT_EQ((rho * u * u).dimension(), dimension_of<Pressure>());
  EXPECT_EQ((mu * derivative(u, axis_y)).dimension(), dimension_of<Pressure>());
  EXPECT_EQ(sqrt(rho).dimension(), (dimension_of<Power<Density, 1, 2>>()));
  EXPECT_EQ(derivative(derivative(T, axis_x), axis_y).dimension(), (dimension_of<Per<TemperatureGradient, Length>>()));
  const Expression transient = Expression::field("T", dimension_of<Temperature>(), {true, false, false, true});
  EXPECT_EQ(derivative(transient, axis_t).dimension(), (dimension_of<Per<Temperature, Time>>()));
  const Expression scaled = Expression::field("T", Dimension(), plane, true);
  EXPECT_TRUE(derivative(scaled, axis_x).dimension().is_dimensionless());
}

TEST(Expression, DifferentiatesFields) {
  const Expression mixed = derivative(derivative(derivative(u, axis_y), axis_x), axis_y);
  EXPECT_EQ(mixed.index(), (MultiIndex{1, 2, 0, 0}));
  EXPECT_EQ(mixed.order(), 3);
  EXPECT_EQ(mixed, derivative(derivative(derivative(u, axis_x), axis_y), axis_y));
  EXPECT_TRUE(derivative(u, axis_z).is_zero());
  EXPECT_TRUE(derivative(u, axis_t).is_zero());
  EXPECT_TRUE(derivative(rho, axis_x).is_zero());
  EXPECT_TRUE(derivative(Expression::column("data", Dimension()), axis_x).is_zero());
  EXPECT_TRUE(derivative(Expression::normal(axis_x), axis_x).is_zero());
  EXPECT_EQ(derivative(x, axis_x), number(1));
  EXPECT_TRUE(derivative(x, axis_y).is_zero());
}

TEST(Expression, DifferentiatesByTheRules) {
  const Expression u_x = derivative(u, axis_x);
  const Expression v_x = derivative(v, axis_x);
  EXPECT_EQ(derivative(u * v, axis_x), u_x * v + u * v_x);
  EXPECT_EQ(derivative(power(u, 3), axis_x), number(3) * power(u, 2) * u_x);
  EXPECT_EQ(derivative(rho * u, axis_x), rho * u_x);
  EXPECT_EQ(derivative(u / v, axis_x), u_x / v - u * v_x / power(v, 2));
  EXPECT_EQ(derivative(apply(Function::sin, x / L), axis_x), apply(Function::cos, x / L) / L);
  EXPECT_EQ(derivative(u / v, axis_x).dimension(), (dimension_of<Per<NoDimension, Length>>()));
}

TEST(Expression, DerivativesAgreeWithCentralDifferences) {
  const Expression s = x / L;
  const Expression r = y / L;
  const Expression function = apply(Function::exp, -s * r) * apply(Function::sin, number(2) * s) +
                              apply(Function::cos, r * s) * apply(Function::tanh, s - r) +
                              apply(Function::log, number(2) + s * s) / sqrt(number(1) + r * r) +
                              apply(Function::sinh, s) * apply(Function::cosh, r) + power(s, 3) * r +
                              apply(Function::atan, number(3) * s * r - s) + apply(Function::erf, s - r) * r +
                              apply(Function::erfc, number(2) * s * r);
  const double length = 0.37;
  const auto at = [&](const Expression& e, double px, double py) {
    return value_at(e, {{"x", px}, {"y", py}, {"L", length}});
  };
  const double step = 1e-4 * length;
  for (const auto& [px, py] : {std::array{0.11, 0.27}, {0.33, -0.2}, {-0.41, 0.05}}) {
    const double dx = (at(function, px + step, py) - at(function, px - step, py)) / (2 * step);
    const double dy = (at(function, px, py + step) - at(function, px, py - step)) / (2 * step);
    EXPECT_NEAR(at(derivative(function, axis_x), px, py), dx, 1e-6 * std::abs(dx) + 1e-7);
    EXPECT_NEAR(at(derivative(function, axis_y), px, py), dy, 1e-6 * std::abs(dy) + 1e-7);
  }
}

TEST(Expression, PartialDerivativesSeeOneLeaf) {
  const Expression u_x = derivative(u, axis_x);
  const Expression residual = rho * u * u_x - mu * derivative(u_x, axis_x);
  EXPECT_EQ(partial(residual, u), rho * u_x);
  EXPECT_EQ(partial(residual, u_x), rho * u);
  EXPECT_EQ(partial(residual, derivative(u_x, axis_x)), -mu);
  EXPECT_EQ(partial(residual, rho), u * u_x);
  EXPECT_TRUE(partial(residual, v).is_zero());
  EXPECT_EQ(partial(apply(Function::exp, number(3) * f), f), number(3) * apply(Function::exp, number(3) * f));
}

TEST(Expression, SubstitutionDifferentiatesTheReplacement) {
  // A hard condition: T = wall(x) + distance(x, y) * n, with n the raw network output.
  const Expression n = Expression::field("n", dimension_of<Temperature>(), plane);
  const Expression distance = x * y / (L * L);
  const Expression hot = Expression::parameter("T_hot", dimension_of<Temperature>());
  const Expression substituted = substitute_field(derivative(derivative(T, axis_x), axis_y), "T", hot + distance * n);
  const Expression n_x = derivative(n, axis_x);
  const Expression n_y = derivative(n, axis_y);
  const Expression expected = (n + x * n_x + y * n_y + x * y * derivative(n_x, axis_y)) / (L * L);
  const LeafValues values = {{"x", 0.2},      {"y", 0.7},     {"L", 1.3},      {"n", 2.1},
                             {"dx(n)", -0.4}, {"dy(n)", 0.9}, {"dxy(n)", 3.3}, {"T_hot", 300}};
  EXPECT_NEAR(value_at(substituted, values), value_at(expected, values), 1e-14);
  EXPECT_EQ(substituted.dimension(), expected.dimension());
  // Other fields stay, and so does a field whose name only begins alike.
  EXPECT_EQ(substitute_field(u * f, "f", number(2)), number(2) * u);
  EXPECT_EQ(substitute_field(u * f, "n", number(2)), u * f);
}

TEST(Expression, SubstitutedDerivativesAgreeWithCentralDifferences) {
  const Expression raw = apply(Function::sin, number(2) * x / L) * apply(Function::exp, y / L);
  const Expression distance = (x / L) * (number(1) - x / L);
  const Expression substituted = number(3) * y / L + distance * raw;
  const Expression residual = f * derivative(f, axis_x) + L * derivative(derivative(f, axis_x), axis_x) +
                              L * derivative(derivative(f, axis_x), axis_y);
  const Expression analytic = substitute_field(residual, "f", substituted);
  const double length = 0.8;
  const auto field = [&](double px, double py) {
    const double s = px / length;
    const double r = py / length;
    return 3 * r + s * (1 - s) * std::sin(2 * s) * std::exp(r);
  };
  const double px = 0.31;
  const double py = 0.52;
  const double e = 1e-3;
  const double fx = (field(px + e, py) - field(px - e, py)) / (2 * e);
  const double fxx = (field(px + e, py) - 2 * field(px, py) + field(px - e, py)) / (e * e);
  const double fxy =
      (field(px + e, py + e) - field(px + e, py - e) - field(px - e, py + e) + field(px - e, py - e)) / (4 * e * e);
  const double expected = field(px, py) * fx + length * fxx + length * fxy;
  EXPECT_NEAR(value_at(analytic, {{"x", px}, {"y", py}, {"L", length}}), expected, 1e-4);
  EXPECT_GT(std::abs(expected), 0.1);
}

TEST(Expression, TransformRebuildsWithDimensions) {
  const Expression doubled = transform(rho * u + rho * v, [](const Expression& leaf) -> std::optional<Expression> {
    if (leaf.kind() == Expression::Kind::field && leaf.name() == "v") return u;
    return std::nullopt;
  });
  EXPECT_EQ(doubled, number(2) * rho * u);
  EXPECT_THROW(transform(u + v,
                         [](const Expression& leaf) -> std::optional<Expression> {
                           return leaf == v ? std::optional(T) : std::nullopt;
                         }),
               DimensionError);
}

TEST(Expression, ExpandMultipliesOut) {
  const auto expanded = [](const Expression& e) { return sum(expand(e)); };
  EXPECT_EQ(expanded((a + b) * (f - h)), a * f - a * h + b * f - b * h);
  EXPECT_EQ(expanded(power(f + h, 2)), power(f, 2) + number(2) * f * h + power(h, 2));
  EXPECT_EQ(expand(power(a + b, 4)).size(), 5u);
  EXPECT_EQ(expand(a * (b * (f + h) + h)).size(), 3u);
  EXPECT_TRUE(expanded(rho * (u + v) - rho * u - rho * v).is_zero());
  // What cannot be multiplied out stays one factor.
  EXPECT_EQ(expand(power(a + b, 5)).size(), 1u);
  EXPECT_EQ(expand(sqrt(f + h)).size(), 1u);
  EXPECT_EQ(expand(a / (f + h)).size(), 1u);
  const LeafValues values = {{"a", 1.7}, {"b", 0.3}, {"f", -2.2}, {"h", 0.9}};
  const Expression nested = power(a + b * (f - h), 3) * (f + number(2)) / (a + b);
  EXPECT_NEAR(value_at(expanded(nested), values), value_at(nested, values), 1e-13);
}

TEST(Expression, ExpandStaysBounded) {
  const LeafValues values = {{"a", 1.01}, {"f", 0.02}};
  Expression factors = number(1);
  for (int i = 1; i <= 40; ++i) factors = factors * (a + number(0.1 * i) * f);
  Expression tower = a + f;
  for (int i = 1; i <= 6; ++i) tower = power(tower, 4) + number(0.01 * i) * f;
  for (const Expression& large : {factors, tower}) {
    const std::vector<Expression> terms = expand(large);
    EXPECT_LE(terms.size(), 1100u);
    EXPECT_NEAR(value_at(sum(terms) / large, values), 1, 1e-12);
  }
}

TEST(Expression, ListsItsLeavesOnce) {
  const Expression u_x = derivative(u, axis_x);
  const std::vector<Expression> found = leaves(rho * (u * u_x + v * derivative(u, axis_y)) - number(2) * rho * v * u_x);
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[0], rho);
  EXPECT_EQ(found[1], u);
  EXPECT_EQ(found[2], u_x);
  EXPECT_EQ(found[3], v);
  EXPECT_EQ(found[4], derivative(u, axis_y));
  EXPECT_TRUE(leaves(number(3)).empty());
}

TEST(Expression, EvaluatesEveryKind) {
  const LeafValues values = {{"a", 2}, {"f", 0.5}, {"x", 3}, {"n_y", -1}, {"data", 7}, {"dx(f)", 11}};
  EXPECT_DOUBLE_EQ(value_at(number(2.5), values), 2.5);
  EXPECT_DOUBLE_EQ(value_at(a + Expression::column("data", Dimension()), values), 9);
  EXPECT_DOUBLE_EQ(value_at(a * Expression::normal(axis_y), values), -2);
  EXPECT_DOUBLE_EQ(value_at(power(x, -2), values), 1.0 / 9);
  EXPECT_DOUBLE_EQ(value_at(derivative(f, axis_x), values), 11);
  const std::array<std::pair<Function, double>, 10> functions = {{{Function::exp, std::exp(0.5)},
                                                                  {Function::log, std::log(0.5)},
                                                                  {Function::sin, std::sin(0.5)},
                                                                  {Function::cos, std::cos(0.5)},
                                                                  {Function::tanh, std::tanh(0.5)},
                                                                  {Function::sinh, std::sinh(0.5)},
                                                                  {Function::cosh, std::cosh(0.5)},
                                                                  {Function::atan, std::atan(0.5)},
                                                                  {Function::erf, std::erf(0.5)},
                                                                  {Function::erfc, std::erfc(0.5)}}};
  for (const auto& [function, expected] : functions) {
    EXPECT_DOUBLE_EQ(value_at(apply(function, f), values), expected) << to_string(function);
    EXPECT_EQ(apply(function, number(0.5)), number(expected)) << "a function of a number is a number";
    EXPECT_EQ(function_named(to_string(function)), function);
  }
  EXPECT_FALSE(function_named("sinc").has_value());
  EXPECT_THROW(value_at(b, values), std::out_of_range);
}

TEST(Expression, StepsMinimaAndMaximaHaveValuesAndOneSidedDerivatives) {
  const Expression a = Expression::field("a", dimension_of<Length>(), {true, false, false, false});
  const Expression b = Expression::parameter("b", dimension_of<Length>());
  const Expression x = Expression::coordinate(axis_x, dimension_of<Length>());
  const auto value = [](const Expression& e, double a_value, double slope = 7) {
    return value_at(e, {{"a", a_value}, {"dx(a)", slope}, {"b", 2}, {"x", 3}});
  };
  const Expression larger = apply(Function::max, a, b);
  const Expression smaller = apply(Function::min, a, b);
  EXPECT_EQ(larger.dimension(), dimension_of<Length>());
  EXPECT_EQ(value(larger, 5), 5);
  EXPECT_EQ(value(larger, -5), 2);
  EXPECT_EQ(value(smaller, 5), 2);
  EXPECT_EQ(value(smaller, -5), -5);
  EXPECT_EQ(value(derivative(larger, axis_x), 5), 7);
  EXPECT_EQ(value(derivative(larger, axis_x), -5), 0);
  EXPECT_EQ(value(derivative(apply(Function::min, a, Expression::number(3) * x), axis_x), 5), 7);
  EXPECT_EQ(value(derivative(apply(Function::min, a, Expression::number(3) * x), axis_x), 50), 3);
  const Expression step = apply(Function::step, a - b);
  EXPECT_EQ(step.dimension(), Dimension());
  EXPECT_EQ(value(step, 5), 1);
  EXPECT_EQ(value(step, 2), 0);
  EXPECT_EQ(value(step, 1), 0);
  EXPECT_TRUE(derivative(step, axis_x).is_zero());
  EXPECT_EQ(apply(Function::max, a, b), apply(Function::max, b, a));
  EXPECT_EQ(apply(Function::max, a, a), a);
  EXPECT_EQ(apply(Function::min, Expression::number(3), Expression::number(-4)), Expression::number(-4));
  EXPECT_EQ(apply(Function::max, a, Expression::zero()).children()[1].dimension(), dimension_of<Length>());
  EXPECT_THROW(apply(Function::max, a, Expression::number(1)), DimensionError);
  EXPECT_EQ(to_string(apply(Function::min, a, Expression::number(2) * b)), "min(a, 2*b)");
  EXPECT_EQ(function_named("step"), Function::step);
  EXPECT_FALSE(function_named("max").has_value());
}

TEST(Expression, CountsItsNodesAndBoundsThoseOfItsDerivative) {
  const Expression f = Expression::field("f", Dimension(), {true, false, false, false});
  EXPECT_EQ(f.size(), 1u);
  const Expression e = apply(Function::sin, f) * apply(Function::exp, f) + power(f, 3);
  EXPECT_EQ(e.size(), 8u);
  EXPECT_GE(derivative_size(e), derivative(e, axis_x).size());
  EXPECT_LE(derivative_size(e), 60u);
}

}  // namespace
}  // namespace nusselt
