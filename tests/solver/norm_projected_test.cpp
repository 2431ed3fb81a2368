#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "networks/registry.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::wave;
using torch::Tensor;

constexpr int kWidth = 12;

/// layer, rms, and group with 3 groups of 4
std::shared_ptr<const Norm> norm_of(const std::string& name, double eps) { return make_norm(name, {eps, 3}); }

Tensor jet_of(const std::string& name, const Tensor& z, const JetSpec& spec, double eps) {
  return norm_of(name, eps)->jet(z, {}, spec, nullptr);
}

TEST(ProjectedNorm, LayerByHand) {
  // mean 2, variance 2/3 of (1, 2, 3)
  const Tensor z = at::tensor({1.0, 2.0, 3.0}, at::kDouble).view({1, 1, 3});
  const Tensor y = jet_of("layer", z, JetSpec::values(1), 0.0).flatten();
  EXPECT_NEAR(y[0].item<double>(), -std::sqrt(1.5), 1e-14);
  EXPECT_NEAR(y[1].item<double>(), 0.0, 1e-14);
  EXPECT_NEAR(y[2].item<double>(), std::sqrt(1.5), 1e-14);
}

TEST(ProjectedNorm, RmsByHand) {
  // mean square 14/3 of (1, 2, 3)
  const Tensor z = at::tensor({1.0, 2.0, 3.0}, at::kDouble).view({1, 1, 3});
  const Tensor y = jet_of("rms", z, JetSpec::values(1), 0.0).flatten();
  for (int h = 0; h < 3; ++h) EXPECT_NEAR(y[h].item<double>(), (h + 1) / std::sqrt(14.0 / 3.0), 1e-14);
}

TEST(ProjectedNorm, GroupIsLayerOfEachGroup) {
  const JetSpec spec = testing::all_specs(2).back();
  const Tensor z = wave({spec.channels(), 5, kWidth}, 0.2);
  const Tensor y = jet_of("group", z, spec, 1e-3);
  for (int group = 0; group < 3; ++group) {
    const Tensor alone = jet_of("layer", z.narrow(2, 4 * group, 4).contiguous(), spec, 1e-3);
    EXPECT_LT(testing::relative_difference(y.narrow(2, 4 * group, 4), alone), 1e-14);
  }
}

TEST(ProjectedNorm, InvariancesToScaleAndShift) {
  const JetSpec spec = testing::all_specs(2).back();
  const Tensor z = wave({spec.channels(), 9, kWidth}, 0.2);
  for (const char* name : {"layer", "group", "rms"}) {
    const Tensor y = jet_of(name, z, spec, 0.0);
    for (const double scale : {1e-3, 0.1, 7.0, 1e3}) {
      for (const double shift : {-10.0, 0.0, 10.0}) {
        Tensor moved = z * scale;
        moved.select(0, 0).add_(shift * scale);
        const double change = testing::relative_difference(jet_of(name, moved, spec, 0.0), y);
        if (shift == 0.0 || std::string(name) != "rms") {
          EXPECT_LT(change, 1e-12) << name << " " << scale << " " << shift;
        } else {
          EXPECT_GT(change, 0.1) << "rms is not invariant to shifts";
        }
      }
    }
  }
}

// With eps > 0 the scale is felt: the value shrinks by eps / (2 variance) (1/c^2 - 1), to first order in eps.
TEST(ProjectedNorm, TheResidueOfEpsIsTheKnownOne) {
  const double eps = 1e-6;
  const Tensor z = wave({1, 9, kWidth}, 0.2);
  const Tensor variance = z.var(at::IntArrayRef({2}), /*unbiased=*/false, /*keepdim=*/true);
  for (const double scale : {0.1, 10.0}) {
    const Tensor ratio =
        jet_of("layer", z * scale, JetSpec::values(2), eps) / jet_of("layer", z, JetSpec::values(2), eps);
    const Tensor expected = eps / (2.0 * variance) * (1.0 - 1.0 / (scale * scale));
    EXPECT_LT(testing::relative_difference(ratio - 1.0, expected.expand_as(ratio)), 1e-3) << scale;
  }
}

TEST(ProjectedNorm, DoesNotChangeItsInput) {
  const JetSpec spec = testing::all_specs(2).back();
  for (const char* name : {"layer", "rms", "group"}) {
    const Tensor z = wave({spec.channels(), 4, kWidth}, 0.2);
    const Tensor before = z.clone();
    Norm::Tape tape;
    const auto norm = norm_of(name, 1e-3);
    norm->jet(z, {}, spec, &tape);
    const Tensor seed = wave({spec.channels(), 2, 4, kWidth}, 0.9);
    const Tensor seed_before = seed.clone();
    const Tensor rows = at::zeros({4, 2, 1}, at::kDouble);
    ParameterGradient gradient = ParameterGradient::rows(rows);
    norm->adjoint(tape, spec, seed, gradient, -1);
    EXPECT_TRUE(at::equal(z, before)) << name;
    EXPECT_TRUE(at::equal(seed, seed_before)) << name;
  }
}

TEST(ProjectedNorm, OnePointAloneGivesTheBitsOfItsRow) {
  const JetSpec spec = testing::all_specs(2).back();
  const Tensor z = wave({spec.channels(), 1000, kWidth}, 0.2);
  for (const char* name : {"layer", "rms", "group"}) {
    const Tensor all = jet_of(name, z, spec, 1e-3);
    for (const int n : {0, 417, 999}) {
      EXPECT_TRUE(at::equal(jet_of(name, z.narrow(1, n, 1).contiguous(), spec, 1e-3), all.narrow(1, n, 1))) << name;
    }
  }
}

// The jet along a nonlinear curve of features, against central differences of the value.
TEST(ProjectedNorm, JetAgreesWithDifferencesOfItsValue) {
  const Tensor a = wave({kWidth}, 0.3), b = wave({kWidth}, 1.3), c = wave({kWidth}, 2.3), d = wave({kWidth}, 3.3);
  const auto features = [&](double x, double y) { return a + x * b + std::sin(y) * c + x * x * y * d; };
  const double x0 = 0.7, y0 = -0.4, h = 1e-3;
  const JetSpec spec =
      JetSpec::second_order(2, {SecondOrder::derivative(0, 0), SecondOrder::derivative(1, 1),
                                SecondOrder::derivative(0, 1), SecondOrder{{{0, 0, 2.0}, {1, 1, -0.5}, {1, 0, 0.7}}}});
  const Tensor fxx = 2 * y0 * d, fyy = -std::sin(y0) * c, fxy = 2 * x0 * d;
  const Tensor z = at::stack({features(x0, y0), b + 2 * x0 * y0 * d, std::cos(y0) * c + x0 * x0 * d, fxx, fyy, fxy,
                              2.0 * fxx - 0.5 * fyy + 0.7 * fxy})
                       .unsqueeze(1);
  for (const char* name : {"layer", "rms", "group"}) {
    for (const double eps : {0.0, 1e-5, 1e-3, 0.3}) {
      const Tensor y = jet_of(name, z, spec, eps).squeeze(1);
      const auto value = [&](int i, int j) {
        return norm_of(name, eps)->reference(features(x0 + i * h, y0 + j * h).unsqueeze(0), {}).squeeze(0);
      };
      const auto near = [](const Tensor& one, const Tensor& other) { return (one - other).abs().max().item<double>(); };
      const Tensor dxx = (value(1, 0) - 2 * value(0, 0) + value(-1, 0)) / (h * h);
      const Tensor dyy = (value(0, 1) - 2 * value(0, 0) + value(0, -1)) / (h * h);
      const Tensor dxy = (value(1, 1) - value(1, -1) - value(-1, 1) + value(-1, -1)) / (4 * h * h);
      EXPECT_LT(near(y[0], value(0, 0)), 1e-14) << name << eps;
      EXPECT_LT(near(y[1], (value(1, 0) - value(-1, 0)) / (2 * h)), 1e-5) << name << eps;
      EXPECT_LT(near(y[2], (value(0, 1) - value(0, -1)) / (2 * h)), 1e-5) << name << eps;
      EXPECT_LT(near(y[3], dxx), 1e-4) << name << eps;
      EXPECT_LT(near(y[4], dyy), 1e-4) << name << eps;
      EXPECT_LT(near(y[5], dxy), 1e-4) << name << eps;
      EXPECT_LT(near(y[6], 2.0 * dxx - 0.5 * dyy + 0.7 * dxy), 3e-4) << name << eps;
    }
  }
}

TEST(ProjectedNorm, TangentIsTheJetsDerivativeAndAdjointItsTranspose) {
  for (const char* name : {"layer", "rms", "group"}) {
    for (const double eps : {1e-5, 1e-3, 0.3}) {
      const auto norm = norm_of(name, eps);
      for (const JetSpec& spec : testing::specs_of_every_order(3)) {
        const std::int64_t channels = spec.channels();
        const Tensor z = wave({channels, 5, kWidth}, 0.3), direction = wave({channels, 5, kWidth}, 1.9);
        const Tensor seed = wave({channels, 2, 5, kWidth}, 2.6);
        const auto jet_at = [&](double t) { return norm->jet(z + t * direction, {}, spec, nullptr); };
        const double h = 1e-3;
        const Tensor derivative = (8.0 * (jet_at(h) - jet_at(-h)) - (jet_at(2 * h) - jet_at(-2 * h))) / (12.0 * h);
        Norm::Tape tape;
        norm->jet(z, {}, spec, &tape);
        const Tensor tangent = norm->tangent(tape, spec, direction, {});
        EXPECT_LT(testing::relative_difference(tangent, derivative), 1e-8) << name << eps << " order " << spec.order();
        const Tensor rows = at::zeros({5, 2, 1}, at::kDouble);
        ParameterGradient gradient = ParameterGradient::rows(rows);
        const Tensor zbar = norm->adjoint(tape, spec, seed, gradient, -1);
        for (int e = 0; e < 2; ++e) {
          const Tensor expected = (seed.select(1, e) * tangent).sum(at::IntArrayRef({0, 2}));
          const Tensor got = (zbar.select(1, e) * direction).sum(at::IntArrayRef({0, 2}));
          EXPECT_LT((got - expected).abs().max().item<double>(),
                    1e-12 * (seed.select(1, e) * tangent).abs().sum().item<double>())
              << name << eps << " order " << spec.order() << ", equation " << e;
        }
      }
    }
  }
}

// Why groups of one or two are refused: what remains of the derivatives of a group of g lies in g - 2 directions.
TEST(ProjectedNorm, GroupsOfTwoHaveNoDerivatives) {
  const JetSpec spec = JetSpec::pure_seconds(2);
  const Tensor z = wave({spec.channels(), 7, kWidth}, 0.2);
  const Tensor pairs = make_norm("group", {0.0, kWidth / 2})->jet(z, {}, spec, nullptr);
  EXPECT_LT((pairs.select(0, 0).abs() - 1.0).abs().max().item<double>(), 1e-13);
  EXPECT_LT(pairs.narrow(0, 1, spec.channels() - 1).abs().max().item<double>(), 1e-10);
  const Tensor threes = make_norm("group", {0.0, kWidth / 3})->jet(z, {}, spec, nullptr);
  EXPECT_GT(threes.narrow(0, 1, spec.channels() - 1).abs().max().item<double>(), 0.1);
}

}  // namespace
}  // namespace nusselt
