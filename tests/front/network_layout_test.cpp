#include "networks/layout/network_layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nusselt {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> names_of(const std::vector<ParameterSlice>& slices) {
  std::vector<std::string> names;
  for (const ParameterSlice& slice : slices) names.push_back(slice.name);
  return names;
}

/// The steps as formulas of values: "1=layer0(0)", "2=phi(1)".
std::string plan(const NetworkSettings& settings) {
  const NetworkLayout layout(settings);
  using Kind = NetworkLayout::Step::Kind;
  std::string text;
  for (std::size_t k = 0; k < layout.steps.size(); ++k) {
    const NetworkLayout::Step& step = layout.steps[k];
    std::string inputs;
    for (int input : step.inputs) inputs += (inputs.empty() ? "" : ",") + std::to_string(input);
    std::string what = step.kind == Kind::linear          ? layout.maps[step.index].name
                       : step.kind == Kind::norm          ? layout.norms[step.index].name
                       : step.kind == Kind::activation    ? "phi"
                       : step.kind == Kind::add           ? "add"
                       : step.kind == Kind::scaled_add    ? "scaled_add"
                       : step.kind == Kind::mix           ? "mix"
                       : step.kind == Kind::gate          ? "gate"
                       : step.kind == Kind::concatenation ? "cat"
                                                          : "?";
    text += (text.empty() ? "" : " ") + std::to_string(k + 1) + "=" + what + "(" + inputs + ")";
  }
  return text;
}

NetworkSettings of(const std::string& block, int depth, const std::string& norm = "none") {
  return {.inputs = 2, .outputs = 3, .depth = depth, .width = 8, .norm = norm, .block = block};
}

TEST(NetworkLayout, SlicesTileBothVectors) {
  for (const char* reparam : {"none", "weight_fact"}) {
    for (const char* block : {"plain", "residual", "dense", "modified", "pirate"}) {
      NetworkSettings settings = of(block, 3, "batch");
      settings.reparam = reparam;
      settings.fourier = 4;
      const NetworkLayout layout(settings);
      for (const auto* slices : {&layout.slices, &layout.effective}) {
        std::int64_t offset = 0;
        for (const ParameterSlice& slice : *slices) {
          EXPECT_EQ(slice.offset, offset) << slice.name;
          offset += slice.size();
        }
        EXPECT_EQ(offset, slices == &layout.slices ? layout.parameter_count : layout.effective_count);
      }
      std::int64_t factors = 0;
      for (const NetworkLayout::Matrix& matrix : layout.matrices) factors += matrix.factor < 0 ? 0 : matrix.rows;
      EXPECT_EQ(layout.parameter_count, layout.effective_count + factors);
    }
  }
}

TEST(NetworkLayout, StatisticsAreTheLastNumbers) {
  const NetworkLayout layout(of("plain", 3, "batch"));
  EXPECT_THAT(names_of(layout.slices),
              ElementsAre("layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias", "norm1.gamma", "norm1.beta",
                          "layer2.weight", "layer2.bias", "norm2.gamma", "norm2.beta", "layer3.weight", "layer3.bias",
                          "norm1.mean", "norm1.variance", "norm2.mean", "norm2.variance"));
  EXPECT_EQ(layout.statistics_count, 4 * 8);
  EXPECT_EQ(NetworkLayout(of("plain", 3, "layer")).statistics_count, 0);
}

TEST(NetworkLayout, ReparametrizedMapsHaveFactors) {
  NetworkSettings settings = of("plain", 1);
  settings.reparam = "weight_norm";
  const NetworkLayout layout(settings);
  EXPECT_THAT(names_of(layout.slices), ElementsAre("layer0.weight", "layer0.factor", "layer0.bias", "layer1.weight",
                                                   "layer1.factor", "layer1.bias"));
  EXPECT_THAT(names_of(layout.effective), ElementsAre("layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias"));
}

TEST(NetworkLayout, Plain) {
  EXPECT_EQ(plan(of("plain", 2)), "1=layer0(0) 2=phi(1) 3=layer1(2) 4=phi(3) 5=layer2(4)");
  NetworkSettings normed = of("plain", 2, "layer");
  EXPECT_EQ(plan(normed), "1=layer0(0) 2=phi(1) 3=layer1(2) 4=norm1(3) 5=phi(4) 6=layer2(5)");
  normed.norm_first = true;
  normed.first_bias = 1.0;
  normed.norm_affine = false;
  EXPECT_EQ(plan(normed), "1=layer0(0) 2=norm0(1) 3=phi(2) 4=layer1(3) 5=norm1(4) 6=phi(5) 7=layer2(6)");
  EXPECT_EQ(NetworkLayout(normed).parameter_count, NetworkLayout(of("plain", 2)).parameter_count);
}

TEST(NetworkLayout, Residual) {
  NetworkSettings settings = of("residual", 2, "layer");
  EXPECT_EQ(plan(settings), "1=layer0(0) 2=phi(1) 3=norm1(2) 4=layer1(3) 5=phi(4) 6=add(2,5) 7=norm2(6) 8=layer2(7)");
  settings.placement = "post";
  EXPECT_EQ(plan(settings), "1=layer0(0) 2=phi(1) 3=layer1(2) 4=phi(3) 5=add(2,4) 6=norm1(5) 7=layer2(6)");
  settings.placement = "sandwich";
  EXPECT_EQ(plan(settings),
            "1=layer0(0) 2=phi(1) 3=norm1(2) 4=layer1(3) 5=phi(4) 6=branch_norm1(5) 7=add(2,6) 8=layer2(7)");
  settings.placement = "none";
  settings.skip = "skipinit";
  EXPECT_EQ(plan(settings), "1=layer0(0) 2=phi(1) 3=layer1(2) 4=phi(3) 5=scaled_add(2,4) 6=layer2(5)");
  EXPECT_THAT(names_of(NetworkLayout(settings).slices),
              ElementsAre("layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias", "skip1.alpha",
                          "layer2.weight", "layer2.bias"));
}

TEST(NetworkLayout, Dense) {
  EXPECT_EQ(plan(of("dense", 2)), "1=layer0(0) 2=phi(1) 3=cat(0,2) 4=layer1(3) 5=phi(4) 6=cat(3,5) 7=layer2(6)");
  const NetworkLayout layout(of("dense", 2));
  EXPECT_EQ(layout.maps[1].inputs, 2 + 8);
  EXPECT_EQ(layout.maps[2].inputs, 2 + 16);
}

TEST(NetworkLayout, Modified) {
  EXPECT_EQ(plan(of("modified", 2)),
            "1=gate_u(0) 2=phi(1) 3=gate_v(0) 4=phi(3) 5=layer0(0) 6=phi(5) 7=gate(6,2,4) 8=layer1(7) 9=phi(8) "
            "10=gate(9,2,4) 11=layer2(10)");
}

TEST(NetworkLayout, Pirate) {
  NetworkSettings settings = of("pirate", 6);
  settings.fourier = 5;
  EXPECT_EQ(plan(settings),
            "1=gate_u(0) 2=phi(1) 3=gate_v(0) 4=phi(3) 5=layer0(0) 6=phi(5) 7=gate(6,2,4) 8=layer1(7) 9=phi(8) "
            "10=gate(9,2,4) 11=layer2(10) 12=phi(11) 13=mix(0,12) 14=layer3(13) 15=phi(14) 16=gate(15,2,4) "
            "17=layer4(16) 18=phi(17) 19=gate(18,2,4) 20=layer5(19) 21=phi(20) 22=mix(13,21) 23=layer6(22)");
  const NetworkLayout layout(settings);
  EXPECT_EQ(layout.embedded, 10);
  EXPECT_EQ(layout.maps.back().inputs, 10);
}

TEST(NetworkLayout, EmbeddingsSetTheInputs) {
  NetworkSettings settings = of("plain", 1);
  settings.periodic = {1};
  EXPECT_EQ(NetworkLayout(settings).embedded, 3);
  settings.fourier = 7;
  EXPECT_EQ(NetworkLayout(settings).embedded, 14);
}

TEST(NetworkLayout, CountsMatrixProducts) {
  const auto flops = [](int inputs, int outputs, int depth, int width, int channels) {
    return matrix_flops_per_point(NetworkLayout({.inputs = inputs, .outputs = outputs, .depth = depth, .width = width}),
                                  channels);
  };
  // 4x64, four channels: 294,912 in hidden layers, 4,608 in the last, 512 in the first.
  EXPECT_EQ(flops(2, 3, 4, 64, 4), 300032);
  EXPECT_EQ(flops(2, 4, 4, 64, 4), 301568);
  EXPECT_EQ(flops(2, 3, 6, 512, 4), 31498240);
  EXPECT_EQ(flops(1, 1, 1, 10, 3), 3 * 3 * 2 * 10 + 2 * 2 * 10);
  NetworkSettings settings = of("plain", 1);
  settings.fourier = 5;
  EXPECT_EQ(matrix_flops_per_point(NetworkLayout(settings), 4), 2 * 4 * 2 * 10 * 8 + 3 * 4 * 2 * 8 * 3);
}

}  // namespace
}  // namespace nusselt
