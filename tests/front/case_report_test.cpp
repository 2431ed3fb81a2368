// What `check` prints of a case.
#include <gtest/gtest.h>

#include "small_case.hpp"

namespace nusselt {
namespace {

const std::string cases = NUSSELT_SOURCE_DIR "/cases/";

std::string line_with(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  if (at == std::string::npos) return "no " + part + " in\n" + text;
  const std::size_t begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

TEST(CaseReport, WritesTheEquationsOfTheCavity) {
  const Case c = read_case(cases + "heated_cavity", {});
  ASSERT_EQ(c.equations.size(), 4u);
  EXPECT_EQ(equation_text(c.equations[0], c), "dx(u) + dy(v) = 0");
  EXPECT_EQ(equation_text(c.equations[1], c), "u*dx(u) + v*dy(u) + dx(p) - 0.0084261*lap(u) = 0");
  EXPECT_EQ(equation_text(c.equations[2], c), "u*dx(v) + v*dy(v) + dy(p) - 0.0084261*lap(v) - T = 0");
  EXPECT_EQ(equation_text(c.equations[3], c), "u*dx(T) + v*dy(T) - 0.011868*lap(T) = 0");
}

TEST(CaseReport, WritesConstantsScalesAndGroups) {
  const std::string text = describe(read_case(cases + "heated_cavity", {}));
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "heated_cavity: natural convection of air in a square cavity with hot and cold side walls");
  EXPECT_EQ(line_with(text, "Pr*k/cp"), "  mu      1.85095e-05 Pa s          Pr*k/cp");
  EXPECT_EQ(line_with(text, "reference: sqrt"), "  U       0.0848227 m s-1           reference: sqrt(g*beta*dT*L)");
  EXPECT_EQ(line_with(text, "measured from"), "  T       10 K                      = dT, measured from 300 K");
  EXPECT_EQ(line_with(text, "U^2 rho"), "  p       0.00846838 Pa             = U^2 rho");
  EXPECT_EQ(line_with(text, "(buoyancy"),
            "  Ra      10000                     L^3 beta cp dT g rho^2 / (k mu)  (buoyancy against diffusion of "
            "momentum and heat)");
  EXPECT_EQ(line_with(text, "rho*cp*U*dT/L"),
            "                divided by rho*cp*U*dT/L = 45601.4 W m-3; 0.0118678 = Pr^(-1/2) Ra^(-1/2); spread 1.9 "
            "decades");
}

TEST(CaseReport, WritesHowConditionsAreHeld) {
  const std::string text = describe(read_case(cases + "heated_cavity", {}));
  EXPECT_EQ(line_with(text, "exact on x-, x+:"),
            "  T       exact on x-, x+: T = 0.5*(1 - x) - 0.5*x + 4*x*(1 - x)*N_T");
  EXPECT_EQ(line_with(text, "insulated at y+:"),
            "  insulated at y+: n_x*dx(T) + n_y*dy(T) = 0  (in the least-squares sense)");
  EXPECT_NE(text.find("\nnote: p is known up to a constant only; its mean is set to zero\n"), std::string::npos);
}

TEST(CaseReport, WritesADistanceThatIsASumInParentheses) {
  const std::string text = describe(
      case_of(replaced(small_cavity, "  - {at: x-, T: T_hot}\n", "  - {at: x-, heated: k*dn(T) = 5 W/m^2}\n")));
  EXPECT_EQ(line_with(text, "N_T"), "  T       exact on x+: T = -0.5 + (1 - x)*N_T");
}

TEST(CaseReport, WritesDerivativesCountsAndCost) {
  const std::string text = describe(read_case(cases + "heated_cavity", {}));
  EXPECT_NE(text.find("\nDerivatives that the equations need\n  u       dx dy dxx dyy\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n  face    u         v         p         T\n"
                      "  x-      1 of 1    1 of 1    -         1 of 1\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\nCost\n  1404 parameters, 3660 residuals at 960 points (60 on faces)"), std::string::npos)
      << text;
  const std::string warned = describe(case_of(replaced(small_cavity, "T: T_cold", "T: 0")));
  EXPECT_NE(warned.find("\nwarning: conditions.2.T: T is 0 K on face x+"), std::string::npos) << warned;
}

TEST(CaseReport, WritesKnownPartsAndTheFactorOnTheEquations) {
  const std::string text = describe(read_case(cases + "lid_driven_cavity", {}));
  EXPECT_EQ(line_with(text, "N_u"),
            "  u       exact on x-, x+, y-, y+: u = known part, completed on the faces, + 16*x*(1 - x)*y*(1 - y)*N_u");
  EXPECT_EQ(line_with(text, "N_p"), "  p       p = known part + N_p");
  EXPECT_NE(text.find(" N m-3, multiplied by corners; 0.01 = Re^(-1)"), std::string::npos);
  EXPECT_EQ(describe(read_case(cases + "heated_cavity", {})).find("multiplied by"), std::string::npos);
}

TEST(CaseReport, WritesOneDimensionWithoutLaplacian) {
  const Case c = read_case(cases + "heated_bar", {});
  EXPECT_EQ(equation_text(c.equations[0], c), "-0.2025*dxx(T) - 1 = 0");
  const std::string text = describe(c);
  EXPECT_EQ(line_with(text, "T_left  "), "  T_left  293.15 K                  20 degC");
  EXPECT_EQ(text.find("note:"), std::string::npos);
}

TEST(CaseReport, KeepsUnequalSecondDerivativesApart) {
  Case c = case_of(small_cavity);
  const auto axes = c.box.axes;
  const Expression T = Expression::field("T", Dimension::of(Dimension::temperature), axes);
  const auto dxx = derivative(derivative(T, axis_x), axis_x), dyy = derivative(derivative(T, axis_y), axis_y);
  const auto text = [&](const Expression& residual) {
    return equation_text(nondimensionalize("test", residual, c.scales, c.constants.values()), c);
  };
  EXPECT_EQ(text(dxx + Expression::number(0.5) * dyy), "dxx(T) + 0.5*dyy(T) = 0");
  EXPECT_EQ(text(dxx + dyy), "lap(T) = 0");
  EXPECT_EQ(text(dxx), "dxx(T) = 0");
}

TEST(CaseReport, SaysThatThereAreNoGroups) {
  const std::string text = describe(
      case_of("case: plate\nphysics: heat_conduction\nconstants: {L: 0.2 m, k: 3 W/(m K), dT: 20 K}\n"
              "domain: {box: {x: [0 m, L]}}\nscales: {references: [L, dT]}\nconditions:\n  - {at: [x-, x+], T: dT}\n"));
  EXPECT_EQ(text.substr(0, 7), "plate\n\n");
  EXPECT_NE(text.find("\nDimensionless groups: none\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace nusselt
