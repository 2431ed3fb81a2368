// The physical dimension of a quantity at run time: seven exact rational exponents of the SI base units.
//
// The compile-time face of the same thing is a Boost.Units dimension; `dimension_of<Dim>()` in nondim/units.hpp is the
// bridge. Exponents are rational because real quantities have fractional ones (thermal effusivity: W s^(1/2) m-2 K-1).
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "nondim/rational.hpp"

namespace nusselt {

std::string to_string(const Rational& value);  // "2", "-1/2"
double to_double(const Rational& value);

class Dimension {
 public:
  static constexpr std::size_t base_count = 7;
  enum Base : std::size_t { length, mass, time, current, temperature, amount, luminosity };

  /// Dimensionless.
  Dimension() = default;
  /// Exponents in the order of `Base`: m, kg, s, A, K, mol, cd.
  explicit Dimension(const std::array<Rational, base_count>& exponents) : exponents_(exponents) {}
  static Dimension of(Base base);

  const Rational& operator[](std::size_t base) const { return exponents_[base]; }
  bool is_dimensionless() const;
  Dimension power(const Rational& exponent) const;

  /// Base units in the form that CF, UDUNITS and VTK array names accept: "kg m-1 s-1", "W"-free; "1" when
  /// dimensionless.
  std::string si() const;
  /// The field's word for it, "dynamic viscosity"; empty where it has none.
  std::string name() const;
  /// The unit an engineer would write, "Pa s", "W m-1 K-1"; base units where there is none.
  std::string unit() const;
  /// For messages: "dynamic viscosity [Pa s]", "[kg m-2 s-1]", "a dimensionless number".
  std::string describe() const;

  friend Dimension operator*(const Dimension& a, const Dimension& b);
  friend Dimension operator/(const Dimension& a, const Dimension& b);
  friend bool operator==(const Dimension& a, const Dimension& b) { return a.exponents_ == b.exponents_; }
  friend bool operator!=(const Dimension& a, const Dimension& b) { return !(a == b); }

 private:
  std::array<Rational, base_count> exponents_{};
};

}  // namespace nusselt
