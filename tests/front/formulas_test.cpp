#include "solver/case/formulas.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "small_case.hpp"

namespace nusselt {
namespace {

Case with(const std::string& sections) { return case_of(small_cavity + sections); }

/// The message for one more section, without its place and picture.
std::string said(const std::string& sections) {
  return refusal([&] { with(sections); });
}

void expect_said(const std::string& sections, const std::string& part) {
  EXPECT_NE(said(sections).find(part), std::string::npos) << said(sections);
}

TEST(Formulas, NameFunctionsOfPositionForEverythingAfterThem) {
  const Case c = with(
      "formulas: {r: sqrt(x^2 + y^2), s: 2*r/L}\n"
      "known_parts: {u: U*s}\n"
      "residual_factors: {momentum_y: 1 + s}\n");
  ASSERT_EQ(c.residual_factors.size(), 4u);
  EXPECT_EQ(c.equations[2].name(), "momentum_y");
  EXPECT_NEAR(at_point(c.residual_factors[2], 0.3, 0.4), 2, 1e-14);
  EXPECT_EQ(c.residual_factors[1], Expression::number(1));
  const Scope scope = position_scope(c.document.root(), c.system, c.constants);
  EXPECT_EQ(scope.names.at("s").dimension(), Dimension());
  EXPECT_EQ(to_string(scope.names.at("r")), "sqrt(x^2 + y^2)");
  EXPECT_EQ(read_known_parts(c.document.root(), c.system, c.constants).size(), 1u);
}

TEST(Formulas, RefuseNamesThatAreTakenAndFormulasThatCannotBeRead) {
  expect_said("formulas: {U: x/L}\n", "formulas.U: a constant has that name");
  expect_said("formulas: {T: x/L}\n", "formulas.T: a field has that name");
  expect_said("formulas: {x: y/L}\n", "formulas: 'x' has a meaning of its own in formulas");
  expect_said("formulas: {atan: y/L}\n", "formulas: 'atan' has a meaning of its own in formulas");
  expect_said("formulas: {2r: y/L}\n", "formulas: \"2r\" is not a name");
  expect_said("formulas: {s: r/L, r: x}\n", "formulas.s: unknown name 'r'");
  expect_said("formulas: {s: u/V}\n", "formulas.s: unknown name 'V'");
}

TEST(Formulas, RefuseKnownPartsOfNoFieldOrAnotherDimension) {
  expect_said("known_parts: {w: U}\n", "known_parts.w: \"w\" is no field of the case");
  expect_said("known_parts: {w: U}\n", "fields: u, v, p, T; intermediate results go under formulas");
  expect_said("known_parts: {u: x/L}\n", "known_parts.u: expected velocity [m s-1], got a dimensionless number");
  expect_said("known_parts: {u: U*}\n", "known_parts.u: the formula ends where a value is expected");
}

TEST(Formulas, RefuseAFactorThatIsNoPositiveNumber) {
  expect_said("residual_factors: {energy: x}\n", "residual_factors.energy: a factor has no dimension, got length [m]");
  expect_said("residual_factors: {energy: x/L - 0.5}\n",
              "residual_factors.energy: a factor is a positive number, got -0.444");
  expect_said("residual_factors: {energy: 1/(x - x)}\n", "residual_factors.energy: division by zero");
  expect_said("residual_factors: {enrgy: 1}\n", "residual_factors.enrgy: \"enrgy\" is no equation of the case");
  expect_said("residual_factors: {enrgy: 1}\n",
              "did you mean energy? equations: continuity, momentum_x, momentum_y, energy");
  expect_said("residual_factors: {energy: u/U}\n", "residual_factors.energy: 'u' depends on the solution");
}

}  // namespace
}  // namespace nusselt
