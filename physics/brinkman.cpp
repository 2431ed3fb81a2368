// Flow through a porous body that feels its walls: Darcy's drag and the viscous forces of Brinkman (Appl. Sci. Res. A1,
// 1949, 27, doi:10.1007/BF02120313). With the density, and then with the porosity, inertia comes in (Nield & Bejan,
// Convection in Porous Media, 4th ed. 2013, section 1.5.3).
#include "physics/system.hpp"

namespace nusselt {
namespace {

void brinkman(System& s) {
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto mu_e = s.constant<DynamicViscosity>("mu_e", "effective dynamic viscosity in the pores");
  const auto K = s.constant<Area>("permeability", "permeability");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure above hydrostatic");

  s.equation("continuity", div(U));
  auto momentum = grad(p) + mu / K * U - mu_e * lap(U);
  if (s.is_given("rho") || s.is_transient()) {
    const auto rho = s.constant<Density>("rho", "density; without it a steady flow has no inertia");
    const auto porosity = s.constant<NoDimension>("porosity", "share of the pores in the volume");
    momentum = rho / porosity * dt(U) + rho / (porosity * porosity) * advect(U, U) + momentum;
  }
  s.equation("momentum", momentum);

  s.conserve("volume", U, zero<NoDimension>(), zero<Rate>(), {System::whole("continuity")});
}

const RegisterPhysics entry({"brinkman", "flow through a porous body between walls (Darcy and Brinkman)", brinkman});

}  // namespace
}  // namespace nusselt
