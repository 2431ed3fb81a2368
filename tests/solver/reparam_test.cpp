#include "networks/reparam.hpp"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "networks/network.hpp"
#include "networks/registry.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using testing::wave;
using torch::Tensor;

NetworkSettings with(const std::string& reparam, const std::string& norm = "none") {
  NetworkSettings settings = testing::small_settings(2, "tanh", norm);
  settings.reparam = reparam;
  return settings;
}

TEST(Reparam, WeightsByHand) {
  const Tensor v = at::tensor({3.0, 4.0, 1.0, 0.0}, at::kDouble).view({2, 2});
  const Tensor factor = at::tensor({10.0, 0.5}, at::kDouble);
  const Tensor normed = find_reparam("weight_norm")->weight(v, factor);
  EXPECT_LT(relative_difference(normed.flatten(), at::tensor({6.0, 8.0, 0.5, 0.0}, at::kDouble)), 1e-15);
  const Tensor logs = at::tensor({std::log(2.0), 0.0}, at::kDouble);
  const Tensor factored = find_reparam("weight_fact")->weight(v, logs);
  EXPECT_LT(relative_difference(factored.flatten(), at::tensor({6.0, 8.0, 1.0, 0.0}, at::kDouble)), 1e-15);
}

TEST(Reparam, TheNetworkStartsAsTheSameFunction) {
  const Network plain(with("none"));
  const Tensor expected = plain.initial_parameters(4);
  for (const char* reparam : {"weight_norm", "weight_fact"}) {
    const Network network(with(reparam));
    const Tensor theta = network.initial_parameters(4);
    EXPECT_EQ(network.parameter_count(), plain.parameter_count() + 7 + 7 + 7 + 3) << reparam;
    EXPECT_LT(relative_difference(network.effective(theta), expected), 1e-15) << reparam;
    EXPECT_EQ(network.slices()[1].name, "layer0.factor");
  }
}

TEST(Reparam, FactorsAreDrawnAsAsked) {
  NetworkSettings settings = with("weight_fact");
  settings.width = 400;
  settings.reparam_mean = 0.8;
  settings.reparam_deviation = 0.2;
  const Network network(settings);
  const Tensor theta = network.initial_parameters(1);
  const ParameterSlice& slice = network.slices()[4];
  ASSERT_EQ(slice.name, "layer1.factor");
  const Tensor s = theta.narrow(0, slice.offset, slice.size());
  EXPECT_NEAR(s.mean().item<double>(), 0.8, 0.03);
  EXPECT_NEAR(s.std().item<double>(), 0.2, 0.02);
}

TEST(Reparam, PullBackAndPushForwardAreThoseOfAutograd) {
  for (const char* reparam : {"weight_norm", "weight_fact"}) {
    const Network network(with(reparam, "batch"));
    const Tensor theta = testing::generic_parameters(network, 2).requires_grad_(true);
    const Tensor effective = network.effective(theta);
    const Tensor row = wave({effective.numel()}, 0.3), direction = wave({theta.numel()}, 1.4);
    const Tensor expected = torch::autograd::grad({(effective * row).sum()}, {theta})[0];
    const Tensor own = theta.detach();
    EXPECT_LT(relative_difference(network.pull_back(own, row), expected), 1e-13) << reparam;
    // Rows of any shape, and rows of the trained part alone.
    const Tensor rows = wave({2, 3, effective.numel()}, 0.7);
    const Tensor pulled = network.pull_back(own, rows);
    EXPECT_LT(relative_difference(pulled[1][2], network.pull_back(own, rows[1][2])), 1e-14) << reparam;
    const std::int64_t statistics = network.statistics_count();
    ASSERT_EQ(statistics, 2 * 2 * 7);
    const Tensor trained = network.pull_back(own, rows.narrow(2, 0, effective.numel() - statistics));
    EXPECT_TRUE(at::equal(trained, pulled.narrow(2, 0, network.trained_count()))) << reparam;
    const double pushed = (network.push_forward(own, direction) * row).sum().item<double>();
    EXPECT_NEAR(pushed, (expected * direction).sum().item<double>(), 1e-12 * std::abs(pushed) + 1e-12) << reparam;
  }
  const Network plain(with("none"));
  const Tensor theta = plain.initial_parameters(1);
  EXPECT_TRUE(plain.effective(theta).is_same(theta));
  EXPECT_TRUE(plain.push_forward(theta, theta).is_same(theta));
}

TEST(Reparam, GradientIsIndependentOfTheLengthOfVUnderWeightNorm) {
  const Network network(with("weight_norm"));
  const Tensor theta = testing::generic_parameters(network, 2), x = testing::scattered_points(network.settings(), 9);
  const JetSpec spec = JetSpec::pure_seconds(2);
  const Tensor seeds = wave({9, spec.channels(), 3}, 0.4);
  const ParameterSlice& v = network.slices()[3];
  ASSERT_EQ(v.name, "layer1.weight");
  Tensor longer = theta.clone();
  longer.narrow(0, v.offset, v.size()).mul_(10.0);
  EXPECT_LT(relative_difference(network.jet(longer, x, spec), network.jet(theta, x, spec)), 1e-12);
  const Tensor gradient = network.adjoint(theta, x, spec, seeds).narrow(0, v.offset, v.size());
  const Tensor part = theta.narrow(0, v.offset, v.size());
  EXPECT_LT(std::abs((gradient * part).sum().item<double>()), 1e-12 * (gradient * part).abs().sum().item<double>());
  EXPECT_LT(relative_difference(network.adjoint(longer, x, spec, seeds).narrow(0, v.offset, v.size()), gradient / 10.0),
            1e-11);
}

}  // namespace
}  // namespace nusselt
