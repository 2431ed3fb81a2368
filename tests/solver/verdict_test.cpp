// Verdicts on trained, spoiled and exact states: each criterion must be able to fail.
#include "solver/verdict.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "solver/least_squares.hpp"
#include "solver/run_files.hpp"
#include "solver/safetensors.hpp"
#include "solver/trainer.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

/// cases/heated_cavity, trained by `nusselt run` until it converged to 1e-3.
Tensor converged_parameters() {
  const std::vector<double> theta =
      read_safetensors(std::string(NUSSELT_SOURCE_DIR) + "/tests/solver/data/heated_cavity.safetensors")
          .at("theta")
          .values<double>();
  return at::tensor(theta, at::kDouble);
}

Case heated_cavity(std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.begin(), "criteria.residual=1e-3");
  return read_case(cavity_folder(), overrides);
}

Evaluation judged(const Case& c, const Tensor& theta) {
  const Problem problem(c, float64());
  const LeastSquares objective(problem,
                               problem.draw(c.settings.points.sampling, c.settings.points.interior,
                                            c.settings.points.boundary, "training", c.settings.seed, 0),
                               std::vector<double>(problem.residuals().size(), 1.0));
  return Judge(c).evaluate(Solution(c, theta), objective.mean_squares(theta));
}

TrialField& trial(Case& c, const std::string& field) {
  for (TrialField& t : c.trials) {
    if (t.field == field) return t;
  }
  throw std::logic_error("no trial of " + field);
}

double balance_of(const Evaluation& e, const std::string& name) {
  for (const BalanceReport& b : e.balances) {
    if (b.name == name) return b.relative;
  }
  throw std::logic_error("no balance of " + name);
}

const QuantityReport& quantity(const std::vector<QuantityReport>& all, const std::string& name) {
  for (const QuantityReport& q : all) {
    if (q.name == name) return q;
  }
  throw std::logic_error("no quantity " + name);
}

/// A heated slab of varying conductivity, written as text.
Case text_slab() {
  return with_overrides(
      "case: slab\n"
      "constants: {L: 0.2 m, H: 0.3 m, k: 16.2 W/(m K), T0: 293 K, dT: 40 K, q: 80 kW/m^3}\n"
      "domain: {box: {x: [0 m, L], y: [0 m, H]}}\n"
      "scales: {references: [L, dT, k], temperature_level: T0}\n"
      "fields: {T: K}\n"
      "functions: {conductivity(T): k*(1 + 0.25*(T - T0)/dT)}\n"
      "equations: {energy: 0 = div(conductivity(T)*grad(T)) + q}\n"
      "balances: {heat: {flux: -conductivity(T)*grad(T)}}\n"
      "outputs: {heat_flux: -k*grad(T), hot: \"max(T, 310 K)\"}\n"
      "conditions: [{at: [x-, x+, y-, y+], T: T0}]\n"
      "quantities: {left: \"mean(dn(T), x-)\", right: \"mean(dn(T), x+)\", bottom: \"mean(dn(T), y-)\",\n"
      "             top: \"mean(dn(T), y+)\", mean_rise: mean(T) - T0, whole_rise: \"integral(T - T0, domain)\"}\n"
      "output: {grid: 5}\n"
      "network: {depth: 1, width: 3}\npoints: {interior: 16, boundary: 4, held_out: 16}\nthreads: 1\n",
      {});
}

TEST(Verdict, TheConvergedCavityPasses) {
  const Case c = heated_cavity();
  const Evaluation e = judged(c, converged_parameters());
  for (const Criterion& criterion : e.criteria) EXPECT_TRUE(criterion.passed) << criterion.name << criterion.value;
  EXPECT_TRUE(e.passed());
  EXPECT_FALSE(e.only_independent_checks_failed());
  // Four equations and two soft conditions, a ratio for each, two balances, and two trivial states.
  EXPECT_EQ(e.residuals.size(), 6u);
  EXPECT_EQ(e.criteria.size(), 20u);
  for (const ResidualReport& r : e.residuals) {
    EXPECT_GT(r.rms, 0);
    EXPECT_GE(r.max, r.rms);
    EXPECT_LE(r.rms, 1e-3);
    EXPECT_GT(r.scale, 0);
  }
  EXPECT_EQ(e.residuals[0].name, "continuity");
  EXPECT_EQ(e.residuals[0].region, "interior");
  EXPECT_EQ(e.residuals[0].unit, "s-1");
  EXPECT_EQ(e.residuals[4].region, "y-");

  const Solution solution(c, converged_parameters());
  const Judge judge(c);
  const auto quantities = judge.quantities(solution);
  EXPECT_NEAR(quantity(quantities, "Nu_hot").value, 2.244816, 2.2e-3);
  EXPECT_NEAR(*quantity(quantities, "Nu_hot").reference, 2.2448, 1e-4);
  for (const ErrorReport& error : judge.errors(solution)) EXPECT_LT(error.relative_l2, 1e-2) << error.field;
}

TEST(Verdict, ATemperatureTooHighByATwentiethFails) {
  Case c = heated_cavity();
  TrialField& temperature = trial(c, "T");
  temperature.lift = Expression::number(1.05) * temperature.lift;
  temperature.distance = Expression::number(1.05) * temperature.distance;
  const Evaluation e = judged(c, converged_parameters());
  EXPECT_FALSE(e.passed());
  EXPECT_FALSE(e.only_independent_checks_failed());
}

TEST(Verdict, AQuiescentFieldFails) {
  const Case c = heated_cavity();
  const Evaluation e = judged(c, at::zeros_like(converged_parameters()));
  EXPECT_FALSE(e.passed());
  // It conducts heat and conserves mass, so that only the residual of buoyancy tells.
  EXPECT_LT(balance_of(e, "mass"), 1e-12);
  EXPECT_LT(balance_of(e, "energy"), 1e-12);
  for (const ResidualReport& r : e.residuals) {
    if (r.name == "momentum_y") {
      EXPECT_GT(r.rms, 0.1);
    }
    if (r.name == "energy") {
      EXPECT_LT(r.rms, 1e-12);
    }
  }
}

TEST(Verdict, ReferencesFarTooLargeDoNotMakeAWrongFieldRight) {
  // With a velocity of 100 m/s as reference the buoyancy is 1e-6 of a unit: at rest no residual reaches its limit.
  const Case c = heated_cavity({"constants.U=100 m/s"});
  const Evaluation e = judged(c, at::zeros_like(converged_parameters()));
  for (const ResidualReport& r : e.residuals) EXPECT_LT(r.rms, c.settings.criteria.residual) << r.name;
  EXPECT_FALSE(e.passed());
  for (const Criterion& criterion : e.criteria) {
    EXPECT_EQ(criterion.passed, criterion.name != "residual/terms of momentum_y") << criterion.name;
  }
}

TEST(Verdict, FindsExtremaValuesAndMeansOfAKnownFunction) {
  // The network is zero, so the field is its known part. In units of 100 mm and above 300 K the temperature is
  // s^4 - 2 s^2 + s/10 on [-1.5, 1.5]: two valleys of nearly equal depth, its largest value at the right end.
  const auto measured = [](const std::string& quantity) {
    const Case c = with_overrides(
        "case: valleys\nphysics: heat_conduction\n"
        "constants: {L: 100 mm, k: 16 W/(m K), q: 80 kW/m^3, T0: 300 K, dT: 10 K}\n"
        "domain: {box: {x: [-1.5*L, 1.5*L], y: [0 m, L]}}\n"
        "scales: {references: [L, dT], temperature_level: T0}\n"
        "known_parts: {T: T0 + dT*((x/L)^4 - 2*(x/L)^2 + 0.1*x/L)*(1 + y/L)}\n"
        "conditions:\n  - {at: [x-, x+, y-, y+], T: T0, enforce: soft}\n"
        "quantities: {q: '" +
            quantity + "'}\n",
        {"network.width=2", "network.depth=1"});
    const Problem problem(c, float64());
    return Judge(c).quantities(Solution(c, at::zeros({problem.network().parameter_count()}, float64())))[0].value;
  };
  double s = -1;  // the root of the derivative 4 s^3 - 4 s + 0.1
  for (int i = 0; i < 20; ++i) s -= (4 * s * s * s - 4 * s + 0.1) / (12 * s * s - 4);
  EXPECT_NEAR(measured("(min(T, y = 0) - T0)/dT"), s * s * s * s - 2 * s * s + 0.1 * s, 1e-12);
  EXPECT_NEAR(measured("argmin(T, y = 0)/L"), s, 1e-7);
  EXPECT_NEAR(measured("(min(T, y = L) - T0)/dT"), 2 * (s * s * s * s - 2 * s * s + 0.1 * s), 1e-12);
  EXPECT_NEAR(measured("(max(T, y = 0) - T0)/dT"), 5.0625 - 4.5 + 0.15, 1e-12);
  EXPECT_NEAR(measured("argmax(T, y = 0)/L"), 1.5, 1e-14);
  EXPECT_NEAR(measured("argmax(T, x = L)/L"), 0, 1e-14);  // T - T0 is negative there, and doubles upwards
  // At points, and over sections inside the box.
  EXPECT_NEAR(measured("(at(T, x = L/2, y = L) - T0)/dT"), 2 * (0.0625 - 0.5 + 0.05), 1e-12);
  EXPECT_NEAR(measured("at(dx(T), x = L/2, y = 0)*L/dT"), 0.5 - 2 + 0.1, 1e-12);
  EXPECT_NEAR(measured("(mean(T, x = L/2) - T0)/dT"), 1.5 * (0.0625 - 0.5 + 0.05), 1e-12);
  EXPECT_NEAR(measured("integral(T - T0, y = L)/(dT*L)"), -2 * 1.4625, 1e-12);
  EXPECT_NEAR(measured("integral(T - T0, y = 0)/(dT*L)"), 2 * (std::pow(1.5, 5) / 5 - 2 * std::pow(1.5, 3) / 3), 1e-12);
}

TEST(Verdict, ARunOfOneStepFails) {
  const Case c = heated_cavity({"optimizer.steps=1", "points.interior=100", "points.held_out=100"});
  Trainer trainer(c, float64());
  trainer.run([](const Trainer&) { return true; });
  ASSERT_TRUE(trainer.evaluation().has_value());
  EXPECT_FALSE(trainer.evaluation()->passed());
}

TEST(Verdict, NeverLooksAtTheReference) {
  Case c = heated_cavity();
  ASSERT_TRUE(c.reference.has_value());
  const Evaluation with = judged(c, converged_parameters());
  c.reference.reset();
  for (AskedQuantity& q : c.quantities) q.reference.reset();
  const Evaluation without = judged(c, converged_parameters());
  ASSERT_EQ(with.criteria.size(), without.criteria.size());
  for (std::size_t i = 0; i < with.criteria.size(); ++i) {
    EXPECT_EQ(with.criteria[i].name, without.criteria[i].name);
    EXPECT_EQ(with.criteria[i].value, without.criteria[i].value);
    EXPECT_EQ(with.criteria[i].limit, without.criteria[i].limit);
    EXPECT_EQ(with.criteria[i].passed, without.criteria[i].passed);
  }
  EXPECT_TRUE(Judge(c).errors(Solution(c, converged_parameters())).empty());
}

TEST(Verdict, LimitsComeFromTheCase) {
  const Tensor theta = converged_parameters();
  EXPECT_FALSE(judged(heated_cavity({"criteria.residual=1e-7"}), theta).passed());
  const Evaluation strict = judged(heated_cavity({"criteria.imbalance=1e-12"}), theta);
  EXPECT_FALSE(strict.passed());
  EXPECT_TRUE(strict.only_independent_checks_failed());
}

TEST(Verdict, AHeldOutResidualFarAboveTheTrainingOneFails) {
  const Case c = heated_cavity();
  const Tensor theta = converged_parameters();
  std::vector<double> remembered(6, 1e-12);  // as of a network that knows its training points by heart
  const Evaluation e = Judge(c).evaluate(Solution(c, theta), remembered);
  EXPECT_FALSE(e.passed());
  for (const Criterion& criterion : e.criteria) {
    if (criterion.name == "residual of energy") {
      EXPECT_TRUE(criterion.passed);
    }
    if (criterion.name == "held-out/training of energy") {
      EXPECT_FALSE(criterion.passed);
      EXPECT_DOUBLE_EQ(criterion.value, e.residuals[3].rms / 1e-6);
      EXPECT_EQ(criterion.limit, 3);
    }
  }
  std::vector<double> zero(6, 0.0);
  EXPECT_FALSE(Judge(c).evaluate(Solution(c, theta), zero).passed());
  std::vector<double> wild(6, NAN);
  EXPECT_FALSE(Judge(c).evaluate(Solution(c, theta), wild).passed());
}

TEST(Verdict, BalancesByValue) {
  Case c = tiny_cavity();
  const Tensor zero = at::zeros({Problem(c, float64()).network().parameter_count()}, at::kDouble);
  // Nothing moves, and T is 0.5 - s^2 in dT above T0,
  // s = x/L: nothing enters at s = 0, and 2 k dT/L leaves at s = 1.
  const Expression s = Expression::coordinate(axis_x, Dimension());
  trial(c, "T").lift = Expression::number(0.5) - s * s;
  EXPECT_NEAR(balance_of(judged(c, zero), "energy"), 1, 1e-12);
  EXPECT_NEAR(balance_of(judged(c, zero), "mass"), 0, 1e-15);
  // Slopes -0.75 where heat enters and -1.25 where it leaves: (1.25 - 0.75)/1.25.
  trial(c, "T").lift = Expression::number(0.5) - Expression::number(0.75) * s - Expression::number(0.25) * s * s;
  EXPECT_NEAR(balance_of(judged(c, zero), "energy"), 0.4, 1e-12);
  // Mass: u' = 1 + s enters with 1 and leaves with 2.
  trial(c, "u").lift = Expression::number(1) + s;
  EXPECT_NEAR(balance_of(judged(c, zero), "mass"), 0.5, 1e-12);
}

TEST(Verdict, ABalanceWithASourceByValue) {
  Case c = tiny_bar();
  const Tensor zero = at::zeros({Problem(c, float64()).network().parameter_count()}, at::kDouble);
  // T' = s: the flux k dT/L passes through and the source q L comes on top: unbalanced by all of it.
  const Expression s = Expression::coordinate(axis_x, Dimension());
  trial(c, "T").lift = s;
  const double flux = 16.2 * 40 / 0.2;
  const double source = 80e3 * 0.2;
  ASSERT_LT(flux, source);
  EXPECT_NEAR(balance_of(judged(c, zero), "energy"), 1, 1e-12);
  // The parabola that balances: -k T'' = q, in dT: T' = s + (q L^2 / (2 k dT)) s (1 - s).
  trial(c, "T").lift = s + Expression::number(source * 0.2 / (2 * 16.2 * 40)) * s * (Expression::number(1) - s);
  const Evaluation exact = judged(c, zero);
  EXPECT_NEAR(balance_of(exact, "energy"), 0, 1e-12);
  EXPECT_LT(exact.residuals[0].rms, 1e-12);
}

TEST(Verdict, ASystemOfTextByValue) {
  Case c = text_slab();
  const Tensor zero = at::zeros({Problem(c, float64()).network().parameter_count()}, at::kDouble);
  const Expression s = Expression::coordinate(axis_x, Dimension());
  const Expression r = Expression::coordinate(axis_y, Dimension());  // in L as well, to 1.5
  // T - T0 = dT x/L: 4050 W/m^2 enter at the warm end, where the conductivity is 1.25 k, 3240 W/m^2 leave at the cold
  // one, where it is k, and 16 kW/m^2 are set free between.
  trial(c, "T").lift = s;
  EXPECT_NEAR(balance_of(judged(c, zero), "energy"), (16000 + 4050 - 3240) / 16000.0, 1e-12);
  EXPECT_NEAR(balance_of(judged(c, zero), "heat"), (4050 - 3240) / 4050.0, 1e-12);

  // The outward derivative on every face, and what is taken over the domain.
  trial(c, "T").lift = s + Expression::number(2) * r;
  const auto quantities = Judge(c).quantities(Solution(c, zero));
  EXPECT_NEAR(quantity(quantities, "left").value, -200, 1e-9);
  EXPECT_NEAR(quantity(quantities, "right").value, 200, 1e-9);
  EXPECT_NEAR(quantity(quantities, "bottom").value, -400, 1e-9);
  EXPECT_NEAR(quantity(quantities, "top").value, 400, 1e-9);
  EXPECT_NEAR(quantity(quantities, "mean_rise").value, 40 * (0.5 + 2 * 0.75), 1e-9);
  EXPECT_NEAR(quantity(quantities, "whole_rise").value, 40 * (0.5 + 2 * 0.75) * 0.06, 1e-10);
  EXPECT_EQ(quantity(quantities, "whole_rise").unit, "m2 K");
}

TEST(Solution, WritesDerivedFieldsBesideTheOthers) {
  Case c = text_slab();
  const Expression s = Expression::coordinate(axis_x, Dimension());
  const Expression r = Expression::coordinate(axis_y, Dimension());
  trial(c, "T").lift = s + Expression::number(2) * r;
  const FieldGrid grid =
      field_grid(c, Solution(c, at::zeros({Problem(c, float64()).network().parameter_count()}, at::kDouble)));
  const NamedArray& flux = find_array(grid, "heat_flux");
  EXPECT_EQ(flux.unit, "W m-2");
  ASSERT_EQ(flux.components, 3);
  EXPECT_NEAR(flux.values[0], -16.2 * 200, 1e-9);
  EXPECT_NEAR(flux.values[1], -16.2 * 400, 1e-9);
  EXPECT_EQ(flux.values[2], 0);
  const NamedArray& hot = find_array(grid, "hot");
  EXPECT_EQ(hot.unit, "K");
  EXPECT_EQ(hot.components, 1);
  EXPECT_NEAR(hot.values.front(), 310, 1e-9);
  EXPECT_NEAR(hot.values.back(), 293 + 40 * (1 + 2 * 1.5), 1e-9);
}

TEST(Verdict, ABalanceInTimeByValue) {
  Case c = with_overrides(
      "case: bar\nphysics: heat_conduction\n"
      "constants: {L: 200 mm, k: 16.2 W/(m K), rho: 7900 kg/m^3, cp: 502 J/(kg K), T0: 293 K, dT: 40 K,\n"
      "            t_end: 700 s, heat: rho*cp*dT/t_end}\n"
      "domain: {box: {x: [0 m, L], t: [0 s, t_end]}}\n"
      "scales: {references: [L, dT, k, t_end], temperature_level: T0}\n"
      "sources: {energy: heat}\n"
      "conditions:\n  - {at: t-, T: T0}\n  - {at: [x-, x+], insulated: dn(T) = 0}\n"
      "network: {depth: 1, width: 3}\npoints: {interior: 16, boundary: 4, held_out: 16}\nthreads: 1\n",
      {});
  const Tensor zero = at::zeros({Problem(c, float64()).network().parameter_count()}, at::kDouble);
  const Expression t = Expression::coordinate(axis_t, Dimension());
  const Expression x = Expression::coordinate(axis_x, Dimension());
  // Nothing enters and nothing warms up: all of the source is missing.
  trial(c, "T").lift = x - x;
  EXPECT_NEAR(balance_of(judged(c, zero), "energy"), 1, 1e-12);
  // Everything is stored.
  trial(c, "T").lift = t;
  const Evaluation exact = judged(c, zero);
  EXPECT_NEAR(balance_of(exact, "energy"), 0, 1e-12);
  EXPECT_LT(exact.residuals[0].rms, 1e-12);
  // 0.4 of it is stored.
  trial(c, "T").lift = Expression::number(0.4) * t;
  EXPECT_NEAR(balance_of(judged(c, zero), "energy"), 0.6, 1e-12);
  // Half is stored and half leaves at the right end: -k dT/dx * t_end there.
  const double through = 7900 * 502 * 0.2 * 0.2 / (16.2 * 700) / 2;
  trial(c, "T").lift = Expression::number(0.5) * t - Expression::number(through / 2) * x * x;
  EXPECT_NEAR(balance_of(judged(c, zero), "energy"), 0, 1e-12);
  // All of the source is missing, and through the right end four times as much comes and goes again.
  const Expression wave = apply(Function::sin, Expression::number(2 * M_PI) * t);
  trial(c, "T").lift = Expression::number(8 * M_PI / 2 * through) * wave * x * x;
  EXPECT_NEAR(balance_of(judged(c, zero), "energy"), 0.25, 1e-3);  // the quadrature sees kinks
}

TEST(Solution, IntegratesOverFacesOfTime) {
  const Case c = with_overrides(
      "case: wave\nphysics: burgers\nconstants: {L: 0.2 m, U: 0.05 m/s, nu: 2e-3 m^2/s}\n"
      "domain: {box: {x: [-L, L], t: [3 s, 8 s]}}\nscales: {references: [L, U]}\n"
      "conditions:\n  - {at: [x-, x+], u: U}\n  - {at: t-, u: U}\n"
      "network: {depth: 1, width: 3}\nthreads: 1\n"
      "quantities: {passed: 'integral(u, x+)', left: 'integral(u*t, t+)', slope: 'mean(dn(u), x-)'}\n",
      {});
  const Solution solution(c, at::zeros({Problem(c, float64()).network().parameter_count()}, at::kDouble));
  const auto quantities = Judge(c).quantities(solution);
  EXPECT_NEAR(quantity(quantities, "passed").value, 0.05 * 5, 1e-12);
  EXPECT_EQ(quantity(quantities, "passed").unit, "m");
  EXPECT_NEAR(quantity(quantities, "left").value, 0.05 * 8 * 0.4, 1e-12);
  EXPECT_EQ(quantity(quantities, "left").unit, "m2");
  EXPECT_NEAR(quantity(quantities, "slope").value, 0, 1e-12);
  // A front of a thousandth of the length.
  const Expression x = c.system.coordinate(axis_x) / Expression::number(0.2, dimension_of<Length>());
  const Expression front = apply(Function::tanh, (x - Expression::number(0.03)) * Expression::number(150));
  EXPECT_NEAR(solution.face_mean(front, {axis_t, true}), -0.03, 1e-3);
}

TEST(Verdict, PureConductionHasANusseltNumberOfOne) {
  const Case c = heated_cavity();
  const Solution solution(c, at::zeros_like(converged_parameters()));
  const auto quantities = Judge(c).quantities(solution);
  EXPECT_NEAR(quantity(quantities, "Nu_hot").value, 1, 1e-12);
  EXPECT_NEAR(quantity(quantities, "Nu_cold").value, 1, 1e-12);
  EXPECT_EQ(quantity(quantities, "Nu_hot").unit, "1");
}

TEST(Verdict, QuantitiesInTheirOwnUnit) {
  const Case c = tiny_bar({"quantities.heat.value=integral(k*dn(T), x+)", "quantities.heat.unit=kW/m^2"});
  const Solution solution(c, at::zeros({Problem(c, float64()).network().parameter_count()}, at::kDouble));
  const auto quantities = Judge(c).quantities(solution);
  ASSERT_EQ(quantities.size(), 1u);
  EXPECT_NEAR(quantities[0].value, 16.2 * 40 / 0.2 / 1000, 1e-9);  // lift is linear from 293 K to 333 K
  EXPECT_FALSE(quantities[0].reference.has_value());
}

TEST(Verdict, ErrorsAgainstAReferenceByValue) {
  Case c = tiny_cavity();
  const Solution solution(c, at::zeros({Problem(c, float64()).network().parameter_count()}, at::kDouble));
  const double L = 0.022;
  // At x = 0, L/4, L: T = 305, 302.5, 295 K; the reference is 1 K lower at the second point, and u moves.
  c.reference = ReferenceFields{
      "a table", {{0, L / 4, L}, {L, L, L}}, {{"T", {305, 301.5, 295}}, {"u", {0, 0.3, 0}}, {"v", {0, 0, 0.4}}}};
  const std::vector<ErrorReport> errors = Judge(c).errors(solution);
  ASSERT_EQ(errors.size(), 4u);
  EXPECT_EQ(errors[0].field, "T");
  EXPECT_EQ(errors[0].unit, "K");
  EXPECT_EQ(errors[0].reference, "a table");
  EXPECT_NEAR(errors[0].max_abs, 1, 1e-9);
  EXPECT_NEAR(errors[0].relative_l2, 1 / std::sqrt(25 + 2.25 + 25), 1e-9);  // from T0 = 300 K
  EXPECT_EQ(errors[3].field, "velocity");
  EXPECT_NEAR(errors[3].relative_l2, 1, 1e-12);
  EXPECT_NEAR(errors[3].max_abs, 0.4, 1e-12);
}

TEST(Solution, AGaugePressureHasMeanZero) {
  const Case c = tiny_cavity();
  ASSERT_EQ(c.gauge_fields(), std::vector<std::string>{"p"});
  const Problem problem(c, float64());
  const Solution solution(c, problem.network().initial_parameters(4));
  const Expression p = c.system.field_named("p").symbol;
  EXPECT_GT(std::abs(Solution(c, problem.network().initial_parameters(4))
                         .fields(solution.points_at({{0.001}, {0.002}}))[0][2]
                         .item<double>()),
            1e-9);
  EXPECT_NEAR(solution.region_mean(p, c.domain.regions().front()) / c.scales.of<Pressure>(), 0, 1e-13);
  // Residuals do not feel it.
  const Points points = solution.points_at({{0.003, 0.01}, {0.02, 0.03}});
  EXPECT_LT((solution.residuals(points) - problem.evaluate(0, problem.network().initial_parameters(4), points))
                .abs()
                .max()
                .item<double>(),
            1e-12);
}

TEST(Solution, HardConditionsHoldInKelvin) {
  const Case c = tiny_cavity();
  const Problem problem(c, float64());
  const Solution solution(c, problem.network().initial_parameters(4));
  const Tensor fields = solution.fields(solution.points_at({{0, 0.022, 0.011}, {0.01, 0.03, 0}}));
  EXPECT_NEAR(fields[0][3].item<double>(), 305, 1e-10);
  EXPECT_NEAR(fields[1][3].item<double>(), 295, 1e-10);
  for (int n = 0; n < 3; ++n) {
    EXPECT_NEAR(fields[n][0].item<double>(), 0, 1e-15);
    EXPECT_NEAR(fields[n][1].item<double>(), 0, 1e-15);
  }
}

TEST(Solution, ManyPointsAreTheSameAsFew) {
  const Case c = tiny_cavity();
  const Solution solution(c, Problem(c, float64()).network().initial_parameters(4));
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 9000; ++i) {
    x.push_back(0.022 * (i % 97) / 97);
    y.push_back(0.044 * (i % 89) / 89);
  }
  const Tensor all = solution.fields(solution.points_at({x, y}));
  ASSERT_EQ(all.size(0), 9000);
  for (int i : {0, 8191, 8192, 8999}) {
    const Tensor one = solution.fields(solution.points_at({{x[i]}, {y[i]}}));
    EXPECT_LT((all[i] - one[0]).abs().max().item<double>(), 1e-12 * 300) << i;
  }
}

TEST(Verdict, AnUnsteadyPressureIsComparedUpToAFunctionOfTime) {
  const std::string folder = NUSSELT_SOURCE_DIR "/cases/taylor_green";
  const std::string text = Document::load(folder + "/case.yaml").text();
  const auto error_of_p = [&](const std::string& added) {
    const std::string exact = "reference: {exact: {p: rho*U^2*(sin(pi*x/L)^2*exp(-t/t_end)" + added + ")}}\n";
    const Case c = read_case(Document("case.yaml", text.substr(0, text.find("\nreference:") + 1) + exact), folder);
    const Problem problem(c, float64());
    const Solution solution(c, problem.network().initial_parameters(3));
    return Judge(c).errors(solution).front().relative_l2;
  };
  const double error = error_of_p("");
  EXPECT_GT(error, 0.01);
  EXPECT_NEAR(error_of_p(" + 40*cos(3*t/t_end)"), error, 1e-9 * error);
  EXPECT_GT(std::abs(error_of_p(" + 0.3*x/L") - error), 0.01 * error);
}

}  // namespace
}  // namespace nusselt
