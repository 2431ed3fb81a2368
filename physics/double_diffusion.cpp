// Double-diffusive convection: heat and a dissolved or suspended species both make the fluid lighter (Turner, Annu.
// Rev. Fluid Mech. 6, 1974, 37, doi:10.1146/annurev.fl.06.010174.000345), in the Oberbeck-Boussinesq approximation. A
// species that makes it heavier, such as salt in water, has a negative beta_Y.
#include "physics/transport.hpp"

namespace nusselt {
namespace {

void double_diffusion(System& s) {
  const auto rho = s.constant<Density>("rho", "density at T0 and Y0");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity");
  const auto k = s.constant<Conductivity>("k", "thermal conductivity");
  const auto D = s.constant<Diffusivity>("D", "diffusivity of the species");
  const auto beta = s.constant<Expansion>("beta", "thermal expansion coefficient");
  const auto beta_Y = s.constant<NoDimension>("beta_Y", "relative fall of the density with the mass fraction");
  const auto g = s.constant<Acceleration>("g", "gravity, along -y");
  const auto T0 = s.constant<Temperature>("T0", "temperature of no buoyancy");
  const auto Y0 = s.constant<NoDimension>("Y0", "mass fraction of no buoyancy");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure above hydrostatic");
  const auto T = s.field<Temperature>("T", "temperature");
  const auto Y = s.field<NoDimension>("Y", "mass fraction of the species");

  conserve_mass(s, rho, U);
  const auto buoyancy = along_y(rho * g * (beta * (T - T0) + beta_Y * (Y - Y0)));
  s.equation("momentum", rho * (dt(U) + advect(U, U)) + grad(p) - mu * lap(U) - buoyancy);
  carry_heat(s, {rho, cp, k}, U, T, T0);
  carry_species(s, rho, D, U, Y, Y0);
}

const RegisterPhysics entry({"double_diffusion", "buoyant flow with heat and a species that both drive it",
                             double_diffusion});

}  // namespace
}  // namespace nusselt
