// Seepage through a porous body: the Darcy law (Nield & Bejan, Convection in Porous Media, 4th ed. 2013, eq. 1.4). The
// velocity is that of the volume flow per area, pores and grains together. The constant is not called K, which would be
// kelvin no more.
#include "physics/system.hpp"

namespace nusselt {
namespace {

void darcy(System& s) {
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto K = s.constant<Area>("permeability", "permeability");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure above hydrostatic");

  s.equation("continuity", div(U));
  s.equation("momentum", mu / K * U + grad(p));

  s.conserve("volume", U, zero<NoDimension>(), zero<Rate>(), {System::whole("continuity")});
}

const RegisterPhysics entry({"darcy", "seepage through a porous body (Darcy law)", darcy,
                             "fluid and pores are rigid, and the flow follows the pressure at once"});

}  // namespace
}  // namespace nusselt
