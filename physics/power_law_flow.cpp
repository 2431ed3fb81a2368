// Flow of a fluid whose viscosity is a power of the rate of shear: paint, melts, blood, most of what one eats (Bird,
// Armstrong & Hassager, Dynamics of Polymeric Liquids 1, 2nd ed. 1987, section 4.1). With the rate of shear gamma,
//
//   viscosity = mu ((gamma^2 + rate_0^2)/rate^2)^((n - 1)/2)
//
// so that mu is the viscosity at `rate`, whatever n is, and the consistency of the power law is mu rate^(1-n). Below
// rate_0, where a power of the rate would have no derivative, the fluid is Newtonian; with rate_0 = rate this is the
// model of Carreau (J. Rheol. 16, 1972, 99, doi:10.1122/1.549276) without a viscosity at infinite rate.
#include "physics/transport.hpp"

namespace nusselt {
namespace {

void power_law_flow(System& s) {
  const auto rho = s.constant<Density>("rho", "density");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity at the rate of shear `rate`");
  const auto n = s.constant<NoDimension>("n", "exponent: stress = mu rate (gamma/rate)^n");
  const auto rate = s.constant<Rate>("rate", "rate of shear at which the viscosity is mu");
  const auto rate_0 = s.constant<Rate>("rate_0", "rate of shear below which the viscosity is constant");

  const auto U = s.velocity();
  const auto p = s.field<Pressure>("p", "pressure");

  const auto gamma2 = (squared_shear_rate(U) + rate_0 * rate_0) / (rate * rate);
  const auto viscosity = mu * exp(0.5 * (n - number(1)) * log(gamma2));
  conserve_mass(s, rho, U);
  s.equation("momentum", rho * (dt(U) + advect(U, U)) + grad(p) - div_stress(viscosity, U));
}

const RegisterPhysics entry({"power_law_flow", "flow of a shear-thinning or thickening fluid (power law)",
                             power_law_flow});

}  // namespace
}  // namespace nusselt
