// The compile-time face of physical dimensions: Boost.Units dimensions under the field's names. The only file of the
// project that includes Boost.Units; a physics written with these types does not compile when its units do not fit.
//
// Boost keeps every dimension as a sorted list of base dimensions with rational exponents, so that two dimensions which
// are mathematically equal are the same type: Times<Density, Power<Velocity, 2>> is Pressure.
//
// Two quantities of the field may share a dimension and hence a type; the types cannot tell them apart.
#pragma once

#include <array>
#include <boost/units/base_dimension.hpp>
#include <boost/units/dimension.hpp>
#include <boost/units/dimensionless_type.hpp>
#include <boost/units/physical_dimensions/amount.hpp>
#include <boost/units/physical_dimensions/current.hpp>
#include <boost/units/physical_dimensions/length.hpp>
#include <boost/units/physical_dimensions/luminous_intensity.hpp>
#include <boost/units/physical_dimensions/mass.hpp>
#include <boost/units/physical_dimensions/temperature.hpp>
#include <boost/units/physical_dimensions/time.hpp>
#include <boost/units/static_rational.hpp>
#include <cstdint>
#include <type_traits>

#include "nondim/dimension.hpp"

namespace nusselt {

template <class A, class B>
using Times = typename boost::mpl::times<A, B>::type;
template <class A, class B>
using Per = typename boost::mpl::divides<A, B>::type;
/// A to the power n / d.
template <class A, long n, long d = 1>
using Power = typename boost::units::static_power<A, typename boost::units::static_rational<n, d>::type>::type;

using NoDimension = boost::units::dimensionless_type;
using Length = boost::units::length_dimension;
using Mass = boost::units::mass_dimension;
using Time = boost::units::time_dimension;
using ElectricCurrent = boost::units::current_dimension;
using Temperature = boost::units::temperature_dimension;
using Amount = boost::units::amount_dimension;
using LuminousIntensity = boost::units::luminous_intensity_dimension;

using Area = Power<Length, 2>;  // also the permeability of a porous medium
using Volume = Power<Length, 3>;
using Wavenumber = Per<NoDimension, Length>;
using Rate = Per<NoDimension, Time>;  // velocity gradient, divergence, frequency
using Velocity = Per<Length, Time>;
using Acceleration = Per<Velocity, Time>;
using Density = Per<Mass, Volume>;
using MassFlux = Times<Density, Velocity>;
using MassSource = Per<Density, Time>;  // continuity with variable density
using Force = Times<Mass, Acceleration>;
using ForceDensity = Per<Force, Volume>;  // momentum
using Pressure = Per<Force, Area>;        // also stress and energy density
using SurfaceTension = Per<Force, Length>;
using Energy = Times<Force, Length>;
using HeatFlow = Per<Energy, Time>;
using HeatFlux = Per<HeatFlow, Area>;
using PowerDensity = Per<HeatFlow, Volume>;  // energy
using DynamicViscosity = Times<Pressure, Time>;
using KinematicViscosity = Per<DynamicViscosity, Density>;
using Diffusivity = KinematicViscosity;
using Expansion = Per<NoDimension, Temperature>;
using TemperatureGradient = Per<Temperature, Length>;
using SpecificHeat = Per<Per<Energy, Mass>, Temperature>;
using Conductivity = Per<HeatFlux, TemperatureGradient>;
using HeatTransferCoefficient = Per<HeatFlux, Temperature>;

namespace detail {

template <class BaseDimension>
constexpr std::size_t base_index() {
  using namespace boost::units;
  if constexpr (std::is_same_v<BaseDimension, length_base_dimension>) {
    return Dimension::length;
  } else if constexpr (std::is_same_v<BaseDimension, mass_base_dimension>) {
    return Dimension::mass;
  } else if constexpr (std::is_same_v<BaseDimension, time_base_dimension>) {
    return Dimension::time;
  } else if constexpr (std::is_same_v<BaseDimension, current_base_dimension>) {
    return Dimension::current;
  } else if constexpr (std::is_same_v<BaseDimension, temperature_base_dimension>) {
    return Dimension::temperature;
  } else if constexpr (std::is_same_v<BaseDimension, amount_base_dimension>) {
    return Dimension::amount;
  } else {
    static_assert(std::is_same_v<BaseDimension, luminous_intensity_base_dimension>, "not an SI base dimension");
    return Dimension::luminosity;
  }
}

using FractionTable = std::array<std::array<std::int64_t, 2>, Dimension::base_count>;

/// Numerators and denominators of the exponents, collected along Boost's type list.
template <class List>
constexpr FractionTable fractions_of() {
  if constexpr (std::is_same_v<List, boost::units::dimensionless_type>) {
    FractionTable none{};
    for (auto& fraction : none) fraction = {0, 1};
    return none;
  } else {
    FractionTable fractions = fractions_of<typename List::next>();
    using Exponent = typename List::item::value_type;
    fractions[base_index<typename List::item::tag_type>()] = {Exponent::Numerator, Exponent::Denominator};
    return fractions;
  }
}

}  // namespace detail

/// The bridge from a Boost.Units dimension to the same dimension at run time.
template <class Dim>
Dimension dimension_of() {
  static constexpr detail::FractionTable fractions = detail::fractions_of<Dim>();
  std::array<Rational, Dimension::base_count> exponents;
  for (std::size_t i = 0; i < exponents.size(); ++i) exponents[i] = Rational(fractions[i][0], fractions[i][1]);
  return Dimension(exponents);
}

}  // namespace nusselt
