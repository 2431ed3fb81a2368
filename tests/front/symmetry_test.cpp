#include "solver/case/symmetry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_case.hpp"

namespace nusselt {
namespace {

using testing::HasSubstr;

const std::string half = replaced(replaced(small_cavity, "{at: [x-, x+, y-, y+], u: 0, v: 0}",
                                           "{at: x-, symmetry: yes}\n  - {at: [x+, y-, y+], u: 0, v: 0}"),
                                  "  - {at: x-, T: T_hot}\n", "");

std::vector<std::string> statements(const Case& c, const std::string& face) {
  std::vector<std::string> all;
  for (const Condition& condition : c.conditions) {
    if (condition.face.name() == face) all.push_back(condition.name + ": " + to_string(condition.residual));
  }
  return all;
}

TEST(Symmetry, StandsForConditionsOfVelocityAndScalars) {
  const Case c = case_of(half);
  // Nothing of the pressure, which has no second derivatives.
  EXPECT_THAT(statements(c, "x-"),
              testing::ElementsAre("u: u", "symmetry_v: n_x*dx(v) + n_y*dy(v)", "symmetry_T: n_x*dx(T) + n_y*dy(T)"));
  EXPECT_TRUE(c.trials[0].is_hard(Face{axis_x, false}));
  EXPECT_THAT(describe(c), HasSubstr("symmetry_T at x-: n_x*dx(T) + n_y*dy(T) = 0  (in the least-squares sense)"));
}

TEST(Symmetry, AcrossAVectorOfTheCase) {
  const Case c = case_of(
      "case: mirror\n"
      "fields: {B: {unit: T, components: [a, b]}, phi: V}\n"
      "constants: {L: 1 m, s: 1 T, V0: 1 V}\n"
      "equations: {field: lap(B) = 0, potential: lap(phi) = 0}\n"
      "domain: {box: {x: [0 m, L], y: [0 m, L]}}\n"
      "scales: {references: [L, s, V0]}\n"
      "conditions:\n"
      "  - {at: [y-, y+], symmetry: yes}\n"
      "  - {at: [x-, x+], B: \"vec(s, 0)\", phi: V0*x/L}\n");
  EXPECT_THAT(statements(c, "y+"), testing::ElementsAre("symmetry_a: n_x*dx(a) + n_y*dy(a)", "b: b",
                                                        "symmetry_phi: n_x*dx(phi) + n_y*dy(phi)"));
}

TEST(Symmetry, SaysAllThereIsToSay) {
  EXPECT_THAT(refusal([] { case_of(replaced(half, "symmetry: yes}", "symmetry: yes, T: T_hot}")); }),
              HasSubstr("22:29: error: conditions.0.T: a plane of symmetry says all that holds there"));
  EXPECT_THAT(refusal([] { case_of(replaced(half, "symmetry: yes}", "symmetry: no}")); }),
              HasSubstr("conditions.0.symmetry: "));
  EXPECT_THAT(refusal([] {
                case_of(replaced(replaced(half, "y: [0 m, 2*L]", "y: [0 m, 2*L], t: [0 s, 1 s]"), "at: x-, symmetry",
                                 "at: t-, symmetry"));
              }),
              HasSubstr("conditions.0.symmetry: the face t- is a moment in time, and no plane of symmetry"));
}

}  // namespace
}  // namespace nusselt
