#include "solver/case/scaling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "nondim/scale_choice.hpp"
#include "small_case.hpp"

namespace nusselt {
namespace {

/// The cavity of the case folder without what it says about scales.
std::string bare_cavity(const std::string& scales = "") {
  std::string text = small_cavity;
  const std::size_t begin = text.find("scales:");
  text.erase(begin, text.find("conditions:") - begin);
  return scales + text;
}

std::string at_ra_1e6() {
  const std::string text =
      replaced(bare_cavity(), "L: 22 mm", "Ra: 1e6\n  Pr: 0.71\n  L: (Ra*mu*k/(rho^2*cp*g*beta*dT))^(1/3)");
  return replaced(text, "mu: 1.8e-5 Pa s", "mu: Pr*k/cp");
}

const Reference& reference(const Case& c, const std::string& name) {
  for (const Reference& each : c.scales.references()) {
    if (each.name == name) return each;
  }
  throw std::out_of_range("no reference " + name);
}

double si(const Case& c, const std::string& name) { return c.constants.find(name)->si; }

double largest_spread(const Case& c) {
  double largest = 0;
  for (const DimensionlessResidual& equation : c.equations) largest = std::max(largest, spread(equation));
  return largest;
}

std::map<std::string, double> comparison(const Case& c) {
  std::map<std::string, double> compared;
  for (const auto& [name, decades] :
       compared_scalings({c.document.root(), c.system, c.box, c.constants, c.conditions})) {
    compared[name] = decades;
  }
  return compared;
}

std::string refused(const std::string& text) {
  return refusal([&] { case_of(text); });
}

TEST(Scaling, IsChosenByWhatTheCaseSays) {
  EXPECT_EQ(case_of(small_cavity).scaling, "references");
  EXPECT_EQ(case_of(bare_cavity()).scaling, "auto");
  EXPECT_EQ(case_of(bare_cavity("scaling: viscous\n")).scaling, "viscous");
  EXPECT_EQ(case_of(bare_cavity("scales: {balances: [U_ref*rho*L = mu, P = rho*U_ref^2]}\n")).scaling, "balances");
}

TEST(Scaling, FindsFreeFallByItself) {
  const Case c = case_of(replaced(at_ra_1e6(), "  U: sqrt(g*beta*dT*L)\n", ""));
  const double free_fall = std::sqrt(9.81 / 300 * 10 * si(c, "L"));
  EXPECT_EQ(reference(c, "L").si, si(c, "L"));
  EXPECT_EQ(reference(c, "dT").formula, "T_hot - T_cold, range of temperature in the conditions");
  EXPECT_NEAR(reference(c, "U").si / free_fall, 1, 1e-14);
  EXPECT_EQ(reference(c, "U").formula,
            "L^(1/2) beta^(1/2) dT^(1/2) g^(1/2), from rho*U^2/L = rho*g*beta*dT in momentum_y");
  EXPECT_NEAR(reference(c, "P").si / (1.177 * free_fall * free_fall), 1, 1e-14);
  EXPECT_NEAR(largest_spread(c), 3.0744, 1e-4);
  EXPECT_EQ(c.scales.temperature_level(), 300);
  ASSERT_EQ(c.groups.all().size(), 2u);
  EXPECT_EQ(c.groups.all()[0].name, "Ra");
  EXPECT_NEAR(c.groups.all()[0].value, 1e6, 1e-5);
}

TEST(Scaling, ComparesWithThePresetsOfTheField) {
  // normalization.md 5.2: free fall 3.07, thermal diffusion 6.0, viscosity 6.1 decades at Ra = 1e6, Pr = 0.71.
  const std::map<std::string, double> compared = comparison(case_of(at_ra_1e6()));
  EXPECT_NEAR(compared.at("auto"), std::log10(std::sqrt(1e6 / 0.71)), 1e-12);
  EXPECT_NEAR(compared.at("free_fall"), compared.at("auto"), 1e-12);
  EXPECT_NEAR(compared.at("convective"), std::log10(1e3 / 0.71), 1e-12);
  EXPECT_NEAR(compared.at("thermal_diffusive"), 6, 1e-12);
  EXPECT_NEAR(compared.at("viscous"), std::log10(1e6 / 0.71), 1e-12);
  EXPECT_GT(compared.at("si"), 3);
  EXPECT_FALSE(compared.contains("forced"));
  EXPECT_FALSE(compared.contains("darcy"));
  EXPECT_FALSE(compared.contains("references"));
  EXPECT_TRUE(comparison(case_of(small_cavity)).contains("references"));
}

TEST(Scaling, PresetsGiveTheCoefficientsOfTheTable) {
  // Viscosity and buoyancy in momentum_y, diffusion in energy.
  const double ra = 1e6, pr = 0.71;
  const auto coefficients = [&](const std::string& preset) {
    const Case c = case_of("scaling: " + preset + "\n" + at_ra_1e6());
    std::vector<double> found;
    for (const auto& [equation, factor] :
         std::vector<std::pair<std::size_t, std::string>>{{2, "dxx(v)"}, {2, "T"}, {3, "dxx(T)"}}) {
      const auto& terms = c.equations[equation].terms();
      const double advection = terms.front().coefficient;
      for (const auto& term : terms) {
        if (to_string(term.factor) == factor) found.push_back(-term.coefficient / advection);
      }
    }
    return found;
  };
  const auto expect = [&](const std::string& preset, const std::vector<double>& wanted) {
    const std::vector<double> found = coefficients(preset);
    ASSERT_EQ(found.size(), 3u) << preset;
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(found[i] / wanted[i], 1, 1e-12) << preset << " " << i;
  };
  expect("free_fall", {std::sqrt(pr / ra), 1, 1 / std::sqrt(ra * pr)});
  expect("convective", {pr / std::sqrt(ra), pr, 1 / std::sqrt(ra)});
  expect("thermal_diffusive", {pr, ra * pr, 1});
  expect("viscous", {1, ra / pr, 1 / pr});
}

TEST(Scaling, OfAForcedFlowIsItsLid) {
  const std::string lid = NUSSELT_SOURCE_DIR "/cases/lid_driven_cavity";
  for (const std::string scaling : {"auto", "forced"}) {
    const Case c = read_case(lid, {"scaling=" + scaling});
    EXPECT_EQ(reference(c, "U").si, si(c, "U")) << scaling;
    EXPECT_NEAR(reference(c, "P").si / (1260 * std::pow(si(c, "U"), 2)), 1, 1e-14) << scaling;
    EXPECT_NEAR(largest_spread(c), 2, 1e-12) << scaling;
  }
  const Case stokes = read_case(lid, {"scaling=stokes"});
  EXPECT_NEAR(reference(stokes, "P").si / (1.41 * si(stokes, "U") / 0.12), 1, 1e-14);
  EXPECT_EQ(reference(stokes, "P").formula, "U mu / L");
}

TEST(Scaling, OfAGivenVelocityThatVariesIsItsConstant) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/kovasznay", {"scaling=auto"});
  EXPECT_EQ(reference(c, "U").si, si(c, "U"));
  EXPECT_EQ(reference(c, "U").formula, "Re*mu/(rho*L), from the values of u, v in the conditions");
}

TEST(Scaling, OfTimeFollowsFromDiffusion) {
  const std::string bar =
      "case: bar\nphysics: heat_conduction\n"
      "constants: {H: 0.2 m, k: 16 W/(m K), rho: 7900 kg/m^3, cp: 500 J/(kg K)}\n"
      "domain: {box: {x: [0 m, H], t: [0 s, 60 s]}}\n"
      "conditions:\n  - {at: x-, T: 300 K}\n  - {at: x+, T: 320 K}\n  - {at: t-, T: '300 K + 100 [K/m]*x'}\n";
  const Case c = case_of(bar);
  EXPECT_EQ(reference(c, "H").formula, "0.2 m, smallest extent of the box");
  EXPECT_NEAR(reference(c, "dT").si, 20, 1e-12);
  EXPECT_NEAR(reference(c, "t_ref").si, 7900 * 500 * 0.04 / 16, 1e-9);
  EXPECT_EQ(c.scales.temperature_level(), 310);
  const Case diffusive = case_of("scaling: thermal_diffusive\n" + bar);
  EXPECT_NEAR(diffusive.scales.of<Time>(), 7900 * 500 * 0.04 / 16, 1e-9);
}

TEST(Scaling, InSIMeasuresInMetres) {
  const Case c = case_of("scaling: si\n" + replaced(small_cavity, "  temperature_level: T0\n", ""));
  EXPECT_EQ(c.scales.of<Velocity>(), 1);
  EXPECT_EQ(c.scales.of<Pressure>(), 1);
  EXPECT_EQ(c.scales.temperature_level(), 0);
  EXPECT_NEAR(c.scaled_upper()[1], 0.044, 1e-16);
  EXPECT_EQ(std::count(c.notes.begin(), c.notes.end(), "scales.references is not used: scaling is si"), 1);
}

TEST(Scaling, LeavesADimensionlessNumberAlone) {
  EXPECT_EQ(case_of(small_cavity).scales.temperature_level(), 300);
  EXPECT_EQ(case_of(replaced(small_cavity, "  temperature_level: T0\n", "")).scales.temperature_level(), 300);
  EXPECT_EQ(case_of(bare_cavity("scales: {temperature_level: T_cold}\n")).scales.temperature_level(), 295);
}

TEST(Scaling, SolvesDeclaredBalances) {
  // Viscosity against buoyancy, the creeping flow of a small box.
  const Case c = case_of(bare_cavity("scales: {balances: [mu*U_ref/L^2 = rho*g*beta*dT, 'P = mu*U_ref/L']}\n"));
  const double velocity = 1.177 * 9.81 / 300 * 10 * 0.022 * 0.022 / 1.8e-5;
  EXPECT_NEAR(reference(c, "U_ref").si / velocity, 1, 1e-14);
  EXPECT_NEAR(reference(c, "P").si / (1.8e-5 * velocity / 0.022), 1, 1e-14);
  // `auto` completes what they leave open.
  const Case completed = case_of(bare_cavity("scaling: auto\nscales: {balances: mu*U_ref/L^2 = rho*g*beta*dT}\n"));
  EXPECT_NEAR(reference(completed, "U_ref").si / velocity, 1, 1e-14);
  EXPECT_NEAR(reference(completed, "P").si / (1.177 * velocity * velocity), 1, 1e-14);
}

TEST(Scaling, OfAFieldMayBeItsOwn) {
  const std::string two_bars =
      "case: bar\nphysics: helmholtz\nconstants: {L: 2 m, P: 3 Pa, trace: 1e-4 Pa, k: 2/L}\n"
      "domain: {box: {x: [0 m, L]}}\nconditions:\n  - {at: x-, p: 0}\n  - {at: x+, p: trace}\n";
  const Case known = case_of("scales: {references: [L, P]}\n" + two_bars);
  EXPECT_EQ(known.scales.of<Pressure>(), 3);
  const Case own = case_of("scales: {references: [L, P], fields: {p: trace}}\n" + two_bars);
  EXPECT_EQ(own.scales.of<Pressure>(), 3);
  EXPECT_EQ(field_scale(own.system.field_named("p").symbol, own.scales), 1e-4);
  EXPECT_EQ(own.equations[0].scale(), 1e-4 / 4 * 4);  // k^2 p, k L = 2
  EXPECT_EQ(own.equations[0].scale_formula(), "k^2*trace");
  const auto at_the_end = [](const Case& c) {
    return evaluate(c.trials[0].lift, [](const Expression&) { return 1.0; });
  };
  EXPECT_NEAR(at_the_end(own), 1, 1e-15);
  EXPECT_NEAR(at_the_end(known), 1e-4 / 3, 1e-19);
  EXPECT_NE(describe(own).find("  p       0.0001 Pa                 = trace, its own: 1e-4 Pa\n"), std::string::npos)
      << describe(own);
}

TEST(Scaling, MessagesSayWhatIsMissing) {
  const auto first_line = [](const std::string& text) { return text.substr(0, text.find('\n')); };
  const auto said = [&](const std::string& text) { return first_line(refused(text)); };
  EXPECT_EQ(said(bare_cavity("scaling: forced\n")),
            "case.yaml:1:10: error: scaling: forced needs a velocity, and the conditions give none but zero");
  EXPECT_EQ(said(bare_cavity("scaling: darcy\n")),
            "case.yaml:1:10: error: scaling: darcy needs K, area [m2], and no constant of the equations is it");
  EXPECT_EQ(said(bare_cavity("scaling: free\n")), "case.yaml:1:10: error: scaling: there is no \"free\"");
  EXPECT_EQ(said(bare_cavity("scaling: balances\n")), "case.yaml:1:10: error: scaling: balances needs scales.balances");
  EXPECT_EQ(said(bare_cavity("scales: {balances: [P = rho*U_ref^2]}\n")),
            "case.yaml:1:20: error: scales.balances: under-determined: they leave U_ref and P open");
  EXPECT_EQ(
      said(bare_cavity("scales: {balances: [P = rho*U_ref^2, P = 2*rho*U_ref^2, U_ref = mu/(rho*L)]}\n")),
      "case.yaml:1:38: error: scales.balances: over-determined: P = 2*rho*U_ref^2 contradicts the balances before "
      "it: its sides differ by a factor of 2");
  EXPECT_NE(
      said(bare_cavity("scales: {balances: [P = rho*U_ref]}\n")).find("case.yaml:1:23: error: scales.balances.0: "),
      std::string::npos)
      << said(bare_cavity("scales: {balances: [P = rho*U_ref]}\n"));
  EXPECT_EQ(said(bare_cavity("scales: {balances: [P + P = rho*U_ref^2 + P*L/L]}\n")),
            "case.yaml:1:28: error: scales.balances.0: a balance has one product of constants and references on each "
            "side");
  EXPECT_NE(refused(bare_cavity("scales: {balances: [P = rho*V^2]}\n"))
                .find("hint: known here: L, P, T0, T_cold, T_hot, U, U_ref, "),
            std::string::npos)
      << refused(bare_cavity("scales: {balances: [P = rho*V^2]}\n"));
  EXPECT_EQ(said(bare_cavity("scales: {fields: {q: 1 K}}\n")),
            "case.yaml:1:19: error: scales.fields.q: \"q\" is no field of the case");
  EXPECT_EQ(said(bare_cavity("scales: {fields: {p: -1 Pa}}\n")),
            "case.yaml:1:22: error: scales.fields.p: a scale must be positive, got -1 Pa");
}

TEST(Scaling, RefusesACaseThatFixesNothing) {
  const std::string said = refused(
      "case: bar\nphysics: heat_conduction\nconstants: {L: 2 m, k: 3 W/(m K)}\ndomain: {box: {x: [0 m, L]}}\n"
      "conditions:\n  - {at: [x-, x+], T: 300 K}\n");
  EXPECT_EQ(
      said.substr(0, said.find('\n')),
      "case.yaml:1:1: error: scaling: auto: neither the equations nor the conditions fix the scale of temperature "
      "[K]");
  EXPECT_NE(said.find("hint: give scales.references"), std::string::npos) << said;
}

}  // namespace
}  // namespace nusselt
