// Heat conduction in a solid of constant properties (Carslaw & Jaeger, Conduction of Heat in Solids, 1959, eq. 1.6.1).
#include "physics/system.hpp"

namespace nusselt {
namespace {

void heat_conduction(System& s) {
  const auto k = s.constant<Conductivity>("k", "thermal conductivity");
  const auto q = s.optional_constant<PowerDensity>("q", "heat source per volume; none when not given");
  const auto T = s.field<Temperature>("T", "temperature");

  auto residual = -(k * lap(T)) - q;
  auto heat = zero<Times<PowerDensity, Time>>();
  if (s.is_transient()) {
    const auto rho = s.constant<Density>("rho", "density");
    const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity");
    residual = rho * cp * dt(T) + residual;
    heat = rho * cp * T;
  }
  s.equation("energy", residual);

  s.conserve("energy", std::array{-(k * dx(T)), -(k * dy(T)), -(k * dz(T))}, heat, q, {System::whole("energy")});
}

const RegisterPhysics entry({"heat_conduction", "heat conduction with an optional source", heat_conduction});

}  // namespace
}  // namespace nusselt
