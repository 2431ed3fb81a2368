// What the physics of fluids share: mass, heat and species carried by an incompressible flow, each with its balance.
#pragma once

#include "physics/system.hpp"

namespace nusselt {

/// `continuity`: div U = 0.
inline void conserve_mass(System& s, const Term<Density>& rho, const VectorTerm<Velocity>& U) {
  s.equation("continuity", div(U));
  s.conserve("mass", rho * U, zero<Density>(), zero<MassSource>(), {System::times(rho, "continuity")});
}

struct HeatProperties {
  Term<Density> rho;
  Term<SpecificHeat> cp;
  Term<Conductivity> k;
};

/// `energy`: rho cp (dT/dt + U grad T) = k lap T + source (Bird, Stewart & Lightfoot, Transport Phenomena, 2nd ed.
/// 2002, eq. 11.2-8). The balance counts the heat from T0.
inline void carry_heat(System& s, const HeatProperties& of, const VectorTerm<Velocity>& U, const Term<Temperature>& T,
                       const Term<Temperature>& T0, const Term<PowerDensity>& source = zero<PowerDensity>()) {
  const auto& [rho, cp, k] = of;
  s.equation("energy", rho * cp * (dt(T) + advect(U, T)) - k * lap(T) - source);
  const auto heat = rho * cp * (T - T0);
  s.conserve("energy", heat * U - k * grad(T), s.is_transient() ? heat : zero<Times<PowerDensity, Time>>(), source,
             {System::whole("energy"), System::times(heat, "continuity")});
}

/// `species`: rho (dY/dt + U grad Y) = rho D lap Y, Fick's law of a dilute species (the same book, eq. 19.1-17). The
/// balance counts the mass fraction from Y0.
inline void carry_species(System& s, const Term<Density>& rho, const Term<Diffusivity>& D,
                          const VectorTerm<Velocity>& U, const Term<NoDimension>& Y, const Term<NoDimension>& Y0) {
  s.equation("species", rho * (dt(Y) + advect(U, Y)) - rho * D * lap(Y));
  const auto content = rho * (Y - Y0);
  s.conserve("species", content * U - rho * D * grad(Y), s.is_transient() ? content : zero<Density>(),
             zero<MassSource>(), {System::whole("species"), System::times(content, "continuity")});
}

}  // namespace nusselt
