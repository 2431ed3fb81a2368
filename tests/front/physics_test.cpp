// The equations by value: exact and manufactured solutions in SI, no constant equal to 1, and mutants that must fail.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/front/solution_check.hpp"

namespace nusselt {
namespace {

using std::numbers::pi;

TEST(IncompressibleFlow, KovasznaySolvesIt) {
  // Kovasznay, Proc. Camb. Phil. Soc. 44, 1948, 58, at Re = rho U L/mu = 40; the pressure carries rho U^2.
  const double rho = 1.17;
  const double U = 0.31;
  const double L = 0.083;
  const double Re = 40;
  const double lambda = Re / 2 - std::sqrt(Re * Re / 4 + 4 * pi * pi);
  EXPECT_NEAR(lambda, -0.9637405, 1e-7);
  const Solution kovasznay = {
      .fields = {{"u", "U*(1 - exp(lam*x/L)*cos(2*pi*y/L))"},
                 {"v", "U*lam/(2*pi)*exp(lam*x/L)*sin(2*pi*y/L)"},
                 {"p", "rho*U^2/2*(1 - exp(2*lam*x/L))"}},
      .symbols = {{"U", dimension_of<Velocity>()}, {"L", dimension_of<Length>()}, {"lam", {}}, {"pi", {}}},
      .values = {{"rho", rho}, {"mu", rho * U * L / Re}, {"U", U}, {"L", L}, {"lam", lambda}, {"pi", pi}}};
  const System system = described("incompressible_flow", {true, true, false, false});
  ASSERT_EQ(system.equations().size(), 3u);
  const auto points = scattered_points({-0.5 * L, -0.5 * L, 0, 0}, {L, 1.5 * L, 0, 0});
  expect_solution(system, kovasznay, points);

  Solution lost = kovasznay;
  lost.fields["p"] = "U^2/2*(1 - exp(2*lam*x/L))*(1 kg/m^3)";
  EXPECT_GT(relative_residual(system.equations()[1].residual, system, lost, points), 1e-2);
  lost = kovasznay;
  lost.values["mu"] *= 1.01;
  EXPECT_GT(relative_residual(system.equations()[1].residual, system, lost, points), 1e-4);
}

TEST(IncompressibleFlow, DecayingTaylorGreenVorticesSolveItAndKillItsMutants) {
  const Solution vortices = {.fields = {{"u", "U*cos(x/L)*sin(y/L)*exp(-2*mu/rho*t/L^2)"},
                                        {"v", "-U*sin(x/L)*cos(y/L)*exp(-2*mu/rho*t/L^2)"},
                                        {"p", "-rho*U^2/4*(cos(2*x/L) + cos(2*y/L))*exp(-4*mu/rho*t/L^2)"}},
                             .symbols = {{"U", dimension_of<Velocity>()}, {"L", dimension_of<Length>()}},
                             .values = {{"rho", 870}, {"mu", 0.61}, {"U", 0.042}, {"L", 0.031}}};
  const System system = described("incompressible_flow", {true, true, false, true});
  const auto points = scattered_points({0, 0, 0, 0}, {0.19, 0.19, 0, 1.5});
  expect_solution(system, vortices, points);
  EXPECT_GE(expect_no_mutant_survives(system, vortices, points), 38);
}

TEST(IncompressibleFlow, BeltramiFlowSolvesItInThreeDimensions) {
  // Ethier & Steinman, Int. J. Numer. Meth. Fluids 19, 1994, 369, with a = 0.7, d = 1.3 and the viscous velocity
  // U = mu/(rho L), in which their viscosity is 1.
  const auto component = [](const std::string& x, const std::string& y, const std::string& z) {
    return "-a*mu/(rho*L)*(exp(a*" + x + "/L)*sin((a*" + y + " + d*" + z + ")/L) + exp(a*" + z + "/L)*cos((a*" + x +
           " + d*" + y + ")/L))*exp(-d^2*mu/rho*t/L^2)";
  };
  const auto cross = [](const std::string& x, const std::string& y, const std::string& z) {
    return "2*sin((a*" + x + " + d*" + y + ")/L)*cos((a*" + z + " + d*" + x + ")/L)*exp(a*(" + y + " + " + z + ")/L)";
  };
  const Solution beltrami = {
      .fields = {{"u", component("x", "y", "z")},
                 {"v", component("y", "z", "x")},
                 {"w", component("z", "x", "y")},
                 {"p", "-a^2/2*rho*(mu/(rho*L))^2*(exp(2*a*x/L) + exp(2*a*y/L) + exp(2*a*z/L) + " +
                           cross("x", "y", "z") + " + " + cross("y", "z", "x") + " + " + cross("z", "x", "y") +
                           ")*exp(-2*d^2*mu/rho*t/L^2)"}},
      .symbols = {{"L", dimension_of<Length>()}, {"a", {}}, {"d", {}}},
      .values = {{"rho", 870}, {"mu", 0.61}, {"L", 0.031}, {"a", 0.7}, {"d", 1.3}}};
  const System system = described("incompressible_flow", {true, true, true, true});
  ASSERT_EQ(system.equations().size(), 4u);
  const auto points = scattered_points({-0.03, -0.03, -0.03, 0}, {0.03, 0.03, 0.03, 0.5});
  expect_solution(system, beltrami, points);
  EXPECT_GE(expect_no_mutant_survives(system, beltrami, points), 75);
}

/// The manufactured solution of natural convection: divergence-free, no slip, hot at x = 0, adiabatic at y = 0 and L.
struct ManufacturedConvection {
  static constexpr double rho = 1.177, cp = 1005, k = 0.0262, mu = 1.85e-5, beta = 3.4e-3, g = 9.81;
  static constexpr double L = 0.017, U = 0.083, dT = 12.5, T_cold = 288, T0 = 293.7;
  static constexpr double A = 0.1, B = 0.1, P = 0.1;

  static Solution solution() {
    return {.fields = {{"u", "A*pi*U*sin(pi*x/L)^2*sin(2*pi*y/L)"},
                       {"v", "-A*pi*U*sin(2*pi*x/L)*sin(pi*y/L)^2"},
                       {"p", "P*rho*U^2*cos(pi*x/L)*cos(pi*y/L)"},
                       {"T", "T_cold + dT*(1 - x/L + B*sin(pi*x/L)*cos(pi*y/L))"}},
            .symbols = {{"U", dimension_of<Velocity>()},
                        {"L", dimension_of<Length>()},
                        {"dT", dimension_of<Temperature>()},
                        {"T_cold", dimension_of<Temperature>()},
                        {"A", {}},
                        {"B", {}},
                        {"P", {}},
                        {"pi", {}}},
            .values = {{"rho", rho},
                       {"cp", cp},
                       {"k", k},
                       {"mu", mu},
                       {"beta", beta},
                       {"g", g},
                       {"T0", T0},
                       {"L", L},
                       {"U", U},
                       {"dT", dT},
                       {"T_cold", T_cold},
                       {"A", A},
                       {"B", B},
                       {"P", P},
                       {"pi", pi}}};
  }

  /// Differentiated by hand in X = x/L, Y = y/L.
  double u, u_X, u_Y, u_XX, u_YY, v, v_X, v_Y, v_XX, v_YY, p_X, p_Y, T, T_X, T_Y, T_XX, T_YY;
  explicit ManufacturedConvection(const Point& point) {
    const double sX = std::sin(pi * point[0] / L), cX = std::cos(pi * point[0] / L);
    const double sY = std::sin(pi * point[1] / L), cY = std::cos(pi * point[1] / L);
    const double s2X = 2 * sX * cX, c2X = 1 - 2 * sX * sX, s2Y = 2 * sY * cY, c2Y = 1 - 2 * sY * sY;
    const double pi2 = pi * pi, pi3 = pi2 * pi;
    u = A * pi * sX * sX * s2Y;
    u_X = A * pi2 * s2X * s2Y;
    u_Y = 2 * A * pi2 * sX * sX * c2Y;
    u_XX = 2 * A * pi3 * c2X * s2Y;
    u_YY = -4 * A * pi3 * sX * sX * s2Y;
    v = -A * pi * s2X * sY * sY;
    v_X = -2 * A * pi2 * c2X * sY * sY;
    v_Y = -A * pi2 * s2X * s2Y;
    v_XX = 4 * A * pi3 * s2X * sY * sY;
    v_YY = -2 * A * pi3 * s2X * c2Y;
    p_X = -P * pi * sX * cY;
    p_Y = -P * pi * cX * sY;
    T = 1 - point[0] / L + B * sX * cY;
    T_X = -1 + B * pi * cX * cY;
    T_Y = -B * pi * sX * sY;
    T_XX = -B * pi2 * sX * cY;
    T_YY = T_XX;
  }

  static std::map<std::string, Forcing> forcing() {
    constexpr double inertia = rho * U * U / L;
    constexpr double friction = mu * U / (L * L);
    constexpr double advection = rho * cp * U * dT / L;
    constexpr double conduction = k * dT / (L * L);
    return {{"momentum_x",
             [](const Point& point) {
               const ManufacturedConvection m(point);
               return inertia * (m.u * m.u_X + m.v * m.u_Y + m.p_X) - friction * (m.u_XX + m.u_YY);
             }},
            {"momentum_y",
             [](const Point& point) {
               const ManufacturedConvection m(point);
               return inertia * (m.u * m.v_X + m.v * m.v_Y + m.p_Y) - friction * (m.v_XX + m.v_YY) -
                      rho * g * beta * (T_cold - T0 + dT * m.T);
             }},
            {"energy", [](const Point& point) {
               const ManufacturedConvection m(point);
               return advection * (m.u * m.T_X + m.v * m.T_Y) - conduction * (m.T_XX + m.T_YY);
             }}};
  }
};

TEST(Boussinesq, ManufacturedConvectionHasTheForcingDerivedByHand) {
  using M = ManufacturedConvection;
  const System system = described("boussinesq", {true, true, false, false});
  ASSERT_EQ(system.equations().size(), 4u);
  const auto points = scattered_points({0, 0, 0, 0}, {M::L, M::L, 0, 0});
  expect_solution(system, M::solution(), points, M::forcing());
  // The shear is off the diagonal as well: u_y and v_x do not vanish, nor does their sum.
  double shear = 0;
  for (const Point& point : points) shear = std::max(shear, std::abs(M(point).u_Y + M(point).v_X));
  EXPECT_GT(shear, 0.1);
}

TEST(Boussinesq, ManufacturedConvectionKillsEveryMutant) {
  using M = ManufacturedConvection;
  const System system = described("boussinesq", {true, true, false, false});
  const auto points = scattered_points({0, 0, 0, 0}, {M::L, M::L, 0, 0});
  EXPECT_GE(expect_no_mutant_survives(system, M::solution(), points, M::forcing()), 50);
}

TEST(Boussinesq, ChangesWithTimeAlongEveryTerm) {
  // u = U sin(t/tau), the rest at rest and T = T0 + dT t/tau: what remains is rho u_t, rho cp T_t and buoyancy.
  const System system = described("boussinesq", {true, true, false, true});
  const Solution start = {
      .fields = {{"u", "U*sin(t/tau)"}, {"v", "0*U"}, {"p", "0*rho*U^2"}, {"T", "T0 + dT*t/tau"}},
      .symbols = {{"U", dimension_of<Velocity>()}, {"tau", dimension_of<Time>()}, {"dT", dimension_of<Temperature>()}},
      .values = {{"rho", 1.2},
                 {"cp", 1005},
                 {"k", 0.026},
                 {"mu", 2e-5},
                 {"beta", 3.4e-3},
                 {"g", 9.81},
                 {"T0", 290},
                 {"U", 0.3},
                 {"tau", 7},
                 {"dT", 4}}};
  const std::map<std::string, double> expected = {{"continuity", 0},
                                                  {"momentum_x", 1.2 * 0.3 / 7 * std::cos(2.0 / 7)},
                                                  {"momentum_y", -1.2 * 9.81 * 3.4e-3 * 4 * 2.0 / 7},
                                                  {"energy", 1.2 * 1005 * 4 / 7}};
  LeafValues values = start.values;
  values["t"] = 2;
  for (const System::Equation& equation : system.equations()) {
    const double wanted = expected.at(equation.name);
    EXPECT_NEAR(value_at(substituted(equation.residual, system, start), values), wanted, 1e-12 * std::abs(wanted))
        << equation.name;
  }
}

TEST(Boussinesq, BalancesCarryMassAndHeat) {
  const System system = described("boussinesq", {true, true, true, false});
  ASSERT_EQ(system.balances().size(), 2u);
  const LeafValues values = {{"rho", 1.2}, {"cp", 1005}, {"k", 0.026},  {"T0", 290},    {"T", 297},   {"u", 0.11},
                             {"v", -0.23}, {"w", 0.37},  {"dx(T)", 41}, {"dy(T)", -53}, {"dz(T)", 67}};
  const std::array<double, 3> velocity = {0.11, -0.23, 0.37};
  const std::array<double, 3> gradient = {41, -53, 67};
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_DOUBLE_EQ(value_at(system.balances()[0].flux[axis], values), 1.2 * velocity[axis]);
    EXPECT_DOUBLE_EQ(value_at(system.balances()[1].flux[axis], values),
                     1.2 * 1005 * velocity[axis] * 7 - 0.026 * gradient[axis]);
  }
  EXPECT_EQ(system.balances()[0].name, "mass");
  EXPECT_EQ(system.balances()[0].flux[0].dimension(), dimension_of<MassFlux>());
  EXPECT_EQ(system.balances()[1].flux[0].dimension(), dimension_of<HeatFlux>());
  EXPECT_TRUE(system.balances()[1].source.is_zero());
}

const Solution heated_bar = {.fields = {{"T", "T_wall + q*x*(L - x)/(2*k)"}},
                             .symbols = {{"T_wall", dimension_of<Temperature>()}, {"L", dimension_of<Length>()}},
                             .values = {{"k", 16.3}, {"q", 5.2e4}, {"L", 0.12}, {"T_wall", 291}}};

TEST(HeatConduction, AHeatedBarHasAQuadraticProfile) {
  const System system = described("heat_conduction", {true, false, false, false}, {"q"});
  ASSERT_EQ(system.equations().size(), 1u);
  const auto points = scattered_points({0, 0, 0, 0}, {0.12, 0, 0, 0});
  expect_solution(system, heated_bar, points);
  EXPECT_GE(expect_no_mutant_survives(system, heated_bar, points), 6);
  // What flows out at both ends is what the source puts in.
  const System::Balance& energy = system.balances().front();
  LeafValues values = heated_bar.values;
  const Expression flux = substituted(energy.flux[0], system, heated_bar);
  values["x"] = 0.12;
  const double right = value_at(flux, values);
  values["x"] = 0;
  const double left = value_at(flux, values);
  EXPECT_NEAR(right - left, value_at(energy.source, values) * 0.12, 1e-9);
  EXPECT_TRUE(energy.flux[1].is_zero());
}

TEST(HeatConduction, AModeDecaysInTime) {
  const Solution mode = {
      .fields = {{"T", "T_wall + dT*sin(pi*x/L)*sin(2*pi*y/L)*sin(pi*z/L)*exp(-6*pi^2*k/(rho*cp)*t/L^2)"}},
      .symbols = {{"T_wall", dimension_of<Temperature>()},
                  {"dT", dimension_of<Temperature>()},
                  {"L", dimension_of<Length>()},
                  {"pi", {}}},
      .values = {{"k", 16.3}, {"rho", 7900}, {"cp", 502}, {"L", 0.12}, {"T_wall", 291}, {"dT", 35}, {"pi", pi}}};
  const System system = described("heat_conduction", {true, true, true, true});
  const auto points = scattered_points({0, 0, 0, 0}, {0.12, 0.12, 0.12, 60});
  expect_solution(system, mode, points);
  EXPECT_GE(expect_no_mutant_survives(system, mode, points), 12);
}

TEST(Burgers, ATravellingFrontSolvesIt) {
  // Whitham, Linear and Nonlinear Waves, 1974, chapter 4: the front between U + A and U - A.
  const Solution front = {.fields = {{"u", "U - A*tanh(A*(x - U*t)/(2*nu))"}},
                          .symbols = {{"U", dimension_of<Velocity>()}, {"A", dimension_of<Velocity>()}},
                          .values = {{"nu", 3.7e-3}, {"U", 0.31}, {"A", 0.23}}};
  const System system = described("burgers", {true, false, false, true});
  ASSERT_EQ(system.equations().size(), 1u);
  const auto points = scattered_points({-0.05, 0, 0, 0}, {0.05, 0, 0, 0.1});
  expect_solution(system, front, points);
  EXPECT_GE(expect_no_mutant_survives(system, front, points), 7);
}

TEST(Burgers, AFrontAcrossAPlaneSolvesIt) {
  // Fletcher, Int. J. Numer. Meth. Fluids 3, 1983, 213, in units of L and U.
  const std::string part = "/(1 + exp(Re/32*(4*y/L - 4*x/L - t*U/L)))";
  const Solution front = {.fields = {{"u", "U*(3/4 - (1/4)" + part + ")"}, {"v", "U*(3/4 + (1/4)" + part + ")"}},
                          .symbols = {{"U", dimension_of<Velocity>()}, {"L", dimension_of<Length>()}, {"Re", {}}},
                          .values = {{"nu", 0.31 * 0.083 / 40}, {"U", 0.31}, {"L", 0.083}, {"Re", 40}}};
  const System system = described("burgers", {true, true, false, true});
  ASSERT_EQ(system.equations().size(), 2u);
  EXPECT_TRUE(system.balances().empty());
  expect_solution(system, front, scattered_points({0, 0, 0, 0}, {0.083, 0.083, 0, 0.2}));
}

TEST(Helmholtz, AStandingWaveSolvesIt) {
  const Solution wave = {.fields = {{"p", "P*sin(a*x)*cos(b*y)"}},
                         .symbols = {{"P", dimension_of<Pressure>()},
                                     {"a", dimension_of<Wavenumber>()},
                                     {"b", dimension_of<Wavenumber>()}},
                         .values = {{"k", 3.4}, {"a", 1.6}, {"b", 3.0}, {"P", 21}}};
  const System system = described("helmholtz", {true, true, false, false});
  ASSERT_EQ(system.equations().size(), 1u);
  const auto points = scattered_points({0.1, 0.1, 0, 0}, {0.9, 0.4, 0, 0});
  expect_solution(system, wave, points);
  EXPECT_GE(expect_no_mutant_survives(system, wave, points), 7);
}

/// A case's source of its own for every equation: a number in the equation's unit.
void add_sources(System& system) {
  for (const System::Equation& equation : std::vector(system.equations())) {
    system.add_source(equation.name, Expression::number(scattered(equation.name), equation.residual.dimension()));
  }
}

TEST(System, EveryBalanceIsTheSumOfItsShares) {
  int compared = 0;
  for (const auto& [name, physics] : registered_physics()) {
    for (const Axes& axes : {Axes{true, false, false, false}, Axes{true, true, false, false}, Axes{true, true, true},
                             Axes{true, false, false, true}, Axes{true, true, false, true}}) {
      if (!fits(physics, axes)) continue;
      for (const bool sources : {false, true}) {
        System system = described(name, axes, {"q", "k_T", "dissipation", "beta", "a_x", "a_y"});
        if (sources) add_sources(system);
        for (const System::Balance& balance : system.balances()) {
          std::vector<Expression> terms = {derivative(balance.density, axis_t), -balance.source};
          for (int axis = 0; axis < 3; ++axis) {
            terms.push_back(derivative(balance.flux[axis], static_cast<Axis>(axis)));
          }
          std::vector<Expression> shares;
          for (const System::Share& share : balance.shares) {
            for (const System::Equation& equation : system.equations()) {
              if (equation.name == share.equation) shares.push_back(share.factor * equation.residual);
            }
          }
          ASSERT_EQ(shares.size(), balance.shares.size()) << name << " " << balance.name;
          const auto value = [](const Expression& e) {
            return evaluate(e, [](const Expression& leaf) { return scattered(to_string(leaf)); });
          };
          const double whole = value(sum(terms));
          EXPECT_NEAR(whole, value(sum(shares)), 1e-12) << name << ", " << balance.name;
          EXPECT_GT(std::abs(whole), 1e-3);
          ++compared;
        }
      }
    }
  }
  EXPECT_EQ(compared, 216);
}

TEST(System, ASourceGoesIntoItsEquationAndItsBalances) {
  System system = described("heat_conduction", {true, false, false, false}, {"q"});
  const Expression source = Expression::parameter("s", dimension_of<PowerDensity>());
  system.add_source("energy", source);
  EXPECT_EQ(to_string(system.equations()[0].residual), "-k*dxx(T) - q - s");
  EXPECT_EQ(to_string(system.balances()[0].source), "q + s");
  EXPECT_THROW(system.add_source("momentum", source), std::out_of_range);
  EXPECT_THROW(system.add_source("energy", Expression::parameter("L", dimension_of<Length>())), DimensionError);
}

std::vector<std::string> field_names(const System& system) {
  std::vector<std::string> names;
  for (const System::Field& field : system.fields()) names.push_back(field.name);
  return names;
}
std::vector<std::string> constant_names(const System& system) {
  std::vector<std::string> names;
  for (const System::Constant& constant : system.constants()) names.push_back(constant.name);
  return names;
}
std::vector<std::string> equation_names(const System& system) {
  std::vector<std::string> names;
  for (const System::Equation& equation : system.equations()) names.push_back(equation.name);
  return names;
}
using Names = std::vector<std::string>;

TEST(System, FollowsTheDomain) {
  const System space = described("boussinesq", {true, true, true, false});
  EXPECT_EQ(field_names(space), (Names{"u", "v", "w", "p", "T"}));
  EXPECT_EQ(equation_names(space), (Names{"continuity", "momentum_x", "momentum_y", "momentum_z", "energy"}));
  EXPECT_EQ(constant_names(space), (Names{"rho", "mu", "cp", "k", "beta", "g", "T0"}));
  const System flat = described("boussinesq", {true, true, false, true});
  EXPECT_EQ(field_names(flat), (Names{"u", "v", "p", "T"}));
  EXPECT_EQ(equation_names(flat), (Names{"continuity", "momentum_x", "momentum_y", "energy"}));
  const System pipe = described("incompressible_flow", {true, false, false, false});
  EXPECT_EQ(field_names(pipe), (Names{"u", "p"}));
  EXPECT_EQ(equation_names(pipe), (Names{"continuity", "momentum_x"}));
  const System side = described("incompressible_flow", {false, true, true, false});
  EXPECT_EQ(field_names(side), (Names{"v", "w", "p"}));
  EXPECT_EQ(equation_names(side), (Names{"continuity", "momentum_y", "momentum_z"}));
  // Without a y there is nothing for gravity to push along.
  EXPECT_EQ(equation_names(described("boussinesq", {true, false, false, false})),
            (Names{"continuity", "momentum_x", "energy"}));
  EXPECT_EQ(to_string(pipe.equations()[1].residual), "rho*u*dx(u) + dx(p) - mu*dxx(u)");
}

TEST(System, HasTimeDerivativesInTransientCasesOnly) {
  for (const auto& [name, physics] : registered_physics()) {
    for (const bool transient : {false, true}) {
      const Axes axes = {true, physics.most_dimensions > 1, false, transient};
      if (!fits(physics, axes)) continue;
      const System system = described(name, axes);
      EXPECT_EQ(system.is_transient(), transient);
      bool found = false;
      for (const System::Equation& equation : system.equations()) {
        for (const Expression& leaf : leaves(equation.residual)) {
          found = found || (leaf.kind() == Expression::Kind::field && leaf.index()[axis_t] > 0);
        }
      }
      EXPECT_EQ(found, transient) << name;
    }
  }
}

TEST(System, AsksOnlyForTheConstantsItNeeds) {
  EXPECT_EQ(constant_names(described("heat_conduction", {true, false, false, false})), (Names{"k"}));
  EXPECT_EQ(constant_names(described("heat_conduction", {true, false, false, false}, {"q"})), (Names{"k", "q"}));
  EXPECT_EQ(constant_names(described("heat_conduction", {true, false, false, true})), (Names{"k", "rho", "cp"}));
}

TEST(System, NamesAFieldOrSaysThatThereIsNone) {
  const System system = described("heat_conduction", {true, false, false, false});
  EXPECT_EQ(system.field_named("T").symbol.dimension(), dimension_of<Temperature>());
  EXPECT_THROW(system.field_named("u"), std::out_of_range);
}

TEST(System, RefusesAPhysicsOfATakenName) {
  EXPECT_EQ(registered_physics().size(), 18u);
  try {
    RegisterPhysics again({"boussinesq", "", [](System&) {}});
    FAIL() << "two physics share a name";
  } catch (const std::logic_error& error) {
    EXPECT_STREQ(error.what(), "physics 'boussinesq' is registered twice");
  }
}

}  // namespace
}  // namespace nusselt
