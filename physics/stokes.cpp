// Creeping flow, in which viscosity is everything and the advection of momentum nothing (Batchelor, An Introduction to
// Fluid Dynamics, 1967, section 4.8).
#include "physics/system.hpp"

namespace nusselt {
namespace {

void stokes(System& s) {
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure");

  s.equation("continuity", div(U));
  auto momentum = grad(p) - mu * lap(U);
  if (s.is_transient()) momentum = s.constant<Density>("rho", "density") * dt(U) + momentum;
  s.equation("momentum", momentum);

  s.conserve("volume", U, zero<NoDimension>(), zero<Rate>(), {System::whole("continuity")});
}

const RegisterPhysics entry({"stokes", "creeping flow (Stokes): no advection of momentum", stokes});

}  // namespace
}  // namespace nusselt
