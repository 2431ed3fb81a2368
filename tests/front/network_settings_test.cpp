#include "networks/layout/network_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace nusselt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

NetworkSettings with(const std::function<void(NetworkSettings&)>& change) {
  NetworkSettings settings{.inputs = 2, .outputs = 3, .width = 20};
  change(settings);
  return settings;
}

/// "key: sentence | hint" of the refusal, "" where there is none.
std::string refusal(const std::function<void(NetworkSettings&)>& change) {
  try {
    require_sensible(with(change));
  } catch (const SettingError& error) {
    return error.key + ": " + error.what() + " | " + error.hint;
  }
  return "";
}

TEST(NetworkSettings, DefaultsAreSensibleAndSilent) {
  EXPECT_EQ(refusal([](auto&) {}), "");
  EXPECT_THAT(network_warnings(with([](auto&) {})), IsEmpty());
}

TEST(NetworkSettings, GroupsOfOneOrTwoAreRefused) {
  const auto grouped = [](int groups) {
    return [=](NetworkSettings& s) {
      s.norm = "group";
      s.norm_groups = groups;
    };
  };
  EXPECT_EQ(
      refusal(grouped(10)),
      "norm_groups: 10 groups of 2 leave nothing of a field: normalized to mean 0 and variance 1, a neuron alone "
      "is always 0 and two are always -1 and 1, so that every derivative vanishes | of a group of g neurons g - 2 "
      "directions remain; take groups of 8 or more, here norm_groups of at most 2");
  EXPECT_THAT(refusal(grouped(20)), HasSubstr("20 groups of 1 leave nothing"));
  EXPECT_EQ(refusal(grouped(3)),
            "norm_groups: norm group divides neurons into equal groups, and 20 neurons make no 3 of them | choose "
            "norm_groups among the divisors of 20");
  EXPECT_EQ(refusal(grouped(5)), "");
  EXPECT_THAT(network_warnings(with(grouped(5))),
              ElementsAre("network.norm_groups: 5 groups of 4 are few: mean and variance take 2 directions from each "
                          "group, and their estimate from so few neurons is noise; groups of 8 or more are usual"));
  EXPECT_THAT(network_warnings(with(grouped(2))), IsEmpty());
}

TEST(NetworkSettings, ANormBehindTheFirstMapNeedsABias) {
  for (const char* norm : {"layer", "rms", "group"}) {
    const auto first = [&](NetworkSettings& s) {
      s.norm = norm;
      s.norm_first = true;
    };
    EXPECT_EQ(refusal(first), std::string("norm_first: norm ") + norm +
                                  " right behind the first linear map sees only the direction of a point from the "
                                  "middle of the box: without a bias u(x) = u(2 x) | leave norm_first out, or give the "
                                  "first layer a random bias: first_bias=1");
    EXPECT_EQ(refusal([&](NetworkSettings& s) {
                first(s);
                s.first_bias = 0.5;
              }),
              "");
    EXPECT_EQ(refusal([&](NetworkSettings& s) {
                first(s);
                s.fourier = 4;
              }),
              "");
  }
  EXPECT_EQ(refusal([](NetworkSettings& s) {
              s.norm = "batch";
              s.norm_first = true;
            }),
            "");
}

TEST(NetworkSettings, InstanceWantsItsDerivativeSaid) {
  const auto instance = [](NetworkSettings& s) {
    s.norm = "instance";
    s.norm_derivative = "";
  };
  EXPECT_EQ(refusal(instance),
            "norm_derivative: norm instance couples all points of the one instance that a run is, so that its "
            "derivative in the coordinates has to be agreed on | say norm_derivative=frozen: statistics are constants "
            "in the coordinates and functions of the parameters; or take norm=layer, which is pointwise");
  EXPECT_EQ(refusal([](NetworkSettings& s) {
              s.norm = "batch";
              s.norm_derivative = "";
            }),
            "");
}

TEST(NetworkSettings, PlacesThatABlockDoesNotHaveAreRefused) {
  EXPECT_EQ(refusal([](auto& s) {
              s.norm = "layer";
              s.placement = "post";
            }),
            "placement: placement post is a place around the skip of a residual block, and block is plain: its "
            "normalization stands between linear map and activation | leave placement out, or say block=residual");
  EXPECT_THAT(refusal([](auto& s) {
                s.norm = "layer";
                s.block = "dense";
                s.placement = "none";
              }),
              HasSubstr("leave placement out and say norm=none"));
  EXPECT_EQ(refusal([](auto& s) { s.placement = "none"; }), "");
  EXPECT_EQ(refusal([](auto& s) { s.skip = "skipinit"; }),
            "skip: skip skipinit scales the branch of a residual block, and block is plain | leave skip out, or say "
            "block=residual");
  EXPECT_THAT(refusal([](auto& s) {
                s.block = "pirate";
                s.skip = "skipinit";
              }),
              HasSubstr("the blocks of pirate have a gate alpha of their own"));
  for (const char* placement : {"pre", "post", "sandwich", "none"}) {
    EXPECT_EQ(refusal([&](auto& s) {
                s.norm = "layer";
                s.block = "residual";
                s.placement = placement;
                s.skip = "skipinit";
              }),
              "");
  }
  EXPECT_THAT(network_warnings(with([](auto& s) {
                s.norm = "rms";
                s.block = "residual";
                s.placement = "none";
              })),
              ElementsAre("network.norm: placement none leaves no place for norm rms"));
}

TEST(NetworkSettings, PirateNeedsThreeMapsABlockAndFrequencies) {
  EXPECT_EQ(refusal([](auto& s) { s.block = "pirate"; }),
            "depth: block pirate has three hidden maps in each block, so depth must be a multiple of 3, got 4 | take "
            "depth=3");
  EXPECT_EQ(refusal([](auto& s) {
              s.block = "pirate";
              s.depth = 6;
            }),
            "fourier: block pirate starts as a linear function of its embedding and carries it from block to block; it "
            "needs random frequencies | take fourier=10, half the width");
  EXPECT_EQ(refusal([](auto& s) {
              s.block = "pirate";
              s.depth = 6;
              s.fourier = 10;
            }),
            "");
}

TEST(NetworkSettings, NumbersAndNamesOutOfRangeAreRefused) {
  EXPECT_EQ(refusal([](auto& s) { s.block = "resnet"; }),
            "block: unknown block \"resnet\"; known are: plain, residual, dense, pirate, modified | ");
  EXPECT_EQ(refusal([](auto& s) { s.first_bias = -1.0; }),
            "first_bias: first_bias must be zero or positive, got -1.000000 | ");
  EXPECT_EQ(refusal([](auto& s) { s.fourier = -1; }), "fourier: fourier is a number of frequencies, got -1 | ");
  EXPECT_EQ(refusal([](auto& s) {
              s.fourier = 2;
              s.fourier_scale = 0.0;
            }),
            "fourier_scale: fourier_scale must be positive, got 0.000000 | ");
  EXPECT_EQ(refusal([](auto& s) { s.periodic = {2}; }),
            "periodic: periodic names axis 2, and the network has 2 inputs | ");
  EXPECT_EQ(refusal([](auto& s) { s.periodic = {1, 1}; }), "periodic: periodic names axis 1 twice | ");
}

TEST(NetworkSettings, ATinyEpsIsWarnedOf) {
  EXPECT_THAT(network_warnings(with([](auto& s) {
                s.norm = "layer";
                s.norm_eps = 1e-8;
              })),
              ElementsAre("network.norm_eps: second derivatives grow as 1/eps where the neurons of a layer agree; 1e-3 "
                          "is usual"));
}

}  // namespace
}  // namespace nusselt
