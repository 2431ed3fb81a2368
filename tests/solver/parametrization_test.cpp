// Networks side by side: what they compute, and what they are trained by, is that of networks alone.
#include "networks/parametrization.hpp"

#include <gtest/gtest.h>

#include <torch/csrc/autograd/autograd.h>

#include "networks/network.hpp"
#include "networks/registry.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using testing::wave;
using torch::Tensor;

/// Two networks with one and two outputs, on boxes of their own inside of that of small_settings.
struct Sides {
  explicit Sides(const std::function<void(NetworkSettings&)>& change = [](auto&) {}) {
    settings = testing::small_settings(2, "tanh", "none");
    change(settings);
    parts = {{"wall", 1, {-0.5, 0.2}, {0.1, 0.9}}, {"gas", 2, {0.1, 0.4}, {1.0, 0.9}}};
  }
  Network both() const { return Network(settings, parts); }
  Network alone(int part) const {
    NetworkSettings own = settings;
    own.outputs = parts[part].outputs;
    own.lower = parts[part].lower;
    own.upper = parts[part].upper;
    return Network(own);
  }
  Tensor of(const Tensor& theta, int part) const {
    const auto [offset, size] = both().layout().stretch_of(part);
    return theta.narrow(0, offset, size);
  }
  NetworkSettings settings;
  std::vector<Subnetwork> parts;
};

std::vector<std::pair<std::string, Sides>> kinds() {
  return {{"plain", Sides()},
          {"residual", Sides([](auto& s) { s.block = "residual"; })},
          {"one layer", Sides([](auto& s) { s.depth = 1; })},
          {"weight_fact", Sides([](auto& s) { s.reparam = "weight_fact"; })},
          {"weight_norm", Sides([](auto& s) { s.reparam = "weight_norm"; })}};
}

TEST(Subnetworks, ComputeWhatEachAloneComputes) {
  for (const auto& [name, sides] : kinds()) {
    const Network both = sides.both();
    const Tensor theta = testing::generic_parameters(both, 3);
    const Tensor x = testing::scattered_points(sides.settings, 5);
    EXPECT_EQ(both.parameter_count(), sides.alone(0).parameter_count() + sides.alone(1).parameter_count());
    EXPECT_FALSE(both.plain());
    for (const JetSpec& spec : testing::all_specs(2)) {
      const Tensor expected = at::cat(
          {sides.alone(0).jet(sides.of(theta, 0), x, spec), sides.alone(1).jet(sides.of(theta, 1), x, spec)}, 2);
      EXPECT_LT(relative_difference(both.jet(theta, x, spec), expected), 1e-13) << name;
      EXPECT_LT(relative_difference(both.jet(theta.to(at::kFloat), x.to(at::kFloat), spec).to(at::kDouble), expected),
                2e-5)
          << name;
    }
  }
}

TEST(Subnetworks, HaveTheJacobianRowsOfEachAlone) {
  for (const auto& [name, sides] : kinds()) {
    const Network both = sides.both();
    const Tensor theta = testing::generic_parameters(both, 3);
    const Tensor x = testing::scattered_points(sides.settings, 5);
    const JetSpec spec = testing::all_specs(2).back();
    const Tensor seeds = wave({5, 2, spec.channels(), 3}, 0.4);
    const auto rows_of = [&](const Network& network, const Tensor& at, const Tensor& own_seeds) {
      const Tensor rows = at::empty({5, 2, network.parameter_count()}, at::kDouble);
      network.jacobian(at, x, spec, own_seeds.contiguous(), rows);
      return rows;
    };
    const Tensor expected = at::cat({rows_of(sides.alone(0), sides.of(theta, 0), seeds.narrow(3, 0, 1)),
                                     rows_of(sides.alone(1), sides.of(theta, 1), seeds.narrow(3, 1, 2))},
                                    2);
    const Tensor rows = rows_of(both, theta, seeds);
    EXPECT_LT(relative_difference(rows, expected), 1e-13) << name;

    const Linearization linearization = both.linearize(theta, x, spec);
    const Tensor one = wave({5, spec.channels(), 3}, 0.9), direction = wave({both.parameter_count()}, 1.0);
    const double pushed = (one * linearization.tangent(direction)).sum().item<double>();
    EXPECT_NEAR(pushed, (linearization.adjoint(one) * direction).sum().item<double>(), 1e-11 * std::abs(pushed))
        << name;

    if (!both.factorable()) continue;
    Tensor kernel = at::zeros({10, 10}, at::kDouble);
    std::int64_t columns = 0;
    for (const RowFactors& factors : linearization.factors(seeds)) {
      const Tensor block = at::empty({5, 2, factors.columns()}, at::kDouble);
      factors.write(block);
      kernel += at::mm(block.view({10, -1}), block.view({10, -1}).t());
      columns += factors.columns();
    }
    EXPECT_EQ(columns, both.parameter_count()) << name;
    EXPECT_LT(relative_difference(kernel, at::mm(expected.view({10, -1}), expected.view({10, -1}).t())), 1e-12) << name;
  }
}

TEST(Subnetworks, BiasesKeepTheAdjointsOfTheirMatrices) {
  // gram_kernel.hpp takes a bias as a constant input of the matrix behind it where both share them.
  const Sides sides;
  const Network both = sides.both();
  const Tensor theta = testing::generic_parameters(both, 3);
  const JetSpec spec = testing::all_specs(2).back();
  const std::vector<RowFactors> factors = both.linearize(theta, testing::scattered_points(sides.settings, 5), spec)
                                              .factors(wave({5, 2, spec.channels(), 3}, 0.4));
  ASSERT_EQ(factors.size(), 2 * both.layout().matrices.size());
  for (std::size_t k = 0; k < factors.size(); k += 2) {
    EXPECT_FALSE(factors[k].a.defined());
    EXPECT_EQ(factors[k].zbar.data_ptr(), factors[k + 1].zbar.data_ptr());
  }
}

TEST(Subnetworks, PullBackIsTheTransposeOfEffective) {
  for (const auto& [name, sides] : kinds()) {
    NetworkSettings settings = sides.settings;
    settings.constants = 2;
    const Network both(settings, sides.parts);
    const Tensor theta = testing::generic_parameters(both, 3).requires_grad_();
    const Tensor effective = both.effective(theta);
    const Tensor row = wave({effective.numel()}, 0.3), direction = wave({theta.numel()}, 1.4);
    const Tensor expected = torch::autograd::grad({(effective * row).sum()}, {theta})[0];
    const Tensor own = theta.detach();
    EXPECT_LT(relative_difference(both.pull_back(own, row), expected), 1e-14) << name;
    const double pushed = (both.push_forward(own, direction) * row).sum().item<double>();
    EXPECT_NEAR(pushed, (expected * direction).sum().item<double>(), 1e-12 * std::abs(pushed)) << name;
    EXPECT_EQ(both.slices().back().name, "constants");
    const Tensor values = both.values(own, testing::scattered_points(settings, 2));
    EXPECT_EQ(values[1][4].item<double>(), own[own.numel() - 1].item<double>());
  }
}

TEST(Subnetworks, StartAsEachAlone) {
  Sides sides([](auto& s) { s.width = 40; });
  const Network both = sides.both();
  const Tensor theta = both.initial_parameters(7);
  EXPECT_TRUE(sides.of(theta, 0).equal(sides.alone(0).initial_parameters(7)));
  EXPECT_TRUE(theta.equal(sides.both().initial_parameters(7)));
  for (const ParameterSlice& slice : both.slices()) {
    const Tensor part = theta.narrow(0, slice.offset, slice.size());
    if (slice.shape.size() == 1) {
      EXPECT_EQ(part.abs().max().item<double>(), 0) << slice.name;
    } else if (slice.size() > 1000) {
      const double variance = part.square().mean().item<double>() * (slice.shape[0] + slice.shape[1]) / 2;
      EXPECT_NEAR(variance, find_activation("tanh").gain * find_activation("tanh").gain, 0.15) << slice.name;
    }
  }
}

TEST(Subnetworks, KeepAPeriodThatIsTheNetworks) {
  Sides sides([](auto& s) { s.periodic = {0}; });
  const Network both = sides.both();
  const Tensor theta = testing::generic_parameters(both, 3);
  const Tensor x = at::tensor({-0.5, 0.3, 1.0, 0.3}, at::kDouble).view({2, 2});  // both ends of the network's box
  const Tensor values = both.values(theta, x);
  EXPECT_LT((values[0] - values[1]).abs().max().item<double>(), 1e-13);
}

TEST(Subnetworks, HaveBoxes) {
  Sides sides;
  sides.parts[1].upper[1] = 0.4;
  EXPECT_EQ(testing::message_of([&] { sides.both(); }),
            "the box of the part gas of a network must have a positive extent along each axis; along axis 1 it runs "
            "from 0.400000 to 0.400000");
}

}  // namespace
}  // namespace nusselt
