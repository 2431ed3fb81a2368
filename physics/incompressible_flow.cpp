// Incompressible flow of constant density and viscosity: mass and momentum (Batchelor, An Introduction to Fluid
// Dynamics, 1967, eqs. 2.2.4 and 3.3.14).
#include "physics/transport.hpp"

namespace nusselt {
namespace {

void incompressible_flow(System& s) {
  const auto rho = s.constant<Density>("rho", "density");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure");

  conserve_mass(s, rho, U);
  s.equation("momentum", rho * (dt(U) + advect(U, U)) + grad(p) - mu * lap(U));
}

const RegisterPhysics entry({"incompressible_flow", "incompressible flow: mass and momentum", incompressible_flow});

}  // namespace
}  // namespace nusselt
