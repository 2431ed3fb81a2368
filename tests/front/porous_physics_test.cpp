// Flow and convection in porous bodies against exact solutions and forcings written by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/front/solution_check.hpp"

namespace nusselt {
namespace {

constexpr Axes plane = {true, true, false, false};

TEST(Darcy, AHarmonicPressureSolvesIt) {
  const Solution seepage = {.fields = {{"u", "-permeability/mu*P/L*exp(x/L)*cos(y/L)"},
                                       {"v", "permeability/mu*P/L*exp(x/L)*sin(y/L)"},
                                       {"p", "P*exp(x/L)*cos(y/L)"}},
                            .symbols = {{"P", dimension_of<Pressure>()}, {"L", dimension_of<Length>()}},
                            .values = {{"mu", 8.9e-4}, {"permeability", 3.1e-10}, {"P", 5200}, {"L", 0.13}}};
  const System system = described("darcy", plane);
  ASSERT_EQ(system.equations().size(), 3u);
  const auto points = scattered_points({0, 0, 0, 0}, {0.13, 0.13, 0, 0});
  expect_solution(system, seepage, points);
  EXPECT_GE(expect_no_mutant_survives(system, seepage, points), 16);
  EXPECT_EQ(system.balances().front().name, "volume");
  EXPECT_EQ(system.balances().front().flux[0].dimension(), dimension_of<Velocity>());
}

TEST(Brinkman, DecayingVorticesSolveIt) {
  // The vortices of Taylor and Green, whose decay the drag hastens.
  constexpr double rho = 997, mu = 8.9e-4, mu_e = 1.3e-3, K = 4.2e-8, porosity = 0.43, L = 1.9e-3;
  const Solution vortices = {
      .fields = {{"u", "U*cos(x/L)*sin(y/L)*exp(-r*t)"},
                 {"v", "-U*sin(x/L)*cos(y/L)*exp(-r*t)"},
                 {"p", "-rho/porosity^2*U^2/4*(cos(2*x/L) + cos(2*y/L))*exp(-2*r*t)"}},
      .symbols = {{"U", dimension_of<Velocity>()}, {"L", dimension_of<Length>()}, {"r", dimension_of<Rate>()}},
      .values = {{"rho", rho},
                 {"mu", mu},
                 {"mu_e", mu_e},
                 {"permeability", K},
                 {"porosity", porosity},
                 {"U", 0.011},
                 {"L", L},
                 {"r", porosity / rho * (mu / K + 2 * mu_e / (L * L))}}};
  const System system = described("brinkman", {true, true, false, true});
  ASSERT_EQ(system.equations().size(), 3u);
  const auto points = scattered_points({0, 0, 0, 0}, {0.011, 0.011, 0, 0.07});
  expect_solution(system, vortices, points);
  EXPECT_GE(expect_no_mutant_survives(system, vortices, points), 50);
  // Steady and without a density it has no inertia.
  const System creeping = described("brinkman", plane);
  EXPECT_EQ(to_string(creeping.equations()[1].residual).find("rho"), std::string::npos);
  EXPECT_NE(to_string(described("brinkman", plane, {"rho"}).equations()[1].residual).find("rho"), std::string::npos);
}

TEST(DarcyConvection, ManufacturedFieldsHaveTheForcingDerivedByHand) {
  // u = U X, v = -U Y, p = P X Y, T = T0 + dT X^2 Y e with e = exp(-t/tau), X = x/L, Y = y/L.
  constexpr double rho = 997, mu = 8.9e-4, K = 3.1e-10, cp = 4180, k = 2.4, beta = 2.6e-4, g = 9.81, C = 2.9e6;
  constexpr double T0 = 298, dT = 9, U = 2.3e-6, P = 7, L = 0.13, tau = 5e4;
  const Solution fields = {
      .fields = {{"u", "U*x/L"}, {"v", "-U*y/L"}, {"p", "P*x*y/L^2"}, {"T", "T0 + dT*x^2*y/L^3*exp(-t/tau)"}},
      .symbols = {{"U", dimension_of<Velocity>()},
                  {"P", dimension_of<Pressure>()},
                  {"L", dimension_of<Length>()},
                  {"dT", dimension_of<Temperature>()},
                  {"tau", dimension_of<Time>()}},
      .values = {{"rho", rho},
                 {"mu", mu},
                 {"permeability", K},
                 {"cp", cp},
                 {"k", k},
                 {"beta", beta},
                 {"g", g},
                 {"C", C},
                 {"T0", T0},
                 {"dT", dT},
                 {"U", U},
                 {"P", P},
                 {"L", L},
                 {"tau", tau}}};
  const std::map<std::string, Forcing> forcing = {
      {"momentum_x", [](const Point& at) { return mu / K * U * at[0] / L + P * at[1] / (L * L); }},
      {"momentum_y",
       [](const Point& at) {
         const double X = at[0] / L, Y = at[1] / L;
         return -mu / K * U * Y + P * X / L - rho * g * beta * dT * X * X * Y * std::exp(-at[3] / tau);
       }},
      {"energy", [](const Point& at) {
         const double X = at[0] / L, Y = at[1] / L, theta = dT * std::exp(-at[3] / tau);
         return -C * theta * X * X * Y / tau + rho * cp * U * theta / L * (2 * X * X * Y - X * X * Y) -
                k * theta * 2 * Y / (L * L);
       }}};
  const System system = described("darcy_convection", {true, true, false, true});
  ASSERT_EQ(system.equations().size(), 4u);
  const auto points = scattered_points({0, 0, 0, 0}, {L, L, 0, 4e4});
  expect_solution(system, fields, points, forcing);
  // d2T/dy2 is zero, the other terms are not.
  for (const char* name : {"mu", "permeability", "rho", "beta", "g", "cp", "k", "C"}) {
    Solution other = fields;
    other.values[name] *= 1.05;
    double worst = 0;
    for (const System::Equation& equation : system.equations()) {
      const auto known = forcing.find(equation.name);
      if (known == forcing.end()) continue;
      worst = std::max(worst, relative_residual(equation.residual, system, other, points, known->second));
    }
    EXPECT_GT(worst, 1e-4) << name;
  }
}

TEST(HeatConduction, AConductivityThatChangesWithTheTemperatureByKirchhoffsTransform) {
  // With F = theta + k_T theta^2/2 the equation is k lap F + q = 0 (Carslaw & Jaeger, 1959, section 1.6).
  const Solution block = {
      .fields = {{"T", "T_k + (sqrt(1 + 2*k_T*dT*(a*x/L + x*y/L^2 + q*(2*L^2 - x^2 - y^2)/(4*k*dT))) - 1)/k_T"}},
      .symbols = {{"dT", dimension_of<Temperature>()}, {"L", dimension_of<Length>()}, {"a", {}}},
      .values = {{"k", 0.13}, {"k_T", 2.2e-3}, {"T_k", 300}, {"q", 4100}, {"L", 0.15}, {"dT", 230}, {"a", 0.6}}};
  const System system = described("heat_conduction", plane, {"q", "k_T"});
  const auto points = scattered_points({0, 0, 0, 0}, {0.15, 0.15, 0, 0});
  expect_solution(system, block, points);
  EXPECT_GE(expect_no_mutant_survives(system, block, points), 12);
  EXPECT_EQ(system.constants().size(), 4u);
}

}  // namespace
}  // namespace nusselt
