// Every demonstration's claims hold; the numbers that research and papers name are asserted beside them.
#include "solver/demo.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "solver/case/demo_list.hpp"

namespace nusselt {
namespace {

using ::testing::HasSubstr;

/// Measured once for all tests of this file.
const DemoTable& measured(const std::string& name) {
  static std::map<std::string, DemoTable> tables;
  const auto found = tables.find(name);
  return found != tables.end() ? found->second : tables.emplace(name, find_demonstration(name).measure()).first->second;
}

std::vector<std::string> listed() {
  std::vector<std::string> names;
  for (const Choice& demo : demo_list()) names.push_back(demo.name);
  return names;
}

class Demo : public testing::TestWithParam<std::string> {};

TEST_P(Demo, ClaimsHold) {
  const DemoTable& table = measured(GetParam());
  EXPECT_FALSE(table.claims.empty());
  EXPECT_FALSE(table.rows.empty());
  for (const DemoTable::Row& row : table.rows) EXPECT_EQ(row.values.size() + 1, table.columns.size()) << row.name;
  for (const DemoClaim& claim : table.claims) {
    EXPECT_TRUE(claim.holds()) << claim.text << ": " << claim.value << " is not in [" << claim.lower << ", "
                               << claim.upper << "]";
  }
  EXPECT_THAT(demo_text(find_demonstration(GetParam()), table), HasSubstr("\nSource: "));
}

INSTANTIATE_TEST_SUITE_P(Name, Demo, testing::ValuesIn(listed()), [](const auto& info) { return info.param; });

TEST(Demonstrations, TheListOfTheFrontEndIsTheRegistry) {
  std::vector<std::string> names = listed();
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, demonstration_names());
  EXPECT_THROW(find_demonstration("gama"), std::out_of_range);
}

TEST(Demonstrations, AFailedClaimSaysSo) {
  DemoTable table{{"what", "number"}, {{"one", {1.5}}, {"none", {NAN}}}, {}, {"a note"}};
  table.below("it is small", 1.5, 1);
  table.above("it is large", 1.5, 1);
  table.between("it is near", 1.5, 1, 2);
  EXPECT_FALSE(table.holds());
  EXPECT_FALSE((DemoClaim{"", NAN, 0, 1}.holds()));
  const Demonstration shown{"gamma", "Why.", "Who.", nullptr};
  EXPECT_EQ(demo_text(shown, table),
            "gamma: doubling a norm's gain doubles the gradient below it\n\nWhy.\n\n"
            "  what   number\n  one       1.5\n  none        -\n\n  a note\n\n"
            "  FAILS  it is small: 1.5, at most 1\n"
            "  holds  it is large: 1.5, at least 1\n"
            "  holds  it is near: 1.5, between 1 and 2\n\nSource: Who.\n");
  EXPECT_DOUBLE_EQ(table.at("one", "number"), 1.5);
  EXPECT_THROW(table.at("two", "number"), std::out_of_range);
  EXPECT_THROW(table.at("one", "what"), std::out_of_range);
}

TEST(DemoGradOfSum, IsWrongAtEveryBatchSizeAndTheDiagonalFallsAsOneOverN) {
  const DemoTable& table = measured("grad_of_sum");
  EXPECT_LT(table.at("256", "|grad of sum|, u = BN(wx)"), 1e-13);
  EXPECT_GT(table.at("256", "grad of the sum"), 0.8);
  EXPECT_NEAR(table.at("64", "one point's own") / table.at("256", "one point's own"), 4, 0.1);
}

TEST(DemoFusedNorms, LibTorchsLayerNormIsAFifthOff) {
  const DemoTable& table = measured("fused_norms");
  EXPECT_NEAR(table.at("at::layer_norm", "error for u_xx"), 0.184, 0.01);
  EXPECT_NEAR(table.at("at::layer_norm", "cosine for u_xx"), 0.985, 0.005);
  EXPECT_LT(table.at("at::layer_norm", "error for u_x"), 1e-14);
  EXPECT_LT(table.at("nusselt, layer", "error for u_xx"), 1e-13);
}

TEST(DemoPlacement, PreFallsByTwoFromSixToTwentyFour) {
  const DemoTable& table = measured("placement");
  EXPECT_NEAR(table.at("6", "pre") / table.at("24", "pre"), 2, 0.35);
  EXPECT_NEAR(table.at("6", "post"), table.at("96", "post"), 1);
}

TEST(DemoResidualVariance, AsDeAndSmithSay) {
  const DemoTable& table = measured("residual_variance");
  EXPECT_NEAR(table.at("none, u", "1"), 1.7, 0.05);
  EXPECT_GT(table.at("none, u", "64"), 1e17);
  EXPECT_NEAR(table.at("pre, u", "64"), 48, 5);
  EXPECT_NEAR(table.at("post, u", "32"), 1, 1e-3);
}

TEST(DemoGroupSize, TheTangentSpaceHasGMinusTwoDimensions) {
  const DemoTable& table = measured("group_size");
  for (const DemoTable::Row& row : table.rows) EXPECT_NEAR(row.values[0], row.values[1], 0.01) << row.name;
  EXPECT_NEAR(table.at("3", "std of log(1/deviation)"), 0.64, 0.03);
}

TEST(DemoNaiveLayernorm, SmallUnequalResidualsCostMoreThanEqualMillions) {
  const DemoTable& table = measured("naive_layernorm");
  EXPECT_NEAR(table.at("1e-3, 2e-3, -1e-3", "loss, eps 1e-6"), 0.61, 0.005);
  EXPECT_EQ(table.at("1e6, 1e6, 1e6", "loss, eps 1e-6"), 0);
  EXPECT_NEAR(std::abs(table.at("0.3, -1.2, 0.9", "LN_2")), 1.36, 0.005);
}

TEST(DemoBatchOfOne, GivesTheShiftsAndNoDerivative) {
  const DemoTable& table = measured("batch_of_one");
  EXPECT_EQ(table.at("1", "largest |du/dx|"), 0);
  EXPECT_THAT(table.notes.at(0), HasSubstr("\"interior\""));
}

TEST(DemoFrozenBatch, IsExactInCoordinatesAndParameters) {
  const DemoTable& table = measured("frozen_batch");
  EXPECT_LT(table.at("batch", "u_xy"), 1e-7);
  EXPECT_LT(table.at("batch", "gradient"), 1e-7);
  EXPECT_GT(table.at("batch", "with statistics held"), 0.01);
}

TEST(DemoLayerRates, AStartFromTenTimesTheWeightsIsTheSameTraining) {
  EXPECT_LT(measured("layer_rates").at("w^2 / rms(gamma)", "|u from 10 W - u from W| / |u|"), 1e-12);
}

TEST(DemoUnitMismatch, TheMeanIsSixtyPointFourOrZeroPointFourSix) {
  const DemoTable& table = measured("unit_mismatch");
  EXPECT_DOUBLE_EQ(table.at("Pa/m", "mean"), 60.4);
  EXPECT_DOUBLE_EQ(table.at("kPa/m", "mean"), 0.46);
  EXPECT_THAT(table.notes.at(0),
              HasSubstr("cannot average continuity [s^-1] with momentum_x [N m^-3]; nondimensionalize first"));
}

TEST(DemoInvariances, GroupNormSeesNeitherScaleNorShiftAndRmsSeesTheShift) {
  const DemoTable& table = measured("invariances");
  EXPECT_LT(table.at("group", "a -> a + 10"), 1e-12);
  EXPECT_GT(table.at("rms", "a -> a + 10"), 0.1);
}

TEST(DemoPointwise, NamesEveryKind) {
  const DemoTable& table = measured("pointwise");
  for (const char* kind : {"norm layer", "norm rms", "norm group", "attention of points to fixed keys"}) {
    EXPECT_EQ(table.at(kind, "pointwise"), 1) << kind;
  }
  for (const char* kind :
       {"batch norm, statistics of the batch", "instance norm over the points", "self-attention among points"}) {
    EXPECT_EQ(table.at(kind, "pointwise"), 0) << kind;
  }
}

}  // namespace
}  // namespace nusselt
