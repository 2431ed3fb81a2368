// Flow, heat and species beyond what physics_test.cpp has, against exact solutions and forcings written by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/front/solution_check.hpp"

namespace nusselt {
namespace {

using std::numbers::pi;

constexpr Axes plane = {true, true, false, false};
constexpr Axes plane_in_time = {true, true, false, true};

TEST(Stokes, AFlowOfAHarmonicPotentialAndTwoShearWavesSolveIt) {
  // U = grad(x phi) - 2 phi e_x with phi = W exp(x/L) cos(y/L) has the pressure 2 mu dphi/dx (Happel & Brenner, Low
  // Reynolds Number Hydrodynamics, 1983, section 3-3). The waves are those of Stokes's second problem.
  constexpr double rho = 1260, mu = 1.41, omega = 37;
  const std::string wave = "exp(-s/d)*cos(omega*t - s/d)";
  const auto along = [&](std::string text, const std::string& axis) {
    for (std::size_t at = text.find("s/"); at != std::string::npos; at = text.find("s/")) text.replace(at, 1, axis);
    return text;
  };
  const Solution flow = {.fields = {{"u", "W*exp(x/L)*cos(y/L)*(x/L - 1) + A*" + along(wave, "y")},
                                    {"v", "-W*x/L*exp(x/L)*sin(y/L) + B*" + along(wave, "x")},
                                    {"p", "2*mu*W/L*exp(x/L)*cos(y/L)"}},
                         .symbols = {{"W", dimension_of<Velocity>()},
                                     {"A", dimension_of<Velocity>()},
                                     {"B", dimension_of<Velocity>()},
                                     {"L", dimension_of<Length>()},
                                     {"d", dimension_of<Length>()},
                                     {"omega", dimension_of<Rate>()}},
                         .values = {{"rho", rho},
                                    {"mu", mu},
                                    {"W", 0.13},
                                    {"A", 0.07},
                                    {"B", 0.21},
                                    {"L", 0.023},
                                    {"d", std::sqrt(2 * mu / (rho * omega))},
                                    {"omega", omega}}};
  const System system = described("stokes", plane_in_time);
  ASSERT_EQ(system.equations().size(), 3u);
  const auto points = scattered_points({0, 0, 0, 0}, {0.03, 0.03, 0, 0.2});
  expect_solution(system, flow, points);
  EXPECT_GE(expect_no_mutant_survives(system, flow, points), 22);
  // A steady flow asks for no density.
  EXPECT_EQ(described("stokes", plane).constants().size(), 1u);
}

TEST(ConvectionDiffusion, AModeThatDriftsAndDecaysSolvesIt) {
  const Solution mode = {
      .fields = {{"T",
                  "T_wall + q*t/(rho*cp) + dT*sin(pi*(x - a_x*t)/L)*sin(pi*(y - a_y*t)/L)*sin(pi*(z - a_z*t)/L)*"
                  "exp(-3*pi^2*k/(rho*cp)*t/L^2)"}},
      .symbols = {{"T_wall", dimension_of<Temperature>()},
                  {"dT", dimension_of<Temperature>()},
                  {"L", dimension_of<Length>()},
                  {"pi", {}}},
      .values = {{"rho", 7900},
                 {"cp", 502},
                 {"k", 16.3},
                 {"a_x", 2.1e-3},
                 {"a_y", -1.3e-3},
                 {"a_z", 0.7e-3},
                 {"q", 9.1e5},
                 {"L", 0.03},
                 {"T_wall", 291},
                 {"dT", 35},
                 {"pi", pi}}};
  const System system = described("convection_diffusion", {true, true, true, true}, {"q", "a_x", "a_y", "a_z"});
  const auto points = scattered_points({0, 0, 0, 0}, {0.03, 0.03, 0.03, 6});
  expect_solution(system, mode, points);
  EXPECT_GE(expect_no_mutant_survives(system, mode, points), 30);
}

/// Kovasznay flow at Re = 40, whose shear is off the diagonal as well, with a temperature and a mass fraction put into
/// it: s = sin(2 X) cos(3 Y) and their forcing by hand, X = x/L, Y = y/L.
struct Wake {
  static constexpr double rho = 1.17, U = 0.31, L = 0.083, Re = 40, mu = rho * U * L / Re;
  static constexpr double cp = 1005, k = 0.0262, D = 3.1e-5, T0 = 293, dT = 12.5, dY = 0.031, q = 41;
  static double lambda() { return Re / 2 - std::sqrt(Re * Re / 4 + 4 * pi * pi); }

  static Solution solution(const std::string& scalar, const std::string& text) {
    return {.fields = {{"u", "U*(1 - exp(lam*x/L)*cos(2*pi*y/L))"},
                       {"v", "U*lam/(2*pi)*exp(lam*x/L)*sin(2*pi*y/L)"},
                       {"p", "rho*U^2/2*(1 - exp(2*lam*x/L))"},
                       {scalar, text + "*sin(2*x/L)*cos(3*y/L)"}},
            .symbols = {{"U", dimension_of<Velocity>()},
                        {"L", dimension_of<Length>()},
                        {"lam", {}},
                        {"pi", {}},
                        {"dT", dimension_of<Temperature>()},
                        {"dY", {}}},
            .values = {{"rho", rho},
                       {"mu", mu},
                       {"cp", cp},
                       {"k", k},
                       {"D", D},
                       {"T0", T0},
                       {"q", q},
                       {"U", U},
                       {"L", L},
                       {"lam", lambda()},
                       {"pi", pi},
                       {"dT", dT},
                       {"dY", dY}}};
  }

  double u, v, u_X, u_Y, v_X, s_X, s_Y, s_XX_YY;
  explicit Wake(const Point& point) {
    const double X = point[0] / L, Y = point[1] / L, l = lambda(), e = std::exp(l * X);
    u = 1 - e * std::cos(2 * pi * Y);
    v = l / (2 * pi) * e * std::sin(2 * pi * Y);
    u_X = -l * e * std::cos(2 * pi * Y);
    u_Y = 2 * pi * e * std::sin(2 * pi * Y);
    v_X = l * v;
    s_X = 2 * std::cos(2 * X) * std::cos(3 * Y);
    s_Y = -3 * std::sin(2 * X) * std::sin(3 * Y);
    s_XX_YY = -13 * std::sin(2 * X) * std::cos(3 * Y);
  }
  /// v_Y = -u_X.
  double squared_shear() const { return U * U / (L * L) * (4 * u_X * u_X + (u_Y + v_X) * (u_Y + v_X)); }
};

std::vector<Point> wake_points() { return scattered_points({-0.04, -0.04, 0, 0}, {Wake::L, 0.12, 0, 0}); }

TEST(Convection, AWakeWithHeatAndDissipationHasTheForcingDerivedByHand) {
  Solution wake = Wake::solution("T", "T0 + dT");
  wake.values["dissipation"] = 0.37;
  const auto energy = [](double dissipation, double source) -> Forcing {
    return [=](const Point& point) {
      const Wake w(point);
      return Wake::rho * Wake::cp * Wake::U * Wake::dT / Wake::L * (w.u * w.s_X + w.v * w.s_Y) -
             Wake::k * Wake::dT / (Wake::L * Wake::L) * w.s_XX_YY - source - dissipation * Wake::mu * w.squared_shear();
    };
  };
  // In air dissipation would be lost among the other terms.
  wake.values["mu"] = Wake::mu;
  const System system = described("convection", plane, {"q", "dissipation"});
  ASSERT_EQ(system.equations().size(), 4u);
  expect_solution(system, wake, wake_points(), {{"energy", energy(0.37, Wake::q)}});
  expect_solution(described("convection", plane), wake, wake_points(), {{"energy", energy(0, 0)}});
  double largest = 0, off_diagonal = 0;
  for (const Point& point : wake_points()) {
    const Wake w(point);
    largest = std::max(largest, Wake::mu * w.squared_shear());
    off_diagonal = std::max(off_diagonal, std::abs(w.u_Y + w.v_X));
  }
  EXPECT_GT(off_diagonal, 1);
  // The source of dissipation alone, against its own size.
  const System::Balance& heat = system.balances().back();
  for (const Point& point : wake_points()) {
    LeafValues values = wake.values;
    for (int axis = 0; axis < axis_count; ++axis) values[axis_names[axis]] = point[axis];
    EXPECT_NEAR(value_at(substituted(heat.source, system, wake), values),
                Wake::q + 0.37 * Wake::mu * Wake(point).squared_shear(), 1e-10 * largest + 1e-10);
  }
}

TEST(SpeciesTransport, ASpeciesInAWakeHasTheForcingDerivedByHand) {
  const Solution wake = Wake::solution("Y", "dY");
  const std::map<std::string, Forcing> forcing = {{"species", [](const Point& point) {
                                                     const Wake w(point);
                                                     return Wake::rho * Wake::dY *
                                                            (Wake::U / Wake::L * (w.u * w.s_X + w.v * w.s_Y) -
                                                             Wake::D / (Wake::L * Wake::L) * w.s_XX_YY);
                                                   }}};
  const System system = described("species_transport", plane);
  ASSERT_EQ(system.equations().size(), 4u);
  expect_solution(system, wake, wake_points(), forcing);
  // The flow is that of IncompressibleFlow, whose mutants its own tests kill.
  const std::vector<Expression> wrong = mutants(system.equations()[3].residual);
  EXPECT_GE(wrong.size(), 12u);
  for (const Expression& mutant : wrong) {
    EXPECT_GT(relative_residual(mutant, system, wake, wake_points(), forcing.at("species")), 1e-4) << to_string(mutant);
  }
}

TEST(DoubleDiffusion, BothScalarsDriveTheFlow) {
  // A fluid at rest in which T and Y vary with y alone is held by the pressure; where they vary with x it is not.
  const Solution rest = {.fields = {{"u", "0*U"},
                                    {"v", "0*U"},
                                    {"p", "rho*g*(beta*dT + beta_Y*dY)*y^2/(2*L)"},
                                    {"T", "T0 + dT*y/L"},
                                    {"Y", "Y0 + dY*y/L + c*x/L"}},
                         .symbols = {{"U", dimension_of<Velocity>()},
                                     {"L", dimension_of<Length>()},
                                     {"dT", dimension_of<Temperature>()},
                                     {"dY", {}},
                                     {"c", {}}},
                         .values = {{"rho", 997},
                                    {"mu", 8.9e-4},
                                    {"cp", 4180},
                                    {"k", 0.6},
                                    {"D", 1.4e-9},
                                    {"beta", 2.6e-4},
                                    {"beta_Y", -0.76},
                                    {"g", 9.81},
                                    {"T0", 298},
                                    {"Y0", 0.035},
                                    {"U", 0.3},
                                    {"L", 0.04},
                                    {"dT", 7},
                                    {"dY", 2.1e-3},
                                    {"c", 1.3e-3}}};
  const System system = described("double_diffusion", plane);
  const auto points = scattered_points({0, 0, 0, 0}, {0.04, 0.04, 0, 0});
  const Forcing weight = [](const Point& point) { return -997 * 9.81 * -0.76 * 1.3e-3 * point[0] / 0.04; };
  for (const System::Equation& equation : system.equations()) {
    if (equation.name != "momentum_y") continue;
    EXPECT_LE(relative_residual(equation.residual, system, rest, points, weight), 1e-12);
    Solution unlike = rest;
    unlike.values["beta_Y"] *= 1.01;
    EXPECT_GT(relative_residual(equation.residual, system, unlike, points, weight), 1e-4);
    unlike = rest;
    unlike.values["beta"] *= 1.01;
    EXPECT_LE(relative_residual(equation.residual, system, unlike, points, weight), 1e-12) << "p balances it";
  }
  // Every equation but the buoyancy is that of boussinesq and of species_transport.
  const System boussinesq = described("boussinesq", plane), species = described("species_transport", plane);
  EXPECT_EQ(system.equations()[0].residual, boussinesq.equations()[0].residual);
  EXPECT_EQ(system.equations()[1].residual, boussinesq.equations()[1].residual);
  EXPECT_EQ(system.equations()[3].residual, boussinesq.equations()[3].residual);
  EXPECT_EQ(system.equations()[4].residual, species.equations()[3].residual);
}

TEST(PowerLawFlow, AShearThatVariesHasTheForceDerivedByHand) {
  // u = U (Y^2 + e X), v = U (c X^2 - e Y): the rate of shear is U/L sqrt(4 e^2 + g^2) with g = 2 (Y + c X).
  constexpr double rho = 1030, mu = 0.83, n = 0.6, rate = 14, rate_0 = 2.3, U = 0.17, L = 0.021, c = 0.7, e = 0.4,
                   P = 3;
  const Solution shear = {
      .fields = {{"u", "U*((y/L)^2 + e*x/L)"}, {"v", "U*(c*(x/L)^2 - e*y/L)"}, {"p", "P*rho*U^2*x*y/L^2"}},
      .symbols = {{"U", dimension_of<Velocity>()}, {"L", dimension_of<Length>()}, {"e", {}}, {"c", {}}, {"P", {}}},
      .values = {{"rho", rho},
                 {"mu", mu},
                 {"n", n},
                 {"rate", rate},
                 {"rate_0", rate_0},
                 {"U", U},
                 {"L", L},
                 {"e", e},
                 {"c", c},
                 {"P", P}}};
  struct Force {
    double x, y;
  };
  const auto force = [=](const Point& point) {
    const double X = point[0] / L, Y = point[1] / L;
    const double g = U / L * 2 * (Y + c * X), g_x = U / (L * L) * 2 * c, g_y = U / (L * L) * 2, d = U / L * e;
    const double square = 4 * d * d + g * g + rate_0 * rate_0;
    const double viscosity = mu * std::pow(square / (rate * rate), (n - 1) / 2);
    const double slope = viscosity * (n - 1) / 2 / square * 2 * g;  // d(viscosity)/dg
    const double u = U * (Y * Y + e * X), v = U * (c * X * X - e * Y);
    const double inertia_x = rho * (u * U * e / L + v * U * 2 * Y / L),
                 inertia_y = rho * (u * U * 2 * c * X / L - v * U * e / L);
    return Force{inertia_x + P * rho * U * U * Y / L - (2 * d * slope * g_x + viscosity * g_y + g * slope * g_y),
                 inertia_y + P * rho * U * U * X / L - (-2 * d * slope * g_y + viscosity * g_x + g * slope * g_x)};
  };
  const System system = described("power_law_flow", plane);
  ASSERT_EQ(system.equations().size(), 3u);
  const auto points = scattered_points({0, 0, 0, 0}, {L, L, 0, 0});
  expect_solution(system, shear, points,
                  {{"momentum_x", [=](const Point& point) { return force(point).x; }},
                   {"momentum_y", [=](const Point& point) { return force(point).y; }}});
  for (const char* name : {"n", "rate", "rate_0", "mu"}) {
    Solution other = shear;
    other.values[name] *= 1.05;
    EXPECT_GT(relative_residual(system.equations()[1].residual, system, other, points,
                                [=](const Point& point) { return force(point).x; }),
              1e-4)
        << name;
  }
  // With n = 1 it is a Newtonian fluid, whatever the rates are.
  LeafValues newtonian = shear.values;
  newtonian["n"] = 1;
  newtonian["x"] = newtonian["y"] = 0.013;
  const System plain = described("incompressible_flow", plane);
  EXPECT_NEAR(value_at(substituted(system.equations()[1].residual, system, shear), newtonian),
              value_at(substituted(plain.equations()[1].residual, plain, shear), newtonian), 1e-9);
}

TEST(ZeroEquationChannel, TheSlopeThatBalancesTheStressSolvesItAndFollowsTheLawOfTheWall) {
  // Between x and the middle the pressure is held by the stress G (h - x), a quadratic equation for the slope.
  const double rho = 997, mu = 8.9e-4, h = 0.03, re_tau = 2000, u_tau = re_tau * mu / (rho * h), A = 26;
  const double G = rho * u_tau * u_tau / h;
  const auto slope = [&](double x) {
    const double X = 1 - x / h;
    const double l = h * (0.14 - 0.08 * X * X - 0.06 * X * X * X * X) * (1 - std::exp(-x * u_tau * rho / mu / A));
    const double a = rho * l * l, force = G * (h - x);
    return 2 * force / (mu + std::sqrt(mu * mu + 4 * a * force));
  };
  const System system = described("zero_equation_channel", {true, false, false, false});
  ASSERT_EQ(system.equations().size(), 1u);
  for (const double place : {1e-4, 2e-3, 0.05, 0.3, 0.8}) {
    const double x = place * h, step = 1e-5 * x;
    const LeafValues values = {{"rho", rho},
                               {"mu", mu},
                               {"h", h},
                               {"G", G},
                               {"A_plus", A},
                               {"x", x},
                               {"dx(u)", slope(x)},
                               {"dxx(u)", (slope(x + step) - slope(x - step)) / (2 * step)}};
    EXPECT_NEAR(value_at(system.equations()[0].residual, values) / G, 0, 1e-5) << place;
    EXPECT_NEAR(value_at(system.balances()[0].flux[0], values), -G * (h - x), 1e-9 * G * h);
  }
  // u+ = ln(x+)/0.41 + 5.2 far from the wall, to a twentieth (Dean, J. Fluids Eng. 100, 1978, 215).
  double u = 0, x = 0;
  for (const double x_plus : {5.0, 100.0, 200.0}) {
    const double end = x_plus * mu / (rho * u_tau);
    const int steps = 20000;
    for (int i = 0; i < steps; ++i) u += slope(x + (end - x) * (i + 0.5) / steps) * (end - x) / steps;
    x = end;
    EXPECT_NEAR(u / u_tau, x_plus < 10 ? x_plus : std::log(x_plus) / 0.41 + 5.2, 0.05 * u / u_tau) << x_plus;
  }
}

}  // namespace
}  // namespace nusselt
