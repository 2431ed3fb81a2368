// Flow with heat about an axis, forced or, where an expansion is given, with buoyancy along the axis: convection and
// boussinesq in cylindrical coordinates. Gravity points along -y.
#include "physics/axisymmetric.hpp"

namespace nusselt {
namespace {

void axisymmetric_convection(System& s) {
  const auto rho = s.constant<Density>("rho", "density at T0");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity");
  const auto k = s.constant<Conductivity>("k", "thermal conductivity");
  const auto T0 = s.constant<Temperature>("T0", "temperature of no buoyancy, that heat is counted from");
  const auto q = s.optional_constant<PowerDensity>("q", "heat source per volume; none when not given");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure above hydrostatic");
  const auto T = s.field<Temperature>("T", "temperature");

  auto buoyancy = zero<ForceDensity>();
  if (s.is_given("beta")) {
    const auto beta = s.constant<Expansion>("beta", "thermal expansion coefficient; no buoyancy when not given");
    const auto g = s.constant<Acceleration>("g", "gravity, along -y");
    buoyancy = rho * g * beta * (T - T0);
  }
  const Ring ring(s);
  ring.conserve_mass(s, rho, U);
  ring.accelerate(s, rho, mu, U, p, buoyancy);
  s.equation("energy", ring.r * (rho * cp * (dt(T) + advect(U, T)) - q) - k * ring.lap(T));

  const auto around = ring.circumference();
  const auto heat = rho * cp * (T - T0);
  s.conserve("energy", around * (heat * U - k * grad(T)),
             s.is_transient() ? around * heat : zero<Times<Times<PowerDensity, Time>, Length>>(), around * q,
             {System::times(two_pi(), "energy"), System::times(two_pi() * heat, "continuity")});
}

const RegisterPhysics entry({.name = "axisymmetric_convection",
                             .doc = "flow with heat about an axis: x is the radius, y runs along the axis",
                             .describe = axisymmetric_convection,
                             .distance_x = radius_of_the_axis,
                             .most_dimensions = 2});

}  // namespace
}  // namespace nusselt
