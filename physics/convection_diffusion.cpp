// Heat in a medium that moves as a whole: plug flow, a bar drawn through a furnace, the plate under a welding torch
// (Carslaw & Jaeger, Conduction of Heat in Solids, 1959, section 1.7).
#include "physics/system.hpp"

namespace nusselt {
namespace {

void convection_diffusion(System& s) {
  const auto rho = s.constant<Density>("rho", "density");
  const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity");
  const auto k = s.constant<Conductivity>("k", "thermal conductivity");
  const auto q = s.optional_constant<PowerDensity>("q", "heat source per volume; none when not given");
  VectorTerm<Velocity> a = zero_vector<Velocity>();
  for (int axis = 0; axis < 3; ++axis) {
    if (!s.axes()[axis]) continue;
    const std::string along = axis_names[axis];
    a[axis] = s.optional_constant<Velocity>("a_" + along, "velocity along " + along + "; none when not given");
  }
  const auto T = s.field<Temperature>("T", "temperature");

  s.equation("energy", rho * cp * (dt(T) + advect(a, T)) - k * lap(T) - q);

  const auto heat = rho * cp * T;
  s.conserve("energy", heat * a - k * grad(T), s.is_transient() ? heat : zero<Times<PowerDensity, Time>>(), q,
             {System::whole("energy")});
}

const RegisterPhysics entry({"convection_diffusion", "heat in a medium that moves at a uniform velocity a_x, a_y, a_z",
                             convection_diffusion});

}  // namespace
}  // namespace nusselt
