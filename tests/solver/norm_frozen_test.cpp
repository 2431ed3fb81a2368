#include "networks/norm_frozen.hpp"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "networks/network.hpp"
#include "networks/registry.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::generic_parameters;
using testing::message_of;
using testing::relative_difference;
using testing::scattered_points;
using testing::wave;
using torch::Tensor;

NetworkSettings batch_settings() {
  NetworkSettings settings = testing::small_settings(2, "tanh", "batch");
  settings.norm_eps = 1e-5;
  return settings;
}

/// theta with the statistics of the points x.
Tensor with_statistics(const Network& network, const Tensor& theta, const Tensor& x) {
  return at::cat({theta.narrow(0, 0, network.trained_count()), network.batch_statistics(theta, x)});
}

TEST(FrozenNorm, ByHand) {
  const Tensor z = at::tensor({1.0, 5.0, 3.0, -2.0}, at::kDouble).view({2, 1, 2});  // values, then a derivative
  const Tensor statistics = at::tensor({2.0, 1.0, 0.25, 4.0}, at::kDouble).view({2, 2});
  const Tensor y = make_norm("batch", {0.0, 1})->jet(z, statistics, JetSpec::first_order(1), nullptr).flatten();
  EXPECT_LT(relative_difference(y, at::tensor({-2.0, 2.0, 6.0, -1.0}, at::kDouble)), 1e-15);
}

TEST(BatchStatistics, AreMeansAndVariancesOfEachLayerNormalizedByTheLayersBefore) {
  const NetworkSettings settings = batch_settings();
  const Network network(settings);
  const Tensor theta = generic_parameters(network, 3), x = scattered_points(settings, 40);
  const Tensor found = network.batch_statistics(theta, x);
  EXPECT_EQ(found.sizes(), at::IntArrayRef({2 * 2 * 7}));
  // By hand, layer by layer.
  const auto part = [&](const std::string& name) {
    for (const ParameterSlice& slice : network.slices()) {
      if (slice.name == name) return theta.narrow(0, slice.offset, slice.size()).view(slice.shape);
    }
    throw std::logic_error(name);
  };
  const Tensor lower = at::tensor(settings.lower, at::kDouble), upper = at::tensor(settings.upper, at::kDouble);
  Tensor a = 2.0 * (x - lower) / (upper - lower) - 1.0;
  a = at::tanh(at::mm(a, part("layer0.weight").t()) + part("layer0.bias"));
  for (const std::string number : {"1", "2"}) {
    const Tensor z = at::mm(a, part("layer" + number + ".weight").t()) + part("layer" + number + ".bias");
    const Tensor mean = z.mean(0), variance = z.var(at::IntArrayRef({0}), /*unbiased=*/false);
    const std::int64_t begin = number == "1" ? 0 : 14;
    EXPECT_LT(relative_difference(found.narrow(0, begin, 7), mean), 1e-13);
    EXPECT_LT(relative_difference(found.narrow(0, begin + 7, 7), variance), 1e-13);
    a = at::tanh(part("norm" + number + ".gamma") * (z - mean) / (variance + settings.norm_eps).sqrt() +
                 part("norm" + number + ".beta"));
  }
  // They do not depend on the statistics that theta has.
  Tensor other = theta.clone();
  other.narrow(0, network.trained_count(), network.statistics_count()).fill_(3.0);
  EXPECT_TRUE(at::equal(network.batch_statistics(other, x), found));
}

TEST(BatchStatistics, OnePointIsRefused) {
  const NetworkSettings settings = batch_settings();
  const Network network(settings);
  const Tensor theta = network.initial_parameters(1);
  EXPECT_EQ(message_of([&] { network.batch_statistics(theta, scattered_points(settings, 1)); }).substr(0, 80),
            "norm batch cannot normalize norm1: its reference set \"interior\" has 1 point, and");
  const Network plain(testing::small_settings(2, "tanh", "layer"));
  EXPECT_EQ(plain.batch_statistics(plain.initial_parameters(1), scattered_points(settings, 1)).numel(), 0);
}

// Statistics are constants in the coordinates: the jet is that of the field with its statistics held fixed.
TEST(BatchNorm, JetsAreDerivativesOfTheFrozenField) {
  const NetworkSettings settings = batch_settings();
  const Network network(settings);
  const Tensor x = scattered_points(settings, 30);
  const Tensor theta = with_statistics(network, generic_parameters(network, 3), x);
  const JetSpec spec = JetSpec::pure_seconds(2);
  const Tensor jet = network.jet(theta, x, spec);
  for (int axis = 0; axis < 2; ++axis) {
    Tensor step = at::zeros({1, 2}, at::kDouble);
    const double h = 1e-3;
    step[0][axis] = h;
    const auto u = [&](double k) { return network.values(theta, x + k * step); };
    const Tensor first = (8 * (u(1) - u(-1)) - (u(2) - u(-2))) / (12 * h);
    const Tensor second = (16 * (u(1) + u(-1)) - (u(2) + u(-2)) - 30 * u(0)) / (12 * h * h);
    EXPECT_LT(relative_difference(jet.select(1, 1 + axis), first), 1e-8);
    EXPECT_LT(relative_difference(jet.select(1, 3 + axis), second), 1e-7);
  }
}

/// A loss of second derivatives, with the statistics of the points as functions of the trained parameters.
double loss_of(const Network& network, const Tensor& theta, const Tensor& x, const Tensor& reference) {
  const Tensor jet = network.jet(with_statistics(network, theta, reference), x, JetSpec::pure_seconds(2));
  return jet.square().sum().item<double>();
}

// They are functions of the parameters: the gradient of the loss is the adjoint's trained part plus what its statistics
// part sends through batch_statistics.
TEST(BatchNorm, GradientGoesThroughTheStatistics) {
  const NetworkSettings settings = batch_settings();
  const Network network(settings);
  const Tensor x = scattered_points(settings, 9), reference = scattered_points(settings, 20);
  const std::int64_t trained = network.trained_count(), count = network.statistics_count();
  const Tensor theta = generic_parameters(network, 3);
  const Tensor leaf = theta.clone().requires_grad_(true);
  const Tensor statistics = network.batch_statistics(leaf, reference);
  const Tensor full = at::cat({theta.narrow(0, 0, trained), statistics.detach()});
  const JetSpec spec = JetSpec::pure_seconds(2);
  const Linearization linearization = network.linearize(full, x, spec);
  const Tensor adjoint = linearization.adjoint(2.0 * linearization.jet());
  const Tensor through =
      torch::autograd::grad({(statistics * adjoint.narrow(0, trained, count)).sum()}, {leaf})[0].narrow(0, 0, trained);
  const Tensor direction = at::cat({wave({trained}, 0.6), at::zeros({count}, at::kDouble)});
  const auto loss = [&](double t) { return loss_of(network, theta + t * direction, x, reference); };
  const double h = 1e-4;
  const double expected = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h);
  const Tensor part = direction.narrow(0, 0, trained);
  const double frozen = (adjoint.narrow(0, 0, trained) * part).sum().item<double>();
  EXPECT_NEAR((frozen + (through * part).sum().item<double>()) / expected, 1.0, 1e-8);
  EXPECT_GT(std::abs(frozen / expected - 1.0), 1e-2) << "the part through the statistics is no small one";
}

// Interior and boundary meet in one function only when they share their statistics.
TEST(BatchNorm, OneReferenceSetMakesOneFunction) {
  const NetworkSettings settings = batch_settings();
  const Network network(settings);
  const Tensor theta = generic_parameters(network, 3);
  const Tensor interior = scattered_points(settings, 40);
  Tensor face = scattered_points(settings, 12);
  face.select(1, 0).fill_(settings.lower[0]);
  face[0].copy_(interior[0]);
  const JetSpec spec = JetSpec::values(2);
  const Tensor shared = with_statistics(network, theta, interior);
  EXPECT_LT(relative_difference(network.jet(shared, face, spec)[0], network.jet(shared, interior, spec)[0]), 1e-13);
  const Tensor own = with_statistics(network, theta, face);
  EXPECT_GT(relative_difference(network.jet(own, face, spec)[0], network.jet(shared, interior, spec)[0]), 0.05);
}

/// |gradient of the sum over micro-batches - gradient of the whole| / |gradient of the whole|. With `own`, each
/// micro-batch is normalized by its own statistics, as a plain batch norm would.
double micro_batch_error(const std::string& norm, bool own) {
  NetworkSettings settings = testing::small_settings(2, "tanh", norm);
  settings.width = 8;
  const Network network(settings);
  const Tensor x = scattered_points(settings, 16);
  const auto gradient = [&](const Tensor& points, const Tensor& theta) {
    const Linearization linearization = network.linearize(theta, points, JetSpec::pure_seconds(2));
    return linearization.adjoint(2.0 * linearization.jet()).narrow(0, 0, network.trained_count());
  };
  const Tensor start = generic_parameters(network, 3);
  const bool over_points = network.statistics_count() > 0;
  const Tensor theta = over_points ? with_statistics(network, start, x) : start;
  const Tensor whole = gradient(x, theta);
  Tensor sum = at::zeros_like(whole);
  for (int begin = 0; begin < 16; begin += 2) {
    const Tensor two = x.narrow(0, begin, 2);
    sum += gradient(two, own ? with_statistics(network, start, two) : theta);
  }
  return ((sum - whole).norm() / whole.norm()).item<double>();
}

TEST(MicroBatches, AddUpToTheWholeGradient) {
  for (const char* norm : {"none", "layer", "rms", "group", "batch"}) {
    EXPECT_LT(micro_batch_error(norm, false), 1e-12) << norm;
  }
}

TEST(MicroBatches, DoNotUnderBatchNormWithStatisticsOfTheirOwn) { EXPECT_GT(micro_batch_error("batch", true), 0.1); }

}  // namespace
}  // namespace nusselt
