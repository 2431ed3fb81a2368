// The viscous Burgers equation: momentum without pressure, whose fronts steepen until viscosity holds them
// (J. M. Burgers, Adv. Appl. Mech. 1, 1948, 171, doi:10.1016/S0065-2156(08)70100-5).
#include "physics/system.hpp"

namespace nusselt {
namespace {

void burgers(System& s) {
  const auto nu = s.constant<KinematicViscosity>("nu", "kinematic viscosity");

  const auto U = s.velocity();

  s.equation("momentum", dt(U) + advect(U, U) - nu * lap(U));

  // Only along a line is the advection the derivative of a flux.
  if (!s.axes()[axis_y] && !s.axes()[axis_z]) {
    using Flux = Times<Velocity, Velocity>;
    const auto& u = U[axis_x];
    s.conserve("momentum", VectorTerm<Flux>{0.5 * (u * u) - nu * dx(u), zero<Flux>(), zero<Flux>()},
               s.is_transient() ? u : zero<Velocity>(), zero<Acceleration>(), {System::whole("momentum_x")});
  }
}

const RegisterPhysics entry({"burgers", "viscous Burgers equation: advection that steepens into fronts", burgers});

}  // namespace
}  // namespace nusselt
