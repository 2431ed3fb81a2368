// Natural convection in a porous body saturated with fluid: Darcy law, Oberbeck-Boussinesq buoyancy, one temperature of
// fluid and grains (Nield & Bejan, Convection in Porous Media, 4th ed. 2013, eqs. 6.1 to 6.4). Gravity points along -y.
// In a layer heated from below it begins at the Darcy-Rayleigh number rho^2 cp g beta dT H K/(mu k) = 4 pi^2 (Lapwood,
// Proc. Camb. Phil. Soc. 44, 1948, 508, doi:10.1017/S030500410002452X).
#include "physics/transport.hpp"

namespace nusselt {
namespace {

void darcy_convection(System& s) {
  using HeatCapacity = Times<Density, SpecificHeat>;
  const auto rho = s.constant<Density>("rho", "density of the fluid at T0");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto K = s.constant<Area>("permeability", "permeability");
  const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity of the fluid");
  const auto k = s.constant<Conductivity>("k", "thermal conductivity of grains and fluid together");
  const auto beta = s.constant<Expansion>("beta", "thermal expansion coefficient");
  const auto g = s.constant<Acceleration>("g", "gravity, along -y");
  const auto T0 = s.constant<Temperature>("T0", "temperature of no buoyancy");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure above hydrostatic");
  const auto T = s.field<Temperature>("T", "temperature");

  conserve_mass(s, rho, U);
  s.equation("momentum", mu / K * U + grad(p) - along_y(rho * g * beta * (T - T0)));

  auto energy = rho * cp * advect(U, T) - k * lap(T);
  auto stored = zero<Times<PowerDensity, Time>>();
  if (s.is_transient()) {
    const auto C = s.constant<HeatCapacity>("C", "heat capacity of grains and fluid together, per volume");
    energy = C * dt(T) + energy;
    stored = C * (T - T0);
  }
  s.equation("energy", energy);
  const auto carried = rho * cp * (T - T0);
  s.conserve("energy", carried * U - k * grad(T), stored, zero<PowerDensity>(),
             {System::whole("energy"), System::times(carried, "continuity")});
}

const RegisterPhysics entry({"darcy_convection", "natural convection in a porous body (Darcy law, Boussinesq)",
                             darcy_convection});

}  // namespace
}  // namespace nusselt
