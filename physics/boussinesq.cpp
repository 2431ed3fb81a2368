// Natural and mixed convection in the Oberbeck-Boussinesq approximation: the density varies with temperature in the
// buoyancy alone (Gray & Giorgini, Int. J. Heat Mass Transfer 19, 1976, 545, doi:10.1016/0017-9310(76)90168-X).
// Gravity points along -y; the pressure is measured from the hydrostatic pressure at T0.
#include "physics/transport.hpp"

namespace nusselt {
namespace {

void boussinesq(System& s) {
  const auto rho = s.constant<Density>("rho", "density at T0");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity");
  const auto k = s.constant<Conductivity>("k", "thermal conductivity");
  const auto beta = s.constant<Expansion>("beta", "thermal expansion coefficient");
  const auto g = s.constant<Acceleration>("g", "gravity, along -y");
  const auto T0 = s.constant<Temperature>("T0", "temperature of no buoyancy");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure above hydrostatic");
  const auto T = s.field<Temperature>("T", "temperature");

  conserve_mass(s, rho, U);
  const auto buoyancy = along_y(rho * g * beta * (T - T0));
  s.equation("momentum", rho * (dt(U) + advect(U, U)) + grad(p) - mu * lap(U) - buoyancy);
  carry_heat(s, {rho, cp, k}, U, T, T0);
}

const RegisterPhysics entry({"boussinesq", "buoyant incompressible flow with heat (Oberbeck-Boussinesq)", boussinesq});

}  // namespace
}  // namespace nusselt
