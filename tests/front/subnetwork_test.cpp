#include "networks/layout/subnetwork.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "networks/layout/network_layout.hpp"

namespace nusselt {
namespace {

using ::testing::ElementsAre;

const std::vector<Subnetwork> wall_and_gas = {{"wall", 1}, {"gas", 4}};

NetworkSettings of_five() { return {.inputs = 2, .outputs = 5, .depth = 2, .width = 8}; }

std::string refusal_of(const NetworkSettings& settings, const std::vector<Subnetwork>& parts = wall_and_gas) {
  try {
    require_separable(settings, parts);
  } catch (const SettingError& error) {
    return error.key + ": " + error.what() + (error.hint.empty() ? "" : "; " + error.hint);
  }
  return "accepted";
}

TEST(Subnetwork, EachHasParametersOfItsOwnOneAfterTheOther) {
  const NetworkLayout layout(of_five(), wall_and_gas);
  std::vector<std::string> names;
  for (const ParameterSlice& slice : layout.slices) names.push_back(slice.name);
  EXPECT_THAT(names, ElementsAre("wall.layer0.weight", "wall.layer0.bias", "wall.layer1.weight", "wall.layer1.bias",
                                 "wall.layer2.weight", "wall.layer2.bias", "gas.layer0.weight", "gas.layer0.bias",
                                 "gas.layer1.weight", "gas.layer1.bias", "gas.layer2.weight", "gas.layer2.bias"));
  EXPECT_EQ(layout.width, 16);
  NetworkSettings alone = of_five();
  alone.outputs = 1;
  const std::int64_t wall = NetworkLayout(alone).parameter_count;
  alone.outputs = 4;
  const std::int64_t gas = NetworkLayout(alone).parameter_count;
  EXPECT_EQ(layout.parameter_count, wall + gas);
  EXPECT_EQ(layout.stretch_of(0).size, wall);
  EXPECT_EQ(layout.stretch_of(1).offset, wall);
  EXPECT_EQ(layout.stretch_of(1).size, gas);
  EXPECT_EQ(layout.effective_count, 16 * 3 + 16 * 17 + 5 * 17);
  EXPECT_EQ(layout.part_of(0), 0);
  EXPECT_EQ(layout.part_of(1), 1);
  EXPECT_EQ(layout.output_bias(0), wall - 1);
  EXPECT_EQ(layout.output_bias(1), wall + gas - 4);
  EXPECT_THROW(layout.output_bias(5), std::out_of_range);
  EXPECT_EQ(NetworkLayout(of_five()).output_bias(2), NetworkLayout(of_five()).parameter_count - 3);
}

TEST(Subnetwork, WhatWouldJoinThemIsRefused) {
  EXPECT_EQ(refusal_of(of_five()), "accepted");
  NetworkSettings settings = of_five();
  settings.norm = "layer";
  EXPECT_EQ(refusal_of(settings),
            "norm: with a network for each region there is no norm layer: it would mix their neurons, or their points; "
            "say regions=shared: one network for all of them");
  EXPECT_EQ(refusal_of(settings, {}), "accepted");
  settings = of_five();
  settings.block = "dense";
  EXPECT_EQ(refusal_of(settings),
            "block: with a network for each region blocks are plain or residual, not dense; say regions=shared: one "
            "network for all of them");
  settings.block = "residual";
  EXPECT_EQ(refusal_of(settings), "accepted");
  settings.skip = "skipinit";
  EXPECT_EQ(refusal_of(settings),
            "skip: with a network for each region there is no skip skipinit: its number would be one for all; say "
            "regions=shared: one network for all of them");
  EXPECT_EQ(refusal_of(of_five(), {{"wall", 1}, {"gas", 3}}),
            "regions: networks side by side have 4 outputs together, and 5 are asked for");
  EXPECT_EQ(refusal_of(of_five(), {{"wall", 0}, {"gas", 5}}), "regions: the network of wall has no output");
}

}  // namespace
}  // namespace nusselt
