#include "solver/case/roles.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace nusselt {
namespace {

System system_with(const std::vector<std::pair<std::string, Dimension>>& constants) {
  System system({true, true, false, false}, {});
  for (const auto& [name, dimension] : constants) system.add_constant(name, dimension, "");
  return system;
}

TEST(Roles, GoByNameAndDimension) {
  const auto roles = constant_roles(system_with({{"k", dimension_of<Wavenumber>()},
                                                 {"mu", dimension_of<DynamicViscosity>()},
                                                 {"rho", dimension_of<Density>()},
                                                 {"rho_solid", dimension_of<Density>()}}));
  EXPECT_FALSE(roles.contains("k"));  // a wave number is no conductivity
  EXPECT_EQ(roles.at("mu"), (Monomial{{"mu", 1}}));
  EXPECT_EQ(roles.at("rho"), (Monomial{{"rho", 1}}));
}

TEST(Roles, OfAnotherNameArePlayedByTheOnlyOneOfItsDimension) {
  const auto alone = constant_roles(system_with({{"viscosity", dimension_of<DynamicViscosity>()}}));
  EXPECT_EQ(alone.at("mu"), (Monomial{{"viscosity", 1}}));
  const System two =
      system_with({{"mu_a", dimension_of<DynamicViscosity>()}, {"mu_b", dimension_of<DynamicViscosity>()}});
  EXPECT_TRUE(constant_roles(two).empty());
  EXPECT_EQ(candidates_for("mu", two), (std::vector<std::string>{"mu_a", "mu_b"}));
}

TEST(Roles, OfADiffusivityGoByNameAlone) {
  const System one = system_with({{"a_T", dimension_of<Diffusivity>()}});
  EXPECT_TRUE(constant_roles(one).empty());
  EXPECT_EQ(candidates_for("nu", one), (std::vector<std::string>{"a_T"}));
  const auto named =
      constant_roles(system_with({{"nu", dimension_of<Diffusivity>()}, {"D", dimension_of<Diffusivity>()}}));
  EXPECT_EQ(named.at("nu"), (Monomial{{"nu", 1}}));
  EXPECT_EQ(named.at("D"), (Monomial{{"D", 1}}));
}

TEST(Roles, HaveDimensions) {
  EXPECT_EQ(role_dimension("U"), dimension_of<Velocity>());
  EXPECT_EQ(role_dimension("K"), dimension_of<Area>());
  EXPECT_THROW(role_dimension("X"), std::out_of_range);
}

}  // namespace
}  // namespace nusselt
