#include "networks/activation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "networks/registry.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::Real;
using testing::scalar_activation;

/// k-th derivative by central differences of order 2 with one Richardson step: error O(step^4).
Real difference(const std::string& name, int order, Real z, Real step) {
  if (order == 0) return scalar_activation(name, z);
  const auto central = [&](Real h) {
    return (difference(name, order - 1, z + h, step) - difference(name, order - 1, z - h, step)) / (2 * h);
  };
  return (4 * central(step) - central(2 * step)) / 3;
}

TEST(Activation, DerivativesAgreeWithLongDoubleDifferences) {
  for (const std::string& name : activation_names()) {
    const Activation& activation = find_activation(name);
    const torch::Tensor z = at::linspace(-4.0, 4.0, 41, at::kDouble);
    const auto derivatives = activation.derivatives(z, 4);
    ASSERT_EQ(derivatives.size(), 5u) << name;
    for (int order = 0; order <= 4; ++order) {
      const double tolerance = order == 0 ? 1e-15 : 1e-9;
      for (std::int64_t n = 0; n < z.numel(); ++n) {
        const Real expected = difference(name, order, z[n].item<double>(), 2e-3L);
        EXPECT_NEAR(derivatives[order][n].item<double>(), static_cast<double>(expected), tolerance)
            << name << ", derivative " << order << " at " << z[n].item<double>();
      }
    }
  }
}

TEST(Activation, LowerOrdersAreTheBeginningOfHigherOnes) {
  const torch::Tensor z = at::linspace(-2.0, 2.0, 9, at::kDouble);
  for (const std::string& name : activation_names()) {
    const Activation& activation = find_activation(name);
    const auto all = activation.derivatives(z, 4);
    EXPECT_TRUE(at::equal(activation.value(z), all[0])) << name;
    for (int highest = 0; highest < 4; ++highest) {
      const auto some = activation.derivatives(z, highest);
      ASSERT_EQ(static_cast<int>(some.size()), highest + 1);
      for (int order = 0; order <= highest; ++order) EXPECT_TRUE(at::equal(some[order], all[order])) << name;
    }
  }
}

// The adjoint of a linear map is its transpose: <ybar, J dz> = <J^T ybar, dz>, with J dz by central differences of the
// jet.
TEST(Activation, TangentIsTheJetsDerivativeAndAdjointItsTranspose) {
  for (const std::string& name : activation_names()) {
    const Activation& activation = find_activation(name);
    for (const JetSpec& spec : testing::specs_of_every_order(2)) {
      const std::int64_t channels = spec.channels();
      const torch::Tensor z = testing::wave({channels, 5, 4}, 0.3);
      const torch::Tensor direction = testing::wave({channels, 5, 4}, 1.9);
      const torch::Tensor seed = testing::wave({channels, 2, 5, 4}, 2.6);
      const auto jet_at = [&](double t) {
        const torch::Tensor moved = z + t * direction;
        return activation_jet(activation.derivatives(moved.select(0, 0), spec.order()), moved, spec);
      };
      const double h = 1e-3;
      const torch::Tensor derivative =
          (8.0 * (jet_at(h) - jet_at(-h)) - (jet_at(2.0 * h) - jet_at(-2.0 * h))) / (12.0 * h);
      const auto derivatives = activation.derivatives(z.select(0, 0), spec.order() + 1);
      const torch::Tensor adjoint = activation_adjoint(derivatives, z, spec, seed);
      for (int e = 0; e < 2; ++e) {
        EXPECT_NEAR((adjoint.select(1, e) * direction).sum().item<double>(),
                    (seed.select(1, e) * derivative).sum().item<double>(), 1e-9)
            << name << ", order " << spec.order() << ", equation " << e;
      }
      const torch::Tensor tangent = activation_tangent(derivatives, z, spec, direction);
      EXPECT_LT((tangent - derivative).abs().max().item<double>(), 1e-9) << name << ", order " << spec.order();
    }
  }
}

}  // namespace
}  // namespace nusselt
