#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>

#include "networks/network.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::generic_parameters;
using testing::message_of;
using testing::relative_difference;
using testing::scattered_points;
using testing::small_settings;
using torch::Tensor;

/// A residual-like loss: nonlinear in the jet, every channel and output in it.
Tensor loss_of(const Tensor& jet) {
  const Tensor coupled = jet * (1.0 + jet.select(1, 0).unsqueeze(1));
  return (coupled * coupled).mean() + (jet.sum(2) * testing::wave({jet.size(1)}, 0.2)).sin().mean();
}

TEST(NetworkAutograd, GradientThroughTheJetAgreesWithNestedAutograd) {
  for (const char* activation : {"tanh", "sin", "swish"}) {
    for (const char* norm : {"none", "layer"}) {
      for (int axes = 1; axes <= 3; ++axes) {
        const NetworkSettings settings = small_settings(axes, activation, norm);
        const Network network(settings);
        const Tensor theta = generic_parameters(network, 8).requires_grad_(true);
        const Tensor x = scattered_points(settings, 17);
        for (const JetSpec& spec : testing::specs_of_every_order(axes)) {
          const Tensor fast = torch::autograd::grad({loss_of(network.jet(theta, x, spec))}, {theta})[0];
          const Tensor slow = torch::autograd::grad({loss_of(network.reference_jet(theta, x, spec))}, {theta})[0];
          EXPECT_LT(relative_difference(fast, slow), 1e-11)
              << activation << ", " << norm << ", axes " << axes << ", channels " << spec.channels();
        }
      }
    }
  }
}

TEST(NetworkAutograd, JetIsOneNodeAndCanBeDifferentiatedRepeatedly) {
  const NetworkSettings settings = small_settings(2, "tanh", "layer");
  const Network network(settings);
  const Tensor theta = generic_parameters(network, 8).requires_grad_(true);
  const Tensor jet = network.jet(theta, scattered_points(settings, 4), JetSpec::first_order(2));
  ASSERT_TRUE(jet.requires_grad());
  ASSERT_EQ(jet.grad_fn()->next_edges().size(), 1u) << "theta is the only input of the node";
  const Tensor loss = jet.square().sum();
  const Tensor once = torch::autograd::grad({loss}, {theta}, {}, true)[0];
  EXPECT_TRUE(at::equal(once, torch::autograd::grad({loss}, {theta})[0]));
}

TEST(NetworkAutograd, CreateGraphIsRefused) {
  const NetworkSettings settings = small_settings(2, "tanh", "none");
  const Network network(settings);
  const Tensor theta = network.initial_parameters(1).requires_grad_(true);
  const Tensor loss = network.jet(theta, scattered_points(settings, 4), JetSpec::values(2)).square().sum();
  const std::string message = message_of([&] { torch::autograd::grad({loss}, {theta}, {}, true, true); });
  EXPECT_NE(
      message.find("the jet of a network is once differentiable in its parameters: its adjoint leaves no graph, so "
                   "create_graph=true would lose terms. Use Network::reference_jet for higher derivatives."),
      std::string::npos)
      << message;
}

TEST(NetworkAutograd, ReferenceJetIsTwiceDifferentiable) {
  const NetworkSettings settings = small_settings(1, "tanh", "layer");
  const Network network(settings);
  const Tensor theta = generic_parameters(network, 8).requires_grad_(true);
  const Tensor x = scattered_points(settings, 4);
  const Tensor direction = testing::wave({theta.numel()}, 0.6);
  const auto gradient = [&](const Tensor& at) {
    return torch::autograd::grad({network.reference_jet(at, x, JetSpec::pure_seconds(1)).square().sum()}, {at}, {},
                                 true, true)[0];
  };
  const Tensor product = torch::autograd::grad({(gradient(theta) * direction).sum()}, {theta})[0];
  const double h = 1e-5;
  const auto moved = [&](double t) { return gradient((theta + t * direction).detach().requires_grad_(true)).detach(); };
  EXPECT_LT(relative_difference(product, (moved(h) - moved(-h)) / (2 * h)), 1e-6);
}

TEST(NetworkAutograd, NoGraphWithoutNeed) {
  const NetworkSettings settings = small_settings(2, "tanh", "none");
  const Network network(settings);
  const Tensor theta = network.initial_parameters(1), x = scattered_points(settings, 4);
  EXPECT_FALSE(network.jet(theta, x, JetSpec::first_order(2)).requires_grad());
  EXPECT_FALSE(network.reference_jet(theta, x, JetSpec::first_order(2)).requires_grad());
  const Tensor leaf = theta.clone().requires_grad_(true);
  const at::NoGradGuard no_grad;
  EXPECT_FALSE(network.jet(leaf, x, JetSpec::first_order(2)).requires_grad());
  EXPECT_LT(relative_difference(network.reference_jet(leaf, x, JetSpec::first_order(2)),
                                network.jet(leaf, x, JetSpec::first_order(2))),
            1e-13);
}

TEST(NetworkAutograd, PointsThatRequireGradAreRefused) {
  const NetworkSettings settings = small_settings(2, "tanh", "none");
  const Network network(settings);
  const Tensor x = scattered_points(settings, 4).requires_grad_(true);
  EXPECT_EQ(message_of([&] { network.jet(network.initial_parameters(1), x, JetSpec::values(2)); }),
            "points of a jet must not require grad: derivatives with respect to coordinates are what the JetSpec asks "
            "for");
}

TEST(NetworkAutograd, ParametersChangedBeforeBackwardAreRefused) {
  const NetworkSettings settings = small_settings(2, "tanh", "none");
  const Network network(settings);
  const Tensor theta = network.initial_parameters(1).requires_grad_(true);
  const Tensor loss = network.jet(theta, scattered_points(settings, 4), JetSpec::values(2)).square().sum();
  {
    const at::NoGradGuard no_grad;
    theta.add_(1.0);
  }
  EXPECT_NE(message_of([&] { torch::autograd::grad({loss}, {theta}); }), "");
}

}  // namespace
}  // namespace nusselt
