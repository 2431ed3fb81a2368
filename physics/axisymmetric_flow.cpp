// Incompressible flow without swirl about an axis, in pipes, jets and around spheres: incompressible_flow in
// cylindrical coordinates.
#include "physics/axisymmetric.hpp"

namespace nusselt {
namespace {

void axisymmetric_flow(System& s) {
  const auto rho = s.constant<Density>("rho", "density");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure");

  const Ring ring(s);
  ring.conserve_mass(s, rho, U);
  ring.accelerate(s, rho, mu, U, p);
}

const RegisterPhysics entry({.name = "axisymmetric_flow",
                             .doc = "incompressible flow about an axis: x is the radius, y runs along the axis",
                             .describe = axisymmetric_flow,
                             .distance_x = radius_of_the_axis,
                             .most_dimensions = 2});

}  // namespace
}  // namespace nusselt
