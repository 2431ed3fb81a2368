#include "solver/case/case.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "small_case.hpp"

namespace nusselt {
namespace {

const std::string cases = NUSSELT_SOURCE_DIR "/cases/";

/// Every coefficient of every equation, boundary condition and lift: what the solver sees.
std::vector<double> numbers(const Case& c) {
  std::vector<double> all;
  for (const DimensionlessResidual& equation : c.equations) {
    for (const DimensionlessResidual::Term& term : equation.terms()) all.push_back(term.coefficient);
  }
  for (const SoftCondition& soft : c.soft_conditions) {
    for (const DimensionlessResidual::Term& term : soft.residual.terms()) all.push_back(term.coefficient);
  }
  for (const TrialField& trial : c.trials) {
    all.push_back(at_point(trial.lift, 0.3, 0.4));
    all.push_back(at_point(trial.distance, 0.3, 0.4));
  }
  for (double end : c.scaled_lower()) all.push_back(end);
  for (double end : c.scaled_upper()) all.push_back(end);
  for (const Group& group : c.groups.all()) all.push_back(group.value / 1e4);
  return all;
}

double group(const Case& c, const std::string& name) { return c.groups.value_of({{name, Rational(1)}}); }

TEST(Case, OfTheCavityIsWhatTheBookSays) {
  const Case c = read_case(cases + "heated_cavity", {});
  EXPECT_EQ(c.name, "heated_cavity");
  EXPECT_EQ(c.physics, "boussinesq");
  EXPECT_EQ(c.folder, cases + "heated_cavity");
  ASSERT_EQ(c.groups.all().size(), 2u);
  EXPECT_NEAR(group(c, "Ra"), 1e4, 1e-8);
  EXPECT_NEAR(group(c, "Pr"), 0.71, 1e-14);
  ASSERT_EQ(c.equations.size(), 4u);
  const double viscosity = std::sqrt(0.71 / 1e4), diffusivity = 1 / std::sqrt(0.71 * 1e4);
  const auto coefficients = [&](int equation) {
    std::vector<double> values;
    for (const auto& term : c.equations.at(static_cast<std::size_t>(equation)).terms()) {
      values.push_back(term.coefficient);
    }
    return values;
  };
  const auto expect = [&](int equation, const std::vector<double>& wanted) {
    const std::vector<double> got = coefficients(equation);
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-14) << equation << " " << i;
  };
  expect(0, {1, 1});
  expect(1, {1, 1, 1, -viscosity, -viscosity});
  expect(2, {1, 1, 1, -viscosity, -viscosity, -1});
  expect(3, {1, 1, -diffusivity, -diffusivity});
  EXPECT_NEAR(c.scaled_upper()[0], 1, 1e-15);
  EXPECT_EQ(c.scaled_lower(), (std::vector<double>{0, 0}));
  EXPECT_NEAR(c.coordinate_scale(axis_x), c.constants.find("L")->si, 1e-18);
  EXPECT_EQ(c.gauge_fields(), std::vector<std::string>{"p"});
  EXPECT_EQ(c.notes, std::vector<std::string>{"p is known up to a constant only; its mean is set to zero"});
  ASSERT_TRUE(c.reference);
  EXPECT_EQ(c.reference->values.size(), 3u);
}

TEST(Case, TakesOverrides) {
  const Case c = read_case(cases + "heated_cavity/case.yaml", {"constants.Ra=1e5", "seed=2", "conditions.1.T=304 K"});
  EXPECT_NEAR(group(c, "Ra"), 1e5, 1e-7);
  EXPECT_NEAR(group(c, "Pr"), 0.71, 1e-14);
  EXPECT_EQ(c.settings.seed, 2u);
  EXPECT_EQ(to_string(c.conditions[8].value), "304 [K]");
  EXPECT_FALSE(c.reference);  // it is for 1e4, and the notes say so
  EXPECT_EQ(c.notes.front(),
            "the reference fields of reference/field_ra1e4.csv are not used: it is for Ra = 1e4, the case has 100000");
}

TEST(Case, AGivenPressureIsNoGauge) {
  const Case c = case_of(replaced(small_cavity, "{at: x-, T: T_hot}", "{at: x-, T: T_hot, p: 0}"));
  EXPECT_TRUE(c.gauge_fields().empty());
  EXPECT_TRUE(c.notes.empty());
}

TEST(Case, NotesAConstantThatNothingUses) {
  const Case c = case_of(replaced(small_cavity, "  g: 9.81 m/s^2\n", "  g: 9.81 m/s^2\n  Q: 80 kW/m^3\n"));
  EXPECT_EQ(c.notes.front(), "constants.Q is used by nothing");
  EXPECT_EQ(c.notes.size(), 2u);
}

TEST(Case, NotesAFunctionThatNothingCalls) {
  const Case c = case_of(replaced(small_cavity, "domain:", "functions: {kappa(s): k0*nonsense}\ndomain:"));
  EXPECT_EQ(c.notes.front(), "functions.kappa is called by nothing, so nobody read its text");
}

TEST(Case, IsReadFromItsFileToo) {
  const std::string folder = testing::TempDir() + "nusselt_case_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/mine.yaml") << small_cavity;
  const Case c = read_case(folder + "/mine.yaml", {});
  EXPECT_EQ(c.folder, folder);
  EXPECT_EQ(c.title, "");
  EXPECT_EQ(c.document.text(), small_cavity);
  std::filesystem::remove_all(folder);
}

/// A cavity with the given constants.
std::string cavity_in(const std::string& constants) {
  return "case: cavity\nphysics: boussinesq\nconstants:\n" + constants +
         "  dT: T_hot - T_cold\n  beta: 1/T0\n  U: sqrt(g*beta*dT*L)\n"
         "domain:\n  box: {x: [0*L, L], y: [0*L, L]}\n"
         "scales:\n  references: [L, U, rho, dT]\n  temperature_level: T0\n"
         "conditions:\n"
         "  - {at: [x-, x+, y-, y+], u: 0, v: 0}\n"
         "  - {at: x-, T: T_hot}\n"
         "  - {at: x+, T: T_cold}\n"
         "  - {at: [y-, y+], insulated: dn(T) = 0}\n";
}

const std::string in_si = cavity_in(
    "  T_hot: 305 K\n  T_cold: 295 K\n  T0: 300 K\n  L: 0.022 m\n  rho: 1.177 kg/m^3\n  cp: 1005 J/(kg K)\n"
    "  k: 0.0262 W/(m K)\n  mu: 1.8e-5 Pa s\n  g: 9.81 m/s^2\n");

void expect_same(const Case& a, const Case& b) {
  const std::vector<double> wanted = numbers(a), got = numbers(b);
  ASSERT_EQ(wanted.size(), got.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], wanted[i], 1e-12 * std::max(1.0, std::abs(wanted[i])));
}

TEST(Case, IsTheSameInMillimetresGramsAndMilliseconds) {
  // `g` is gravity here, so the gram stands in brackets.
  expect_same(
      case_of(in_si),
      case_of(cavity_in("  T_hot: 305000 mK\n  T_cold: 295 K\n  T0: 0.3 kK\n  L: 22.0 mm\n  rho: 1.177e-6 [g/mm^3]\n"
                        "  cp: 1005 mm^2/(ms^2 K)\n  k: 2.62e-5 [g mm/(ms^3 K)]\n  mu: 1.8e-8 [g/(mm ms)]\n"
                        "  g: 9.81e-3 mm/ms^2\n")));
}

TEST(Case, IsTheSameInFeetPoundsAndFahrenheit) {
  const auto text = [](double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.17g", value);
    return std::string(digits);
  };
  const double ft = 0.3048, lb = 0.45359237, rankine = 5.0 / 9;
  const auto degF = [&](double kelvin) { return text(kelvin / rankine - 459.67) + " degF\n"; };
  expect_same(
      case_of(in_si),
      case_of(cavity_in("  T_hot: " + degF(305) + "  T_cold: " + degF(295) + "  T0: " + degF(300) +
                        "  L: " + text(0.022 / ft) + " ft\n" + "  rho: " + text(1.177 / lb * ft * ft * ft) +
                        " lb/ft^3\n" + "  cp: " + text(1005 / (ft * ft) * rankine) + " ft^2/(s^2 delta_degF)\n" +
                        "  k: " + text(0.0262 / (lb * ft) * rankine) + " lb ft/(s^3 delta_degF)\n" +
                        "  mu: " + text(1.8e-5 / lb * ft) + " lb/(ft s)\n  g: " + text(9.81 / ft) + " ft/s^2\n")));
}

TEST(Case, InvarianceTestWouldNoticeALostUnit) {
  const std::vector<double> wanted = numbers(case_of(in_si));
  const std::vector<double> got = numbers(case_of(replaced(in_si, "0.022 m", "0.022 ft")));
  ASSERT_EQ(wanted.size(), got.size());
  double largest = 0;
  for (std::size_t i = 0; i < got.size(); ++i) largest = std::max(largest, std::abs(got[i] - wanted[i]));
  EXPECT_GT(largest, 1e-3);
}

TEST(Case, OfKovasznayFlowHasTheExactSolutionOnItsFaces) {
  const Case c = read_case(cases + "kovasznay", {});
  const double lambda = 20 - std::sqrt(400 + 4 * M_PI * M_PI);
  ASSERT_EQ(c.trials.size(), 3u);
  EXPECT_TRUE(c.soft_conditions.empty());
  for (double y : {-0.5, -0.2, 0.35, 1.5}) {
    for (double x : {-0.5, 1.0}) {
      EXPECT_NEAR(at_point(c.trials[0].lift, x, y), 1 - std::exp(lambda * x) * std::cos(2 * M_PI * y), 1e-13);
      EXPECT_NEAR(at_point(c.trials[1].lift, x, y), lambda / (2 * M_PI) * std::exp(lambda * x) * std::sin(2 * M_PI * y),
                  1e-13);
    }
  }
  EXPECT_NEAR(at_point(c.trials[0].lift, 0.3, 1.5), 1 + std::exp(lambda * 0.3), 1e-13);
  EXPECT_EQ(c.gauge_fields(), std::vector<std::string>{"p"});
  for (const auto& term : c.equations.at(1).terms()) {
    EXPECT_NEAR(std::abs(term.coefficient),
                to_string(term.factor).find("u)") != std::string::npos && term.coefficient < 0 ? 1.0 / 40 : 1.0, 1e-14);
  }
}

/// A dimensionless field, as text in x and y, put into the one equation of a case.
double residual_of(const Case& c, const std::string& field, const std::string& text, double x, double y) {
  Scope scope;
  scope.axes = c.box.axes;
  scope.names.emplace("x", Expression::coordinate(axis_x, Dimension()));
  scope.names.emplace("y", Expression::coordinate(axis_y, Dimension()));
  const Expression exact = parse_formula(text, scope).expression;
  return at_point(substitute_field(c.equations.at(0).expression(), field, exact), x, y);
}

TEST(Case, OfPoissonHasItsReferenceAsTheSolution) {
  const Case c = read_case(cases + "poisson", {});
  const std::string exact = "sin(3.141592653589793*x)*sin(3.141592653589793*y)";
  EXPECT_NEAR(residual_of(c, "T", exact, 0.3, 0.81), 0, 1e-14);
  EXPECT_GT(std::abs(residual_of(c, "T", "1.01*" + exact, 0.3, 0.81)), 1e-3);
  ASSERT_TRUE(c.reference);
  for (std::size_t i = 0; i < c.reference->values.at(0).si.size(); ++i) {
    const double x = c.reference->points[0][i] / 0.06, y = c.reference->points[1][i] / 0.06;
    EXPECT_NEAR(c.reference->values[0].si[i], 290 + 25 * std::sin(M_PI * x) * std::sin(M_PI * y), 1e-10);
  }
  EXPECT_TRUE(c.soft_conditions.empty());
  EXPECT_NEAR(c.quantities.at(0).reference.value(), 2 * 237 * 25 / 1000.0, 1e-12);
}

TEST(Case, OfHelmholtzHasItsReferenceAsTheSolution) {
  const Case c = read_case(cases + "helmholtz", {});
  const std::string exact = "sin(3.141592653589793*x)*sin(4*3.141592653589793*y)";
  EXPECT_NEAR(residual_of(c, "p", exact, -0.3, 0.81), 0, 1e-14);
  EXPECT_GT(std::abs(residual_of(c, "p", "1.01*" + exact, -0.3, 0.81)), 1e-3);
  // The equation of the published case, lap(p) + p = (1 - 17 pi^2) sin(pi x) sin(4 pi y), divided by its largest
  // number.
  const double largest = 17 * M_PI * M_PI - 1;
  ASSERT_EQ(c.equations.at(0).terms().size(), 4u);
  for (int term = 0; term < 3; ++term) {
    EXPECT_NEAR(c.equations[0].terms()[static_cast<std::size_t>(term)].coefficient * largest, 1, 1e-12);
  }
  EXPECT_EQ(c.equations[0].terms()[3].coefficient, 1);
  EXPECT_EQ(c.scaled_lower(), (std::vector<double>{-1, -1}));
  EXPECT_EQ(c.scaled_upper(), (std::vector<double>{1, 1}));
  ASSERT_TRUE(c.reference);
  EXPECT_EQ(c.reference->values.at(0).si.size(), 1681u);
  EXPECT_TRUE(c.soft_conditions.empty());
}

TEST(Case, OfBurgersIsThePublishedOneInItsScales) {
  const Case c = read_case(cases + "burgers", {});
  ASSERT_EQ(c.equations.size(), 1u);
  ASSERT_EQ(c.equations[0].terms().size(), 3u);
  EXPECT_NEAR(c.equations[0].terms()[0].coefficient, 1, 1e-15);
  EXPECT_NEAR(c.equations[0].terms()[1].coefficient, 1, 1e-15);
  EXPECT_NEAR(c.equations[0].terms()[2].coefficient, -0.01 / M_PI, 1e-15);
  EXPECT_EQ(c.scaled_lower(), (std::vector<double>{-1, 0}));
  EXPECT_NEAR(c.scaled_upper()[1], 1, 1e-15);
  EXPECT_TRUE(c.soft_conditions.empty());
  EXPECT_TRUE(c.notes.empty());
  EXPECT_NEAR(at_point(c.trials.at(0).lift, 0.3, 0.9), -std::sin(0.3 * M_PI), 1e-15);
  // The exact solution is odd in x and bounded by the initial state.
  ASSERT_TRUE(c.reference);
  const auto& [field, u] = c.reference->values.at(0);
  ASSERT_EQ(u.size(), 4000u);
  double largest = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    largest = std::max(largest, std::abs(u[i]));
    EXPECT_LE(u[i] * c.reference->points[0][i], 1e-20) << i;
  }
  EXPECT_LE(largest, 0.8);
  EXPECT_GT(largest, 0.79);
  EXPECT_NEAR(c.quantities.at(0).reference.value(), 0.18002851674, 1e-11);
}

TEST(Case, OfTheHeatedBarMatchesItsReference) {
  const Case c = read_case(cases + "heated_bar", {});
  ASSERT_TRUE(c.reference);
  const std::vector<double>& x = c.reference->points.at(0);
  const std::vector<double>& T = c.reference->values.at(0).si;
  ASSERT_EQ(x.size(), 21u);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(T[i], 293.15 + 40 * x[i] / 0.2 + 80e3 / (2 * 16.2) * x[i] * (0.2 - x[i]), 1e-10);
  }
  ASSERT_EQ(c.quantities.size(), 2u);
  EXPECT_NEAR(c.quantities[0].reference.value(), 5.62, 1e-12);
  EXPECT_NEAR(c.quantities[1].reference.value(), 2.38, 1e-12);
  EXPECT_EQ(c.quantities[0].unit, "W");
}

}  // namespace
}  // namespace nusselt
