// Heat conduction in a solid (Carslaw & Jaeger, Conduction of Heat in Solids, 1959, eqs. 1.6.1 and 1.6.7), whose
// conductivity may change linearly with the temperature: k (1 + k_T (T - T_k)).
#include "physics/system.hpp"

namespace nusselt {
namespace {

void heat_conduction(System& s) {
  const auto k = s.constant<Conductivity>("k", "thermal conductivity");
  const auto q = s.optional_constant<PowerDensity>("q", "heat source per volume; none when not given");
  const auto T = s.field<Temperature>("T", "temperature");

  auto conduction = -(k * lap(T));
  auto flux = -(k * grad(T));
  if (s.is_given("k_T")) {
    const auto k_T = s.constant<Expansion>("k_T", "relative rise of k with the temperature");
    const auto T_k = s.constant<Temperature>("T_k", "temperature at which the conductivity is k");
    flux = -((k + k * k_T * (T - T_k)) * grad(T));
    conduction = div(flux);
  }
  auto residual = conduction - q;
  auto heat = zero<Times<PowerDensity, Time>>();
  if (s.is_transient()) {
    const auto rho = s.constant<Density>("rho", "density");
    const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity");
    residual = rho * cp * dt(T) + residual;
    heat = rho * cp * T;
  }
  s.equation("energy", residual);

  s.conserve("energy", flux, heat, q, {System::whole("energy")});
}

const RegisterPhysics entry({"heat_conduction", "heat conduction with an optional source and an optional linear k(T)",
                             heat_conduction});

}  // namespace
}  // namespace nusselt
