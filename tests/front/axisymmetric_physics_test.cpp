// The forms about an axis against exact solutions and forcings written by hand, and their balances against whole rings.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/front/solution_check.hpp"

namespace nusselt {
namespace {

using std::numbers::pi;

constexpr Axes plane = {true, true, false, false};
constexpr Axes plane_in_time = {true, true, false, true};

TEST(AxisymmetricHeatConduction, ARodWithASourceAndWithTimeSolvesIt) {
  const Solution rod = {
      .fields = {{"T",
                  "T_wall + q*(R^2 - x^2)/(4*k) + dT*(y^2 - x^2/2)/R^2 + "
                  "A*(x^2 + 4*k/(rho*cp)*t)/R^2"}},
      .symbols = {{"T_wall", dimension_of<Temperature>()},
                  {"dT", dimension_of<Temperature>()},
                  {"A", dimension_of<Temperature>()},
                  {"R", dimension_of<Length>()}},
      .values = {
          {"k", 16.3}, {"rho", 7900}, {"cp", 502}, {"q", 2.3e5}, {"T_wall", 291}, {"dT", 14}, {"A", 23}, {"R", 0.037}}};
  const System system = described("axisymmetric_heat_conduction", plane_in_time, {"q"});
  ASSERT_EQ(system.equations().size(), 1u);
  const auto points = scattered_points({0, 0, 0, 0}, {0.037, 0.09, 0, 90});
  expect_solution(system, rod, points);
  EXPECT_GE(expect_no_mutant_survives(system, rod, points), 16);
  // On the axis nothing is divided by the radius.
  LeafValues axis = rod.values;
  axis["x"] = 0, axis["y"] = 0.02, axis["t"] = 3;
  EXPECT_NEAR(value_at(substituted(system.equations()[0].residual, system, rod), axis), 0, 1e-9);
}

TEST(AxisymmetricHeatConduction, ItsBalanceIsThatOfTheWholeRod) {
  const Solution rod = {.fields = {{"T", "T_wall + q*(R^2 - x^2)/(4*k)"}},
                        .symbols = {{"T_wall", dimension_of<Temperature>()}, {"R", dimension_of<Length>()}},
                        .values = {{"k", 16.3}, {"q", 2.3e5}, {"T_wall", 291}, {"R", 0.037}}};
  const System system = described("axisymmetric_heat_conduction", plane, {"q"});
  const System::Balance& energy = system.balances().front();
  // Integrated over a length y the flux through the radius R is a heat flow in W; that of the source over the area
  // (r, y) as well.
  EXPECT_EQ(energy.flux[0].dimension(), (dimension_of<Times<HeatFlux, Length>>()));
  EXPECT_EQ(energy.source.dimension(), (dimension_of<Times<PowerDensity, Length>>()));
  LeafValues surface = rod.values;
  surface["x"] = 0.037, surface["y"] = 0;
  const double length = 0.09;
  EXPECT_NEAR(value_at(substituted(energy.flux[0], system, rod), surface) * length, 2.3e5 * pi * 0.037 * 0.037 * length,
              1e-9);
  double set_free = 0;
  for (int i = 0; i < 100; ++i) {
    LeafValues ring = rod.values;
    ring["x"] = 0.037 * (i + 0.5) / 100;
    set_free += value_at(energy.source, ring) * 0.037 / 100 * length;
  }
  EXPECT_NEAR(set_free, 2.3e5 * pi * 0.037 * 0.037 * length, 1e-9);
}

/// u = U R^3 Z^3 e, v = -U R^2 Z^4 e, p = P R^2 Z^2 e, T = T0 + dT R^2 Z^2 e with e = exp(-t/tau), R = x/L, Z = y/L;
/// no divergence. Derivatives by hand.
struct Swirl {
  static constexpr double rho = 870, mu = 0.61, cp = 1900, k = 0.14, beta = 7.3e-5, g = 9.81, q = 5.1e4;
  static constexpr double L = 0.031, U = 4.2e-3, P = 0.31, T0 = 303, dT = 17, tau = 40;

  static Solution solution(bool heated) {
    std::map<std::string, std::string> fields = {{"u", "U*(x/L)^3*(y/L)^3*exp(-t/tau)"},
                                                 {"v", "-U*(x/L)^2*(y/L)^4*exp(-t/tau)"},
                                                 {"p", "P*(x/L)^2*(y/L)^2*exp(-t/tau)"}};
    if (heated) fields["T"] = "T0 + dT*(x/L)^2*(y/L)^2*exp(-t/tau)";
    return {.fields = fields,
            .symbols = {{"U", dimension_of<Velocity>()},
                        {"L", dimension_of<Length>()},
                        {"P", dimension_of<Pressure>()},
                        {"dT", dimension_of<Temperature>()},
                        {"tau", dimension_of<Time>()}},
            .values = {{"rho", rho},
                       {"mu", mu},
                       {"cp", cp},
                       {"k", k},
                       {"beta", beta},
                       {"g", g},
                       {"q", q},
                       {"L", L},
                       {"U", U},
                       {"P", P},
                       {"T0", T0},
                       {"dT", dT},
                       {"tau", tau}}};
  }

  double r, radial, axial, energy;  // the radius; what the equations in their textbook form, per volume, leave
  explicit Swirl(const Point& at, bool heated) {
    r = at[0];
    const double R = at[0] / L, Z = at[1] / L, e = std::exp(-at[3] / tau);
    const double u = U * R * R * R * Z * Z * Z * e, v = -U * R * R * Z * Z * Z * Z * e;
    const double u_r = 3 * u / r, u_z = 3 * u / at[1], v_r = 2 * v / r, v_z = 4 * v / at[1];
    const double u_rr = 6 * u / (r * r), u_zz = 6 * u / (at[1] * at[1]);
    const double v_rr = 2 * v / (r * r), v_zz = 12 * v / (at[1] * at[1]);
    const double p = P * R * R * Z * Z * e, theta = dT * R * R * Z * Z * e;
    radial = rho * (-u / tau + u * u_r + v * u_z) + 2 * p / r - mu * (u_rr + u_r / r - u / (r * r) + u_zz);
    axial = rho * (-v / tau + u * v_r + v * v_z) + 2 * p / at[1] - mu * (v_rr + v_r / r + v_zz) -
            (heated ? rho * g * beta * theta : 0);
    energy = rho * cp * (-theta / tau + u * 2 * theta / r + v * 2 * theta / at[1]) - q -
             k * (2 * theta / (r * r) + 2 * theta / (r * r) + 2 * theta / (at[1] * at[1]));
  }

  static std::map<std::string, Forcing> forcing(bool heated) {
    return {{"momentum_x", [=](const Point& at) { return at[0] * at[0] * Swirl(at, heated).radial; }},
            {"momentum_y", [=](const Point& at) { return at[0] * Swirl(at, heated).axial; }},
            {"energy", [=](const Point& at) { return at[0] * Swirl(at, heated).energy; }}};
  }
};

std::vector<Point> ring_points() {
  return scattered_points({0.2 * Swirl::L, 0.3 * Swirl::L, 0, 0}, {Swirl::L, 1.4 * Swirl::L, 0, 30});
}

TEST(AxisymmetricFlow, ManufacturedFlowHasTheForcingDerivedByHand) {
  const System system = described("axisymmetric_flow", plane_in_time);
  ASSERT_EQ(system.equations().size(), 3u);
  expect_solution(system, Swirl::solution(false), ring_points(), Swirl::forcing(false));
  EXPECT_GE(expect_no_mutant_survives(system, Swirl::solution(false), ring_points(), Swirl::forcing(false)), 45);
  // A pipe: v = 2 U (1 - r^2/R^2) and dp/dy = -8 mu U/R^2; on the axis as well.
  const Solution pipe = {.fields = {{"u", "0*U"}, {"v", "2*U*(1 - (x/L)^2)"}, {"p", "-8*mu*U*y/L^2"}},
                         .symbols = {{"U", dimension_of<Velocity>()}, {"L", dimension_of<Length>()}},
                         .values = Swirl::solution(false).values};
  const System steady = described("axisymmetric_flow", plane);
  LeafValues at = pipe.values;
  for (const double radius : {0.0, 0.01, 0.031}) {
    at["x"] = radius, at["y"] = 0.07;
    for (const System::Equation& equation : steady.equations()) {
      EXPECT_NEAR(value_at(substituted(equation.residual, steady, pipe), at), 0, 1e-12) << equation.name << radius;
    }
  }
  // Mass through a section of the pipe, in kg/s: rho U pi R^2.
  double mass = 0;
  for (int i = 0; i < 1000; ++i) {
    at["x"] = 0.031 * (i + 0.5) / 1000;
    mass += value_at(substituted(steady.balances()[0].flux[1], steady, pipe), at) * 0.031 / 1000;
  }
  EXPECT_NEAR(mass, Swirl::rho * Swirl::U * pi * 0.031 * 0.031, 1e-5 * mass);
}

TEST(AxisymmetricConvection, ManufacturedConvectionHasTheForcingDerivedByHand) {
  const System system = described("axisymmetric_convection", plane_in_time, {"q", "beta"});
  ASSERT_EQ(system.equations().size(), 4u);
  expect_solution(system, Swirl::solution(true), ring_points(), Swirl::forcing(true));
  EXPECT_GE(expect_no_mutant_survives(system, Swirl::solution(true), ring_points(), Swirl::forcing(true)), 70);
  // Forced convection asks for neither gravity nor expansion.
  const System forced = described("axisymmetric_convection", plane);
  for (const System::Constant& constant : forced.constants()) {
    EXPECT_NE(constant.name, "g");
    EXPECT_NE(constant.name, "beta");
  }
  EXPECT_EQ(system.balances()[1].flux[0].dimension(), (dimension_of<Times<HeatFlux, Length>>()));
}

}  // namespace
}  // namespace nusselt
