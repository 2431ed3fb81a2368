#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "networks/network.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::all_specs;
using testing::generic_parameters;
using testing::message_of;
using testing::Real;
using testing::relative_difference;
using testing::scattered_points;
using testing::small_settings;
using testing::specs_of_every_order;
using testing::third_order_spec;
using testing::wave;
using torch::Tensor;

/// Runs `check(network, theta, x, label)` for every activation, norm and 1, 2, 3 axes.
template <typename Check>
void for_every_network(const Check& check) {
  for (const char* activation : {"tanh", "sin", "swish"}) {
    for (const char* norm : {"none", "layer"}) {
      for (int axes = 1; axes <= 3; ++axes) {
        const NetworkSettings settings = small_settings(axes, activation, norm);
        const Network network(settings);
        check(network, generic_parameters(network, 5), scattered_points(settings, 13),
              std::string(activation) + ", " + norm + ", axes " + std::to_string(axes));
      }
    }
  }
}

/// The largest relative difference of any channel.
double worst_channel(const Tensor& jet, const Tensor& expected) {
  double worst = 0.0;
  for (std::int64_t c = 0; c < expected.size(1); ++c) {
    worst = std::max(worst, relative_difference(jet.select(1, c), expected.select(1, c)));
  }
  return worst;
}

TEST(NetworkJet, AgreesWithNestedAutograd) {
  for_every_network([](const Network& network, const Tensor& theta, const Tensor& x, const std::string& label) {
    for (const JetSpec& spec : specs_of_every_order(network.settings().inputs)) {
      const Tensor jet = network.jet(theta, x, spec);
      EXPECT_EQ(jet.sizes(), at::IntArrayRef({13, spec.channels(), 3})) << label;
      EXPECT_TRUE(jet.is_contiguous());
      EXPECT_LT(worst_channel(jet, network.reference_jet(theta, x, spec)), 1e-12)
          << label << ", channels " << spec.channels();
    }
  });
}

TEST(NetworkJet, AgreesWithDifferencesInLongDouble) {
  for_every_network([](const Network& network, const Tensor& theta, const Tensor& x, const std::string& label) {
    const testing::ScalarNetwork oracle(network.settings(), theta);
    const JetSpec spec = all_specs(network.settings().inputs).back();
    const Tensor jet = network.jet(theta, x, spec);
    for (const int n : {0, 7}) {
      std::vector<Real> point;
      for (int axis = 0; axis < spec.axes; ++axis) point.push_back(x[n][axis].item<double>());
      for (int c = 0; c < spec.channels(); ++c) {
        const Real step = 1e-4L;
        const Real fine = oracle.channel(point, 1, spec, c, step);
        const Real coarse = oracle.channel(point, 1, spec, c, 2 * step);
        const double got = jet[n][c][1].item<double>();
        // Richardson's extrapolation removes the h^2 error that the two estimates show.
        const double expected = static_cast<double>((4 * fine - coarse) / 3);
        EXPECT_NEAR(got, expected, 5e-9 * (1.0 + std::abs(expected))) << label << ", channel " << c;
      }
    }
  });
}

TEST(NetworkJet, ThirdDerivativesAgreeWithDifferencesInLongDouble) {
  for_every_network([](const Network& network, const Tensor& theta, const Tensor& x, const std::string& label) {
    const testing::ScalarNetwork oracle(network.settings(), theta);
    const JetSpec spec = third_order_spec(network.settings().inputs);
    const Tensor jet = network.jet(theta, x.narrow(0, 7, 1), spec);
    std::vector<Real> point;
    for (int axis = 0; axis < spec.axes; ++axis) point.push_back(x[7][axis].item<double>());
    for (int c = spec.third_channel(0); c < spec.channels(); ++c) {
      const Real step = 1e-3L;
      const Real fine = oracle.channel(point, 1, spec, c, step), coarse = oracle.channel(point, 1, spec, c, 2 * step);
      const double expected = static_cast<double>((4 * fine - coarse) / 3);
      EXPECT_NEAR(jet[0][c][1].item<double>(), expected, 1e-7 * (1.0 + std::abs(expected)))
          << label << ", channel " << c;
    }
  });
}

TEST(NetworkJet, DifferencesConvergeToItWithSecondOrder) {
  const NetworkSettings settings = small_settings(2, "tanh", "layer");
  const Network network(settings);
  const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 1);
  const testing::ScalarNetwork oracle(settings, theta);
  const JetSpec spec = all_specs(2).back();
  const Tensor jet = network.jet(theta, x, spec);
  const std::vector<Real> point{x[0][0].item<double>(), x[0][1].item<double>()};
  for (int c = 1; c < spec.channels(); ++c) {
    const auto error = [&](Real step) {
      return std::abs(oracle.channel(point, 0, spec, c, step) - jet[0][c][0].item<double>());
    };
    EXPECT_NEAR(static_cast<double>(error(2e-3L) / error(1e-3L)), 4.0, 0.2) << "channel " << c;
  }
}

TEST(NetworkJet, OnePointAloneIsItsRowOfABatch) {
  for (const char* norm : {"none", "layer"}) {
    const NetworkSettings settings = small_settings(2, "tanh", norm);
    const Network network(settings);
    const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 1000);
    const JetSpec spec = all_specs(2).back();
    const Tensor jet = network.jet(theta, x, spec);
    for (const int n : {0, 333, 999}) {
      EXPECT_LT(relative_difference(network.jet(theta, x.narrow(0, n, 1), spec), jet.narrow(0, n, 1)), 1e-13);
    }
  }
}

TEST(NetworkJet, RunsInSinglePrecision) {
  const NetworkSettings settings = small_settings(2, "swish", "layer");
  const Network network(settings);
  const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 20);
  const JetSpec spec = all_specs(2).back();
  const Tensor jet = network.jet(theta.to(at::kFloat), x.to(at::kFloat), spec);
  EXPECT_EQ(jet.scalar_type(), at::kFloat);
  EXPECT_LT(worst_channel(jet.to(at::kDouble), network.jet(theta, x, spec)), 1e-4);
}

TEST(NetworkJet, NoPointsGiveAnEmptyJet) {
  const Network network(small_settings(2, "tanh", "layer"));
  const Tensor theta = network.initial_parameters(1), x = at::zeros({0, 2}, at::kDouble);
  const JetSpec spec = all_specs(2).back();
  EXPECT_EQ(network.jet(theta, x, spec).sizes(), at::IntArrayRef({0, spec.channels(), 3}));
  const Tensor gradient = network.adjoint(theta, x, spec, at::zeros({0, spec.channels(), 3}, at::kDouble));
  EXPECT_EQ(gradient.abs().max().item<double>(), 0.0);
}

TEST(NetworkJet, JacobianRowsAgreeWithAutogradPerPoint) {
  constexpr int kEquations = 2;
  for_every_network([](const Network& network, const Tensor& theta, const Tensor& x, const std::string& label) {
    for (const JetSpec& spec : specs_of_every_order(network.settings().inputs)) {
      const Tensor seeds = wave({13, kEquations, spec.channels(), 3}, 0.4);
      const Tensor rows = at::full({13, kEquations, network.parameter_count()}, std::nan(""), at::kDouble);
      network.jacobian(theta, x, spec, seeds, rows);
      const Tensor leaf = theta.clone().requires_grad_(true);
      for (const int n : {0, 12}) {
        const Tensor jet = network.reference_jet(leaf, x.narrow(0, n, 1), spec);
        for (int e = 0; e < kEquations; ++e) {
          const Tensor expected = torch::autograd::grad({(jet[0] * seeds[n][e]).sum()}, {leaf}, {}, true)[0];
          EXPECT_LT(relative_difference(rows[n][e], expected), 1e-11)
              << label << ", channels " << spec.channels() << ", point " << n << ", equation " << e;
        }
      }
    }
  });
}

TEST(NetworkJet, AdjointIsTheSumOfJacobianRows) {
  for_every_network([](const Network& network, const Tensor& theta, const Tensor& x, const std::string& label) {
    const JetSpec spec = all_specs(network.settings().inputs).back();
    const Tensor seeds = wave({13, 1, spec.channels(), 3}, 0.4);
    const Tensor rows = at::empty({13, 1, network.parameter_count()}, at::kDouble);
    const Linearization linearization = network.linearize(theta, x, spec);
    linearization.jacobian(seeds, rows);
    EXPECT_TRUE(at::equal(linearization.jet(), network.jet(theta, x, spec))) << label;
    EXPECT_LT(relative_difference(linearization.adjoint(seeds.squeeze(1)), rows.sum(at::IntArrayRef({0, 1}))), 1e-12)
        << label;
    EXPECT_TRUE(at::equal(network.adjoint(theta, x, spec, seeds.squeeze(1)), linearization.adjoint(seeds.squeeze(1))));
  });
}

TEST(NetworkJet, GradientAgreesWithDirectionalDifferences) {
  for_every_network([](const Network& network, const Tensor& theta, const Tensor& x, const std::string& label) {
    const JetSpec spec = all_specs(network.settings().inputs).back();
    const Tensor seeds = wave({13, spec.channels(), 3}, 0.4), direction = wave({theta.numel()}, 1.0);
    const auto loss = [&](double t) {
      return (network.jet(theta + t * direction, x, spec) * seeds).sum().item<double>();
    };
    const double h = 1e-4;
    const double expected = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h);
    const double got = (network.adjoint(theta, x, spec, seeds) * direction).sum().item<double>();
    EXPECT_NEAR(got, expected, 1e-8 * std::abs(expected)) << label;
  });
}

TEST(NetworkJet, TangentAgreesWithDifferencesAndIsTheTransposeOfTheAdjoint) {
  for_every_network([](const Network& network, const Tensor& theta, const Tensor& x, const std::string& label) {
    const Tensor direction = wave({theta.numel()}, 1.0);
    for (const JetSpec& spec : specs_of_every_order(network.settings().inputs)) {
      const Linearization linearization = network.linearize(theta, x, spec);
      const Tensor tangent = linearization.tangent(direction);
      const auto jet = [&](double t) { return network.jet(theta + t * direction, x, spec); };
      const double h = 1e-4;
      const Tensor expected = (8 * (jet(h) - jet(-h)) - (jet(2 * h) - jet(-2 * h))) / (12 * h);
      EXPECT_LT(worst_channel(tangent, expected), 1e-8) << label << ", channels " << spec.channels();
      const Tensor seeds = wave({13, spec.channels(), 3}, 0.4);
      const double pushed = (seeds * tangent).sum().item<double>();
      const double pulled = (linearization.adjoint(seeds) * direction).sum().item<double>();
      EXPECT_NEAR(pushed, pulled, 1e-12 * (seeds * tangent).abs().sum().item<double>()) << label;
    }
  });
}

TEST(NetworkJet, ALinearizationKnowsItsBytes) {
  const Network network(small_settings(2, "tanh", "layer"));
  const Tensor theta = generic_parameters(network, 5);
  const auto bytes = [&](int points) {
    return network.linearize(theta, scattered_points(network.settings(), points), JetSpec::pure_seconds(2)).bytes();
  };
  EXPECT_GT(bytes(1), 0);
  EXPECT_EQ(bytes(30), 30 * bytes(1));
}

TEST(NetworkJet, JacobianWritesIntoAStridedViewTileByTile) {
  const NetworkSettings settings = small_settings(2, "tanh", "layer");
  const Network network(settings);
  const Tensor theta = generic_parameters(network, 5), x = scattered_points(settings, 40);
  const JetSpec spec = JetSpec::pure_seconds(2);
  const Tensor seeds = wave({40, 3, spec.channels(), 3}, 0.4);
  const std::int64_t count = network.parameter_count();
  const Tensor whole = at::empty({40, 3, count}, at::kDouble);
  network.jacobian(theta, x, spec, seeds, whole);
  const Tensor system = at::zeros({40, 3, count + 9}, at::kDouble);
  for (const auto& [begin, length] : {std::pair{0, 16}, std::pair{16, 24}}) {
    network.jacobian(theta, x.narrow(0, begin, length), spec, seeds.narrow(0, begin, length),
                     system.narrow(0, begin, length).narrow(2, 4, count));
  }
  EXPECT_LT(relative_difference(system.narrow(2, 4, count), whole), 1e-13);
  EXPECT_EQ(system.narrow(2, 0, 4).abs().max().item<double>(), 0.0);
  EXPECT_EQ(system.narrow(2, count + 4, 5).abs().max().item<double>(), 0.0);
}

TEST(NetworkJet, RefusesSeedsAndOutputsThatDoNotFit) {
  const NetworkSettings settings = small_settings(2, "tanh", "none");
  const Network network(settings);
  const Tensor theta = network.initial_parameters(1), x = scattered_points(settings, 5);
  const Linearization linearization = network.linearize(theta, x, JetSpec::first_order(2));
  EXPECT_EQ(message_of([&] {
              linearization.adjoint(at::zeros({5, 3, 2}, at::kDouble));
            }),
            "seeds must be [N, C, outputs] = [5, 3, 3] in Double on cpu, got [5, 3, 2] in Double on cpu");
  const Tensor seeds = at::zeros({5, 2, 3, 3}, at::kDouble);
  EXPECT_EQ(message_of([&] {
              linearization.jacobian(seeds.to(at::kFloat), at::zeros({5, 2, 157}, at::kDouble));
            }),
            "seeds must be [N, E, C, outputs] = [5, 2, 3, 3] in Double on cpu, got [5, 2, 3, 3] in Float on cpu");
  EXPECT_EQ(message_of([&] {
              linearization.jacobian(seeds, at::zeros({5, 2, 156}, at::kDouble));
            }),
            "the Jacobian goes into a tensor [N, E, P] = [5, 2, 157] of the precision and device of theta, its last "
            "dimension contiguous; got [5, 2, 156]");
  EXPECT_EQ(message_of([&] { linearization.tangent(at::zeros({156}, at::kDouble)); }),
            "a direction of parameters must be [P] = [157] in Double on cpu, got [156] in Double on cpu");
}

TEST(NetworkJet, RefusesParametersChangedAfterLinearization) {
  const NetworkSettings settings = small_settings(2, "tanh", "none");
  const Network network(settings);
  Tensor theta = network.initial_parameters(1);
  const Linearization linearization = network.linearize(theta, scattered_points(settings, 5), JetSpec::values(2));
  theta.add_(1.0);
  EXPECT_EQ(message_of([&] {
              linearization.adjoint(at::zeros({5, 1, 3}, at::kDouble));
            }),
            "the parameters were changed in place after the network was linearized at them; linearize again");
}

}  // namespace
}  // namespace nusselt
