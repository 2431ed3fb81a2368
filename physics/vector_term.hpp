// Vectors and tensors of terms over x, y, z, so that a physics reads like the book:
//
//   rho * (dt(U) + advect(U, U)) + grad(p) - mu * lap(U)
//
// Components along coordinates that the domain does not have are zero, or stand where nobody looks.
#pragma once

#include <array>
#include <cstddef>

#include "nondim/term.hpp"

namespace nusselt {

template <class Dim>
using VectorTerm = std::array<Term<Dim>, 3>;

template <class Dim>
VectorTerm<Dim> zero_vector() {
  return {zero<Dim>(), zero<Dim>(), zero<Dim>()};
}
template <class Dim>
VectorTerm<Dim> along_y(const Term<Dim>& a) {
  return {zero<Dim>(), a, zero<Dim>()};
}

template <class Dim>
VectorTerm<Dim> operator+(const VectorTerm<Dim>& a, const VectorTerm<Dim>& b) {
  return {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
}
template <class Dim>
VectorTerm<Dim> operator-(const VectorTerm<Dim>& a, const VectorTerm<Dim>& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
template <class Dim>
VectorTerm<Dim> operator-(const VectorTerm<Dim>& a) {
  return {-a[0], -a[1], -a[2]};
}
template <class A, class B>
VectorTerm<Times<A, B>> operator*(const Term<A>& factor, const VectorTerm<B>& a) {
  return {factor * a[0], factor * a[1], factor * a[2]};
}

template <class Dim>
VectorTerm<Per<Dim, Length>> grad(const Term<Dim>& a) {
  return {dx(a), dy(a), dz(a)};
}
template <class Dim>
Term<Per<Dim, Length>> div(const VectorTerm<Dim>& a) {
  return dx(a[0]) + dy(a[1]) + dz(a[2]);
}
template <class Dim>
VectorTerm<Per<Dim, Time>> dt(const VectorTerm<Dim>& a) {
  return {dt(a[0]), dt(a[1]), dt(a[2])};
}
template <class Dim>
auto lap(const VectorTerm<Dim>& a) {
  return std::array{lap(a[0]), lap(a[1]), lap(a[2])};
}

/// Advection of a scalar, u dx(f) + v dy(f) + w dz(f).
template <class Dim>
Term<Per<Dim, Time>> advect(const VectorTerm<Velocity>& velocity, const Term<Dim>& f) {
  return velocity[0] * dx(f) + velocity[1] * dy(f) + velocity[2] * dz(f);
}
template <class Dim>
VectorTerm<Per<Dim, Time>> advect(const VectorTerm<Velocity>& velocity, const VectorTerm<Dim>& a) {
  return {advect(velocity, a[0]), advect(velocity, a[1]), advect(velocity, a[2])};
}

/// Square of the rate of shear, 2 e:e with the rate of strain e = (grad U + grad U^T)/2: what viscosity turns into heat
/// is mu times as much (Bird, Stewart & Lightfoot, Transport Phenomena, 2nd ed. 2002, table B.7).
inline Term<Power<Rate, 2>> squared_shear_rate(const VectorTerm<Velocity>& velocity) {
  const auto& [u, v, w] = velocity;
  const auto square = [](const Term<Rate>& a) { return a * a; };
  return 2 * (square(dx(u)) + square(dy(v)) + square(dz(w))) + square(dy(u) + dx(v)) + square(dz(u) + dx(w)) +
         square(dz(v) + dy(w));
}

/// Divergence of the stress in a fluid whose viscosity varies, mu (grad U + grad U^T).
inline VectorTerm<ForceDensity> div_stress(const Term<DynamicViscosity>& mu, const VectorTerm<Velocity>& velocity) {
  const auto& [u, v, w] = velocity;
  const auto component = [&](const Term<Velocity>& a, const VectorTerm<Rate>& transposed) {
    return div(mu * (grad(a) + transposed));
  };
  return {component(u, {dx(u), dx(v), dx(w)}), component(v, {dy(u), dy(v), dy(w)}),
          component(w, {dz(u), dz(v), dz(w)})};
}

}  // namespace nusselt
