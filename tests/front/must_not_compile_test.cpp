// What the types must refuse, each refusal beside its nearest relative that must compile.
#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

#include "nondim/nondimensionalize.hpp"
#include "nondim/term.hpp"
#include "physics/system.hpp"
#include "solver/conditioning.hpp"

namespace nusselt {
namespace {

template <class A, class B>
concept can_add = requires(const A& a, const B& b) {
  a + b;
};
template <class A, class B>
concept can_subtract = requires(const A& a, const B& b) {
  a - b;
};
template <class A, class B>
concept can_multiply = requires(const A& a, const B& b) {
  a* b;
};

// Unlike terms do not add, however close they are.
using P = Term<Pressure>;
static_assert(can_add<P, P> && can_subtract<P, P>);
static_assert(can_add<P, Term<Times<Density, Power<Velocity, 2>>>>, "rho u^2 is a pressure");
static_assert(can_add<Term<NoDimension>, Term<NoDimension>>);
static_assert(!can_add<P, Term<Velocity>> && !can_subtract<P, Term<Velocity>>);
static_assert(!can_add<P, Term<ForceDensity>> && !can_subtract<P, Term<ForceDensity>>);
static_assert(!can_add<Term<Temperature>, Term<TemperatureGradient>>);
static_assert(!can_subtract<Term<DynamicViscosity>, Term<KinematicViscosity>>);
static_assert(!can_add<P, Term<NoDimension>>);

// A raw number multiplies, it never adds: not even to a dimensionless term.
static_assert(can_multiply<double, P>);
static_assert(!can_add<P, double> && !can_add<double, P> && !can_subtract<P, double> && !can_subtract<double, P>);
static_assert(!can_add<Term<NoDimension>, double> && !can_subtract<double, Term<NoDimension>>);
static_assert(!can_add<P, Expression> && !can_add<Expression, P>);
static_assert(!can_add<Expression, double> && !can_multiply<Expression, double>, "numbers enter as Expression::number");
static_assert(can_add<Expression, Expression>);

// Entering the typed world names the dimension.
static_assert(std::is_constructible_v<P, Expression>);
static_assert(!std::is_convertible_v<Expression, P>);
static_assert(!std::is_constructible_v<P, double> && !std::is_convertible_v<double, P>);
static_assert(!std::is_default_constructible_v<P>);
static_assert(!std::is_constructible_v<P, Term<Velocity>> && !std::is_assignable_v<P&, Term<Velocity>>);
static_assert(std::is_assignable_v<P&, P>);
static_assert(!std::is_convertible_v<double, Expression> && !std::is_constructible_v<Expression, double>);

// Only nondimensionalize() makes a DimensionlessResidual.
static_assert(!std::is_default_constructible_v<DimensionlessResidual>);
static_assert(!std::is_constructible_v<DimensionlessResidual, Expression>);
static_assert(!std::is_constructible_v<DimensionlessResidual, std::string, Expression>);
static_assert(!std::is_constructible_v<DimensionlessResidual, double>);
static_assert(!std::is_constructible_v<DimensionlessResidual, P>);
static_assert(!std::is_constructible_v<DimensionlessResidual, Term<NoDimension>>);
static_assert(!std::is_constructible_v<DimensionlessResidual, std::string, Expression,
                                       std::vector<DimensionlessResidual::Term>, double, Dimension, std::string>,
              "its constructor is private");
static_assert(!std::is_aggregate_v<DimensionlessResidual>);
static_assert(std::is_copy_constructible_v<DimensionlessResidual>);
static_assert(std::is_same_v<decltype(nondimensionalize("", std::declval<Expression>(), std::declval<Scales>(), {})),
                             DimensionlessResidual>);

// Averaging and weighting take nothing else.
template <class Residuals>
constexpr bool can_condition = std::is_constructible_v<Conditioning, Residuals, Settings::Conditioning>;
static_assert(can_condition<std::vector<DimensionlessResidual>>);
static_assert(!can_condition<std::vector<Expression>>);
static_assert(!can_condition<std::vector<double>>);
static_assert(!can_condition<std::vector<P>>);
static_assert(!can_condition<std::vector<Term<NoDimension>>>);
static_assert(!can_condition<std::vector<System::Equation>>);
static_assert(!can_condition<double> && !can_condition<Expression>);

// An equation of a physics is a term or a checked expression.
template <class Residual>
concept can_be_an_equation = requires(System& s, const Residual& residual) {
  s.equation("name", residual);
};
static_assert(can_be_an_equation<Term<ForceDensity>> && can_be_an_equation<Expression>);
static_assert(!can_be_an_equation<double> && !can_be_an_equation<int> && !can_be_an_equation<bool>);

// A flux and its source differ by a length, its source and what is stored by a time.
template <class Flux, class Density, class Source>
concept can_be_conserved = requires(System& s, const std::array<Term<Flux>, 3>& flux, const Term<Density>& density,
                                    const Term<Source>& source) {
  s.conserve("name", flux, density, source, {System::whole("energy")});
};
static_assert(can_be_conserved<HeatFlux, Pressure, PowerDensity>);  // a pressure is J/m^3
static_assert(!can_be_conserved<HeatFlux, Pressure, HeatFlux> && !can_be_conserved<HeatFlux, Pressure, MassSource>);
static_assert(!can_be_conserved<HeatFlux, PowerDensity, PowerDensity>);

// Products and derivatives carry their dimension in the type.
template <class Dim>
Term<Dim> term() {
  return Term<Dim>(Expression::parameter("a", dimension_of<Dim>()));
}
static_assert(std::is_same_v<decltype(term<Density>() * term<Velocity>()), Term<MassFlux>>);
static_assert(std::is_same_v<decltype(term<Velocity>() / term<Length>()), Term<Rate>>);
static_assert(std::is_same_v<decltype(dx(term<Pressure>())), Term<ForceDensity>>);
static_assert(std::is_same_v<decltype(term<DynamicViscosity>() * lap(term<Velocity>())), Term<ForceDensity>>);
static_assert(std::is_same_v<decltype(term<Density>() * dt(term<Velocity>())), Term<ForceDensity>>);

TEST(Term, RefusesAnExpressionOfAnotherDimensionAtRunTime) {
  EXPECT_NO_THROW(P(Expression::parameter("p", dimension_of<Pressure>())));
  EXPECT_NO_THROW(P(Expression::zero()));
  try {
    P(Expression::parameter("T", dimension_of<Temperature>()));
    FAIL() << "a pressure was made from a temperature";
  } catch (const std::logic_error& error) {
    EXPECT_STREQ(error.what(), "a term of pressure [Pa] was made from temperature [K]");
  }
}

TEST(Term, ArithmeticIsThatOfItsExpression) {
  const Term<Velocity> u = term<Velocity>();
  EXPECT_EQ((u + u).expression(), (2.0 * u).expression());
  EXPECT_TRUE((u - u).expression().is_zero());
  EXPECT_EQ((-u).expression(), -u.expression());
  EXPECT_EQ((u + zero<Velocity>()).expression(), u.expression());
  EXPECT_EQ((u / u).expression(), Expression::number(1));
}

}  // namespace
}  // namespace nusselt
