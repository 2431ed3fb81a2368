#include "solver/case/workload.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/front/small_case.hpp"

namespace nusselt {
namespace {

std::vector<std::string> names(const std::string& only) {
  std::vector<std::string> all;
  for (const Workload& workload : chosen_workloads(only)) all.push_back(workload.name());
  return all;
}

Case case_of(const Workload& workload) { return read_case(Document("bench", case_text(workload)), "."); }

/// The coefficient of the first term whose factor mentions second derivatives of `field`.
double diffusion(const DimensionlessResidual& equation, const std::string& field) {
  for (const DimensionlessResidual::Term& term : equation.terms()) {
    for (const Expression& leaf : leaves(term.factor)) {
      if (leaf.kind() == Expression::Kind::field && leaf.name() == field && leaf.order() == 2) return term.coefficient;
    }
  }
  return std::nan("");
}

TEST(Workload, TheTableHasTwelveRows) {
  EXPECT_EQ(names(""),
            (std::vector<std::string>{"ns 4x64 fp32", "ns 4x64 fp64", "nst 4x64 fp32", "nst 4x64 fp64", "ns 5x100 fp32",
                                      "ns 5x100 fp64", "nst 5x100 fp32", "nst 5x100 fp64", "ns 6x512 fp32",
                                      "ns 6x512 fp64", "nst 6x512 fp32", "nst 6x512 fp64"}));
  EXPECT_EQ(million_points().name(), "ns 4x64 fp32");
  EXPECT_EQ(million_points().points, 1000000);
}

TEST(Workload, WordsChoose) {
  EXPECT_EQ(names("ns,4x64,fp32"), std::vector<std::string>{"ns 4x64 fp32"});
  EXPECT_EQ(names("fp64,6x512,ns,nst"), (std::vector<std::string>{"ns 6x512 fp64", "nst 6x512 fp64"}));
  EXPECT_EQ(names("4x64,5x100").size(), 8u);
  EXPECT_EQ(names("nst").size(), 6u);
  EXPECT_THROW(chosen_workloads("ns,,fp32"), std::invalid_argument);
}

TEST(Workload, StatesFlowAtReynoldsNumber100) {
  const Case c = case_of(chosen_workloads("ns,5x100,fp64").front());
  ASSERT_EQ(c.equations.size(), 3u);
  EXPECT_EQ(c.equations[0].name(), "continuity");
  EXPECT_NEAR(diffusion(c.equations[1], "u"), -0.01, 1e-15);
  EXPECT_NEAR(diffusion(c.equations[2], "v"), -0.01, 1e-15);
  EXPECT_EQ(c.settings.network.depth, 5);
  EXPECT_EQ(c.settings.network.width, 100);
  EXPECT_EQ(c.settings.precision, "float64");
}

TEST(Workload, StatesBuoyantFlowAtRayleighNumber1e4) {
  const Case c = case_of(chosen_workloads("nst,4x64,fp32").front());
  ASSERT_EQ(c.equations.size(), 4u);
  EXPECT_NEAR(diffusion(c.equations[2], "v"), -std::sqrt(0.71 / 1e4), 1e-15);
  EXPECT_NEAR(diffusion(c.equations[3], "T"), -1 / std::sqrt(0.71 * 1e4), 1e-15);
  double buoyancy = 0;
  for (const DimensionlessResidual::Term& term : c.equations[2].terms()) {
    if (to_string(term.factor) == "T") buoyancy = term.coefficient;
  }
  EXPECT_NEAR(buoyancy, -1, 1e-15);
  EXPECT_EQ(c.settings.precision, "float32");
}

TEST(Workload, FieldsAreOutputsOnTheUnitBox) {
  for (const Workload& workload : chosen_workloads("4x64,fp64")) {
    const Case c = case_of(workload);
    EXPECT_EQ(c.scaled_lower(), (std::vector<double>{-1, -1}));
    EXPECT_EQ(c.scaled_upper(), (std::vector<double>{1, 1}));
    for (const TrialField& trial : c.trials) {
      EXPECT_TRUE(trial.lift.is_zero()) << trial.field;
      EXPECT_TRUE(trial.distance.is_number() && trial.distance.value() == 1) << trial.field;
    }
  }
}

}  // namespace
}  // namespace nusselt
