#include "solver/case/quantities.hpp"

#include <gtest/gtest.h>

#include "case_folder.hpp"

namespace nusselt {
namespace {

class Quantities : public CaseFolder {};

TEST_F(Quantities, AreFormulasOfFaceIntegrals) {
  const AskedQuantity nusselt_number = only("mean(k*dn(T), x-)*L/(k*dT)");
  EXPECT_EQ(nusselt_number.name, "q");
  EXPECT_EQ(nusselt_number.unit, "1");
  EXPECT_EQ(nusselt_number.unit_factor, 1);
  EXPECT_FALSE(nusselt_number.reference);
  EXPECT_EQ(nusselt_number.source, "");
  ASSERT_EQ(nusselt_number.formula.functionals.size(), 1u);
  EXPECT_EQ(nusselt_number.formula.functionals[0].face, "x-");
  EXPECT_EQ(nusselt_number.formula.functionals[0].kind, SurfaceFunctional::Kind::mean);
}

TEST_F(Quantities, HaveAUnit) {
  EXPECT_EQ(only("integral(-k*dn(T), x-)").unit, "W m-1");  // of a face in 2-D, per metre of depth
  const AskedQuantity flux = only("{value: 'mean(-k*dn(T), x-)', unit: mW/cm^2}");
  EXPECT_EQ(flux.unit, "mW/cm^2");
  EXPECT_NEAR(flux.unit_factor, 10, 1e-14);
  EXPECT_EQ(only("{value: 'mean(T, x-)', unit: delta_degF}").unit_factor, 5.0 / 9);
}

TEST_F(Quantities, MayBeConstantsButNotVaryInSpace) {
  EXPECT_EQ(only("U/L").formula.functionals.size(), 0u);
  EXPECT_NE(refusal([&] { only("L*dx(T)"); }).find("but dx(T) varies from point to point"), std::string::npos);
  EXPECT_NE(refusal([&] { only("x/L"); }).find("but x varies from point to point"), std::string::npos);
  EXPECT_NE(refusal([&] { only("'mean(T, left)'"); }).find("unknown face 'left'"), std::string::npos);
}

TEST_F(Quantities, MayBeExtremaAlongALineInsideTheDomain) {
  const AskedQuantity quantity = only("'max(v, y = L)/U'");
  ASSERT_EQ(quantity.formula.extrema.size(), 1u);
  EXPECT_EQ(quantity.unit, "1");
  EXPECT_EQ(only("'argmax(v, y = 2*L)'").unit, "m");
  EXPECT_NE(refusal([&] { only("'max(v, y = 3*L)/U'"); }).find("the line y = 0.066 lies outside of the domain"),
            std::string::npos);
  EXPECT_NE(refusal([&] { only("'max(v, y = 3*L)/U'"); }).find("y goes from 0 to 0.044 in SI"), std::string::npos);
}

TEST_F(Quantities, MayBeValuesAtPointsInsideTheDomain) {
  const AskedQuantity quantity = only("'(at(p, x = 0 m, y = L) - at(p, x = L, y = L))/(rho*U^2)'");
  EXPECT_EQ(quantity.formula.sections.size(), 2u);
  EXPECT_EQ(quantity.unit, "1");
  EXPECT_EQ(only("'mean(p, x = L/2)'").formula.sections.size(), 1u);
  EXPECT_NE(refusal([&] { only("'at(p, x = 0 m, y = 3*L)'"); }).find("the point y = 0.066 lies outside of the domain"),
            std::string::npos);
  EXPECT_NE(refusal([&] { only("'mean(p, y = 3*L)'"); }).find("the section y = 0.066 lies outside of the domain"),
            std::string::npos);
}

}  // namespace
}  // namespace nusselt
