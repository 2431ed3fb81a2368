#include "solver/case/network_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/front/small_case.hpp"

namespace nusselt {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Case with_network(const std::string& network, const std::string& more = "") {
  return case_of(small_cavity + "network: {" + network + "}\n" + more);
}

std::string refused(const std::string& network, const std::string& more = "") {
  return refusal([&] { with_network(network, more); });
}

TEST(NetworkChoice, ReadsEveryKey) {
  const NetworkSettings n =
      with_network(
          "depth: 3, width: 30, activation: sin, norm: group, norm_eps: 0.25, norm_groups: 3, norm_first: yes, "
          "norm_affine: no, norm_reference: x-, norm_derivative: frozen, first_bias: 0.5, reparam: weight_fact, "
          "reparam_mean: 1, reparam_deviation: 0.2, block: residual, placement: post, skip: skipinit, fourier: 8, "
          "fourier_scale: 2, periodic: [y]",
          "seed: 17\n")
          .settings.network;
  EXPECT_EQ(n.inputs, 2);
  EXPECT_EQ(n.outputs, 4);
  EXPECT_EQ(n.depth, 3);
  EXPECT_EQ(n.width, 30);
  EXPECT_EQ(n.activation, "sin");
  EXPECT_EQ(n.norm, "group");
  EXPECT_EQ(n.norm_eps, 0.25);
  EXPECT_EQ(n.norm_groups, 3);
  EXPECT_TRUE(n.norm_first);
  EXPECT_FALSE(n.norm_affine);
  EXPECT_EQ(n.norm_reference, "x-");
  EXPECT_EQ(n.norm_derivative, "frozen");
  EXPECT_EQ(n.first_bias, 0.5);
  EXPECT_EQ(n.reparam, "weight_fact");
  EXPECT_EQ(n.reparam_mean, 1.0);
  EXPECT_EQ(n.reparam_deviation, 0.2);
  EXPECT_EQ(n.block, "residual");
  EXPECT_EQ(n.placement, "post");
  EXPECT_EQ(n.skip, "skipinit");
  EXPECT_EQ(n.fourier, 8);
  EXPECT_EQ(n.fourier_scale, 2.0);
  EXPECT_EQ(n.fourier_seed, 17u);
  EXPECT_THAT(n.periodic, ElementsAre(1));
  ASSERT_EQ(n.upper.size(), 2u);
  EXPECT_DOUBLE_EQ(n.upper[1] / n.upper[0], 2.0);
}

TEST(NetworkChoice, WhatMakesNoNetworkIsRefusedAtItsKey) {
  EXPECT_EQ(refused("norm: group, norm_groups: 10").substr(0, 86),
            "case.yaml:26:37: error: network.norm_groups: 10 groups of 2 leave nothing of a field: ");
  EXPECT_THAT(refused("norm: layer, norm_first: yes"), HasSubstr("u(x) = u(2 x)"));
  EXPECT_THAT(refused("norm: layer, norm_first: yes"),
              HasSubstr("hint: leave norm_first out, or give the first layer"));
  // A key that the case leaves out is told at its section.
  EXPECT_EQ(refused("norm: instance").substr(0, 40), "case.yaml:26:10: error: network.norm_der");
  EXPECT_EQ(refused("norm: instance, norm_derivative: frozen"), "accepted");
  EXPECT_THAT(refused("norm: layer, placement: sandwich"), HasSubstr("network.placement: placement sandwich"));
  EXPECT_THAT(refused("block: pirate, depth: 7, fourier: 4"), HasSubstr("multiple of 3, got 7"));
}

/// Two slabs that touch; the fields are named in the other order.
Case two_slabs(const std::string& network, const std::string& more = "") {
  return case_of(
      "case: slabs\n"
      "constants: {L: 4 cm, T_hot: 350 K, T_cold: 310 K, dT: T_hot - T_cold, k_left: 7 W/(m K), k_right: 2 W/(m K)}\n"
      "domain: {box: {x: [0 m, L]}}\n"
      "regions:\n"
      "  left: {box: {x: [0 m, 1 cm]}}\n"
      "  right: {box: {x: [1 cm, L]}}\n"
      "fields: {T_right: {unit: K, in: right}, T_left: {unit: K, in: left}}\n"
      "equations: {right: lap(T_right) = 0, left: lap(T_left) = 0}\n"
      "scales: {references: [L, dT], temperature_level: T_cold}\n"
      "conditions:\n"
      "  - {at: x-, T_left: T_hot}\n"
      "  - {at: x+, T_right: T_cold}\n"
      "  - {at: left.x+, same: T_left = T_right, flux: k_left*dn(T_left) = k_right*dn(T_right)}\n"
      "network: {depth: 2, width: 5" +
      network + "}\n" + more);
}

TEST(NetworkChoice, EachRegionHasANetworkOfItsOwn) {
  const Case c = two_slabs("");
  EXPECT_EQ(c.system.fields().front().name, "T_left");
  const std::vector<Subnetwork> parts = subnetworks(c);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].name, "left");
  EXPECT_EQ(parts[1].name, "right");
  EXPECT_EQ(parts[1].outputs, 1);
  EXPECT_THAT(parts[1].lower, ElementsAre(0.25));
  EXPECT_THAT(parts[1].upper, ElementsAre(1.0));
  EXPECT_THAT(describe(c), HasSubstr("a network of 2 layers of 5 for each region: left 46, right 46 parameters\n"));
  EXPECT_THAT(describe(c), HasSubstr("  92 parameters, "));
}

TEST(NetworkChoice, RegionsMayShareOne) {
  EXPECT_TRUE(subnetworks(two_slabs(", regions: shared")).empty());
  EXPECT_THAT(describe(two_slabs(", regions: shared")), HasSubstr("  52 parameters, "));
  EXPECT_EQ(subnetworks(with_network("width: 5")).size(), 0u);
}

TEST(NetworkChoice, NetworksOfRegionsAreRefusedAtTheirKeys) {
  EXPECT_THAT(refusal([] { two_slabs(", norm: layer"); }),
              AllOf(HasSubstr("case.yaml:14:37: error: network.norm: with a network for each region there is no norm "
                              "layer"),
                    HasSubstr("hint: say regions=shared: one network for all of them")));
  EXPECT_EQ(refusal([] { two_slabs(", norm: layer, regions: shared"); }), "accepted");
  EXPECT_THAT(refused("regions: separate"),
              AllOf(HasSubstr("network.regions: the fields of the case belong to one region, and have one network"),
                    HasSubstr("hint: leave it out")));
}

TEST(NetworkChoice, PeriodicAxesAreThoseOfTheDomain) {
  EXPECT_THAT(refused("periodic: t"), HasSubstr("network.periodic: the domain has no axis \"t\"\n"));
  EXPECT_THAT(refused("periodic: t"), HasSubstr("hint: its axes are x, y"));
}

TEST(NetworkChoice, TheReferenceSetMustExistAndHavePoints) {
  EXPECT_THAT(refused("norm: batch, norm_reference: z+"),
              AllOf(HasSubstr("case.yaml:26:40: error: network.norm_reference: there is no set of points \"z+\""),
                    HasSubstr("hint: the sets of this case are interior, y-, y+")));
  EXPECT_THAT(refused("norm: batch", "points: {interior: 1}\n"),
              HasSubstr("network.norm: norm batch cannot normalize norm1: its reference set \"interior\" has 1 point"));
  EXPECT_THAT(with_network("norm: batch", "points: {interior: 8}\n").warnings,
              Contains(HasSubstr("known to 25 % only")));
  EXPECT_EQ(refused("norm: layer", "points: {interior: 1}\n"), "accepted");
}

TEST(NetworkChoice, WarningsAreThoseOfTheSettings) {
  EXPECT_THAT(with_network("norm: group, norm_groups: 5").warnings,
              Contains(HasSubstr("network.norm_groups: 5 groups of 4 are few")));
}

}  // namespace
}  // namespace nusselt
