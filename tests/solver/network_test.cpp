#include "networks/network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::message_of;
using testing::small_settings;
using torch::Tensor;

TEST(Network, SlicesTileTheFlatVector) {
  const Network network(small_settings(2, "tanh", "layer"));
  std::int64_t offset = 0;
  std::vector<std::string> names;
  for (const ParameterSlice& slice : network.slices()) {
    EXPECT_EQ(slice.offset, offset) << slice.name;
    offset += slice.size();
    names.push_back(slice.name);
  }
  EXPECT_EQ(offset, network.parameter_count());
  EXPECT_EQ(names, (std::vector<std::string>{"layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias",
                                             "norm1.gamma", "norm1.beta", "layer2.weight", "layer2.bias", "norm2.gamma",
                                             "norm2.beta", "layer3.weight", "layer3.bias"}));
  EXPECT_EQ(network.parameter_count(), (2 * 7 + 7) + 2 * (7 * 7 + 7 + 14) + (7 * 3 + 3));
  EXPECT_EQ(network.slices()[2].shape, (std::vector<std::int64_t>{7, 7}));
}

TEST(Network, FourByTwentyHas1404Parameters) {
  NetworkSettings settings = small_settings(2, "tanh", "none");
  settings.depth = 4;
  settings.width = 20;
  settings.outputs = 4;
  EXPECT_EQ(Network(settings).parameter_count(), 1404);
}

TEST(Network, InitialParametersDependOnTheSeedAlone) {
  const Network network(small_settings(2, "tanh", "layer"));
  const Tensor one = network.initial_parameters(1);
  EXPECT_EQ(one.scalar_type(), at::kDouble);
  EXPECT_TRUE(at::equal(one, network.initial_parameters(1)));
  EXPECT_FALSE(at::equal(one, network.initial_parameters(2)));
  // Regression: the same numbers on every machine and with every LibTorch.
  const double expected[] = {0.61888414589121188, 0.71462403526581786, 0.58954034216235751, 0.078333940254187065};
  for (int p = 0; p < 4; ++p) EXPECT_NEAR(one[p].item<double>(), expected[p], 1e-15);
}

TEST(Network, InitialParametersHaveGlorotsSpread) {
  NetworkSettings settings = small_settings(2, "tanh", "layer");
  settings.width = 200;
  const Network network(settings);
  const Network swish([&] {
    NetworkSettings other = settings;
    other.activation = "swish";
    return other;
  }());
  const Tensor theta = network.initial_parameters(7), wider = swish.initial_parameters(7);
  for (const ParameterSlice& slice : network.slices()) {
    const Tensor part = theta.narrow(0, slice.offset, slice.size());
    if (slice.name == "layer1.weight") {
      EXPECT_NEAR(part.std().item<double>(), std::sqrt(2.0 / 400.0), 1e-3);
      EXPECT_NEAR(part.mean().item<double>(), 0.0, 2e-3);
      const Tensor ratio = wider.narrow(0, slice.offset, slice.size()) / part;
      EXPECT_NEAR(ratio.min().item<double>(), std::sqrt(2.0), 1e-12);
      EXPECT_NEAR(ratio.max().item<double>(), std::sqrt(2.0), 1e-12);
    } else if (slice.name.ends_with("gamma")) {
      EXPECT_TRUE(at::equal(part, at::ones_like(part)));
    } else if (slice.name.ends_with("bias") || slice.name.ends_with("beta")) {
      EXPECT_TRUE(at::equal(part, at::zeros_like(part)));
    }
  }
}

TEST(Network, ValuesAgreeWithScalarLoopsInLongDouble) {
  for (const char* activation : {"tanh", "sin", "swish"}) {
    for (const char* norm : {"none", "layer"}) {
      const NetworkSettings settings = small_settings(3, activation, norm);
      const Network network(settings);
      const Tensor theta = testing::generic_parameters(network, 3);
      const Tensor x = testing::scattered_points(settings, 11);
      const Tensor y = network.values(theta, x);
      const testing::ScalarNetwork oracle(settings, theta);
      for (int n = 0; n < 11; ++n) {
        const auto expected = oracle({x[n][0].item<double>(), x[n][1].item<double>(), x[n][2].item<double>()});
        for (int h = 0; h < 3; ++h) {
          EXPECT_NEAR(y[n][h].item<double>(), static_cast<double>(expected[h]), 1e-13) << activation << " " << norm;
        }
      }
    }
  }
}

TEST(Network, SettingsThatMakeNoNetworkAreRefused) {
  const auto refusal = [](auto change) {
    NetworkSettings settings = small_settings(2, "tanh", "none");
    change(settings);
    return message_of([&] { Network network(settings); });
  };
  EXPECT_EQ(refusal([](auto& s) { s.depth = 0; }), "a network needs at least one hidden layer (depth), got 0");
  EXPECT_EQ(refusal([](auto& s) { s.width = -3; }), "a network needs at least one neuron per layer (width), got -3");
  EXPECT_EQ(refusal([](auto& s) { s.outputs = 0; }), "a network needs at least one output, got 0");
  EXPECT_EQ(refusal([](auto& s) { s.inputs = 0; }), "a network needs at least one input, got 0");
  EXPECT_EQ(refusal([](auto& s) { s.norm_eps = -1.0; }), "norm_eps must be zero or positive, got -1.000000");
  EXPECT_EQ(refusal([](auto& s) { s.upper.pop_back(); }),
            "the box of a network with 2 inputs has 2 lower and 1 upper bounds");
  EXPECT_EQ(refusal([](auto& s) { s.upper[1] = s.lower[1]; }),
            "the box of a network must have a positive extent along each axis; along axis 1 it runs from 0.200000 to "
            "0.200000");
  EXPECT_EQ(refusal([](auto& s) { s.activation = "relu"; }),
            "unknown activation \"relu\"; known are: sin, swish, tanh");
  EXPECT_EQ(refusal([](auto& s) { s.norm = "bach"; }),
            "unknown normalization \"bach\"; known are: batch, group, instance, layer, none, rms");
}

TEST(Network, ArgumentsThatDoNotFitAreRefused) {
  const Network network(small_settings(2, "tanh", "none"));
  const Tensor theta = network.initial_parameters(1), x = at::zeros({5, 2}, at::kDouble);
  EXPECT_EQ(message_of([&] { network.values(theta.narrow(0, 0, 10), x); }),
            "this network has 157 parameters in one flat tensor; theta has 10 in 1 dimensions");
  EXPECT_EQ(message_of([&] {
              network.values(theta, at::zeros({5, 3}, at::kDouble));
            }),
            "points must be a tensor [N, 2], got 2 dimensions, the last of size 3");
  EXPECT_EQ(message_of([&] { network.values(theta, x.to(at::kFloat)); }),
            "theta and x must share precision and device: theta is Double on cpu, x is Float on cpu");
  EXPECT_EQ(message_of([&] { network.values(theta.to(at::kHalf), x.to(at::kHalf)); }),
            "networks run in Float or Double, not in Half");
  EXPECT_EQ(message_of([&] { network.jet(theta, x, JetSpec::first_order(3)); }),
            "the jet has 3 axes, the network 2 inputs");
}

}  // namespace
}  // namespace nusselt
