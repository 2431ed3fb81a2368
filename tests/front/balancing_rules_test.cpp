#include "solver/case/balancing_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_case.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {
namespace {

using ::testing::HasSubstr;

std::string check(const std::string& more) {
  return refusal([&] { case_of(small_cavity + more); });
}
std::string moments(const std::string& more) { return weight_moments(case_of(small_cavity + more).settings); }

TEST(BalancingRules, KnowEveryMethodOfTheKeyTable) {
  for (const Choice& choice : find_key("balancing.name")->choices) {
    EXPECT_EQ(balancing_method(choice.name).name, choice.name);
  }
  try {
    balancing_method("luck");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "unknown balancing 'luck'");
  }
}

TEST(BalancingRules, TakeDefaultsFromThePapers) {
  const auto read = [](const std::string& name) {
    return read_balancing(Document("case.yaml", "balancing: {name: " + name + "}\n").root());
  };
  for (const char* name : {"grad_norm", "lra", "gradnorm", "ntk", "inverse_dirichlet"}) {
    EXPECT_EQ(read(name).every, 100) << name;
  }
  for (const char* name : {"softadapt", "relobralo", "homoscedastic", "self_adaptive", "rba", "brdr", "causal"}) {
    EXPECT_EQ(read(name).every, 1) << name;
  }
  EXPECT_EQ(read("gradnorm").rate, 0.025);
  EXPECT_EQ(read("homoscedastic").rate, 1e-3);
  EXPECT_EQ(read("self_adaptive").rate, 5e-3);
  EXPECT_EQ(read("rba").memory, 0.999);
}

TEST(BalancingRules, EquationsInDifferentUnitsAreNotAveraged) {
  const std::string in_kelvin = "equations: {energy: u*dx(T) + v*dy(T) = k/(rho*cp)*lap(T)}\n";
  EXPECT_EQ(check(in_kelvin + "quantities: {worst: \"mean(momentum_x, energy)\"}\n"),
            "case.yaml:27:39: error: quantities.worst: cannot average momentum_x [N m^-3] with energy [K s^-1]; "
            "nondimensionalize first\n"
            "quantities: {worst: \"mean(momentum_x, energy)\"}\n"
            "                                      ^\n"
            "  hint: the report has the root mean square of every residual, dimensionless");
  EXPECT_THAT(check("outputs: {imbalance: (momentum_x + energy)/2}\n"),
              HasSubstr("cannot average momentum_x [N m^-3] with energy [W m^-3]; nondimensionalize first"));
  EXPECT_EQ(check("outputs: {imbalance: momentum_x/rho}\n"),
            "case.yaml:26:22: error: outputs.imbalance: 'momentum_x' is an equation and has no value of its own\n"
            "outputs: {imbalance: momentum_x/rho}\n"
            "                     ^\n"
            "  hint: the report has the root mean square of its residual, dimensionless; a formula may have its terms");
  // A name of the case's own is that name.
  EXPECT_EQ(check("formulas: {energy: rho*cp*T}\noutputs: {stored: 2*energy}\n"), "accepted");
}

TEST(BalancingRules, ConditioningAsksForScales) {
  std::string si = replaced(small_cavity, "  references: [L, U, rho, dT]\n", "");
  si += "scaling: si\n";
  EXPECT_EQ(refusal([&] { case_of(si + "conditioning: {name: rms}\n"); }),
            "case.yaml:26:22: error: conditioning.name: cannot average continuity [s^-1] with momentum_x [N m^-3]; "
            "nondimensionalize first\n"
            "conditioning: {name: rms}\n"
            "                     ^\n"
            "  hint: scaling: si leaves every residual in its own unit; use scaling: auto, or leave conditioning out");
  EXPECT_EQ(refusal([&] { case_of(si); }), "accepted");
  // What units do to a balancer is a thing to study.
  EXPECT_EQ(refusal([&] { case_of(si + "balancing: {name: grad_norm}\n"); }), "accepted");
}

TEST(BalancingRules, RmsAboveAHalfNeedsAFloor) {
  EXPECT_EQ(check("conditioning: {name: rms, exponent: 0.75}\n"),
            "case.yaml:26:37: error: conditioning.exponent: above 0.5 the equation that is solved best gets the most "
            "weight, and the others stay unsolved; got 0.75\n"
            "conditioning: {name: rms, exponent: 0.75}\n"
            "                                    ^\n"
            "  hint: give the tolerance as conditioning.floor, for example 1e-3, or take an exponent of 0.25");
  EXPECT_EQ(check("conditioning: {name: rms, exponent: 0.75, floor: 1e-3}\n"), "accepted");
  EXPECT_EQ(check("conditioning: {name: rms, exponent: 0.5}\n"), "accepted");
  EXPECT_EQ(check("conditioning: {name: layernorm, exponent: 0.75}\n"), "accepted");  // capped at 1/2
}

TEST(BalancingRules, DirectionsServeFirstOrderOptimizersOnly) {
  EXPECT_EQ(check("balancing: {name: config}\noptimizer: {name: lbfgs}\n"),
            "case.yaml:26:19: error: balancing.name: config makes a direction that is the gradient of no function, and "
            "lbfgs needs a function\n"
            "balancing: {name: config}\n"
            "                  ^\n"
            "  hint: use it with optimizer.name=adam, soap or sgd; grad_norm gives weights that serve every optimizer");
  for (const char* name : {"hybrid", "levenberg_marquardt", "gauss_newton_cg", "ssbroyden", "ssbfgs", "auto"}) {
    EXPECT_THAT(check(std::string("balancing: {name: pcgrad}\noptimizer: {name: ") + name + "}\n"),
                HasSubstr("needs a function"))
        << name;
  }
  for (const char* name : {"adam", "soap"}) {
    EXPECT_EQ(check(std::string("balancing: {name: pcgrad}\noptimizer: {name: ") + name + "}\n"), "accepted") << name;
  }
}

TEST(BalancingRules, WeightsOfPointsNeedPointsThatStay) {
  EXPECT_EQ(
      check("balancing: {name: rba}\npoints: {redraw: 10}\n"),
      "case.yaml:26:19: error: balancing.name: rba learns a weight for every training point, and points.redraw=10 "
      "throws the points away\n"
      "balancing: {name: rba}\n"
      "                  ^\n"
      "  hint: leave points.redraw out, or balance residuals as a whole with relobralo or grad_norm");
  for (const char* name : {"self_adaptive", "brdr"}) {
    EXPECT_THAT(check(std::string("balancing: {name: ") + name + "}\npoints: {redraw: 1}\n"),
                HasSubstr("throws the points away"));
    EXPECT_EQ(check(std::string("balancing: {name: ") + name + "}\n"), "accepted");
  }
  EXPECT_EQ(check("balancing: {name: grad_norm}\npoints: {redraw: 10}\n"), "accepted");
}

TEST(BalancingRules, CausalNeedsTime) {
  EXPECT_EQ(check("balancing: {name: causal}\n"),
            "case.yaml:26:19: error: balancing.name: causal weighs later times by earlier ones, and this case has no "
            "time\n"
            "balancing: {name: causal}\n"
            "                  ^\n"
            "  hint: it belongs to cases with domain.box.t");
}

TEST(BalancingRules, CheckSaysWhenWeightsAreNew) {
  EXPECT_EQ(moments(""), "");
  EXPECT_EQ(moments("balancing: {name: ntk}\noptimizer: {name: adam}\n"),
            "  balancing ntk: new before the first step and every 100 steps of adam\n");
  EXPECT_EQ(moments("balancing: {name: relobralo}\noptimizer: {name: soap}\n"),
            "  balancing relobralo: new before the first step and every 1 step of soap\n");
  EXPECT_EQ(moments("balancing: {name: config}\noptimizer: {name: adam}\n"),
            "  balancing config: a direction from the gradients of all residuals at every step of adam\n");
  EXPECT_EQ(moments("balancing: {name: ntk}\nconditioning: {name: rms}\n"),
            "  conditioning rms: new after every evaluation, every 10 steps\n"
            "  balancing ntk: new before the first step and after every evaluation, every 10 steps; in between hybrid "
            "sees one loss\n");
  EXPECT_THAT(describe(case_of(small_cavity + "balancing: {name: ntk}\n")),
              HasSubstr("\n\nWeights of the residuals\n  balancing ntk: new before"));
}

}  // namespace
}  // namespace nusselt
