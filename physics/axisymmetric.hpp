// Operators in cylindrical coordinates where nothing depends on the angle: x is the radius r, y runs along the axis
// (Bird, Stewart & Lightfoot, Transport Phenomena, 2nd ed. 2002, tables B.1, B.4 and B.6).
//
// Every equation is multiplied by r, that of the radial momentum by r^2, so that nothing is divided by the radius and
// the axis may be part of the domain. `sources` of a case are multiplied like the rest. Fluxes and densities of a
// balance carry 2 pi r: integrated over a face or the domain in (r, y) they are those of the whole ring.
#pragma once

#include <numbers>

#include "physics/system.hpp"

namespace nusselt {

inline constexpr const char* radius_of_the_axis = "the radius";

inline Term<NoDimension> two_pi() { return number(2 * std::numbers::pi); }

struct Ring {
  explicit Ring(const System& s) : r(s.coordinate(axis_x)) {}
  Term<Length> r;

  /// r lap(f)
  template <class Dim>
  auto lap(const Term<Dim>& f) const {
    return dx(r * dx(f)) + r * dy(dy(f));
  }
  /// r div(a)
  template <class Dim>
  auto div(const VectorTerm<Dim>& a) const {
    return dx(r * a[0]) + r * dy(a[1]);
  }
  /// Of a ring of the radius r.
  Term<Length> circumference() const { return two_pi() * r; }

  /// `continuity` and the balance of mass.
  void conserve_mass(System& s, const Term<Density>& rho, const VectorTerm<Velocity>& U) const {
    s.equation("continuity", div(U));
    s.conserve("mass", circumference() * (rho * U), zero<Times<Density, Length>>(), zero<Times<MassSource, Length>>(),
               {System::times(two_pi() * rho, "continuity")});
  }

  /// `momentum_x` times r^2 and `momentum_y` times r; `force` is along the axis.
  void accelerate(System& s, const Term<Density>& rho, const Term<DynamicViscosity>& mu, const VectorTerm<Velocity>& U,
                  const Term<Pressure>& p, const Term<ForceDensity>& force = zero<ForceDensity>()) const {
    const auto& u = U[axis_x];
    const auto& v = U[axis_y];
    s.equation("momentum_x", r * r * (rho * (dt(u) + advect(U, u)) + dx(p)) - mu * (r * lap(u) - u));
    if (s.axes()[axis_y]) {
      s.equation("momentum_y", r * (rho * (dt(v) + advect(U, v)) + dy(p) - force) - mu * lap(v));
    }
  }
};

}  // namespace nusselt
