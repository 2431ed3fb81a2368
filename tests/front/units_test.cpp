#include "nondim/units.hpp"

#include <gtest/gtest.h>

#include "nondim/quantity.hpp"

namespace nusselt {
namespace {

// Mathematically equal dimensions are one type, however they were put together.
static_assert(std::is_same_v<Times<Density, Power<Velocity, 2>>, Pressure>);
static_assert(std::is_same_v<Times<Power<Velocity, 2>, Density>, Pressure>);
static_assert(std::is_same_v<Per<Length, Length>, NoDimension>);
static_assert(std::is_same_v<Power<Power<Length, 1, 2>, 2>, Length>);
static_assert(std::is_same_v<Power<Area, 2, 4>, Length>);
static_assert(std::is_same_v<Times<ForceDensity, Velocity>, PowerDensity>);
static_assert(std::is_same_v<Per<DynamicViscosity, Density>, KinematicViscosity>);
static_assert(std::is_same_v<Per<Conductivity, Times<Density, SpecificHeat>>, KinematicViscosity>);
static_assert(std::is_same_v<Times<HeatTransferCoefficient, Temperature>, HeatFlux>);
static_assert(std::is_same_v<Power<NoDimension, 3>, NoDimension>);
static_assert(!std::is_same_v<Pressure, Density>);
static_assert(!std::is_same_v<Velocity, Acceleration>);

TEST(DimensionOf, WalksTheListOfBoost) {
  EXPECT_EQ(dimension_of<NoDimension>(), Dimension());
  EXPECT_EQ(dimension_of<Length>().si(), "m");
  EXPECT_EQ(dimension_of<Mass>().si(), "kg");
  EXPECT_EQ(dimension_of<Time>().si(), "s");
  EXPECT_EQ(dimension_of<ElectricCurrent>().si(), "A");
  EXPECT_EQ(dimension_of<Temperature>().si(), "K");
  EXPECT_EQ(dimension_of<Amount>().si(), "mol");
  EXPECT_EQ(dimension_of<LuminousIntensity>().si(), "cd");
  EXPECT_EQ(dimension_of<Pressure>().si(), "kg m-1 s-2");
  EXPECT_EQ((dimension_of<Power<Times<Acceleration, Length>, 1, 2>>()), dimension_of<Velocity>());
  EXPECT_EQ((dimension_of<Power<Time, -1, 2>>().si()), "s-1/2");
}

TEST(DimensionOf, AgreesWithTheUnitsOfText) {
  EXPECT_EQ(dimension_of<Velocity>(), parse_unit("m/s").dimension);
  EXPECT_EQ(dimension_of<Acceleration>(), parse_unit("m/s^2").dimension);
  EXPECT_EQ(dimension_of<Density>(), parse_unit("kg/m^3").dimension);
  EXPECT_EQ(dimension_of<MassFlux>(), parse_unit("kg/(m^2 s)").dimension);
  EXPECT_EQ(dimension_of<MassSource>(), parse_unit("kg/(m^3 s)").dimension);
  EXPECT_EQ(dimension_of<DynamicViscosity>(), parse_unit("Pa s").dimension);
  EXPECT_EQ(dimension_of<KinematicViscosity>(), parse_unit("m^2/s").dimension);
  EXPECT_EQ(dimension_of<SpecificHeat>(), parse_unit("J/(kg K)").dimension);
  EXPECT_EQ(dimension_of<Conductivity>(), parse_unit("W/(m K)").dimension);
  EXPECT_EQ(dimension_of<Expansion>(), parse_unit("1/K").dimension);
  EXPECT_EQ(dimension_of<TemperatureGradient>(), parse_unit("K/m").dimension);
  EXPECT_EQ(dimension_of<HeatFlow>(), parse_unit("W").dimension);
  EXPECT_EQ(dimension_of<HeatFlux>(), parse_unit("W/m^2").dimension);
  EXPECT_EQ(dimension_of<PowerDensity>(), parse_unit("W/m^3").dimension);
  EXPECT_EQ(dimension_of<ForceDensity>(), parse_unit("N/m^3").dimension);
  EXPECT_EQ(dimension_of<HeatTransferCoefficient>(), parse_unit("W/(m^2 K)").dimension);
  EXPECT_EQ(dimension_of<SurfaceTension>(), parse_unit("N/m").dimension);
  EXPECT_EQ(dimension_of<Rate>(), parse_unit("Hz").dimension);
  EXPECT_EQ(dimension_of<Volume>(), parse_unit("L").dimension);
}

}  // namespace
}  // namespace nusselt
