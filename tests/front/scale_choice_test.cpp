#include "nondim/scale_choice.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nondim/units.hpp"

namespace nusselt {
namespace {

constexpr Axes plane = {true, true, false, false};

template <class Dim>
Expression constant(const std::string& name) {
  return Expression::parameter(name, dimension_of<Dim>());
}
template <class Dim>
Expression field(const std::string& name) {
  return Expression::field(name, dimension_of<Dim>(), plane);
}
Expression dx(const Expression& e) { return derivative(e, axis_x); }

/// A fluid in a heated box, in SI or as numbers of another system: a base unit is `unit[base]` SI units there.
struct Cavity {
  ConstantValues values;
  std::vector<Reference> known;
  double level;
};

using Units = std::array<double, Dimension::base_count>;
constexpr Units si = {1, 1, 1, 1, 1, 1, 1};

double in_units(double value, const Dimension& dimension, const Units& units) {
  for (std::size_t i = 0; i < units.size(); ++i) value /= std::pow(units[i], to_double(dimension[i]));
  return value;
}

Cavity cavity(double rayleigh, double prandtl, const Units& units = si) {
  const double rho = 998, cp = 4180, k = 0.6, beta = 2e-4, g = 9.81, dT = 4;
  const double mu = prandtl * k / cp;
  const double L = std::cbrt(rayleigh * mu * k / (rho * rho * cp * g * beta * dT));
  const auto c = [&units](double value, const Dimension& dimension) { return in_units(value, dimension, units); };
  const double length = c(L, dimension_of<Length>());
  const double difference = c(dT, dimension_of<Temperature>());
  return {{{"rho", c(rho, dimension_of<Density>())},
           {"cp", c(cp, dimension_of<SpecificHeat>())},
           {"k", c(k, dimension_of<Conductivity>())},
           {"beta", c(beta, dimension_of<Expansion>())},
           {"g", c(g, dimension_of<Acceleration>())},
           {"mu", c(mu, dimension_of<DynamicViscosity>())},
           {"T0", c(300, dimension_of<Temperature>())},
           {"L", length},
           {"dT", difference}},
          {{"L", length, dimension_of<Length>(), ""}, {"dT", difference, dimension_of<Temperature>(), ""}},
          c(300, dimension_of<Temperature>())};
}

std::vector<NamedResidual> natural_convection() {
  const Expression u = field<Velocity>("u"), p = field<Pressure>("p"), T = field<Temperature>("T");
  const Expression rho = constant<Density>("rho"), cp = constant<SpecificHeat>("cp"), k = constant<Conductivity>("k");
  const Expression mu = constant<DynamicViscosity>("mu"), T0 = constant<Temperature>("T0");
  const Expression lift = rho * constant<Acceleration>("g") * constant<Expansion>("beta") * (T - T0);
  return {{"momentum", rho * u * dx(u) + dx(p) - mu * dx(dx(u)) - lift},
          {"energy", rho * cp * u * dx(T) - k * dx(dx(T))}};
}

const std::vector<Reference> velocity_and_pressure = {{"U", 1, dimension_of<Velocity>(), ""},
                                                      {"P", 1, dimension_of<Pressure>(), ""}};

struct Choice {
  std::vector<Reference> references;
  double largest_spread;
};
Choice chosen(const Cavity& c, const std::vector<Reference>& open = velocity_and_pressure) {
  const std::vector<NamedResidual> equations = natural_convection();
  Choice choice{choose_references({}, equations, c.known, open, c.level, c.values), 0};
  const Scales scales(choice.references, c.level);
  for (const NamedResidual& equation : equations) {
    choice.largest_spread =
        std::max(choice.largest_spread, spread(nondimensionalize(equation.name, equation.residual, scales, c.values)));
  }
  return choice;
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const ScaleError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ScaleChoice, FindsTheVelocityOfFreeFall) {
  const Cavity c = cavity(1e6, 0.71);
  const Choice choice = chosen(c);
  const double free_fall = std::sqrt(c.values.at("g") * c.values.at("beta") * c.values.at("dT") * c.values.at("L"));
  ASSERT_EQ(choice.references.size(), 4u);
  EXPECT_NEAR(choice.references[2].si / free_fall, 1, 1e-14);
  EXPECT_EQ(*choice.references[2].definition,
            (Monomial{{"g", {1, 2}}, {"beta", {1, 2}}, {"dT", {1, 2}}, {"L", {1, 2}}}));
  EXPECT_EQ(choice.references[2].formula,
            "L^(1/2) beta^(1/2) dT^(1/2) g^(1/2), from rho*U^2/L = rho*g*beta*dT in momentum");
  EXPECT_NEAR(choice.references[3].si / (c.values.at("rho") * free_fall * free_fall), 1, 1e-14);
  EXPECT_NEAR(choice.largest_spread, std::log10(std::sqrt(1e6 / 0.71)), 1e-12);  // 3.074
}

TEST(ScaleChoice, FindsTheConvectiveVelocityAtALargePrandtlNumber) {
  // There the diffusion of heat has the smallest coefficient: both equations share the same spread.
  const Cavity c = cavity(1e6, 7);
  const double alpha = c.values.at("k") / (c.values.at("rho") * c.values.at("cp"));
  const Choice choice = chosen(c);
  EXPECT_NEAR(choice.references[2].si / (alpha * std::sqrt(1e6) / c.values.at("L")), 1, 1e-14);
  EXPECT_NEAR(choice.largest_spread, 3, 1e-12);
}

TEST(ScaleChoice, DoesNotDependOnTheUnitSystem) {
  const Units odd = {1e-3, 0.45359237, 60, 1, 5.0 / 9, 1, 1};
  for (const double prandtl : {0.71, 7.0, 700.0}) {
    const Choice ours = chosen(cavity(3e5, prandtl));
    const Choice theirs = chosen(cavity(3e5, prandtl, odd));
    EXPECT_NEAR(ours.largest_spread, theirs.largest_spread, 1e-12) << prandtl;
    for (std::size_t i = 0; i < ours.references.size(); ++i) {
      const Reference& reference = ours.references[i];
      EXPECT_NEAR(in_units(reference.si, reference.dimension, odd) / theirs.references[i].si, 1, 1e-12)
          << reference.name << " " << prandtl;
      EXPECT_EQ(reference.formula, theirs.references[i].formula);
    }
  }
}

TEST(ScaleChoice, PressureIsAsLargeAsTheLargestTermBesideIt) {
  // U is known and small: viscosity is larger than inertia, and sets the pressure.
  Cavity c = cavity(1e6, 0.71);
  c.known = {{"L", 0.1, dimension_of<Length>(), ""}, {"U", 1e-7, dimension_of<Velocity>(), ""}};
  c.values["L"] = 0.1;
  const Expression u = field<Velocity>("u"), p = field<Pressure>("p");
  const Expression momentum =
      constant<Density>("rho") * u * dx(u) + dx(p) - constant<DynamicViscosity>("mu") * dx(dx(u));
  const auto references =
      choose_references({}, {{"momentum", momentum}}, c.known, {{"P", 1, dimension_of<Pressure>(), ""}}, 0, c.values);
  EXPECT_NEAR(references[2].si / (c.values.at("mu") * 1e-7 / 0.1), 1, 1e-14);
  EXPECT_EQ(references[2].formula, "U mu / L, from P/L = mu*U/L^2 in momentum");
}

TEST(ScaleChoice, AConditionComesBeforeTheEquations) {
  // A wall heated by q: dT is q L/k whatever that does to the equations.
  Cavity c = cavity(1e6, 0.71);
  c.known.pop_back();
  c.values.erase("dT");
  c.values["q"] = 30;
  const Expression heated = constant<Conductivity>("k") * dx(field<Temperature>("T")) - constant<HeatFlux>("q");
  std::vector<Reference> open = velocity_and_pressure;
  open.push_back({"dT", 1, dimension_of<Temperature>(), ""});
  const auto references =
      choose_references({{"heated", heated}}, natural_convection(), c.known, open, c.level, c.values);
  EXPECT_NEAR(references[3].si / (30 * c.values.at("L") / 0.6), 1, 1e-14);
  EXPECT_EQ(references[3].name, "dT");
}

TEST(ScaleChoice, ALargeSpreadThatNothingChangesHidesNoOther) {
  // A small Biot number spreads its condition over nine decades; the flow is scaled as if it were not there.
  Cavity c = cavity(1e6, 0.71);
  c.values["h"] = 1e-9 * 0.6 / c.values.at("L");
  const Expression T = field<Temperature>("T");
  const Expression cooled =
      constant<Conductivity>("k") * dx(T) + constant<HeatTransferCoefficient>("h") * (T - constant<Temperature>("T0"));
  const auto references =
      choose_references({{"cooled", cooled}}, natural_convection(), c.known, velocity_and_pressure, c.level, c.values);
  EXPECT_NEAR(references[2].si / chosen(c).references[2].si, 1, 1e-14);
}

TEST(ScaleChoice, WhatIsInsideAFunctionIsOneTerm) {
  // k T'' + q tanh(T/T0): the argument is left alone, the source sets the scale of T.
  const Expression T = field<Temperature>("T");
  const Expression source = constant<PowerDensity>("q") * apply(Function::tanh, T / constant<Temperature>("T0"));
  const auto references = choose_references(
      {}, {{"energy", constant<Conductivity>("k") * dx(dx(T)) + source}}, {{"L", 0.5, dimension_of<Length>(), ""}},
      {{"dT", 1, dimension_of<Temperature>(), ""}}, 0, {{"k", 2}, {"q", 100}, {"T0", 300}});
  EXPECT_NEAR(references[1].si, 100 * 0.25 / 2, 1e-12);
}

TEST(ScaleChoice, RefusesWhatNothingFixes) {
  const Expression T = field<Temperature>("T");
  EXPECT_EQ(refusal([&] {
              choose_references({}, {{"energy", constant<Conductivity>("k") * dx(dx(T))}},
                                {{"L", 0.5, dimension_of<Length>(), ""}}, {{"dT", 1, dimension_of<Temperature>(), ""}},
                                0, {{"k", 2}});
            }),
            "neither the equations nor the conditions fix the scale of temperature [K]");
}

TEST(ScaleChoice, BalancesAreALinearSystem) {
  const ConstantValues values = {{"rho", 2}, {"a", 3}, {"L", 0.5}};
  const Balance inertia{"rho*U^2 = P", {{"rho", 1}, {"U", 2}}, {{"P", 1}}, 1};
  const Balance fall{"U^2 = 2*a*L", {{"U", 2}}, {{"a", 1}, {"L", 1}}, 0.5};
  const auto decided = balanced_references({inertia, fall}, velocity_and_pressure, values);
  ASSERT_EQ(decided.size(), 2u);
  EXPECT_NEAR(decided[0].si, std::sqrt(3), 1e-14);
  EXPECT_NEAR(decided[1].si, 6, 1e-14);
  EXPECT_EQ(decided[1].formula, "2 L a rho, from rho*U^2 = P, U^2 = 2*a*L");
  EXPECT_TRUE(balanced_references({inertia}, velocity_and_pressure, values).empty());

  const Balance again{"P = 2*rho*a*L", {{"P", 1}}, {{"rho", 1}, {"a", 1}, {"L", 1}}, 0.5};
  const Balance other{"P = rho*a*L", {{"P", 1}}, {{"rho", 1}, {"a", 1}, {"L", 1}}, 1};
  EXPECT_EQ(refusal([&] {
              balanced_references({inertia, fall, again}, velocity_and_pressure, values);
            }),
            "P = 2*rho*a*L follows from the balances before it");
  EXPECT_EQ(refusal([&] {
              balanced_references({inertia, fall, other}, velocity_and_pressure, values);
            }),
            "P = rho*a*L contradicts the balances before it: its sides differ by a factor of 2");
  EXPECT_EQ(refusal([&] {
              balanced_references({{"a = 3*a", {{"a", 1}}, {{"a", 1}}, 1. / 3}}, velocity_and_pressure, values);
            }),
            "a = 3*a contradicts the constants: its sides differ by a factor of 3");
}

}  // namespace
}  // namespace nusselt
