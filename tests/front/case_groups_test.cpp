#include "solver/case/case_groups.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "small_case.hpp"

namespace nusselt {
namespace {

const Group& group(const Case& c, const std::string& name) {
  for (const Group& each : c.groups.all()) {
    if (each.name == name) return each;
  }
  throw std::out_of_range(name);
}

TEST(CaseGroups, OfTheCavityAreRayleighAndPrandtl) {
  const Case c = case_of(small_cavity);
  ASSERT_EQ(c.groups.all().size(), 2u);
  const double rho = 1.177, cp = 1005, k = 0.0262, mu = 1.8e-5, L = 0.022;
  EXPECT_NEAR(group(c, "Ra").value, rho * rho * cp * 9.81 / 300 * 10 * L * L * L / (mu * k), 1e-8);
  EXPECT_NEAR(group(c, "Pr").value, mu * cp / k, 1e-14);
}

TEST(CaseGroups, KnowTheirExponentsInACoefficient) {
  const Case c = case_of(small_cavity);
  // Viscosity in momentum_x is (Pr/Ra)^(1/2), conductivity in energy 1/(Ra Pr)^(1/2).
  const auto smallest = [&](int equation) {
    const auto& terms = c.equations.at(static_cast<std::size_t>(equation)).terms();
    return *std::min_element(terms.begin(), terms.end(), [](const auto& a, const auto& b) {
      return std::abs(a.coefficient) < std::abs(b.coefficient);
    });
  };
  const Rational half(1, 2);
  EXPECT_EQ(c.groups.exponents_of(smallest(1)), (Monomial{{"Ra", -half}, {"Pr", half}}));
  EXPECT_EQ(c.groups.exponents_of(smallest(3)), (Monomial{{"Ra", -half}, {"Pr", -half}}));
  EXPECT_NEAR(c.groups.value_of({{"Ra", -half}, {"Pr", half}}), std::abs(smallest(1).coefficient), 1e-15);
  EXPECT_EQ(c.groups.value_of({}), 1);
}

TEST(CaseGroups, OfAFlowIsReynolds) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/kovasznay", {});
  ASSERT_EQ(c.groups.all().size(), 1u);
  EXPECT_NEAR(group(c, "Re").value, 40, 1e-12);
}

TEST(CaseGroups, OfAChainOfReferencesAreThoseOfItsBeginning) {
  // U by L, L by the constants: the Grashof number is 1, so Ra is Pr.
  const Case c = case_of(replaced(small_cavity, "L: 22 mm", "L: (mu^2/(rho^2*g*beta*dT))^(1/3)"));
  ASSERT_EQ(c.groups.all().size(), 1u);
  EXPECT_EQ(group(c, "Ra").powers, (Monomial{{"mu", 1}, {"cp", 1}, {"k", -1}}));
  EXPECT_NEAR(group(c, "Ra").value, 1.8e-5 * 1005 / 0.0262, 1e-14);
}

TEST(CaseGroups, KeepTheRichardsonNumberOfAGivenVelocity) {
  const Case c = case_of(replaced(small_cavity, "U: sqrt(g*beta*dT*L)", "U: 0.3 m/s"));
  EXPECT_EQ(c.groups.all().size(), 3u);
  EXPECT_NO_THROW(group(c, "Re"));
}

TEST(CaseGroups, TakeNoUnitForALength) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/heated_cavity", {"scaling=si"});
  EXPECT_THROW(group(c, "Ra"), std::out_of_range);  // with L = 1 m it would be another number
  EXPECT_NEAR(group(c, "Pr").value, 0.71, 1e-14);
}

TEST(CaseGroups, OfABarIsItsSource) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/heated_bar", {});
  ASSERT_EQ(c.groups.all().size(), 1u);
  EXPECT_NEAR(group(c, "Po").value, 400.0 / 81, 1e-12);
}

}  // namespace
}  // namespace nusselt
