#include "nondim/nondimensionalize.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "physics/system.hpp"
#include "tests/front/expression_values.hpp"

namespace nusselt {
namespace {

using Base = Dimension::Base;

/// A system of units: what one of its units is in SI.
struct UnitSystem {
  std::string name;
  double length = 1;
  double mass = 1;
  double time = 1;
  double temperature = 1;

  double unit(const Dimension& d) const {
    return std::pow(length, to_double(d[Base::length])) * std::pow(mass, to_double(d[Base::mass])) *
           std::pow(time, to_double(d[Base::time])) * std::pow(temperature, to_double(d[Base::temperature]));
  }
};

/// Natural convection of air; no number is 1 and no two are equal.
struct Convection {
  double rho = 1.177, cp = 1005, k = 0.0262, mu = 1.85e-5, beta = 3.4e-3, g = 9.81, dT = 12.5, L = 0.017, T0 = 293.7;
  double U() const { return std::sqrt(g * beta * dT * L); }
  double Ra() const { return rho * rho * cp * g * beta * dT * L * L * L / (mu * k); }
  double Pr() const { return mu * cp / k; }

  ConstantValues values(const System& system, const UnitSystem& units = {}) const {
    const ConstantValues si = {{"rho", rho}, {"cp", cp}, {"k", k},    {"mu", mu},    {"beta", beta},
                               {"g", g},     {"T0", T0}, {"q", 4321}, {"nu", 2.3e-4}};
    ConstantValues converted;
    double other = 0.83;  // what only one physics asks for
    for (const System::Constant& constant : system.constants()) {
      const auto known = si.find(constant.name);
      converted[constant.name] = (known != si.end() ? known->second : other += 0.17) / units.unit(constant.dimension);
    }
    return converted;
  }
  Scales scales(const UnitSystem& units = {}, double level = 293.7) const {
    const auto reference = [&](const std::string& name, double si, const Dimension& dimension) {
      return Reference{name, si / units.unit(dimension), dimension, ""};
    };
    return Scales({reference("L", L, dimension_of<Length>()), reference("U", U(), dimension_of<Velocity>()),
                   reference("rho", rho, dimension_of<Density>()), reference("dT", dT, dimension_of<Temperature>()),
                   reference("dc", 3.1, dimension_of<Per<Amount, Volume>>())},
                  level / units.temperature);
  }
};

System described(const std::string& physics, const Axes& axes, const std::set<std::string>& given = {}) {
  System system(axes, given);
  registered_physics().at(physics).describe(system);
  return system;
}

constexpr Axes plane = {true, true, false, false};

/// coefficient by the text of its factor.
std::map<std::string, double> coefficients(const DimensionlessResidual& residual) {
  std::map<std::string, double> found;
  for (const auto& term : residual.terms()) {
    EXPECT_FALSE(found.contains(to_string(term.factor))) << to_string(term.factor);
    found[to_string(term.factor)] = term.coefficient;
  }
  return found;
}

void expect_coefficients(const DimensionlessResidual& residual, const std::map<std::string, double>& expected) {
  const std::map<std::string, double> found = coefficients(residual);
  ASSERT_EQ(found.size(), expected.size()) << to_string(residual.expression());
  for (const auto& [factor, coefficient] : expected) {
    ASSERT_TRUE(found.contains(factor)) << factor << " is not in " << to_string(residual.expression());
    EXPECT_NEAR(found.at(factor), coefficient, 1e-13 * std::abs(coefficient)) << residual.name() << ": " << factor;
  }
}

std::map<std::string, DimensionlessResidual> scaled_system(const System& system, const Scales& scales,
                                                           const ConstantValues& values) {
  std::map<std::string, DimensionlessResidual> residuals;
  for (const System::Equation& equation : system.equations()) {
    residuals.emplace(equation.name, nondimensionalize(equation.name, equation.residual, scales, values));
  }
  return residuals;
}

TEST(Nondimensionalize, BoussinesqHasTheCoefficientsOfTheBook) {
  const Convection air;
  const System system = described("boussinesq", plane);
  const auto residuals = scaled_system(system, air.scales(), air.values(system));
  const double viscous = std::sqrt(air.Pr() / air.Ra());
  const double thermal = 1 / std::sqrt(air.Ra() * air.Pr());

  expect_coefficients(residuals.at("continuity"), {{"dx(u)", 1}, {"dy(v)", 1}});
  expect_coefficients(residuals.at("momentum_x"),
                      {{"u*dx(u)", 1}, {"v*dy(u)", 1}, {"dx(p)", 1}, {"dxx(u)", -viscous}, {"dyy(u)", -viscous}});
  expect_coefficients(
      residuals.at("momentum_y"),
      {{"u*dx(v)", 1}, {"v*dy(v)", 1}, {"dy(p)", 1}, {"dxx(v)", -viscous}, {"dyy(v)", -viscous}, {"T", -1}});
  expect_coefficients(residuals.at("energy"),
                      {{"u*dx(T)", 1}, {"v*dy(T)", 1}, {"dxx(T)", -thermal}, {"dyy(T)", -thermal}});

  const double momentum = air.rho * air.U() * air.U() / air.L;
  EXPECT_NEAR(residuals.at("continuity").scale(), air.U() / air.L, 1e-13 * air.U() / air.L);
  EXPECT_NEAR(residuals.at("momentum_x").scale(), momentum, 1e-13 * momentum);
  EXPECT_NEAR(residuals.at("momentum_y").scale(), momentum, 1e-13 * momentum);
  const double energy = air.rho * air.cp * air.U() * air.dT / air.L;
  EXPECT_NEAR(residuals.at("energy").scale(), energy, 1e-13 * energy);

  EXPECT_EQ(residuals.at("continuity").dimension(), dimension_of<Rate>());
  EXPECT_EQ(residuals.at("momentum_x").dimension(), dimension_of<ForceDensity>());
  EXPECT_EQ(residuals.at("energy").dimension(), dimension_of<PowerDensity>());
  EXPECT_EQ(residuals.at("momentum_x").scale_formula(), "rho*U^2/L");
  EXPECT_EQ(residuals.at("continuity").scale_formula(), "U/L");
  EXPECT_EQ(residuals.at("momentum_x").name(), "momentum_x");
}

TEST(Nondimensionalize, RatiosAreThePiGroupsOfTheTerms) {
  const Convection air;
  const System system = described("boussinesq", plane);
  const auto residuals = scaled_system(system, air.scales(), air.values(system));
  for (const auto& term : residuals.at("momentum_x").terms()) {
    ASSERT_TRUE(term.ratio.has_value());
    const bool viscous = to_string(term.factor).find("(u)") == 3;  // dxx(u), dyy(u)
    const Monomial reynolds = {{"mu", 1}, {"rho", -1}, {"U", -1}, {"L", -1}};
    EXPECT_EQ(*term.ratio, viscous ? reynolds : Monomial()) << to_string(term.factor);
  }
}

TEST(Nondimensionalize, ResidualsAreDimensionlessThroughout) {
  const Convection air;
  for (const auto& [name, physics] : registered_physics()) {
    const System system = described(name, {true, true, true, true}, {"q"});
    for (const auto& [equation, residual] : scaled_system(system, air.scales(), air.values(system))) {
      EXPECT_TRUE(residual.expression().dimension().is_dimensionless()) << equation;
      for (const Expression& leaf : leaves(residual.expression())) {
        EXPECT_TRUE(leaf.dimension().is_dimensionless()) << to_string(leaf);
        EXPECT_NE(leaf.kind(), Expression::Kind::parameter) << to_string(leaf);
      }
      double largest = 0;
      for (const auto& term : residual.terms()) largest = std::max(largest, std::abs(term.coefficient));
      EXPECT_EQ(largest, 1) << equation;
    }
  }
}

TEST(Nondimensionalize, TheTemperatureLevelCancels) {
  const Convection air;
  const System system = described("boussinesq", plane);
  const auto residuals = scaled_system(system, air.scales(), air.values(system));
  EXPECT_FALSE(coefficients(residuals.at("momentum_y")).contains("1"));
  // Measured from another level, the difference stays as a constant of the buoyancy.
  const double level = air.T0 - 5;
  const auto shifted = scaled_system(system, air.scales({}, level), air.values(system));
  EXPECT_NEAR(coefficients(shifted.at("momentum_y")).at("1"), 5 / air.dT, 1e-11);
  EXPECT_NEAR(coefficients(shifted.at("momentum_y")).at("T"), -1, 1e-13);
}

TEST(Nondimensionalize, UnitsLeaveTheCoefficientsAlone) {
  const Convection air;
  const std::vector<UnitSystem> others = {{"millimetre, gram, millisecond", 1e-3, 1e-3, 1e-3, 1},
                                          {"foot, pound, second, Rankine", 0.3048, 0.45359237, 1, 5.0 / 9}};
  for (const auto& [name, physics] : registered_physics()) {
    const System system = described(name, {true, true, true, true}, {"q"});
    const auto metres = scaled_system(system, air.scales(), air.values(system));
    for (const UnitSystem& units : others) {
      const auto residuals = scaled_system(system, air.scales(units), air.values(system, units));
      for (const auto& [equation, expected] : metres) {
        const DimensionlessResidual& found = residuals.at(equation);
        ASSERT_EQ(found.terms().size(), expected.terms().size()) << units.name << ", " << name << ": " << equation;
        for (std::size_t i = 0; i < found.terms().size(); ++i) {
          // As text: inside of functions there are numbers, which rounding touches.
          EXPECT_EQ(to_string(found.terms()[i].factor), to_string(expected.terms()[i].factor)) << name;
          EXPECT_NEAR(found.terms()[i].coefficient, expected.terms()[i].coefficient,
                      1e-12 * std::abs(expected.terms()[i].coefficient))
              << units.name << ", " << name << ": " << equation;
        }
        const double scale = expected.scale() / units.unit(expected.dimension());
        EXPECT_NEAR(found.scale(), scale, 1e-12 * scale) << units.name << ", " << name << ": " << equation;
      }
    }
  }
}

/// Compares scale * dimensionless residual with the SI residual at scattered values of the fields and derivatives.
void expect_same_value(const Expression& residual, const Scales& scales, const ConstantValues& values, unsigned seed) {
  const DimensionlessResidual scaled = nondimensionalize("residual", residual, scales, values);
  const auto dimensionless = [&](const Expression& leaf) { return scattered(to_string(leaf), seed); };
  const auto si = [&](const Expression& leaf) {
    if (leaf.kind() == Expression::Kind::parameter) {
      const auto known = values.find(leaf.name());
      if (known != values.end()) return known->second;
      for (const Reference& reference : scales.references()) {
        if (reference.name == leaf.name()) return reference.si;
      }
      throw std::out_of_range(leaf.name());
    }
    const bool level = leaf.kind() == Expression::Kind::field && leaf.order() == 0;
    return (level ? field_level(leaf, scales) : 0) + scales.of(leaf.dimension()) * dimensionless(leaf);
  };
  // Relative to the largest term: terms may cancel.
  double largest = 0;
  for (const Expression& term : expand(residual)) largest = std::max(largest, std::abs(evaluate(term, si)));
  EXPECT_NEAR(evaluate(scaled.expression(), dimensionless) * scaled.scale(), evaluate(residual, si), 1e-12 * largest)
      << to_string(residual);
  EXPECT_NEAR(evaluate(in_scaled_fields(residual, scales, values), dimensionless), evaluate(residual, si),
              1e-12 * largest)
      << to_string(residual);
}

TEST(Nondimensionalize, KeepsTheValueOfEveryPhysics) {
  const Convection air;
  for (const auto& [name, physics] : registered_physics()) {
    for (const Axes& axes :
         {Axes{true, true, false, false}, Axes{true, true, true, false}, Axes{true, true, true, true}}) {
      const System system = described(name, axes, {"q"});
      for (unsigned seed = 0; seed < 3; ++seed) {
        for (const System::Equation& equation : system.equations()) {
          expect_same_value(equation.residual, air.scales({}, 290.1), air.values(system), seed);
        }
        for (const System::Balance& balance : system.balances()) {
          expect_same_value(balance.flux[0], air.scales({}, 290.1), air.values(system), seed);
        }
      }
    }
  }
}

TEST(Nondimensionalize, KeepsTheValueOfPowersAndFunctionsOfTheLevelledTemperature) {
  const Convection air;
  const Expression T = Expression::field("T", dimension_of<Temperature>(), plane);
  const Expression T_x = derivative(T, axis_x);
  const Expression k = Expression::parameter("k", dimension_of<Conductivity>());
  const Expression dT = Expression::parameter("dT", dimension_of<Temperature>());
  const Expression sigma = Expression::parameter("sigma", dimension_of<Per<HeatFlux, Power<Temperature, 4>>>());
  const Expression x = Expression::coordinate(axis_x, dimension_of<Length>());
  const Expression L = Expression::parameter("L", dimension_of<Length>());
  const Expression wall = Expression::column("wall", dimension_of<HeatFlux>());
  const Expression far = Expression::number(281, dimension_of<Temperature>());
  const ConstantValues values = {{"k", air.k}, {"sigma", 5.67e-8}};
  const Scales scales = air.scales();
  const std::vector<Expression> residuals = {
      k * T_x + sigma * (power(T, 4) - power(far, 4)),  // radiation
      k * T_x + sigma * power(far, 2) * power(T, 5) / power(far, 3),
      k * sqrt(T / far) * T_x - wall,
      k * sqrt(T) * T_x - wall * sqrt(far),
      k * T_x * far / T - wall * x / L,
      k * apply(Function::exp, -far / T) * T_x + wall * apply(Function::sin, Expression::number(3) * x / L),
      k * T_x * apply(Function::tanh, (T - far) / dT) - wall,
  };
  for (const Expression& residual : residuals) {
    for (unsigned seed = 0; seed < 3; ++seed) expect_same_value(residual, scales, values, seed);
  }
}

TEST(Nondimensionalize, RefusesAnEquationThatSaysNothing) {
  const Convection air;
  const Expression T = Expression::field("T", dimension_of<Temperature>(), plane);
  const auto refusal = [&](const Expression& residual) -> std::string {
    try {
      nondimensionalize("wall", residual, air.scales(), {});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "nothing was refused";
  };
  EXPECT_EQ(refusal(Expression::zero()), "wall: the equation is 0 = 0");
  EXPECT_EQ(refusal(derivative(T, axis_z)), "wall: the equation is 0 = 0");
  EXPECT_EQ(refusal(Expression::number(2) * (T + T) - Expression::number(4) * T), "wall: the equation is 0 = 0");
  const Expression h = Expression::parameter("h", dimension_of<HeatTransferCoefficient>());
  EXPECT_EQ(refusal(h * T), "constant h has no value");
}

TEST(Nondimensionalize, NeedsOnlyTheScalesItUses) {
  const Expression T = Expression::field("T", dimension_of<Temperature>(), plane);
  const Expression k = Expression::parameter("k", dimension_of<Conductivity>());
  const Expression q = Expression::parameter("q", dimension_of<PowerDensity>());
  const Expression residual = -(k * derivative(derivative(T, axis_x), axis_x)) - q;
  const ConstantValues values = {{"k", 16.3}, {"q", 5200}};
  const Reference length{"L", 0.4, dimension_of<Length>(), ""};
  const Reference difference{"dT", 7, dimension_of<Temperature>(), ""};
  const DimensionlessResidual energy = nondimensionalize("energy", residual, Scales({length, difference}), values);
  const double conduction = 16.3 * 7 / (0.4 * 0.4);
  EXPECT_NEAR(energy.scale(), 5200, 1e-9);
  EXPECT_NEAR(coefficients(energy).at("dxx(T)"), -conduction / 5200, 1e-13);
  EXPECT_EQ(coefficients(energy).at("1"), -1);
  EXPECT_THROW(nondimensionalize("energy", residual, Scales({length}), values), ScaleError);
  try {
    nondimensionalize("energy",
                      -(k * derivative(derivative(T, axis_x), axis_x)) - q * sqrt(Expression::number(2) - k / k),
                      Scales({length, difference}), {{"k", 16.3}, {"q", INFINITY}});
    ADD_FAILURE() << "nothing was refused";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("of a term is not a finite number"), std::string::npos) << error.what();
  }
}

TEST(Nondimensionalize, FieldValuesAreScaledFromTheirLevel) {
  const Convection air;
  const Scales scales = air.scales();
  const Expression T = Expression::field("T", dimension_of<Temperature>(), plane);
  const Expression u = Expression::field("u", dimension_of<Velocity>(), plane);
  const Expression hot = Expression::parameter("T_hot", dimension_of<Temperature>());
  const Expression U = Expression::parameter("U", dimension_of<Velocity>());
  const Expression L = Expression::parameter("L", dimension_of<Length>());
  const Expression y = Expression::coordinate(axis_y, dimension_of<Length>());
  EXPECT_EQ(field_level(T, scales), air.T0);
  EXPECT_EQ(field_level(u, scales), 0);
  EXPECT_NEAR(value_at(scaled_value(hot, T, scales, {{"T_hot", air.T0 + 0.5 * air.dT}}), {}), 0.5, 1e-13);
  EXPECT_NEAR(value_at(scaled_value(Expression::zero(), u, scales, {}), {}), 0, 0);
  // A profile in SI becomes a profile of the scaled coordinate.
  const Expression profile = Expression::number(4) * U * (y / L) * (Expression::number(1) - y / L);
  EXPECT_NEAR(value_at(scaled_value(profile, u, scales, {}), {{"y", 0.25}}), 0.75, 1e-14);
}

TEST(Nondimensionalize, FormulasOfScaledFieldsGiveSi) {
  const Convection air;
  const Scales scales = air.scales();
  const Expression T = Expression::field("T", dimension_of<Temperature>(), plane);
  const Expression k = Expression::parameter("k", dimension_of<Conductivity>());
  const Expression flux = in_scaled_fields(-(k * derivative(T, axis_x)), scales, {{"k", air.k}});
  const double expected = -air.k * air.dT / air.L * -2.24;
  EXPECT_NEAR(value_at(flux, {{"dx(T)", -2.24}}), expected, 1e-13 * expected);
  const Expression temperature = in_scaled_fields(T, scales, {});
  EXPECT_NEAR(value_at(temperature, {{"T", 0.5}}), air.T0 + 0.5 * air.dT, 1e-12);
  for (const Expression& leaf : leaves(temperature)) EXPECT_TRUE(leaf.scaled());
}

}  // namespace
}  // namespace nusselt
