// Every kind of network by value: jets, adjoints and tangents against nested autograd, against the same network in
// long double, and against each other.
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "networks/network.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::all_specs;
using testing::every_kind;
using testing::generic_parameters;
using testing::Real;
using testing::relative_difference;
using testing::scattered_points;
using testing::third_order_spec;
using testing::wave;
using torch::Tensor;

double worst_channel(const Tensor& jet, const Tensor& expected) {
  double worst = 0.0;
  for (std::int64_t c = 0; c < expected.size(1); ++c) {
    worst = std::max(worst, relative_difference(jet.select(1, c), expected.select(1, c)));
  }
  return worst;
}

TEST(NetworkKinds, JetsAgreeWithNestedAutograd) {
  for (int axes : {1, 2}) {
    for (const auto& [name, settings] : every_kind(axes)) {
      const Network network(settings);
      const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 7);
      for (const JetSpec& spec : {JetSpec::values(axes), all_specs(axes).back(), third_order_spec(axes)}) {
        EXPECT_LT(worst_channel(network.jet(theta, x, spec), network.reference_jet(theta, x, spec)), 1e-11)
            << name << ", axes " << axes << ", channels " << spec.channels();
      }
    }
  }
}

TEST(NetworkKinds, JetsAgreeWithDifferencesInLongDouble) {
  for (const double eps : {1e-5, 1e-3, 0.3}) {
    for (auto& [name, settings] : every_kind(2)) {
      if (eps != 1e-3 && settings.norm == "none") continue;
      settings.norm_eps = eps;
      const Network network(settings);
      const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 2);
      const testing::ScalarNetwork oracle(settings, theta);
      const JetSpec spec =
          JetSpec::second_order(2, {SecondOrder::derivative(0, 1), SecondOrder{{{0, 0, 0.5}, {1, 1, 1.5}}}});
      const Tensor jet = network.jet(theta, x, spec);
      const std::vector<Real> point{x[1][0].item<double>(), x[1][1].item<double>()};
      for (int c = 0; c < spec.channels(); ++c) {
        const Real step = 1e-4L;
        const Real fine = oracle.channel(point, 1, spec, c, step), coarse = oracle.channel(point, 1, spec, c, 2 * step);
        // Richardson's extrapolation removes the h^2 error that the two estimates show.
        const double expected = static_cast<double>((4 * fine - coarse) / 3);
        EXPECT_NEAR(jet[1][c][1].item<double>(), expected, 2e-8 * (1.0 + std::abs(expected)))
            << name << ", eps " << eps << ", channel " << c;
      }
    }
  }
}

TEST(NetworkKinds, JacobianRowsAgreeWithAutogradPerPoint) {
  for (const auto& [name, settings] : every_kind(2)) {
    const Network network(settings);
    const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 3);
    const JetSpec spec = all_specs(2).back();
    const Tensor seeds = wave({3, 2, spec.channels(), 3}, 0.4);
    const Tensor rows = at::full({3, 2, network.parameter_count()}, std::nan(""), at::kDouble);
    const Linearization linearization = network.linearize(theta, x, spec);
    linearization.jacobian(seeds, rows);
    const Tensor leaf = theta.clone().requires_grad_(true);
    const Tensor jet = network.reference_jet(leaf, x.narrow(0, 2, 1), spec);
    for (int e = 0; e < 2; ++e) {
      const Tensor expected = torch::autograd::grad({(jet[0] * seeds[2][e]).sum()}, {leaf}, {}, true)[0];
      EXPECT_LT(relative_difference(rows[2][e], expected), 1e-10) << name << ", equation " << e;
    }
    EXPECT_LT(relative_difference(linearization.adjoint(seeds.select(1, 1)), rows.select(1, 1).sum(0)), 1e-12) << name;
    const Tensor trained = at::full({3, 2, network.trained_count()}, std::nan(""), at::kDouble);
    linearization.jacobian(seeds, trained);
    EXPECT_TRUE(at::equal(trained, rows.narrow(2, 0, network.trained_count()))) << name;
  }
}

TEST(NetworkKinds, TangentAgreesWithDifferencesAndIsTheTransposeOfTheAdjoint) {
  for (const auto& [name, settings] : every_kind(2)) {
    const Network network(settings);
    const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 7);
    const Tensor direction = wave({theta.numel()}, 1.0);
    for (const JetSpec& spec : {JetSpec::values(2), all_specs(2).back(), third_order_spec(2)}) {
      const Linearization linearization = network.linearize(theta, x, spec);
      const Tensor tangent = linearization.tangent(direction);
      const auto jet = [&](double t) { return network.jet(theta + t * direction, x, spec); };
      const double h = 1e-4;
      const Tensor expected = (8 * (jet(h) - jet(-h)) - (jet(2 * h) - jet(-2 * h))) / (12 * h);
      EXPECT_LT(worst_channel(tangent, expected), 1e-7) << name << ", channels " << spec.channels();
      const Tensor seeds = wave({7, spec.channels(), 3}, 0.4);
      const double pushed = (seeds * tangent).sum().item<double>();
      const double pulled = (linearization.adjoint(seeds) * direction).sum().item<double>();
      EXPECT_NEAR(pushed, pulled, 1e-12 * (seeds * tangent).abs().sum().item<double>()) << name;
    }
  }
}

TEST(NetworkKinds, FactorsMultiplyOutToTheTrainedRows) {
  for (const auto& [name, settings] : every_kind(2)) {
    const Network network(settings);
    const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 3);
    const JetSpec spec = all_specs(2).back();
    const Linearization linearization = network.linearize(theta, x, spec);
    const Tensor seeds = wave({3, 2, spec.channels(), 3}, 0.4);
    if (!network.factorable()) {
      EXPECT_EQ(settings.reparam, "weight_norm");
      EXPECT_EQ(testing::message_of([&] { linearization.factors(seeds); }),
                "rows of a Jacobian have no factors under weight_norm; ask Network::factorable first");
      continue;
    }
    const Tensor rows = at::empty({3, 2, network.trained_count()}, at::kDouble);
    linearization.jacobian(seeds, rows);
    Tensor kernel = at::zeros({6, 6}, at::kDouble);
    std::int64_t columns = 0;
    for (const RowFactors& factors : linearization.factors(seeds)) {
      const Tensor block = at::empty({3, 2, factors.columns()}, at::kDouble);
      factors.write(block);
      kernel += at::mm(block.view({6, -1}), block.view({6, -1}).t());
      columns += factors.columns();
    }
    EXPECT_EQ(columns, network.trained_count()) << name;
    EXPECT_LT(relative_difference(kernel, at::mm(rows.view({6, -1}), rows.view({6, -1}).t())), 1e-12) << name;
  }
}

TEST(NetworkKinds, EveryNetworkIsPointwise) {
  for (const auto& [name, settings] : every_kind(2)) {
    const Network network(settings);
    const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 50);
    const JetSpec spec = all_specs(2).back();
    const Tensor jet = network.jet(theta, x, spec);
    for (const int n : {0, 31}) {
      EXPECT_LT(relative_difference(network.jet(theta, x.narrow(0, n, 1), spec), jet.narrow(0, n, 1)), 1e-12) << name;
    }
  }
}

TEST(NetworkKinds, RunInSinglePrecision) {
  for (const auto& [name, settings] : every_kind(2)) {
    const Network network(settings);
    const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 5);
    const JetSpec spec = all_specs(2).back();
    const Tensor jet = network.jet(theta.to(at::kFloat), x.to(at::kFloat), spec);
    EXPECT_EQ(jet.scalar_type(), at::kFloat);
    EXPECT_LT(worst_channel(jet.to(at::kDouble), network.jet(theta, x, spec)), 1e-3) << name;
  }
}

}  // namespace
}  // namespace nusselt
