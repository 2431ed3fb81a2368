#include "nondim/scales.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace nusselt {
namespace {

Reference length(double si) { return {"L", si, dimension_of<Length>(), ""}; }
Reference velocity(double si) { return {"U", si, dimension_of<Velocity>(), ""}; }
Reference density(double si) { return {"rho", si, dimension_of<Density>(), ""}; }
Reference difference(double si) { return {"dT", si, dimension_of<Temperature>(), ""}; }

struct Refusal {
  std::string message;
  int reference;
};
Refusal refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const ScaleError& error) {
    return {error.what(), error.reference()};
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}
Refusal refusal(const std::vector<Reference>& references) {
  return refusal([&] { Scales scales(references); });
}

TEST(Scales, FollowFromTheReferences) {
  const Scales scales({length(0.05), velocity(0.3), density(1.2), difference(10)}, 293.15);
  EXPECT_DOUBLE_EQ(scales.of<Length>(), 0.05);
  EXPECT_DOUBLE_EQ(scales.of<Velocity>(), 0.3);
  EXPECT_DOUBLE_EQ(scales.of<Time>(), 0.05 / 0.3);
  EXPECT_DOUBLE_EQ(scales.of<Pressure>(), 1.2 * 0.3 * 0.3);
  EXPECT_DOUBLE_EQ(scales.of<ForceDensity>(), 1.2 * 0.3 * 0.3 / 0.05);
  EXPECT_DOUBLE_EQ(scales.of<DynamicViscosity>(), 1.2 * 0.3 * 0.05);
  EXPECT_DOUBLE_EQ(scales.of<SpecificHeat>(), 0.3 * 0.3 / 10);
  EXPECT_DOUBLE_EQ(scales.of<PowerDensity>(), 1.2 * std::pow(0.3, 3) / 0.05);
  EXPECT_DOUBLE_EQ(scales.of<NoDimension>(), 1);
  EXPECT_EQ(scales.temperature_level(), 293.15);
  EXPECT_EQ(scales.references().size(), 4u);
}

TEST(Scales, AreExactProducts) {
  const Scales scales({length(0.05), velocity(0.3), density(1.2), difference(10)});
  EXPECT_EQ(to_string(scales.exponents(dimension_of<Pressure>())), "U^2 rho");
  EXPECT_EQ(to_string(scales.exponents(dimension_of<Conductivity>())), "L U^3 rho / dT");
  EXPECT_TRUE(scales.exponents(Dimension()).empty());
  const Scales free_fall({length(0.05), {"g", 9.81, dimension_of<Acceleration>(), ""}});
  EXPECT_EQ(to_string(free_fall.exponents(dimension_of<Velocity>())), "L^(1/2) g^(1/2)");
  EXPECT_DOUBLE_EQ(free_fall.of<Velocity>(), std::sqrt(9.81 * 0.05));
}

TEST(Scales, NeedNoMoreThanTheCaseUses) {
  const Scales conduction({length(2), difference(5)});
  EXPECT_DOUBLE_EQ(conduction.of<TemperatureGradient>(), 2.5);
  EXPECT_DOUBLE_EQ((conduction.of<Power<Length, 1, 2>>()), std::sqrt(2));
}

TEST(Scales, RefuseDependentReferences) {
  const Refusal found = refusal({length(1), {"t_0", 2, dimension_of<Time>(), ""}, velocity(3)});
  EXPECT_EQ(found.message, "the references are dependent: U has the dimension of L / t_0; remove one of them");
  EXPECT_EQ(found.reference, 2);
  EXPECT_EQ(refusal({length(1), {"H", 2, dimension_of<Length>(), ""}}).message,
            "the references are dependent: H has the dimension of L; remove one of them");
  const Refusal number = refusal({length(1), {"eps", 0.1, Dimension(), ""}});
  EXPECT_EQ(number.message, "the references are dependent: eps is dimensionless; remove it");
  EXPECT_EQ(number.reference, 1);
}

TEST(Scales, RefuseReferencesThatAreNotPositiveAndFinite) {
  const Refusal zero = refusal({length(1), difference(0)});
  EXPECT_EQ(zero.message, "the reference dT is 0 K; a reference must be positive and finite");
  EXPECT_EQ(zero.reference, 1);
  EXPECT_EQ(refusal({velocity(-2e-7)}).message,
            "the reference U is -2e-07 m s-1; a reference must be positive and finite");
  EXPECT_EQ(refusal({length(std::numeric_limits<double>::infinity())}).reference, 0);
  EXPECT_EQ(refusal({length(std::nan(""))}).reference, 0);
  EXPECT_EQ(refusal([] { Scales scales({}, -1); }).message,
            "the temperature level is -1 K; it must be finite and not below absolute zero");
}

TEST(Scales, SayWhichReferenceIsMissing) {
  const auto message = [](const std::vector<Reference>& references, const Dimension& wanted) {
    const Scales scales(references);
    const Refusal found = refusal([&] { scales.of(wanted); });
    EXPECT_EQ(found.reference, -1);
    EXPECT_EQ(found.message, refusal([&] { scales.exponents(wanted); }).message);
    return found.message;
  };
  EXPECT_EQ(message({length(1), velocity(1)}, dimension_of<Pressure>()),
            "no reference fixes the scale of mass: pressure [Pa] needs it; add for example a density");
  EXPECT_EQ(message({length(1)}, dimension_of<Velocity>()),
            "no reference fixes the scale of time: velocity [m s-1] needs it; add for example a velocity");
  EXPECT_EQ(message({length(1), velocity(1)}, dimension_of<Temperature>()),
            "no reference fixes the scale of temperature; add for example a temperature difference");
  EXPECT_EQ(message({density(1)}, dimension_of<Pressure>()),
            "the reference rho alone does not fix the scale of pressure [Pa]; add for example a velocity");
  EXPECT_EQ(message({velocity(1), density(1)}, dimension_of<DynamicViscosity>()),
            "the references U and rho do not fix the scale of dynamic viscosity [Pa s]; add for example a length");
  EXPECT_EQ(message({}, dimension_of<Conductivity>()),
            "without references nothing fixes the scale of thermal conductivity [W m-1 K-1]; add for example a length, "
            "a density, a velocity and a temperature difference");
}

TEST(Scales, DoNotDependOnTheUnitOfTheText) {
  const Scales metres({length(0.05), velocity(0.3), density(1.2), difference(10)});
  const Scales others({difference(10), density(1.2), {"t", 0.05 / 0.3, dimension_of<Time>(), ""}, length(0.05)});
  EXPECT_NEAR(others.of<Pressure>() / metres.of<Pressure>(), 1, 1e-14);
  EXPECT_NEAR(others.of<HeatFlux>() / metres.of<HeatFlux>(), 1, 1e-14);
}

}  // namespace
}  // namespace nusselt
