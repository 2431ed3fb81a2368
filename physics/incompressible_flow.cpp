// Incompressible flow of constant density and viscosity: mass and momentum (Batchelor, An Introduction to Fluid
// Dynamics, 1967, eqs. 2.2.4 and 3.3.14).
#include "physics/system.hpp"

namespace nusselt {
namespace {

void incompressible_flow(System& s) {
  const auto rho = s.constant<Density>("rho", "density");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");

  const auto velocity = s.velocity();
  const auto& [u, v, w] = velocity;
  const auto p = s.field<Pressure>("p", "pressure");

  s.equation("continuity", dx(u) + dy(v) + dz(w));
  if (s.axes()[axis_x]) s.equation("momentum_x", rho * (dt(u) + advect(velocity, u)) + dx(p) - mu * lap(u));
  if (s.axes()[axis_y]) s.equation("momentum_y", rho * (dt(v) + advect(velocity, v)) + dy(p) - mu * lap(v));
  if (s.axes()[axis_z]) s.equation("momentum_z", rho * (dt(w) + advect(velocity, w)) + dz(p) - mu * lap(w));

  s.conserve("mass", std::array{rho * u, rho * v, rho * w}, zero<Density>(), zero<MassSource>(),
             {System::times(rho, "continuity")});
}

const RegisterPhysics entry({"incompressible_flow", "incompressible flow: mass and momentum", incompressible_flow});

}  // namespace
}  // namespace nusselt
