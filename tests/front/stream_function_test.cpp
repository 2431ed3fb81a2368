#include "solver/case/stream_function.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <nlohmann/json.hpp>

#include "small_case.hpp"
#include "solver/case/case_json.hpp"
#include "solver/case/estimate.hpp"

namespace nusselt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string stream_cavity = small_cavity + "network: {velocity: stream_function}\n";

std::vector<std::string> names_of(const std::vector<DimensionlessResidual>& residuals) {
  std::vector<std::string> names;
  for (const DimensionlessResidual& residual : residuals) names.push_back(residual.name());
  return names;
}

TEST(StreamFunction, StandsForTheVelocity) {
  const Case c = case_of(stream_cavity);
  EXPECT_EQ(c.settings.network.outputs, 3);  // psi, p, T
  ASSERT_EQ(c.trials.size(), 3u);
  EXPECT_EQ(c.trials[0].field, "psi");
  EXPECT_TRUE(c.trials[0].stands_for("u"));
  EXPECT_TRUE(c.trials[0].stands_for("v"));
  EXPECT_FALSE(c.trials[0].stands_for("p"));
  EXPECT_THAT(names_of(c.equations), ElementsAre("momentum_x", "momentum_y", "energy"));
  EXPECT_EQ(c.system.fields().size(), 4u);  // u and v are still what the case speaks of
  const Expression u = Expression::field("u", Dimension(), c.box.axes, true);
  const Expression v = Expression::field("v", Dimension(), c.box.axes, true);
  EXPECT_EQ(to_string(in_trial_fields(u, c.trials)), "dy(psi)");
  EXPECT_EQ(to_string(in_trial_fields(v, c.trials)), "-dx(psi)");
  EXPECT_TRUE(in_trial_fields(derivative(u, axis_x) + derivative(v, axis_y), c.trials).is_zero());
}

TEST(StreamFunction, BalancesStayAndCountNothingForContinuity) {
  const Case plain = case_of(small_cavity);
  const Case c = case_of(stream_cavity);
  ASSERT_EQ(c.system.balances().size(), plain.system.balances().size());
  EXPECT_EQ(c.system.balances()[0].name, "mass");
  EXPECT_EQ(c.system.balances()[0].flux[0], plain.system.balances()[0].flux[0]);
  EXPECT_TRUE(c.system.balances()[0].shares.empty());
  ASSERT_EQ(c.system.balances()[1].shares.size(), 1u);
  EXPECT_EQ(c.system.balances()[1].shares[0].equation, "energy");
}

TEST(StreamFunction, ValuesOfTheVelocityAreSoftAndTheOthersHard) {
  const Case c = case_of(stream_cavity);
  std::vector<std::string> soft;
  for (const SoftCondition& condition : c.soft_conditions) soft.push_back(condition.residual.name());
  EXPECT_THAT(soft, testing::IsSupersetOf({"u at x-", "v at x-", "u at y+", "v at y+"}));
  EXPECT_TRUE(c.trials[2].is_hard(Face{axis_x, false}));
}

TEST(StreamFunction, ScalesOfTheComponentsMayDiffer) {
  const Case c =
      case_of(replaced(stream_cavity, "  temperature_level: T0\n", "  temperature_level: T0\n  fields: {v: U/4}\n"));
  const Expression v = Expression::field("v", Dimension(), c.box.axes, true);
  EXPECT_EQ(to_string(in_trial_fields(v, c.trials)), "-4*dx(psi)");
}

TEST(StreamFunction, CheckShowsItAndWhatItCosts) {
  const Case c = case_of(stream_cavity);
  const std::string text = describe(c);
  EXPECT_THAT(text, HasSubstr("u       of the stream function psi: u = dy(psi)\n"));
  EXPECT_THAT(text, HasSubstr("v       of the stream function psi: v = -dx(psi)\n"));
  EXPECT_THAT(text, HasSubstr("third derivatives, which the tile engine lacks: LibTorch computes"));
  EXPECT_THAT(
      text, HasSubstr("note: continuity holds whatever the network is: u and v are derivatives of a stream function"));
  EXPECT_THAT(text, HasSubstr("jets of all points, forward and back"));
  EXPECT_THAT(describe(case_of(small_cavity)), testing::Not(HasSubstr("third derivatives")));
  const Estimate e = estimate(c);
  EXPECT_EQ(e.order, 3);
  EXPECT_EQ(e.channels, 1 + 2 + 3 + 2);  // value, first, xx xy yy, xxy + yyy and xxx + xyy
  EXPECT_EQ(estimate(case_of(small_cavity)).order, 2);
  const auto json = case_json(c);
  EXPECT_EQ(json["conditions"]["derived"][1]["field"], "v");
  EXPECT_EQ(json["conditions"]["derived"][1]["value"], "-dx(psi)");
}

TEST(StreamFunction, OfAVectorOfTheCase) {
  const Case c = case_of(
      "case: stokes\n"
      "fields: {W: {unit: m/s, components: [a, b]}, p: Pa}\n"
      "constants: {L: 1 m, V0: 1 m/s, mu: 1 Pa s}\n"
      "equations: {momentum: grad(p) = mu*lap(W), volume: div(W) = 0}\n"
      "domain: {box: {x: [0 m, L], y: [0 m, L]}}\n"
      "scales: {references: [L, V0, mu]}\n"
      "network: {velocity: stream_function}\n"
      "conditions:\n"
      "  - {at: [x-, x+, y-, y+], W: \"vec(V0*y/L, 0 m/s)\"}\n");
  EXPECT_THAT(names_of(c.equations), ElementsAre("momentum_x", "momentum_y"));
  EXPECT_TRUE(c.trials[0].stands_for("b"));
}

TEST(StreamFunction, RefusesWhatHasNone) {
  EXPECT_THAT(refusal([] {
                case_of(
                    "case: bar\nphysics: heat_conduction\nconstants: {L: 1 m, k: 1 W/(m K), T0: 300 K, dT: 1 K}\n"
                    "domain: {box: {x: [0 m, L]}}\nscales: {references: [L, dT], temperature_level: T0}\n"
                    "network: {velocity: stream_function}\nconditions:\n  - {at: [x-, x+], T: T0}\n");
              }),
              HasSubstr("6:21: error: network.velocity: a stream function is for a flow in the plane of x and y"));
  EXPECT_THAT(refusal([] {
                case_of(
                    "case: plate\nphysics: heat_conduction\nconstants: {L: 1 m, k: 1 W/(m K), T0: 300 K, dT: 1 K}\n"
                    "domain: {box: {x: [0 m, L], y: [0 m, L]}}\n"
                    "scales: {references: [L, dT], temperature_level: T0}\n"
                    "network: {velocity: stream_function}\nconditions:\n  - {at: [x-, x+, y-, y+], T: T0}\n");
              }),
              HasSubstr("network.velocity: no equation says that a vector has no divergence, dx(u) + dy(v) = 0"));
  EXPECT_THAT(refusal([] { case_of(stream_cavity + "sources: {continuity: 1 1/s}\n"); }),
              HasSubstr("network.velocity: no equation says that a vector has no divergence"));
  EXPECT_THAT(refusal([] { case_of(replaced(stream_cavity, "constants:\n", "constants:\n  psi: 2\n")); }),
              HasSubstr("network.velocity: the stream function is called psi, and so is something in the case"));
}

TEST(StreamFunction, RefusesWhatCannotBeExact) {
  EXPECT_THAT(
      refusal([] { case_of(replaced(stream_cavity, "u: 0, v: 0}", "u: 0, v: 0, enforce: hard}")); }),
      HasSubstr("conditions.0.u: u follows from a stream function, and its values can only be enforced softly"));
  EXPECT_THAT(refusal([] { case_of(stream_cavity + "known_parts: {u: U*y/L}\n"); }),
              HasSubstr("known_parts.u: u follows from a stream function"));
}

}  // namespace
}  // namespace nusselt
