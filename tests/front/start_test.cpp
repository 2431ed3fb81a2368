#include "solver/case/start.hpp"

#include <gtest/gtest.h>

#include "small_case.hpp"

namespace nusselt {
namespace {

std::string said(const std::string& sections) {
  return refusal([&] { case_of(small_cavity + sections); });
}

TEST(Start, IsTheFieldMinusItsGivenValueInScaledUnits) {
  const Case c = case_of(small_cavity + "start: {T: T_hot - dT*x/L, v: 0.5*U*sin(2*3.14159265*x/L), steps: 7}\n");
  EXPECT_EQ(c.start.steps, 7);
  ASSERT_EQ(c.start.residuals.size(), 2u);
  EXPECT_EQ(c.start.residuals[0].name(), "T");
  EXPECT_EQ(c.start.residuals[1].name(), "v");
  // T = T_hot at x = 0 is 5 K above the level, half of the scale.
  EXPECT_NEAR(at_point(c.start.residuals[0].expression(), 0, 0.3, 0.5), 0, 1e-12);
  EXPECT_NEAR(at_point(c.start.residuals[0].expression(), 1, 0.3, 0.5), 1, 1e-12);
  // The residual's own scale is its dominant term.
  const double v = at_point(c.start.residuals[1].expression(), 0.25, 0, 0.5) * c.start.residuals[1].scale();
  EXPECT_NEAR(v, 0, 1e-9);
  EXPECT_EQ(c.start.residuals[1].dimension().unit(), "m s-1");
}

TEST(Start, IsShownByCheck) {
  EXPECT_NE(
      describe(case_of(small_cavity + "start: {T: T_hot}\n"))
          .find("Start (the network is first fitted to these fields and the equations together, at most 30 steps)\n"
                "  T:       -0.5 + T = 0\n"),
      std::string::npos)
      << describe(case_of(small_cavity + "start: {T: T_hot}\n"));
  EXPECT_EQ(describe(case_of(small_cavity)).find("Start"), std::string::npos);
}

TEST(Start, RefusesWhatIsNoField) {
  EXPECT_EQ(said("start: {Tt: T_hot}\n"),
            "case.yaml:26:9: error: start.Tt: \"Tt\" is no field of the case\n"
            "start: {Tt: T_hot}\n        ^\n"
            "  hint: fields: u, v, p, T");
  EXPECT_NE(said("start: {T: U}\n").find("start.T: expected temperature [K], got \"U\", velocity [m s-1]"),
            std::string::npos)
      << said("start: {T: U}\n");
  EXPECT_NE(said("start: {T: 40 delta_degC}\n").find("start.T: T is a temperature level, and \"40 delta_degC\" is"),
            std::string::npos);
  EXPECT_NE(said("start: {v: u}\n").find("start.v: 'u' depends on the solution"), std::string::npos)
      << said("start: {v: u}\n");
  EXPECT_NE(said("start: {steps: 3}\n").find("start: no field"), std::string::npos);
  EXPECT_NE(said("start: {T: T_hot}\ncontinue_from: there\n").find("start: training starts from continue_from already"),
            std::string::npos);
}

}  // namespace
}  // namespace nusselt
