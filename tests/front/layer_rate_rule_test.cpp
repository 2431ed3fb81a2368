#include "solver/case/layer_rate_rule.hpp"

#include <gtest/gtest.h>

#include "networks/layout/normalized_maps.hpp"
#include "tests/front/small_case.hpp"

namespace nusselt {
namespace {

std::string said_of(const std::string& more) {
  return refusal([&] { case_of(small_cavity + more); });
}

TEST(LayerRateRule, SecondOrderMethodsHaveNoRate) {
  EXPECT_EQ(
      said_of("network: {norm: layer}\noptimizer: {name: hybrid, layer_lr: normalization}\n"),
      "case.yaml:27:37: error: optimizer.layer_lr: hybrid finds the sizes of its steps itself and has no learning "
      "rate\n"
      "optimizer: {name: hybrid, layer_lr: normalization}\n"
      "                                    ^\n"
      "  hint: leave the key out, or name optimizer.name=adam, sgd or soap");
  EXPECT_NE(said_of("optimizer: {layer_lr: lars}\n").find("error: optimizer.layer_lr: hybrid finds"),
            std::string::npos);
  for (const std::string name : {"adam", "sgd", "soap"}) {
    EXPECT_EQ(said_of("optimizer: {name: " + name + ", layer_lr: lars}\n"), "accepted") << name;
    EXPECT_EQ(said_of("network: {norm: layer}\noptimizer: {name: " + name + ", layer_lr: normalization}\n"),
              "accepted");
  }
  EXPECT_EQ(said_of("optimizer: {name: lbfgs, layer_lr: none}\n"), "accepted");
}

TEST(LayerRateRule, NormalizationNeedsANormRightBehindPlainWeights) {
  EXPECT_EQ(said_of("optimizer: {name: sgd, layer_lr: normalization}\n"),
            "case.yaml:26:34: error: optimizer.layer_lr: normalization is about weights that a norm follows directly, "
            "and this network has none\n"
            "optimizer: {name: sgd, layer_lr: normalization}\n"
            "                                 ^\n"
            "  hint: set network.norm, or use layer_lr: lars, which needs no norm");
  EXPECT_EQ(said_of("network: {norm: rms, reparam: weight_norm}\noptimizer: {name: sgd, layer_lr: normalization}\n"),
            "case.yaml:27:34: error: optimizer.layer_lr: normalization measures plain weights, but network.reparam is "
            "weight_norm\n"
            "optimizer: {name: sgd, layer_lr: normalization}\n"
            "                                 ^\n"
            "  hint: choose one of the two, or layer_lr: lars");
  // Before the blocks of a pre-norm stack stands a sum, not a linear map.
  EXPECT_NE(said_of("network: {norm: layer, block: residual}\noptimizer: {name: sgd, layer_lr: normalization}\n")
                .find("this network has none"),
            std::string::npos);
}

TEST(NormalizedMaps, AreThoseThatOnlyANormReads) {
  NetworkSettings settings;
  settings.inputs = 2;
  settings.outputs = 1;
  settings.depth = 3;
  settings.width = 8;
  const auto maps = [&] {
    const NetworkLayout layout(settings);
    std::string found;
    for (const NormalizedMap& pair : normalized_maps(layout)) {
      found += layout.maps[pair.map].name + " " + layout.norms[pair.norm].name + " ";
    }
    return found;
  };
  EXPECT_EQ(maps(), "");
  settings.norm = "rms";
  EXPECT_EQ(maps(), "layer1 norm1 layer2 norm2 ");
  settings.norm_first = true;
  settings.first_bias = 1;
  EXPECT_EQ(maps(), "layer0 norm0 layer1 norm1 layer2 norm2 ");
  settings.norm_first = false;
  settings.block = "dense";
  EXPECT_EQ(maps(), "layer1 norm1 layer2 norm2 ");
  settings.block = "residual";
  EXPECT_EQ(maps(), "");
}

}  // namespace
}  // namespace nusselt
