// Forced convection: incompressible flow with heat and without buoyancy (Bird, Stewart & Lightfoot, Transport
// Phenomena, 2nd ed. 2002, eqs. 11.2-5 and B.9). What viscosity turns into heat matters in oils, in narrow gaps and at
// great speed: `dissipation: 1` takes it in, and its size against conduction is the Brinkman number.
#include "physics/transport.hpp"

namespace nusselt {
namespace {

void convection(System& s) {
  const auto rho = s.constant<Density>("rho", "density");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity");
  const auto k = s.constant<Conductivity>("k", "thermal conductivity");
  const auto T0 = s.constant<Temperature>("T0", "temperature that the heat of the flow is counted from");
  const auto q = s.optional_constant<PowerDensity>("q", "heat source per volume; none when not given");
  const auto dissipation =
      s.optional_constant<NoDimension>("dissipation",
                                       "share of the viscous dissipation that is taken in: 1 for all of "
                                       "it, none when not given");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure");
  const auto T = s.field<Temperature>("T", "temperature");

  conserve_mass(s, rho, U);
  s.equation("momentum", rho * (dt(U) + advect(U, U)) + grad(p) - mu * lap(U));
  carry_heat(s, {rho, cp, k}, U, T, T0, q + dissipation * mu * squared_shear_rate(U));
}

const RegisterPhysics entry({"convection", "forced convection: incompressible flow with heat, also that of dissipation",
                             convection});

}  // namespace
}  // namespace nusselt
