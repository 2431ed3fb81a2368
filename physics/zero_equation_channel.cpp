// Turbulent mean flow between two plates with the simplest of closures, an eddy viscosity of no equation of its own:
// Prandtl's mixing length in the form that Nikuradse measured across the whole section (VDI Forschungsheft 356, 1932;
// Schlichting, Boundary-Layer Theory, 7th ed. 1979, eq. 20.18), l/h = 0.14 - 0.08 (1 - x/h)^2 - 0.06 (1 - x/h)^4,
// damped at the wall (van Driest, J. Aeronaut. Sci. 23, 1956, 1007, doi:10.2514/8.3713).
//
// x is the distance from a wall and h half of what lies between the plates; u is the velocity along them, which rises
// from the wall to the middle. The friction at the wall is G h, so the friction velocity is known beforehand.
#include "physics/system.hpp"

namespace nusselt {
namespace {

void zero_equation_channel(System& s) {
  const auto rho = s.constant<Density>("rho", "density");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto h = s.constant<Length>("h", "half the distance between the plates");
  const auto G = s.constant<ForceDensity>("G", "pressure drop per length");
  const auto A = s.constant<NoDimension>("A_plus", "length of the damping at the wall; van Driest has 26");
  const auto u = s.field<Velocity>("u", "mean velocity along the plates");
  const Term<Length> x(s.coordinate(axis_x));

  const auto friction_velocity = sqrt(G * h / rho);
  const auto x_plus = x * friction_velocity * rho / mu;
  // The same polynomial in x/h, without the constants that cancel at the wall.
  const auto X = x / h;
  const auto undamped = h * (0.4 * X - 0.44 * (X * X) + 0.24 * (X * X * X) - 0.06 * (X * X * X * X));
  const auto l = undamped * (number(1) - exp(-(x_plus / A)));
  const auto stress = (mu + rho * l * l * dx(u)) * dx(u);

  s.equation("momentum", (s.is_transient() ? rho * dt(u) : zero<ForceDensity>()) - dx(stress) - G);

  using Momentum = Times<Density, Velocity>;
  s.conserve("momentum", VectorTerm<Pressure>{-stress, zero<Pressure>(), zero<Pressure>()},
             s.is_transient() ? rho * u : zero<Momentum>(), G, {System::whole("momentum")});
}

const RegisterPhysics entry({.name = "zero_equation_channel",
                             .doc = "turbulent mean flow between plates (mixing length, van Driest)",
                             .describe = zero_equation_channel,
                             .distance_x = "the distance from a wall",
                             .most_dimensions = 1});

}  // namespace
}  // namespace nusselt
