#include "solver/layer_rates.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::message_of;
using torch::Tensor;

Case normed(const std::string& optimizer, const std::string& rule, const std::string& rate) {
  Case c = tiny_cavity({"optimizer.name=" + optimizer, "optimizer.layer_lr=" + rule, "optimizer.rate=" + rate,
                        "network.depth=3", "network.norm=layer"});
  c.settings.network.norm_eps = 0;  // a case may not say so; only then the scale of weights is exactly nothing
  return c;
}

Tensor part(const Trained& t, const Tensor& of, const std::string& name) {
  for (const ParameterSlice& slice : t.problem.network().slices()) {
    if (slice.name == name) return of.narrow(0, slice.offset, slice.size());
  }
  throw std::logic_error("no slice " + name);
}

/// The losses of two trainings, the second from `times` the weights in front of its norms, and how far the latter end
/// from `times` the weights of the former.
struct Scaled {
  double worst_loss = 0;
  double worst_weight = 0;
};
Scaled so_many_times_the_weights(const Case& c, double times, int steps) {
  Trained one(c), ten(c);
  const std::vector<std::string> names = {"layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias"};
  for (const std::string& name : names) part(ten, ten.theta, name).mul_(times);
  Scaled result;
  for (int i = 0; i < steps; ++i) {
    const double a = one.optimizer->step(one.objective, one.theta).previous;
    const double b = ten.optimizer->step(ten.objective, ten.theta).previous;
    result.worst_loss = std::max(result.worst_loss, std::abs(a - b) / a);
  }
  for (const std::string& name : names) {
    const Tensor difference = times * part(one, one.theta, name) - part(ten, ten.theta, name);
    result.worst_weight =
        std::max(result.worst_weight, (difference.norm() / part(ten, ten.theta, name).norm()).item<double>());
  }
  return result;
}

TEST(LayerRates, WithTheRateOfTheNormalizationTheScaleOfTheFirstWeightsIsNoDifference) {
  for (const auto& [optimizer, rate] : {std::pair{"sgd", "1e-2"}, {"adam", "1e-3"}, {"soap", "1e-3"}}) {
    // Where eigenvalues of soap's means coincide rounding chooses the eigenvectors: only a power of two has the same.
    const double times = std::string(optimizer) == "soap" ? 8 : 10;
    const Scaled scaled = so_many_times_the_weights(normed(optimizer, "normalization", rate), times, 30);
    EXPECT_LT(scaled.worst_loss, 1e-12) << optimizer;
    EXPECT_LT(scaled.worst_weight, 1e-12) << optimizer;
    EXPECT_GT(so_many_times_the_weights(normed(optimizer, "none", rate), times, 30).worst_loss, 1e-3) << optimizer;
  }
}

TEST(LayerRates, FactorsByHand) {
  const Trained t(normed("sgd", "normalization", "1"));
  const LayerRates rates("normalization", t.problem.network());
  Tensor theta = testing::generic_parameters(t.problem.network(), 5);
  const Tensor g = testing::wave({theta.size(0)}, 0.3);
  const Tensor along = rates.of_gradient(theta, g), step = rates.of_step(theta, g, 0.1),
               small = rates.epsilon(theta, 1e-8);
  for (const std::string number : {"1", "2"}) {
    const double w2 = part(t, theta, "layer" + number + ".weight").square().sum().item<double>() / 6;
    const double gain = std::sqrt(part(t, theta, "norm" + number + ".gamma").square().mean().item<double>());
    for (const char* what : {".weight", ".bias"}) {
      const std::string name = "layer" + number + what;
      EXPECT_NEAR(part(t, along, name)[0].item<double>(), w2 / gain, 1e-12) << name;
      EXPECT_NEAR(part(t, step, name)[3].item<double>(), std::sqrt(w2), 1e-12) << name;
      EXPECT_NEAR(part(t, small, name)[5].item<double>(), 1e-8 / std::sqrt(w2), 1e-20) << name;
    }
  }
  // The first map reads coordinates and the last makes outputs: no norm follows them.
  for (const char* name : {"layer0.weight", "layer3.weight", "layer3.bias", "norm1.gamma", "norm2.beta"}) {
    EXPECT_TRUE(part(t, along, name).eq(1).all().item<bool>()) << name;
    EXPECT_TRUE(part(t, step, name).eq(1).all().item<bool>()) << name;
    EXPECT_TRUE(part(t, small, name).eq(1e-8).all().item<bool>()) << name;
  }
}

TEST(LayerRates, LarsStepsInProportionToTheWeights) {
  const Trained t(normed("sgd", "lars", "1"));
  const LayerRates rates("lars", t.problem.network());
  const Tensor theta = testing::generic_parameters(t.problem.network(), 5);
  Tensor g = testing::wave({theta.size(0)}, 0.3);
  part(t, g, "layer2.weight").zero_();  // nothing to be in proportion to
  const Tensor of_gradient = rates.of_gradient(theta, g), of_step = rates.of_step(theta, g, 0.1);
  for (const char* number : {"0", "1", "3"}) {
    const std::string weight = "layer" + std::string(number) + ".weight";
    const double ratio = (part(t, theta, weight).norm() / part(t, g, weight).norm()).item<double>();
    EXPECT_NEAR(part(t, of_gradient, weight)[0].item<double>(), ratio, 1e-12 * ratio);
    EXPECT_NEAR(part(t, of_gradient, "layer" + std::string(number) + ".bias")[0].item<double>(), ratio, 1e-12 * ratio);
    EXPECT_NEAR(part(t, of_step, weight)[0].item<double>(), 0.1 * ratio, 1e-12 * ratio);
  }
  EXPECT_EQ(part(t, of_gradient, "layer2.weight")[0].item<double>(), 1);
  EXPECT_EQ(part(t, of_gradient, "norm1.gamma")[0].item<double>(), 1);
}

TEST(LayerRates, LarsTurnsEveryWeightByTheSameAngle) {
  for (const char* optimizer : {"sgd", "adam", "soap"}) {
    Trained t(normed(optimizer, "lars", "1e-3"));
    t.optimizer->step(t.objective, t.theta);  // of soap: it only starts its averages
    const Tensor before = t.theta.clone();
    const double rate = t.optimizer->step(t.objective, t.theta).length;
    for (const char* name : {"layer0.weight", "layer1.weight", "layer2.weight", "layer3.weight"}) {
      const double turned =
          ((part(t, t.theta, name) - part(t, before, name)).norm() / part(t, before, name).norm()).item<double>();
      EXPECT_NEAR(turned, rate, 1e-12) << optimizer << name;
    }
  }
}

TEST(LayerRates, SayWhatTheyCannotDo) {
  const auto message = [](const std::string& rule, const std::vector<std::string>& overrides) {
    const Case c = tiny_cavity(overrides);
    const Problem problem(c, float64());
    return message_of([&] { LayerRates(rule, problem.network()); });
  };
  EXPECT_EQ(message("often", {}), "unknown rule of layer rates 'often'");
  EXPECT_EQ(message("normalization", {}), "no layer of this network is directly followed by a norm");
  EXPECT_EQ(message("normalization", {"network.norm=layer", "network.reparam=weight_norm"}),
            "layer rates by normalization measure plain weights, not reparametrized ones");
  EXPECT_FALSE(LayerRates().active());
}

}  // namespace
}  // namespace nusselt
