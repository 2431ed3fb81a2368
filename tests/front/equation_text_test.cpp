// Formulas and equations by value, and every refusal with its place and words.
#include "physics/equation_text.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "nondim/quantity.hpp"
#include "nondim/units.hpp"
#include "tests/front/expression_values.hpp"

namespace nusselt {
namespace {

constexpr Axes plane = {true, true, false, false};
const Expression rho = Expression::parameter("rho", dimension_of<Density>());
const Expression k = Expression::parameter("k", dimension_of<Conductivity>());
const Expression L = Expression::parameter("L", dimension_of<Length>());
const Expression T0 = Expression::parameter("T0", dimension_of<Temperature>());
const Expression u = Expression::field("u", dimension_of<Velocity>(), plane);
const Expression T = Expression::field("T", dimension_of<Temperature>(), plane);
const Expression f = Expression::field("f", Dimension(), plane);
const Expression x = Expression::coordinate(axis_x, dimension_of<Length>());

Scope inside() {
  return {.names = {{"rho", rho}, {"k", k}, {"L", L}, {"T0", T0}, {"u", u}, {"T", T}, {"f", f}, {"x", x}},
          .axes = plane,
          .on_face = false,
          .faces = {}};
}
Scope face() {
  Scope scope = inside();
  scope.on_face = true;
  return scope;
}
Scope output() {
  Scope scope = inside();
  scope.faces = {"x-", "x+", "lid"};
  return scope;
}

Expression parsed(const std::string& text) { return parse_formula(text, inside()).expression; }
Expression quantity(double si, const Dimension& dimension) { return Expression::number(si, dimension); }
Expression d(const Expression& e, Axis axis) { return derivative(e, axis); }

struct Refusal {
  std::string message;
  std::size_t offset = 0;
  std::string hint = {};
  friend bool operator==(const Refusal&, const Refusal&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
    return out << "\"" << refusal.message << "\" at " << refusal.offset << ", hint \"" << refusal.hint << "\"";
  }
};
Refusal refusal(const std::function<void()>& parse) {
  try {
    parse();
  } catch (const TextError& error) {
    return {error.what(), error.offset(), error.hint()};
  }
  return {"nothing was refused"};
}
Refusal formula_refusal(const std::string& text, const Scope& scope = inside()) {
  return refusal([&] { parse_formula(text, scope); });
}
Refusal equation_refusal(const std::string& text) {
  return refusal([&] { parse_equation(text, face()); });
}
const std::string bare_number_hint =
    "a bare number has no dimension: give it a unit, for example `300 K` (only 0 needs none)";

TEST(EquationText, ReadsArithmetic) {
  EXPECT_EQ(parsed("rho*u^2"), rho * u * u);
  EXPECT_EQ(parsed("  rho * u ^ 2 "), rho * u * u);
  EXPECT_EQ(parsed("T - T0 + T"), T + T - T0);
  EXPECT_EQ(parsed("T - (T0 + T0)"), T - Expression::number(2) * T0);
  EXPECT_EQ(parsed("u/L/L"), u / (L * L));
  EXPECT_EQ(parsed("u/(L*L)"), u / (L * L));
  EXPECT_EQ(parsed("u/L*L"), u);
  EXPECT_EQ(parsed("2*L"), Expression::number(2) * L);
  EXPECT_EQ(parsed("-f^2"), -(f * f));
  EXPECT_EQ(parsed("(-f)^2"), f * f);
  EXPECT_EQ(parsed("--f + +f"), f + f);
  EXPECT_EQ(parsed("f*-f"), -(f * f));
  EXPECT_EQ(parsed("L^-1"), power(L, -1));
  EXPECT_EQ(parsed("L^(1/3)"), power(L, Rational(1, 3)));
  EXPECT_EQ(parsed("L^(-2/4)"), power(L, Rational(-1, 2)));
  EXPECT_EQ(parsed("L^(2)"), L * L);
  EXPECT_EQ(parsed("sqrt(L*L)"), L);
  EXPECT_EQ(parsed("1.5e1*.5"), Expression::number(7.5));
  EXPECT_EQ(parsed("sin(f) + exp(-f)*tanh(x/L)"),
            apply(Function::sin, f) + apply(Function::exp, -f) * apply(Function::tanh, x / L));
}

TEST(EquationText, ReadsDerivatives) {
  EXPECT_EQ(parsed("dx(u)"), d(u, axis_x));
  EXPECT_EQ(parsed("dyy(u)"), d(d(u, axis_y), axis_y));
  EXPECT_EQ(parsed("dxy(u)"), d(d(u, axis_x), axis_y));
  EXPECT_EQ(parsed("dx(dy(u))"), d(d(u, axis_x), axis_y));
  EXPECT_EQ(parsed("lap(T)"), d(d(T, axis_x), axis_x) + d(d(T, axis_y), axis_y));
  EXPECT_EQ(parsed("dx(rho*u*T)"), rho * d(u, axis_x) * T + rho * u * d(T, axis_x));
  EXPECT_EQ(parsed("dx(x^2)"), Expression::number(2) * x);
  EXPECT_TRUE(parsed("dx(L)").is_zero());
}

TEST(EquationText, ReadsUnitsAfterNumbers) {
  const Expression flux = quantity(500, dimension_of<HeatFlux>());
  EXPECT_EQ(parsed("500 W/m^2"), flux);
  EXPECT_EQ(parsed("500 [W/m^2]"), flux);
  EXPECT_EQ(parsed("500[W/m^2]"), flux);
  EXPECT_EQ(parsed("0.5 kW/m^2"), flux);
  EXPECT_EQ(parsed("500 W m^-2"), flux);
  EXPECT_EQ(parsed("500 W/m²"), flux);
  EXPECT_EQ(parsed("2 W/(m K)"), quantity(2, dimension_of<Conductivity>()));
  EXPECT_EQ(parsed("2 [W/(m K)]*T/L"), quantity(2, dimension_of<Conductivity>()) * T / L);
  EXPECT_EQ(parsed("3 m^(1/2)"), quantity(3, (dimension_of<Power<Length, 1, 2>>())));
  EXPECT_EQ(parsed("T - 20 degC"), T - quantity(293.15, dimension_of<Temperature>()));
  EXPECT_EQ(parsed("1 m/s*rho"), quantity(1, dimension_of<Velocity>()) * rho);
  EXPECT_EQ(parsed("1 m/s * rho / L"), quantity(1, dimension_of<Velocity>()) * rho / L);
  EXPECT_EQ(parsed("3 K + T0"), quantity(3, dimension_of<Temperature>()) + T0);
  EXPECT_EQ(parsed("3 K - T0"), quantity(3, dimension_of<Temperature>()) - T0);
  EXPECT_EQ(parsed("2 m*(x - L)"), quantity(2, dimension_of<Length>()) * (x - L));
  EXPECT_EQ(parsed("2 m*sin(f)"), quantity(2, dimension_of<Length>()) * apply(Function::sin, f));
  EXPECT_EQ(parsed("2 m/3 s"), quantity(2.0 * (1 / 3.0), dimension_of<Velocity>()));
}

TEST(EquationText, NamesOfTheCaseShadowUnits) {
  // K is the kelvin until the case calls something K.
  EXPECT_EQ(parsed("3 K"), quantity(3, dimension_of<Temperature>()));
  Scope scope = inside();
  const Expression permeability = Expression::parameter("K", dimension_of<Area>());
  scope.names.emplace("K", permeability);
  EXPECT_EQ(parse_formula("3*K", scope).expression, Expression::number(3) * permeability);
  EXPECT_EQ(formula_refusal("3 K", scope), (Refusal{"after a number 'K' can be a unit or the constant of that name", 2,
                                                    "write the unit in brackets, `[K]`, and a product with `*`"}));
  EXPECT_EQ(parse_formula("3 [K]", scope).expression, quantity(3, dimension_of<Temperature>()));
  EXPECT_EQ(parse_formula("2 m*K", scope).expression, quantity(2, dimension_of<Length>()) * permeability);
}

TEST(EquationText, EquationsAreResiduals) {
  EXPECT_EQ(parse_equation("T = T0", inside()), T - T0);
  EXPECT_EQ(parse_equation("T = 300 K", inside()), T - quantity(300, dimension_of<Temperature>()));
  EXPECT_EQ(parse_equation("rho*u = -rho*u", inside()), Expression::number(2) * rho * u);
  EXPECT_EQ(to_string(parse_equation("k*dx(T) = -k*T/L + 5 W/m^2", inside())), "k*dx(T) + k*T/L - 5 [W m-2]");
  EXPECT_TRUE(parse_equation("T = T", inside()).is_zero());
}

TEST(EquationText, ABareZeroFitsAnyDimensionAndNoOtherNumberDoes) {
  EXPECT_EQ(parse_equation("dx(T) = 0", inside()), d(T, axis_x));
  EXPECT_EQ(parse_equation("0 = u", inside()), -u);
  EXPECT_EQ(parsed("T + 0"), T);
  EXPECT_EQ(equation_refusal("T = 300"),
            (Refusal{"cannot compare temperature [K] and a dimensionless number", 2, bare_number_hint}));
  EXPECT_EQ(formula_refusal("1 + u"),
            (Refusal{"cannot add a dimensionless number and velocity [m s-1]", 2, bare_number_hint}));
}

TEST(EquationText, PointsAtTheOperatorBetweenUnlikeTerms) {
  EXPECT_EQ(formula_refusal("T + u"), (Refusal{"cannot add temperature [K] and velocity [m s-1]", 2}));
  EXPECT_EQ(formula_refusal("rho*(T - T0 - u)"), (Refusal{"cannot subtract temperature [K] and velocity [m s-1]", 12}));
  EXPECT_EQ(equation_refusal("dn(T) = T0"),
            (Refusal{"cannot compare temperature gradient [K m-1] and temperature [K]", 6}));
  EXPECT_EQ(formula_refusal("f + sin(x)"), (Refusal{"sin() needs a dimensionless argument, got length [m]", 4,
                                                    "divide the argument by a constant of its dimension"}));
}

TEST(EquationText, RefusesWhatIsNotAFormula) {
  EXPECT_EQ(formula_refusal(""), (Refusal{"the formula ends where a value is expected", 0}));
  EXPECT_EQ(formula_refusal("T +"), (Refusal{"the formula ends where a value is expected", 3}));
  EXPECT_EQ(formula_refusal("T T0"),
            (Refusal{"expected an operator before 'T0'", 2, "a product is written with *, as in 2*(a + b)"}));
  EXPECT_EQ(formula_refusal("T + $"), (Refusal{"unexpected '$'", 4}));
  EXPECT_EQ(formula_refusal("(T"), (Refusal{"expected ')' to close '('", 2}));
  EXPECT_EQ(formula_refusal("T)"), (Refusal{"unexpected ')'", 1}));
  EXPECT_EQ(formula_refusal("dx(T"), (Refusal{"expected ')' to close dx(", 4}));
  EXPECT_EQ(formula_refusal("T = T0"),
            (Refusal{"unexpected '='", 2, "a formula has no '='; an equation has exactly one"}));
  EXPECT_EQ(equation_refusal("T"),
            (Refusal{"an equation needs '='", 1, "write `left = right`, for example `dn(T) = 0`"}));
  EXPECT_EQ(equation_refusal("T) = 0"), (Refusal{"unexpected ')'", 1}));
  EXPECT_EQ(equation_refusal("T = T0 = 0"), (Refusal{"unexpected '='", 7, "an equation has exactly one '='"}));
  EXPECT_EQ(equation_refusal("T = 0 )"), (Refusal{"unexpected ')'", 6}));
}

TEST(EquationText, RefusesBadNumbersAndUnits) {
  EXPECT_EQ(formula_refusal("f + ."), (Refusal{"not a number", 4}));
  EXPECT_EQ(formula_refusal("1e999"), (Refusal{"not a number", 0}));
  EXPECT_EQ(formula_refusal("T - 3 [K"), (Refusal{"'[' is not closed", 6}));
  // The reader of quantities judges units; its places become places in the formula.
  const auto unit_refusal = [](const std::string& text) { return refusal([&] { parse_quantity(text); }); };
  for (const std::string text : {"3 foo", "3 W/m K", "3 [foo]"}) {
    const Refusal alone = unit_refusal(text);
    ASSERT_NE(alone.message, "nothing was refused");
    EXPECT_EQ(formula_refusal("T - " + text), (Refusal{alone.message, alone.offset + 4, alone.hint})) << text;
  }
}

TEST(EquationText, RefusesWhatIsNoFiniteNumberWhereItArises) {
  const std::string said = "the value is not finite";
  EXPECT_EQ(formula_refusal("f + sqrt(-1)"), (Refusal{said, 4}));
  EXPECT_EQ(formula_refusal("f*log(-2)").message, said);
  EXPECT_EQ(formula_refusal("f + exp(1e6)*f").message, said);
  EXPECT_EQ(formula_refusal("f*1e300*1e300"), (Refusal{said, 7}));
  EXPECT_EQ(formula_refusal("f + (-1)^(1/2)").message, said);
}

TEST(EquationText, RefusesBadExponents) {
  EXPECT_EQ(formula_refusal("u ** 2"), (Refusal{"unknown operator '**'", 2, "write a power as x^2"}));
  EXPECT_EQ(formula_refusal("L^0.5"),
            (Refusal{"an exponent must be a whole number or a fraction", 3, "write ^(1/2) for a square root"}));
  const std::string hint = "exponents are like 2, -1 or (1/3)";
  EXPECT_EQ(formula_refusal("L^x"), (Refusal{"expected a small whole number as exponent", 2, hint}));
  EXPECT_EQ(formula_refusal("L^65"), (Refusal{"expected a small whole number as exponent", 2, hint}));
  EXPECT_EQ(formula_refusal("L^99999999999"), (Refusal{"expected a small whole number as exponent", 2, hint}));
  EXPECT_EQ(formula_refusal("L^(1/0)"), (Refusal{"an exponent is divided by zero", 5}));
  EXPECT_EQ(formula_refusal("L^(1/2"), (Refusal{"expected ')' after the exponent", 6}));
  EXPECT_EQ(formula_refusal("L^(2 3)"), (Refusal{"expected ')' after the exponent", 5}));
  EXPECT_EQ(formula_refusal("L^2^3"), (Refusal{"unexpected '^'", 3}));
  EXPECT_EQ(formula_refusal("f + 0^-1"), (Refusal{"0 to a power that is not positive", 6}));
  EXPECT_EQ(formula_refusal("f/0"), (Refusal{"division by zero", 1}));
  EXPECT_EQ(formula_refusal("f/(T - T)"), (Refusal{"division by zero", 1}));
}

TEST(EquationText, ExponentsCannotOverflow) {
  std::string powers = "f";
  for (int i = 0; i < 20; ++i) powers = "(" + powers + ")^64";
  EXPECT_EQ(formula_refusal(powers), (Refusal{"an exponent grew beyond 4096", 20 + 1 + 2 * 4 + 2})) << powers;
  std::string lengths = "1 m";
  for (int i = 0; i < 20; ++i) lengths = "(" + lengths + ")^64";
  EXPECT_EQ(formula_refusal(lengths).message, "an exponent grew beyond 4096");
  std::string roots = "f";
  for (const int prime : {61, 59, 53, 47, 43, 41, 37, 31, 29, 23, 19, 17, 13})
    roots += "*f^(1/" + std::to_string(prime) + ")";
  EXPECT_EQ(formula_refusal(roots).message, "an exponent grew beyond 4096");
}

TEST(EquationText, KnowsWhatOthersCallIt) {
  EXPECT_EQ(formula_refusal("ln(f)"), (Refusal{"unknown function 'ln'", 0, "it is called log() here"}));
  EXPECT_EQ(formula_refusal("laplacian(T)"), (Refusal{"unknown function 'laplacian'", 0, "it is called lap() here"}));
  EXPECT_EQ(formula_refusal("tahn(f)").hint.substr(0, 31), "did you mean tanh? known: dx, d");
  EXPECT_EQ(formula_refusal("rho*t0").hint.substr(0, 31), "did you mean T0? known here: L,");
}

TEST(EquationText, RefusesCallsThatAreNone) {
  EXPECT_EQ(formula_refusal("lap T"),
            (Refusal{"'lap' is a function and takes its argument in parentheses", 0, "for example lap(T)"}));
  EXPECT_EQ(formula_refusal("k lap(T)"),
            (Refusal{"expected an operator before 'lap'", 2, "a product is written with *, as in 2*(a + b)"}));
  EXPECT_EQ(formula_refusal("sin(f, f)"), (Refusal{"sin() takes one argument, here is one more", 5}));
  EXPECT_EQ(formula_refusal("pow(T, 2, 3)"), (Refusal{"pow() takes 2 arguments, here is one more", 8}));
  EXPECT_EQ(formula_refusal("dx(T, x)"), (Refusal{"dx() takes one argument, here is one more", 4}));
}

TEST(EquationText, RefusesMultiplesOfATemperatureLevel) {
  EXPECT_EQ(formula_refusal("2*20 degC").message,
            "a multiple of a temperature level is neither a level nor a difference");
  EXPECT_EQ(parse_formula("2*20 K", inside()).temperature, TemperatureKind::either);
  EXPECT_EQ(parse_formula("0.5*20 degC + 0.5*30 degC", inside()).temperature, TemperatureKind::level);
}

TEST(EquationText, RefusesUnknownNames) {
  EXPECT_EQ(formula_refusal("rho*nu"), (Refusal{"unknown name 'nu'", 4, "known here: L, T, T0, f, k, rho, u, x"}));
  EXPECT_EQ(formula_refusal("nu", Scope{}), (Refusal{"unknown name 'nu'", 0, "known here: none"}));
  EXPECT_EQ(formula_refusal("T*cosine(f)"),
            (Refusal{"unknown function 'cosine'", 2,
                     "known: dx, dy, dz, dt, lap, dn, grad, div, dot, transpose, vec, sqrt, pow, min, max, mean, "
                     "integral, at, argmin, argmax, exp, log, sin, cos, tanh, sinh, cosh, atan, erf, erfc, step"}));
  EXPECT_EQ(formula_refusal("T + dz(T)"), (Refusal{"dz(): the domain has no coordinate z", 4}));
  EXPECT_EQ(formula_refusal("dt(T)"), (Refusal{"dt(): the domain has no coordinate t", 0,
                                               "a steady case has no time derivative; an unsteady one has the extent "
                                               "of time under domain.box.t"}));
  EXPECT_EQ(formula_refusal("dxz(T)"), (Refusal{"dxz(): the domain has no coordinate z", 0}));
}

TEST(EquationText, NamesTheNormalOfAFace) {
  EXPECT_EQ(parse_formula("k*dot(normal, grad(T))", face()).expression, parse_formula("k*dn(T)", face()).expression);
  EXPECT_EQ(formula_refusal("dot(normal, grad(T))"),
            (Refusal{"the outward normal has a meaning on a face only", 4, ""}));
  EXPECT_TRUE(is_reserved("normal"));
}

TEST(EquationText, TheNormalDerivativeLivesOnFaces) {
  EXPECT_EQ(formula_refusal("k*dn(T)"),
            (Refusal{"dn() is the derivative along the outward normal: it has a meaning on a face only", 2,
                     "inside the domain use dx, dy or dz"}));
  const Expression flux = parse_formula("k*dn(T)", face()).expression;
  EXPECT_EQ(flux.dimension(), dimension_of<HeatFlux>());
  const auto on = [&](double n_x, double n_y) {
    return value_at(flux, {{"k", 2}, {"n_x", n_x}, {"n_y", n_y}, {"dx(T)", 5}, {"dy(T)", 7}});
  };
  EXPECT_EQ(on(-1, 0), -10);
  EXPECT_EQ(on(1, 0), 10);
  EXPECT_EQ(on(0, -1), -14);
  EXPECT_EQ(on(0, 1), 14);
  Scope line = face();
  line.axes = {true, false, false, true};
  const Expression rod = Expression::field("T", dimension_of<Temperature>(), line.axes);
  line.names.insert_or_assign("T", rod);
  EXPECT_EQ(parse_formula("dn(T)", line).expression, Expression::normal(axis_x) * d(rod, axis_x));
}

TEST(EquationText, AveragesAndIntegratesOverFaces) {
  const Formula nusselt = parse_formula("mean(k*dn(T), x-)*L/(k*T0) + integral(dn(T), lid)/T0", output());
  ASSERT_EQ(nusselt.functionals.size(), 2u);
  EXPECT_EQ(nusselt.functionals[0].kind, SurfaceFunctional::Kind::mean);
  EXPECT_EQ(nusselt.functionals[0].face, "x-");
  EXPECT_EQ(nusselt.functionals[0].integrand, parse_formula("k*dn(T)", face()).expression);
  EXPECT_EQ(nusselt.functionals[1].kind, SurfaceFunctional::Kind::integral);
  EXPECT_EQ(nusselt.functionals[1].face, "lid");
  EXPECT_NE(nusselt.functionals[0].symbol, nusselt.functionals[1].symbol);
  EXPECT_TRUE(nusselt.expression.dimension().is_dimensionless());
  const Expression mean = Expression::parameter(nusselt.functionals[0].symbol, dimension_of<HeatFlux>());
  const Expression integral = Expression::parameter(nusselt.functionals[1].symbol, dimension_of<Temperature>());
  EXPECT_EQ(nusselt.expression, mean * L / (k * T0) + integral / T0);
}

TEST(EquationText, AnIntegralCarriesTheMeasureOfItsFace) {
  const auto dimension = [](const Axes& axes) {
    Scope scope = output();
    scope.axes = axes;
    return parse_formula("integral(rho*u, x+)", scope).expression.dimension();
  };
  EXPECT_EQ(dimension({true, false, false, false}), dimension_of<MassFlux>());
  EXPECT_EQ(dimension({true, true, false, false}), (dimension_of<Times<MassFlux, Length>>()));
  EXPECT_EQ(dimension({true, true, false, true}), (dimension_of<Times<MassFlux, Times<Length, Time>>>()));
  EXPECT_EQ(dimension({true, true, true, false}), (dimension_of<Times<MassFlux, Area>>()));
  EXPECT_EQ(parse_formula("mean(rho*u, x+ )", output()).expression.dimension(), dimension_of<MassFlux>());
}

TEST(EquationText, RefusesFunctionalsInTheWrongPlace) {
  EXPECT_EQ(formula_refusal("2*mean(T, x-)"), (Refusal{"mean() over a face is known in outputs only", 2}));
  EXPECT_EQ(equation_refusal("T = integral(T, x-)"), (Refusal{"integral() over a face is known in outputs only", 4}));
  EXPECT_EQ(formula_refusal("mean(T x-)", output()), (Refusal{"expected ')' to close mean(", 7}));
  EXPECT_EQ(formula_refusal("mean(dn(T))", output()),
            (Refusal{"dn() has a meaning on a face only, and mean() without a face is taken over the domain", 0,
                     "name the face: mean(..., x-)"}));
  EXPECT_EQ(formula_refusal("mean(T, y-)", output()),
            (Refusal{"unknown face 'y-'", 8, "faces: x-, x+, lid; or domain for all of it"}));
  EXPECT_EQ(formula_refusal("mean(T, x-", output()), (Refusal{"expected ')' to close mean(", 10}));
  // After a functional, the formula is no longer on its face.
  EXPECT_EQ(formula_refusal("mean(dn(T), x-) + dn(T)", output()).offset, 18u);
}

TEST(EquationText, LooksForExtremaAlongLines) {
  const Formula found = parse_formula("(max(T, x = L/2) - min(L*dx(T), y = 0))/T0", output());
  ASSERT_EQ(found.extrema.size(), 2u);
  EXPECT_EQ(found.extrema[0].kind, LineExtremum::Kind::largest);
  EXPECT_EQ(found.extrema[0].along_line, T);
  EXPECT_EQ(found.extrema[0].axis, axis_y);
  ASSERT_EQ(found.extrema[0].positions.size(), 1u);
  EXPECT_EQ(found.extrema[0].positions.at(axis_x), L / Expression::number(2));
  EXPECT_EQ(found.extrema[1].kind, LineExtremum::Kind::smallest);
  EXPECT_EQ(found.extrema[1].axis, axis_x);
  EXPECT_TRUE(found.extrema[1].positions.at(axis_y).is_zero());
  const Expression largest = Expression::parameter(found.extrema[0].symbol, dimension_of<Temperature>());
  const Expression smallest = Expression::parameter(found.extrema[1].symbol, dimension_of<Temperature>());
  EXPECT_EQ(found.expression, (largest - smallest) / T0);
  // A place is a coordinate; on a line and in space other numbers of positions are due.
  EXPECT_EQ(parse_formula("argmin(T, y = L)", output()).expression.dimension(), dimension_of<Length>());
  Scope line = output();
  line.axes = {true, false, false, false};
  EXPECT_EQ(parse_formula("argmax(T)", line).extrema[0].kind, LineExtremum::Kind::place_of_largest);
  Scope transient = output();
  transient.axes = {true, false, false, true};
  EXPECT_EQ(parse_formula("argmax(T, x = L)", transient).expression.dimension(), dimension_of<Time>());
}

TEST(EquationText, TakesValuesAtPointsAndMeansOverSections) {
  const Formula found = parse_formula("at(T, x = L/2, y = 0) - mean(T, x = L) + integral(dx(T), y = L)", output());
  ASSERT_EQ(found.sections.size(), 3u);
  EXPECT_TRUE(found.functionals.empty());
  const Section &point = found.sections[0], &mean = found.sections[1], &integral = found.sections[2];
  EXPECT_EQ(point.integrand, T);
  EXPECT_FALSE(point.integral);
  ASSERT_EQ(point.positions.size(), 2u);
  EXPECT_EQ(point.positions.at(axis_x), L / Expression::number(2));
  EXPECT_TRUE(point.positions.at(axis_y).is_zero());
  ASSERT_EQ(mean.positions.size(), 1u);
  EXPECT_EQ(mean.positions.at(axis_x), L);
  EXPECT_FALSE(mean.integral);
  EXPECT_TRUE(integral.integral);
  EXPECT_EQ(integral.integrand, d(T, axis_x));
  const auto symbol = [](const Section& section) {
    return Expression::parameter(section.symbol, dimension_of<Temperature>());
  };
  EXPECT_EQ(found.expression, symbol(point) - symbol(mean) + symbol(integral));
  // A temperature at a point is a level, a difference of two is not.
  EXPECT_EQ(parse_formula("at(T, x = L, y = L)", output()).temperature,
            parse_formula("mean(T, x-)", output()).temperature);
  Scope transient = output();
  transient.axes = {true, false, false, true};
  EXPECT_EQ(parse_formula("integral(T, x = L)", transient).expression.dimension(),
            (dimension_of<Times<Temperature, Time>>()));
}

TEST(EquationText, RefusesPointsAndSectionsThatAreNone) {
  EXPECT_EQ(formula_refusal("at(T, x = L)"), (Refusal{"at() at a point is known in outputs only", 0}));
  EXPECT_EQ(formula_refusal("1 + at(T)", output()),
            (Refusal{"at() is the value at a point: x, y is not given", 4,
                     "every coordinate has a value there, at(formula, x = position, y = position)"}));
  EXPECT_EQ(formula_refusal("at(T, x = L)", output()).message, "at() is the value at a point: y is not given");
  EXPECT_EQ(formula_refusal("at(T, x-)", output()).message, "expected '=' and the value of x in at()");
  EXPECT_EQ(formula_refusal("mean(T, x = L, y = L)", output()),
            (Refusal{"mean() over a section: no coordinate is left to vary", 0,
                     "the value at a point is at(formula, x = position)"}));
  EXPECT_EQ(formula_refusal("mean(dn(T), x = L)", output()).message,
            "dn() is the derivative along the outward normal: it has a meaning on a face only");
  EXPECT_EQ(formula_refusal("at(T, x = L, x = L)", output()).message, "x is given twice in at()");
  EXPECT_EQ(formula_refusal("at(T, x = T, y = L)", output()).message, "the value of x must not vary, but T does");
}

TEST(EquationText, RefusesExtremaThatAreNotAlongALine) {
  EXPECT_EQ(formula_refusal("2*max(T, x = L)"),
            (Refusal{"max() along a line is known in outputs only", 2, "of two values it is max(a, b)"}));
  EXPECT_EQ(formula_refusal("max(T)", output()),
            (Refusal{"max() is taken along a line: one coordinate varies, the others are given; here x, y vary", 0,
                     "write max(formula, x = position) in a plane, with y = position too in space"}));
  EXPECT_EQ(formula_refusal("max(T, x = L, y = L)", output()).message,
            "max() is taken along a line: one coordinate varies, the others are given; here none varies");
  EXPECT_EQ(formula_refusal("max(T, x = L, x = L)", output()).message, "x is given twice in max()");
  EXPECT_EQ(formula_refusal("max(T, z = L)", output()),
            (Refusal{"expected a coordinate of the domain and its value after ',' in max()", 7,
                     "for example max(u, x = L/2)"}));
  EXPECT_EQ(formula_refusal("max(T, x L)", output()), (Refusal{"expected ')' to close max(", 9}));
  EXPECT_EQ(formula_refusal("max(T, x = T*L/T0)", output()), (Refusal{"the value of x must not vary, but T does", 11}));
  EXPECT_EQ(formula_refusal("max(T, x = 3)", output()).message,
            "the value of x is length [m], got a dimensionless number");
  EXPECT_EQ(formula_refusal("max(dn(T), x = L)", output()).offset, 4u);
}

TEST(EquationText, LimitsLengthNestingAndOrder) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "f" + std::string(depth, ')'); };
  EXPECT_EQ(parsed(nested(20)), f);
  EXPECT_EQ(formula_refusal(nested(100000)), (Refusal{"the text is longer than 4096 characters", 0,
                                                      "split it: give parts of it names under constants or formulas"}));
  EXPECT_EQ(formula_refusal(nested(2000)).message, "nested deeper than 64 levels");
  EXPECT_EQ(formula_refusal(std::string(4000, '-') + "f"), (Refusal{"nested deeper than 64 levels", 63}));
  EXPECT_EQ(formula_refusal(std::string(4000, '(')).message, "nested deeper than 64 levels");
  EXPECT_EQ(parsed("f" + std::string(4095, ' ')), f);

  EXPECT_EQ(parsed("lap(lap(f))"), parsed("dxxxx(f) + 2*dxxyy(f) + dyyyy(f)"));
  EXPECT_EQ(formula_refusal("dx(lap(f) + lap(lap(f)))"), (Refusal{"derivatives beyond the order 4 are not known", 16}));
  EXPECT_EQ(formula_refusal("dxxxxx(f)").message, "derivatives beyond the order 4 are not known");
  EXPECT_EQ(parsed("dxx(f) + dxx(f) + dxx(f)"), parsed("3*dxx(f)"));
}

/// With a vector field, functions of the case, and temperatures whose kind is known.
Scope rich() {
  Scope scope = inside();
  const Expression v = Expression::field("v", dimension_of<Velocity>(), plane);
  scope.set("v", SpaceTensor::scalar(v));
  scope.set("U", SpaceTensor::vector({u, v}));
  scope.set("T", SpaceTensor::scalar(T), TemperatureKind::level);
  scope.set("warm", SpaceTensor::scalar(Expression::parameter("warm", dimension_of<Temperature>())),
            TemperatureKind::level);
  scope.set("rise", SpaceTensor::scalar(Expression::parameter("rise", dimension_of<Temperature>())),
            TemperatureKind::difference);
  scope.functions = {{"conductivity", {{"T"}, "k*(1 + 0.3*(T - T0)/rise)"}},
                     {"blend", {{"a", "b", "s"}, "a + s*(b - a)"}},
                     {"heat", {{"T"}, "-conductivity(T)*grad(T)"}},
                     {"circle", {{"a"}, "1 + round(a)"}},
                     {"round", {{"a"}, "2*circle(a)"}},
                     {"twice", {{"a"}, "sin(a) + exp(a)"}}};
  return scope;
}
Expression read(const std::string& text) { return parse_formula(text, rich()).expression; }
Refusal rich_refusal(const std::string& text) { return formula_refusal(text, rich()); }

TEST(EquationText, ReadsVectorEquations) {
  const SpaceTensor momentum = parse_tensor_equation("rho*dot(U, grad(U)) = rho*vec(0, -3 m/s^2)", rich()).residual;
  EXPECT_EQ(momentum.rank, 1);
  EXPECT_EQ(momentum.parts[0], read("rho*(u*dx(u) + v*dy(u))"));
  EXPECT_EQ(momentum.parts[1], read("rho*(u*dx(v) + v*dy(v)) + rho*3 [m/s^2]"));
  EXPECT_EQ(read("div(U)"), read("dx(u) + dy(v)"));
  EXPECT_EQ(read("div(k*grad(T))"), sum(expand(read("k*lap(T)"))));
  const SpaceTensor laplacian = parse_tensor("lap(U)", rich()).value;
  EXPECT_EQ(parse_tensor("div(grad(U))", rich()).value.parts, laplacian.parts);
  // The divergence of the strain rate in a flow of varying viscosity.
  const SpaceTensor stress = parse_tensor("div(f*(grad(U) + transpose(grad(U))))", rich()).value;
  EXPECT_EQ(stress.parts[0], read("dx(2*f*dx(u)) + dy(f*(dy(u) + dx(v)))"));
  EXPECT_EQ(parse_tensor_equation("U = 0", rich()).residual.parts[1], read("v"));
}

TEST(EquationText, RefusesMixedRanksAtTheOperator) {
  EXPECT_EQ(rich_refusal("U + T"), (Refusal{"cannot add a vector and a scalar", 2}));
  EXPECT_EQ(rich_refusal("T - grad(T)"), (Refusal{"cannot subtract a scalar and a vector", 2}));
  EXPECT_EQ(rich_refusal("grad(U) + U").message, "cannot add a tensor such as the gradient of a vector and a vector");
  EXPECT_EQ(rich_refusal("rho*U*grad(T)"),
            (Refusal{"cannot multiply a vector by a vector", 5, "the inner product is dot(a, b)"}));
  EXPECT_EQ(rich_refusal("1/U"), (Refusal{"cannot divide by a vector", 1}));
  EXPECT_EQ(rich_refusal("U^2"),
            (Refusal{"cannot raise a vector to a power", 2, "the square of its length is dot(a, a)"}));
  EXPECT_EQ(rich_refusal("2*sin(U)"), (Refusal{"sin() takes a scalar, got a vector", 2}));
  EXPECT_EQ(rich_refusal("max(U, 0)"), (Refusal{"cannot compare a vector in max()", 0}));
  EXPECT_EQ(rich_refusal("dot(U, T)").offset, 0u);
  EXPECT_EQ(rich_refusal("f*div(T)"), (Refusal{"div() of a scalar has no meaning", 2,
                                               "div() takes a vector, such as k*grad(T); grad() takes a scalar"}));
  EXPECT_EQ(rich_refusal("grad(grad(U))").message,
            "grad() of a tensor such as the gradient of a vector has no meaning here");
  EXPECT_EQ(rich_refusal("U"), (Refusal{"expected a scalar, got a vector", 0}));
  EXPECT_EQ(rich_refusal("dot(vec(u, v, u), U)"),
            (Refusal{"vec() takes one component for each space axis, 2 here, got 3", 4}));
  EXPECT_EQ(rich_refusal("dot(vec(u, T), U)"),
            (Refusal{"cannot put together velocity [m s-1] and temperature [K]", 4}));
  EXPECT_EQ(rich_refusal("dot([u, v], U)"), (Refusal{"unexpected '['", 4, "a vector is written vec(0, -g)"}));
  EXPECT_EQ(rich_refusal("dot(U + vec(T, T), U)"), (Refusal{"cannot add velocity [m s-1] and temperature [K]", 6}));
  EXPECT_EQ(refusal([] { parse_tensor_equation("T = grad(T)", rich()); }),
            (Refusal{"cannot compare a scalar and a vector", 2}));
}

TEST(EquationText, ReadsPowersMinimaMaximaAndSteps) {
  EXPECT_EQ(read("pow(f, 3/2)"), power(f, Rational(3, 2)));
  EXPECT_EQ(read("pow(f, 0.7)"), power(f, Rational(7, 10)));
  EXPECT_EQ(read("pow(f, -1.25)"), power(f, Rational(-5, 4)));
  EXPECT_EQ(read("pow(L, (1/3))"), power(L, Rational(1, 3)));
  EXPECT_EQ(read("min(T, T0)"), apply(Function::min, T, T0));
  EXPECT_EQ(read("max(T - T0, 0)"), apply(Function::max, T - T0, Expression::zero()));
  EXPECT_EQ(read("step(x - L)").dimension(), Dimension());
  EXPECT_EQ(rich_refusal("pow(f, x)").message, "expected a small whole number as exponent");
  EXPECT_EQ(rich_refusal("pow(f, 0.1234)"),
            (Refusal{"an exponent has at most three decimals", 12, "write a fraction such as 2/3"}));
  EXPECT_EQ(rich_refusal("pow(f, 1/0)"), (Refusal{"an exponent is divided by zero", 9}));
  EXPECT_EQ(rich_refusal("pow(f)"), (Refusal{"expected ',' and the exponent after the base in pow(x, 3/2)", 5}));
  EXPECT_EQ(rich_refusal("min(T, rho)"), (Refusal{"cannot compare temperature [K] and density [kg m-3]", 0}));
  EXPECT_EQ(rich_refusal("max(T, 3)"),
            (Refusal{"cannot compare temperature [K] and a dimensionless number", 0, bare_number_hint}));
  // With a coordinate and a value it is the extremum along a line.
  Scope outputs = rich();
  outputs.faces = {"x-"};
  EXPECT_EQ(parse_formula("max(max(u, v), x = L/2)", outputs).extrema.size(), 1u);
}

TEST(EquationText, CallsTheFunctionsOfTheCase) {
  EXPECT_EQ(read("conductivity(T)"), read("k*(1 + 0.3*(T - T0)/rise)"));
  EXPECT_EQ(read("conductivity(warm)"), read("k*(1 + 0.3*(warm - T0)/rise)"));
  EXPECT_EQ(read("blend(warm, T, x/L)"), read("warm + x/L*(T - warm)"));
  EXPECT_EQ(parse_tensor("blend(U, 2*U, 0.25)", rich()).value.parts[1], read("1.25*v"));
  // Symbolic: the derivative passes through the property.
  EXPECT_TRUE(sum(expand(read("div(heat(T)) + conductivity(T)*lap(T) + 0.3*k/rise*(dx(T)^2 + dy(T)^2)"))).is_zero());
  EXPECT_EQ(rich_refusal("2*blend(T, T)"), (Refusal{"blend() takes 3 arguments, got 2", 2}));
  EXPECT_EQ(rich_refusal("conductivity()").message, "unexpected ')'");
  EXPECT_EQ(rich_refusal("conductivity*T"),
            (Refusal{"'conductivity' is a function and takes its arguments in parentheses", 0}));
  EXPECT_EQ(rich_refusal("k(T)"),
            (Refusal{"'k' is no function", 1, "a product is written with *, a function is defined under functions"}));
  EXPECT_EQ(
      rich_refusal("f + conductivity(rho)"),
      (Refusal{"in conductivity() = k*(1 + 0.3*(T - T0)/rise): cannot subtract density [kg m-3] and temperature [K]",
               4}));
  EXPECT_EQ(rich_refusal("f*circle(f)"),
            (Refusal{"in circle() = 1 + round(a): in round() = 2*circle(a): circle() is defined by itself", 2}));
}

TEST(EquationText, TellsTemperatureLevelsFromDifferences) {
  const auto kind = [](const std::string& text) { return parse_formula(text, rich()).temperature; };
  EXPECT_EQ(kind("T"), TemperatureKind::level);
  EXPECT_EQ(kind("20 degC"), TemperatureKind::level);
  EXPECT_EQ(kind("20 degC + 30 K"), TemperatureKind::either);  // 30 K may be a level as well
  EXPECT_EQ(kind("40 delta_degC"), TemperatureKind::difference);
  EXPECT_EQ(kind("20 degC + 40 delta_degC"), TemperatureKind::level);
  EXPECT_EQ(kind("warm + rise"), TemperatureKind::level);
  EXPECT_EQ(kind("warm - 5 degC"), TemperatureKind::difference);
  EXPECT_EQ(kind("(T - warm)*x/L"), TemperatureKind::difference);
  EXPECT_EQ(kind("warm + (T - warm)*x/L"), TemperatureKind::level);
  EXPECT_EQ(kind("(T + warm)/2"), TemperatureKind::level);
  EXPECT_EQ(kind("0.25*(T + 2*warm + 20 degC)"), TemperatureKind::level);
  EXPECT_EQ(kind("max(T, warm)"), TemperatureKind::level);
  EXPECT_EQ(kind("T0"), TemperatureKind::either);
  EXPECT_EQ(kind("warm*x/L + T*(1 - x/L)"), TemperatureKind::either);
  EXPECT_EQ(kind("2e-3 [1/degC]*(T - warm)"), TemperatureKind::either);
  EXPECT_EQ(read("2e-3 [1/degC]*(T - T0)"), read("2e-3 [1/K]*(T - T0)"));
  const std::string add =
      "a reading such as 20 degC is a level: add a difference to it, `20 degC + 30 K`, or take the mean, (a + b)/2";
  EXPECT_EQ(rich_refusal("20 degC + 30 degC"), (Refusal{"cannot add two temperature levels", 8, add}));
  EXPECT_EQ(rich_refusal("rho*(T + warm)"), (Refusal{"cannot add two temperature levels", 7, add}));
  EXPECT_EQ(rich_refusal("exp((T + T)/rise)").offset, 7u);
  EXPECT_EQ(rich_refusal("dx(T + warm)").offset, 5u);
  EXPECT_EQ(
      rich_refusal("rise - T"),
      (Refusal{"cannot subtract a temperature level from a temperature difference", 5,
               "a reading such as 20 degC is a level: level - level is a difference, level - difference a level"}));
  const auto equation = [](const std::string& text) { return refusal([&] { parse_tensor_equation(text, rich()); }); };
  const std::string like = "T - T0 is a difference, T and 20 degC are levels; a difference alone is written in K";
  EXPECT_EQ(equation("T = rise"),
            (Refusal{"cannot compare a temperature level and a temperature difference", 2, like}));
  EXPECT_EQ(equation("T - warm = 20 degC").offset, 9u);
  EXPECT_EQ(rich_refusal("min(T, rise)").message, "cannot compare a temperature level and a temperature difference");
  for (const std::string good : {"T = warm", "T - warm = rise", "T = 20 degC", "T = 300 K", "T - T0 = 0", "T = 0"}) {
    EXPECT_EQ(equation(good).message, "nothing was refused") << good;
  }
}

TEST(EquationText, KnowsWhatAnEquationOfDivergenceFormConserves) {
  const auto law = [](const std::string& text) { return parse_tensor_equation(text, rich()).conservation; };
  const auto transport = law("rho*div(f*U) - 2*rho*(dx(f*u) + lap(3 [m^2/s]*f)) = 5*rho*f*u/L");
  ASSERT_TRUE(transport.has_value());
  EXPECT_TRUE(transport->names_divergence);
  EXPECT_EQ(sum(expand(transport->flux.parts[0])), sum(expand(read("rho*f*u - 2*rho*(f*u + 3 [m^2/s]*dx(f))"))));
  EXPECT_EQ(sum(expand(transport->flux.parts[1])), sum(expand(read("rho*f*v - 6 [m^2/s]*rho*dy(f)"))));
  EXPECT_TRUE(transport->density.is_zero());
  EXPECT_EQ(transport->source, read("5*rho*f*u/L"));
  EXPECT_FALSE(law("rho*dx(u) = 0")->names_divergence);
  // A derivative that is no divergence leaves no law.
  EXPECT_FALSE(law("u*dx(T) = div(U)*T0").has_value());
  EXPECT_FALSE(law("dot(U, grad(f)) = div(f*U)").has_value());
  EXPECT_FALSE(law("f*div(U) = 0").has_value());
  Scope unsteady = rich();
  unsteady.axes[axis_t] = true;
  const Expression warming = Expression::field("T", dimension_of<Temperature>(), unsteady.axes);
  unsteady.set("T", SpaceTensor::scalar(warming), TemperatureKind::level);
  const auto heating =
      parse_tensor_equation("7*rho*dt(T) = div(rho*3 [m^2/s]*grad(T)) + rho*4 [K/s]", unsteady).conservation;
  ASSERT_TRUE(heating.has_value());
  EXPECT_EQ(heating->density, Expression::number(7) * rho * warming);
  EXPECT_EQ(heating->source, rho * quantity(4, dimension_of<Temperature>() / dimension_of<Time>()));
}

TEST(EquationText, LimitsWhatATextGrowsTo) {
  const auto nested = [](int depth) {
    std::string text = "f";
    for (int i = 0; i < depth; ++i) text = "twice(" + text + ")";
    return text;
  };
  EXPECT_EQ(read(nested(3)).size(), 29u);
  EXPECT_EQ(rich_refusal(nested(20)).message.substr(0, 60),
            "in twice() = sin(a) + exp(a): written out, this grows beyond");
  EXPECT_EQ(rich_refusal(nested(40)).message, "nested deeper than 64 levels");
  std::string calls = "twice(x/L)";
  for (int i = 1; i < 200; ++i) calls += "*twice(" + std::to_string(i) + "*f)";
  EXPECT_EQ(rich_refusal("dxx(" + calls + ")").message, "the derivative grows beyond 10000 operations");
  Scope scope = rich();
  std::string ten = "ten0(a)";
  scope.functions["ten0"] = {{"a"}, "a"};
  for (int i = 1; i < 5; ++i) {
    const std::string inner = "ten" + std::to_string(i - 1) + "(a)";
    std::string body = inner;
    for (int j = 1; j < 10; ++j) body += " + " + inner;
    scope.functions["ten" + std::to_string(i)] = {{"a"}, body};
  }
  EXPECT_EQ(parse_formula("ten2(f)", scope).expression, Expression::number(100) * f);
  EXPECT_NE(formula_refusal("ten4(f)", scope).message.find("more than 1000 calls of functions"), std::string::npos);
  // Orders that a function brings in count as well.
  scope.functions["bending"] = {{"a"}, "lap(lap(a))"};
  EXPECT_NE(formula_refusal("dx(bending(f))", scope).message.find("derivatives beyond the order 4"), std::string::npos);
  EXPECT_NE(formula_refusal("bending(dx(f))", scope).message.find("derivatives beyond the order 4"), std::string::npos);
}

TEST(EquationText, ListsTheNamesATextMentions) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(mentioned_names("(Ra*mu*k/(rho^2*g))^(1/3)"), (Names{"Ra", "mu", "k", "rho", "g"}));
  EXPECT_EQ(mentioned_names("1e4*T_hot - .5e-3"), (Names{"T_hot"}));
  EXPECT_EQ(mentioned_names("500 W/m^2"), (Names{"W", "m"}));
  EXPECT_TRUE(mentioned_names("").empty());
}

}  // namespace
}  // namespace nusselt
