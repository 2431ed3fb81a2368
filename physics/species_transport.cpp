// A dilute species carried by an incompressible flow that it does not change: advection and Fick's law (Bird, Stewart &
// Lightfoot, Transport Phenomena, 2nd ed. 2002, eq. 19.1-17).
#include "physics/transport.hpp"

namespace nusselt {
namespace {

void species_transport(System& s) {
  const auto rho = s.constant<Density>("rho", "density");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto D = s.constant<Diffusivity>("D", "diffusivity of the species");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure");
  const auto Y = s.field<NoDimension>("Y", "mass fraction of the species");

  conserve_mass(s, rho, U);
  s.equation("momentum", rho * (dt(U) + advect(U, U)) + grad(p) - mu * lap(U));
  carry_species(s, rho, D, U, Y, zero<NoDimension>());
}

const RegisterPhysics entry({"species_transport", "incompressible flow with a dilute species", species_transport});

}  // namespace
}  // namespace nusselt
