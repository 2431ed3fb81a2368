#include "solver/case/equations.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "small_case.hpp"
#include "solver/case/formulas.hpp"

namespace nusselt {
namespace {

/// The system of small_cavity, written out.
const std::string flow_as_text =
    "fields:\n"
    "  V: {unit: mm/s, components: [u, v]}\n"
    "  p: hPa\n"
    "  T: degC\n"
    "equations:\n"
    "  continuity: div(V) = 0\n"
    "  momentum: rho*dot(V, grad(V)) = -grad(p) + mu*lap(V) - rho*beta*(T - T0)*vec(0, -g)\n"
    "  energy: rho*cp*dot(V, grad(T)) = k*lap(T)\n"
    "balances:\n"
    "  mass: {flux: rho*V}\n"
    "  energy: {flux: rho*cp*(T - T0)*V - k*grad(T)}\n";
const std::string text_cavity = replaced(small_cavity, "physics: boussinesq\n", flow_as_text);

const Expression& residual(const Case& c, const std::string& name) {
  for (const System::Equation& equation : c.system.equations()) {
    if (equation.name == name) return equation.residual;
  }
  throw std::out_of_range(name);
}

const System::Balance& balance(const Case& c, const std::string& name) {
  for (const System::Balance& candidate : c.system.balances()) {
    if (candidate.name == name) return candidate;
  }
  throw std::out_of_range(name);
}

void expect_said(const std::string& text, const std::string& part) {
  const std::string said = refusal([&] { case_of(text); });
  EXPECT_NE(said.find(part), std::string::npos) << said;
}

TEST(Equations, OfACavityAsTextAreThoseOfItsPhysics) {
  const Case code = case_of(small_cavity);
  const Case text = case_of(text_cavity);
  EXPECT_TRUE(text.physics.empty());
  ASSERT_EQ(text.equations.size(), code.equations.size());
  for (std::size_t e = 0; e < code.equations.size(); ++e) {
    EXPECT_EQ(text.equations[e].name(), code.equations[e].name());
    EXPECT_EQ(text.equations[e].expression(), code.equations[e].expression()) << code.equations[e].name();
    EXPECT_EQ(text.equations[e].scale(), code.equations[e].scale());
    EXPECT_EQ(text.equations[e].scale_formula(), code.equations[e].scale_formula());
  }
  ASSERT_EQ(text.groups.all().size(), code.groups.all().size());
  for (std::size_t g = 0; g < code.groups.all().size(); ++g) {
    EXPECT_EQ(text.groups.all()[g].name, code.groups.all()[g].name);
    EXPECT_EQ(text.groups.all()[g].value, code.groups.all()[g].value);
  }
  for (std::size_t t = 0; t < code.trials.size(); ++t) {
    EXPECT_EQ(text.trials[t].field, code.trials[t].field);
    EXPECT_EQ(text.trials[t].lift, code.trials[t].lift);
    EXPECT_EQ(text.trials[t].distance, code.trials[t].distance);
  }
  // Those of the physics, and what the divergence form of the continuity says by itself.
  ASSERT_EQ(text.system.balances().size(), 3u);
  EXPECT_EQ(balance(text, "continuity").flux[1], text.system.field_named("v").symbol);
  for (const std::string name : {"mass", "energy"}) {
    for (int axis = 0; axis < 2; ++axis) {
      EXPECT_EQ(balance(text, name).flux[axis], balance(code, name).flux[axis]) << name << axis;
    }
  }
  EXPECT_EQ(text.gauge_fields(), code.gauge_fields());
  EXPECT_EQ(text.notes, code.notes);
}

TEST(Equations, OfOneNameReplaceThoseOfThePhysics) {
  const Case c = case_of(replaced(small_cavity, "physics: boussinesq\n",
                                  "physics: boussinesq\n"
                                  "functions: {conductivity(T): k*(1 + 0.3*(T - T0)/dT)}\n"
                                  "equations:\n"
                                  "  energy: rho*cp*(u*dx(T) + v*dy(T)) = div(conductivity(T)*grad(T))\n"));
  EXPECT_EQ(c.system.equations().size(), 4u);
  EXPECT_EQ(residual(c, "momentum_x"), residual(case_of(small_cavity), "momentum_x"));
  EXPECT_NE(residual(c, "energy"), residual(case_of(small_cavity), "energy"));
  ASSERT_FALSE(c.notes.empty());
  EXPECT_EQ(c.notes.front(),
            "the equation energy of boussinesq is replaced by that of the case, and its balance of energy no longer "
            "checked; `balances` can give another");
  EXPECT_EQ(c.system.balances().size(), 1u);
  // Constants that only a replaced equation needed are needed no more.
  const Case still = case_of(replaced(replaced(small_cavity, "physics: boussinesq\n",
                                               "physics: boussinesq\n"
                                               "equations: {momentum: \"rho*dot(vec(u, v), grad(vec(u, v))) = -grad(p) "
                                               "+ mu*lap(vec(u, v))\"}\n"),
                                      "U: sqrt(g*beta*dT*L)", "U: 3 cm/s"));
  EXPECT_EQ(still.system.constants().size(), 5u);  // rho, mu, cp, k, T0: beta and g are gone
}

TEST(Equations, AndFieldsAddToAPhysics) {
  const Case c =
      case_of(replaced(replaced(small_cavity, "physics: boussinesq\n",
                                "physics: boussinesq\n"
                                "fields: {c: kg/m^3, V: {unit: m/s, components: [u, v]}}\n"
                                "equations: {species: div(c*V) = div(D*grad(c))}\n"
                                "sources: {species: -rate*x/L}\n"),
                       "  L: 22 mm\n", "  L: 22 mm\n  D: 2e-5 m^2/s\n  rate: 0.3 kg/(m^3 s)\n  c0: 2 kg/m^3\n") +
              "  - {at: [x-, x+], c: c0}\n  - {at: [y-, y+], tight: D*dn(c) = 0}\n");
  EXPECT_EQ(c.system.fields().size(), 5u);
  EXPECT_EQ(c.system.fields().back().symbol.dimension(), parse_formula("3 kg/m^3", {}).expression.dimension());
  // Of divergence form, so it has its balance, and the source is part of it.
  const System::Balance& species = balance(c, "species");
  const Scope scope = case_scope(c.document.root(), c.system, c.constants);
  EXPECT_EQ(species.flux[0], parse_formula("c*u - D*dx(c)", scope).expression);
  EXPECT_EQ(species.source, parse_formula("-rate*x/L", scope).expression);
  EXPECT_EQ(
      sum(expand(residual(c, "species"))),
      sum(expand(parse_formula("u*dx(c) + v*dy(c) + c*(dx(u) + dy(v)) - D*lap(c) + rate*x/L", scope).expression)));
}

TEST(Equations, MayNameFormulasAndPropertiesOfTheSolution) {
  const Case c = case_of(replaced(text_cavity, "equations:\n",
                                  "functions:\n  viscosity(T, s): mu*exp(s*(T - T0)/dT)\n"
                                  "formulas: {strain: grad(V) + transpose(grad(V)), heat: -k*grad(T)}\n"
                                  "outputs: {vorticity: dx(v) - dy(u), flux: heat}\n"
                                  "equations:\n"));
  ASSERT_EQ(c.outputs.size(), 2u);
  EXPECT_EQ(c.outputs[0].name, "vorticity");
  EXPECT_EQ(c.outputs[1].value.rank, 1);
  EXPECT_EQ(c.outputs[1].value.dimension(), dimension_of<HeatFlux>());
  const std::string varying = replaced(replaced(text_cavity, "equations:\n",
                                                "functions:\n  viscosity(T, s): mu*exp(s*(T - T0)/dT)\n"
                                                "formulas: {strain: grad(V) + transpose(grad(V))}\n"
                                                "equations:\n"),
                                       "mu*lap(V)", "div(viscosity(T, -1.5)*strain)");
  const Case v = case_of(varying);
  const Scope scope = case_scope(v.document.root(), v.system, v.constants);
  const Expression expected =
      parse_formula(
          "rho*(u*dx(u) + v*dy(u)) + dx(p) - dx(2*viscosity(T, -1.5)*dx(u)) - dy(viscosity(T, -1.5)*(dx(v) + dy(u)))",
          scope)
          .expression;
  EXPECT_EQ(sum(expand(residual(v, "momentum_x"))), sum(expand(expected)));
}

TEST(Equations, ConditionsTakeVectors) {
  const Case by_component = case_of(text_cavity);
  const Case by_vector = case_of(replaced(text_cavity, "u: 0, v: 0", "V: 0"));
  ASSERT_EQ(by_vector.conditions.size(), by_component.conditions.size());
  for (std::size_t t = 0; t < by_component.trials.size(); ++t) {
    EXPECT_EQ(by_vector.trials[t].distance, by_component.trials[t].distance);
  }
  const Case moving = case_of(replaced(text_cavity, "u: 0, v: 0", "V: \"vec(U*x/L, 0)\""));
  EXPECT_EQ(to_string(moving.conditions[0].value), "U*x/L");
  EXPECT_EQ(moving.conditions[0].name, "u");
  const Case free =
      case_of(replaced(text_cavity, "insulated: dn(T) = 0", "insulated: dn(T) = 0, free: \"mu*dn(V) = p*vec(0, 2)\""));
  EXPECT_EQ(free.conditions.back().name, "free_y");
  expect_said(replaced(text_cavity, "u: 0, v: 0", "V: 1 m/s"), "conditions.0.V: expected a vector, got a scalar");
}

/// dT is a difference beyond doubt when the walls are levels.
TEST(Equations, ConditionsTellLevelsFromDifferences) {
  const std::string celsius =
      replaced(replaced(text_cavity, "T_hot: 305 K", "T_hot: 32 degC"), "T_cold: 295 K", "T_cold: 22 degC");
  EXPECT_NO_THROW(case_of(celsius));
  EXPECT_NO_THROW(case_of(replaced(celsius, "at: x-, T: T_hot", "at: x-, T: T_cold + dT")));
  expect_said(replaced(celsius, "at: x-, T: T_hot", "at: x-, T: T_hot - T_cold"),
              "add it to a level, as in T_cold + dT");
  expect_said(replaced(celsius, "at: x-, T: T_hot", "at: x-, T: T_hot + T_cold"),
              "conditions.1.T: cannot add two temperature levels");
}

TEST(Equations, RefuseFieldsThatCannotBe) {
  const auto with = [](const std::string& part, const std::string& by) { return replaced(text_cavity, part, by); };
  expect_said(with("  p: hPa\n", "  p: hPaa\n"), "fields.p: unknown unit");
  expect_said(with("  p: hPa\n", "  rho: hPa\n"), "fields.rho: a constant has that name");
  expect_said(with("  p: hPa\n", "  grad: hPa\n"), "fields: 'grad' has a meaning of its own");
  expect_said(with("  p: hPa\n", "  u: hPa\n"), "fields.u: another field has that name");
  expect_said(with("[u, v]", "[u, v, w]"), "a vector has one component along each axis of the domain (x, y), got 3");
  expect_said(with("[u, v]", "[u, u]"), "u is named twice");
  expect_said(with("[u, v]", "[u, rho]"), "fields.V.components: rho: a constant has that name");
  expect_said(with("unit: mm/s, ", ""), "fields.V.unit: is missing");
  expect_said(replaced(small_cavity, "physics: boussinesq\n", "physics: boussinesq\nfields: {T: K}\n"),
              "fields.T: there is a field of that name already");
  expect_said(replaced(small_cavity, "physics: boussinesq\n",
                       "physics: boussinesq\nfields: {V: {unit: m, components: [u, v]}}\n"),
              "u is velocity [m s-1], the vector is length [m]");
}

TEST(Equations, RefuseASystemThatIsNotAsManyEquationsAsFields) {
  const std::string energy = "  energy: rho*cp*dot(V, grad(T)) = k*lap(T)\n";
  expect_said(
      replaced(text_cavity, "  continuity: div(V) = 0\n", ""),
      "equations: the system is underdetermined, 3 equations (momentum_x, momentum_y, energy) for 4 fields (u, v, "
      "p, T)");
  expect_said(replaced(text_cavity, energy, energy + "  more: dx(T) = 0\n"), "hint: remove 1 equation");
  expect_said(replaced(text_cavity, "  p: hPa\n", "  p: hPa\n  S: 1\n"), "equations: the field S is in none of them");
  expect_said(replaced(text_cavity, energy, energy + "  momentum_y: dx(T) = 0\n"),
              "there are two equations momentum_y");
  expect_said(replaced(small_cavity, "physics: boussinesq\n", ""), "physics: is missing");
}

TEST(Equations, RefuseWhatIsNoEquationOfThisCase) {
  const auto with = [](const std::string& energy) {
    return replaced(text_cavity, "rho*cp*dot(V, grad(T)) = k*lap(T)", energy);
  };
  expect_said(with("rho*cp*dot(V, grad(T)) = mu*lap(T)"),
              "9:34: error: equations.energy: cannot compare power density [W m-3] and [kg m-3 s-1 K]");
  expect_said(with("T - T = 0"), "both sides are the same: the equation is 0 = 0");
  expect_said(with("rho = 3 kg/m^3"), "there is no field in the equation");
  expect_said(with("lap(lap(T)) = 0"),
              "a derivative of the order 4, dxxxx(T); the networks' derivatives go to the second");
  expect_said(with("grad(V) = 0"), "an equation is between scalars or vectors");
  expect_said(with("k*lap(T)"), "an equation needs '='");
  expect_said(with("dt(T) = 0"), "a steady case has no time derivative");
  expect_said(with("dn(T) = 0"), "it has a meaning on a face only");
  expect_said(with("mean(T, x-) = T0"), "mean() over a face is known in outputs only");
}

TEST(Equations, RefuseBalancesThatCannotBe) {
  const auto with = [](const std::string& mass) { return replaced(text_cavity, "mass: {flux: rho*V}", mass); };
  EXPECT_EQ(balance(case_of(with("mass: {flux: rho*V, source: 2e-3 kg/(m^3 s)}")), "mass").source.value(), 2e-3);
  expect_said(with("mass: {flux: rho*u}"), "balances.mass.flux: a flux is a vector, got a scalar");
  expect_said(with("mass: {flux: rho*V, source: rho}"), "balances.mass.source: beside the flux it is");
  expect_said(with("mass: {flux: rho*V, density: rho}"), "nothing is stored in a steady case");
  expect_said(with("mass: {source: 0}"), "balances.mass.flux: is missing");
  expect_said(with("continuity: {flux: rho*V}"), "a balance by another name belongs to no equation");
  expect_said(with("mass: {flux: grad(lap(T))}"), "a derivative of the order 3");
}

TEST(Equations, RefuseOutputsAndFunctionsThatCannotBe) {
  expect_said(text_cavity + "outputs: {u: v}\n", "outputs.u: a field has that name and is written anyway");
  expect_said(text_cavity + "outputs: {V: 2*V}\n", "outputs.V: a field has that name");
  expect_said(text_cavity + "outputs: {strain: grad(V)}\n", "outputs.strain: an output is a scalar or a vector");
  expect_said(text_cavity + "outputs: {s: dx(lap(T))}\n", "a derivative of the order 3");
  expect_said(text_cavity + "outputs: {s: mean(T)}\n", "mean() over a face is known in outputs only");
  expect_said(text_cavity + "functions: {f: T}\n", "functions: \"f\" names no arguments");
  expect_said(text_cavity + "functions: {f(): T}\n", "has an argument \"\" that cannot be one");
  expect_said(text_cavity + "functions: {f(sin): T}\n", "has an argument \"sin\" that cannot be one");
  expect_said(text_cavity + "functions: {\"f(a, a)\": a}\n", "names the argument a twice");
  expect_said(text_cavity + "functions: {rho(a): a}\n", "functions.rho(a): a constant has that name");
  expect_said(text_cavity + "functions: {T(a): a}\n", "functions.T(a): a field has that name");
  expect_said(text_cavity + "functions: {V(a): a}\n", "functions.V(a): a vector field has that name");
  expect_said(text_cavity + "functions: {exp(a): a}\n", "functions: 'exp' has a meaning of its own");
  // What is wrong inside is told where it stands when the arguments have the names of fields.
  expect_said(text_cavity + "functions: {f(T): rho + T}\n", "36:23: error: functions.f: cannot add density");
}

TEST(Equations, KnownPartsAndFactorsMayNotDependOnTheSolution) {
  expect_said(text_cavity + "formulas: {heat: k*dx(T)}\nresidual_factors: {energy: heat/heat + 1}\n",
              "'heat' depends on the solution, and what is given here is known before it");
  expect_said(text_cavity + "known_parts: {u: v}\n", "known_parts.u: 'v' depends on the solution");
  EXPECT_NO_THROW(case_of(text_cavity + "formulas: {s: 1 + x/L}\nresidual_factors: {momentum_y: s}\nsources: {energy: "
                                        "s*3 W/m^3}\n"));
}

TEST(Equations, ThatConserveNothingByTheirFormSaySo) {
  const std::string heated = replaced(text_cavity, "= k*lap(T)", "= div(k*grad(T)) + mu*dx(u)^2");
  const auto says_so = [](const Case& c) {
    return std::count_if(c.notes.begin(), c.notes.end(), [](const std::string& note) {
      return note.starts_with("no balance of energy is checked: not every derivative");
    });
  };
  EXPECT_EQ(says_so(case_of(heated)), 0);  // `balances` states one
  EXPECT_EQ(says_so(case_of(replaced(heated, "  energy: {flux: rho*cp*(T - T0)*V - k*grad(T)}\n", ""))), 1);
}

}  // namespace
}  // namespace nusselt
