// Heat conduction in rods, tubes and discs, whose temperature depends on the radius and on the place along the axis
// (Carslaw & Jaeger, Conduction of Heat in Solids, 1959, eq. 1.8.1).
#include "physics/axisymmetric.hpp"

namespace nusselt {
namespace {

void axisymmetric_heat_conduction(System& s) {
  const auto k = s.constant<Conductivity>("k", "thermal conductivity");
  const auto q = s.optional_constant<PowerDensity>("q", "heat source per volume; none when not given");
  const auto T = s.field<Temperature>("T", "temperature");

  const Ring ring(s);
  auto residual = -(k * ring.lap(T)) - ring.r * q;
  auto heat = zero<Times<PowerDensity, Time>>();
  if (s.is_transient()) {
    const auto rho = s.constant<Density>("rho", "density");
    const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity");
    residual = ring.r * rho * cp * dt(T) + residual;
    heat = rho * cp * T;
  }
  s.equation("energy", residual);

  const auto around = ring.circumference();
  s.conserve("energy", around * (-(k * grad(T))), around * heat, around * q, {System::times(two_pi(), "energy")});
}

const RegisterPhysics entry({.name = "axisymmetric_heat_conduction",
                             .doc = "heat conduction about an axis: x is the radius, y runs along the axis",
                             .describe = axisymmetric_heat_conduction,
                             .distance_x = radius_of_the_axis,
                             .most_dimensions = 2});

}  // namespace
}  // namespace nusselt
