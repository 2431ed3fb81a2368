#include "solver/case/optimizer_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "solver/case/case.hpp"
#include "solver/case/key_table.hpp"
#include "tests/front/small_case.hpp"

namespace nusselt {
namespace {

using ::testing::HasSubstr;

Case small(const std::vector<std::string>& overrides) {
  Document document("case.yaml", small_cavity);
  for (const std::string& one : overrides) document.override(one);
  return read_case(std::move(document), ".");
}

bool offered(const std::string& name) {
  for (const Choice& choice : find_key("optimizer.name")->choices) {
    if (choice.name == name) return true;
  }
  return false;
}

TEST(OptimizerChoice, CountsParametersLayerByLayer) {
  const NetworkSettings network{.inputs = 2, .outputs = 4};
  EXPECT_EQ(trained_count(network), 3 * 20 + 3 * 21 * 20 + 21 * 4);
  NetworkSettings one = network;
  one.depth = 1;
  EXPECT_EQ(trained_count(one), 3 * 20 + 21 * 4);
  NetworkSettings normed = network;
  normed.norm = "layer";
  EXPECT_EQ(trained_count(normed), trained_count(network) + 3 * 2 * 20);
  normed.norm = "batch";  // statistics are not trained
  EXPECT_EQ(trained_count(normed), trained_count(network) + 3 * 2 * 20);
}

TEST(OptimizerChoice, AutoTakesTheHybridForSmallNetworksInFloat64) {
  const Case c = small({});
  EXPECT_EQ(c.settings.optimizer.name, "hybrid");
  EXPECT_EQ(c.settings.optimizer.reason, "auto: 1404 parameters in float64 are few enough for a dense matrix");
  EXPECT_THAT(describe(c), HasSubstr("Optimizer\n  hybrid (auto: 1404 parameters in float64"));
}

TEST(OptimizerChoice, AutoTakesAMethodWithoutAMatrixForLargeNetworks) {
  const Case c = small({"network.width=64"});
  EXPECT_EQ(c.settings.optimizer.name, offered("gauss_newton_cg") ? "gauss_newton_cg" : "lbfgs");
  EXPECT_EQ(c.settings.optimizer.reason,
            "auto: 12932 parameters are too many for a dense matrix, which suits up to 3000");
}

TEST(OptimizerChoice, AutoTakesAStochasticMethodForFloat32AndForFreshPoints) {
  const std::string stochastic = offered("soap") ? "soap" : "adam";
  const Case single = small({"precision=float32"});
  EXPECT_EQ(single.settings.optimizer.name, stochastic);
  EXPECT_EQ(single.settings.optimizer.reason, "auto: float32 has too few digits for second-order steps");
  const Case fresh = small({"points.redraw=1"});
  EXPECT_EQ(fresh.settings.optimizer.name, stochastic);
  EXPECT_EQ(fresh.settings.optimizer.reason, "auto: points that are fresh at every step suit a stochastic method");
  EXPECT_EQ(small({"points.redraw=2"}).settings.optimizer.name, "hybrid");
}

TEST(OptimizerChoice, ANamedOneIsTakenAsItIs) {
  const Case c = small({"optimizer.name=adam"});
  EXPECT_EQ(c.settings.optimizer.name, "adam");
  EXPECT_EQ(c.settings.optimizer.reason, "named in the case");
  EXPECT_THAT(describe(c), HasSubstr("Optimizer\n  adam (named in the case)\n"));
}

}  // namespace
}  // namespace nusselt
