#include "networks/tile_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <cstdlib>

#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::generic_parameters;
using testing::message_of;
using testing::scattered_points;
using torch::Tensor;

/// r_e = sum over jet entries of coefficient[e, c, h] jet + 1/2 (that of the entry after it) jet^2: every entry has a
/// slope, and none is constant.
template <class Number>
class Quadratic final : public TileResidual<Number> {
 public:
  Quadratic(int equations, int channels, int outputs) : equations_(equations), channels_(channels), outputs_(outputs) {
    for (int e = 0; e < equations; ++e) {
      for (int c = 0; c < channels; ++c) {
        for (int h = 0; h < outputs; ++h) slots_.push_back({e, c, h});
      }
    }
  }
  static double linear(std::size_t s) { return std::sin(1.0 + 1.7 * static_cast<double>(s)); }
  static double square(std::size_t s) { return 0.3 * std::cos(2.3 * static_cast<double>(s)); }

  int equations() const override { return equations_; }
  const std::vector<typename TileResidual<Number>::Slot>& slots() const override { return slots_; }
  std::size_t scratch_size(int stride) const override { return stride; }
  void values(const JetTile<Number>& tile, Number* residual, Number* scratch) const override {
    for (int e = 0; e < equations_; ++e) {
      for (int p = 0; p < tile.points; ++p) scratch[p] = Number(0.1) * static_cast<Number>(e + 1);
      const std::size_t entries = static_cast<std::size_t>(channels_) * outputs_;
      for (std::size_t k = 0; k < entries; ++k) {
        const std::size_t s = e * entries + k;
        for (int p = 0; p < tile.points; ++p) {
          const Number u = tile.jet[k * tile.stride + p];
          scratch[p] += Number(linear(s)) * u + Number(0.5 * square(s)) * u * u;
        }
      }
      for (int p = 0; p < tile.points; ++p) residual[e * tile.stride + p] = scratch[p];
    }
  }
  void linearize(const JetTile<Number>& tile, Number* residual, Number* slopes, Number* scratch) const override {
    values(tile, residual, scratch);
    const std::size_t entries = static_cast<std::size_t>(channels_) * outputs_;
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      for (int p = 0; p < tile.points; ++p) {
        slopes[s * tile.stride + p] = Number(linear(s)) + Number(square(s)) * tile.jet[(s % entries) * tile.stride + p];
      }
    }
  }

 private:
  int equations_, channels_, outputs_;
  std::vector<typename TileResidual<Number>::Slot> slots_;
};

NetworkSettings settings_of(int inputs, int outputs, int depth, int width, const std::string& activation,
                            const std::string& norm) {
  NetworkSettings settings;
  settings.inputs = inputs;
  settings.outputs = outputs;
  settings.depth = depth;
  settings.width = width;
  settings.activation = activation;
  settings.norm = norm;
  for (int axis = 0; axis < inputs; ++axis) {
    settings.lower.push_back(-0.5 + 0.25 * axis);
    settings.upper.push_back(1.0 + 0.5 * axis);
  }
  return settings;
}

struct Part {
  JetSpec spec;
  int points;
  int equations;
};

/// What the reference path says about a set of residuals, in float64.
struct Expected {
  Tensor theta, residual, jacobian;
  std::vector<Tensor> x;
  double loss = 0.0;
};

Expected expected_of(const Network& network, const std::vector<Part>& parts) {
  Expected expected;
  expected.theta = generic_parameters(network, 3);
  for (const ParameterSlice& slice : network.slices()) {
    if (slice.name.ends_with(".variance")) expected.theta.narrow(0, slice.offset, slice.size()).abs_().add_(0.3);
  }
  std::vector<Tensor> residuals, rows;
  for (const Part& part : parts) {
    expected.x.push_back(scattered_points(network.settings(), part.points));
    const Linearization at = network.linearize(expected.theta, expected.x.back(), part.spec);
    const int channels = part.spec.channels(), outputs = network.settings().outputs;
    const int entries = channels * outputs;
    Tensor linear = at::empty({part.equations, entries}, at::kDouble), square = at::empty_like(linear);
    for (int s = 0; s < part.equations * entries; ++s) {
      linear.view(-1)[s] = Quadratic<double>::linear(s);
      square.view(-1)[s] = Quadratic<double>::square(s);
    }
    const Tensor jet = at.jet().view({part.points, 1, entries});
    const Tensor offset = 0.1 * at::arange(1, part.equations + 1, at::kDouble);
    residuals.push_back(((linear * jet + 0.5 * square * jet * jet).sum(-1) + offset).view(-1));
    Tensor out = at::empty({part.points, part.equations, network.parameter_count()}, at::kDouble);
    at.jacobian((linear + square * jet).view({part.points, part.equations, channels, outputs}), out);
    rows.push_back(out.view({-1, network.parameter_count()}));
  }
  expected.residual = at::cat(residuals);
  expected.jacobian = at::cat(rows);
  expected.loss = 0.5 * expected.residual.square().sum().item<double>();
  return expected;
}

double worst_difference(const Tensor& got, const Tensor& expected) {
  if (!got.isfinite().all().item<bool>()) return HUGE_VAL;
  return ((got.to(at::kDouble) - expected).abs().max() / (expected.abs().max() + 1e-300)).item<double>();
}

template <class Number>
struct Fixture {
  at::ScalarType type = sizeof(Number) == 4 ? at::kFloat : at::kDouble;
  std::vector<std::unique_ptr<Quadratic<Number>>> residuals;
  std::vector<Tensor> x;
  std::vector<TileSet<Number>> sets;
  Tensor theta;

  Fixture(const Network& network, const std::vector<Part>& parts, const Expected& expected)
      : theta(expected.theta.to(type)) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      residuals.push_back(std::make_unique<Quadratic<Number>>(parts[i].equations, parts[i].spec.channels(),
                                                              network.settings().outputs));
      x.push_back(expected.x[i].to(type).contiguous());
      sets.push_back({x.back().data_ptr<Number>(), parts[i].points, parts[i].spec, residuals.back().get()});
    }
  }
  const Number* at_theta() const { return theta.data_ptr<Number>(); }
};

/// Every method against the reference.
template <class Number>
void check(const Network& network, const std::vector<Part>& parts, const Expected& expected,
           const typename TileEngine<Number>::Options& options, double tolerance, const std::string& label) {
  SCOPED_TRACE(label + ", " + name_of(options.instructions) + (sizeof(Number) == 4 ? ", float32" : ", float64"));
  const Fixture<Number> fixture(network, parts, expected);
  TileEngine<Number> engine(network, fixture.sets, options);
  const auto data = [](const Tensor& tensor) { return tensor.data_ptr<Number>(); };
  const auto numbers = [&](std::int64_t count) { return at::full({count}, NAN, fixture.type); };
  const std::int64_t rows = expected.residual.size(0), parameters = network.parameter_count();
  ASSERT_EQ(engine.rows(), rows);

  const Tensor r = numbers(rows);
  engine.residual(fixture.at_theta(), data(r));
  EXPECT_LT(worst_difference(r, expected.residual), tolerance) << "residual";
  EXPECT_NEAR(engine.loss(fixture.at_theta()), expected.loss, tolerance * expected.loss);

  const Tensor gradient = numbers(parameters);
  EXPECT_NEAR(engine.gradient(fixture.at_theta(), data(gradient)), expected.loss, tolerance * expected.loss);
  EXPECT_LT(worst_difference(gradient, at::mv(expected.jacobian.t(), expected.residual)), tolerance) << "gradient";

  const Tensor w = at::cos(at::arange(rows, at::kDouble)), pulled = numbers(parameters);
  engine.pull(fixture.at_theta(), data(w.to(fixture.type)), data(pulled));
  EXPECT_LT(worst_difference(pulled, at::mv(expected.jacobian.t(), w)), tolerance) << "pull";

  const Tensor v = at::sin(at::arange(parameters, at::kDouble) * 0.7), pushed = numbers(rows);
  engine.push(fixture.at_theta(), data(v.to(fixture.type)), data(pushed));
  const Tensor jv = at::mv(expected.jacobian, v);
  EXPECT_LT(worst_difference(pushed, jv), tolerance) << "push";

  const Tensor product = numbers(parameters);
  engine.product(fixture.at_theta(), data(v.to(fixture.type)), data(product));
  EXPECT_LT(worst_difference(product, at::mv(expected.jacobian.t(), jv)), tolerance) << "product";

  std::int64_t row = 0;
  for (std::size_t set = 0; set < parts.size(); ++set) {
    const std::int64_t begin = parts[set].points / 3, count = parts[set].points - begin, e = parts[set].equations;
    const Tensor some = numbers(count * e), block = at::full({count * e, parameters}, NAN, fixture.type);
    engine.jacobian(fixture.at_theta(), set, begin, count, data(some), data(block));
    const std::int64_t first = row + begin * e;
    EXPECT_LT(worst_difference(some, expected.residual.narrow(0, first, count * e)), tolerance) << "its residual";
    EXPECT_LT(worst_difference(block, expected.jacobian.narrow(0, first, count * e)), tolerance) << "jacobian";
    row += parts[set].points * e;
  }
}

void check_everywhere(const NetworkSettings& settings, const std::vector<Part>& parts, const std::string& label,
                      int threads = 1, int tile = 0, double tolerance = 2e-12) {
  const Network network(settings);
  const Expected expected = expected_of(network, parts);
  for (InstructionSet instructions : available_instruction_sets()) {
    check<double>(network, parts, expected, {instructions, threads, tile}, tolerance, label);
    check<float>(network, parts, expected, {instructions, threads, tile}, tolerance * 1e9, label);
  }
}

TEST(TileEngine, AgreesForEveryActivationNormAndChannelSet) {
  const std::vector<std::pair<const char*, JetSpec>> specs{
      {"values", JetSpec::values(2)},
      {"first order", JetSpec::first_order(2)},
      {"laplacian", JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 0.5})})},
      {"pure seconds", JetSpec::pure_seconds(2)},
      {"mixed", JetSpec::second_order(2, {SecondOrder::derivative(0, 1), {{{0, 0, 1.0}, {1, 0, -0.5}}}})},
      {"one axis", JetSpec::pure_seconds(1)},
      {"four axes", JetSpec::second_order(4, {SecondOrder::laplacian({1.0, 0.5, 2.0, 1.0})})},
      {"ten channels", JetSpec::second_order(3, {SecondOrder::derivative(0, 0), SecondOrder::derivative(0, 1),
                                                 SecondOrder::derivative(0, 2), SecondOrder::derivative(1, 1),
                                                 SecondOrder::derivative(1, 2), SecondOrder::derivative(2, 2)})}};
  for (const char* activation : {"tanh", "sin", "swish"}) {
    for (const char* norm : {"none", "layer"}) {
      for (const auto& [name, spec] : specs) {
        check_everywhere(settings_of(spec.axes, 2, 3, 9, activation, norm), {{spec, 11, 2}},
                         std::string(activation) + ", " + norm + ", " + name);
      }
    }
  }
}

TEST(TileEngine, AgreesForPeriodicAxes) {
  for (const std::vector<int>& periodic : {std::vector<int>{0}, {1}, {0, 1}}) {
    for (const auto& [name, spec] :
         {std::pair{"values", JetSpec::values(2)},
          {"first order", JetSpec::first_order(2)},
          {"laplacian", JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 0.5})})},
          {"mixed", JetSpec::second_order(2, {SecondOrder::derivative(0, 1), {{{0, 0, 1.0}, {1, 0, -0.5}}}})}}) {
      for (const char* norm : {"none", "batch"}) {
        NetworkSettings settings = settings_of(2, 2, 2, 9, "tanh", norm);
        settings.periodic = periodic;
        settings.norm_first = true;
        check_everywhere(settings, {{spec, 11, 2}}, std::string("periodic, ") + name + ", " + norm);
      }
    }
  }
}

TEST(TileEngine, AgreesForEveryNormWithAndWithoutGainAndOnTheFirstLayer) {
  const std::vector<std::pair<const char*, JetSpec>> specs{
      {"values", JetSpec::values(2)},
      {"laplacian", JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 0.5})})},
      {"mixed", JetSpec::second_order(2, {SecondOrder::derivative(0, 1), {{{0, 0, 1.0}, {1, 0, -0.5}}}})}};
  for (const char* norm : {"layer", "rms", "group", "batch", "instance"}) {
    for (const bool affine : {true, false}) {
      for (const bool first : {true, false}) {
        for (const auto& [name, spec] : specs) {
          NetworkSettings settings = settings_of(2, 2, 2, 9, "tanh", norm);
          settings.norm_groups = 3;
          settings.norm_affine = affine;
          settings.norm_first = first;
          settings.first_bias = 1.0;  // without a bias a norm there would see directions only
          check_everywhere(settings, {{spec, 7, 2}},
                           std::string(norm) + ", " + name + (affine ? ", affine" : "") + (first ? ", first" : ""));
        }
      }
    }
  }
}

TEST(TileEngine, GroupsNeedNotFillVectors) {
  const JetSpec spec = JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 1.0})});
  for (const auto& [width, groups] : {std::pair{12, 4}, {20, 2}, {64, 8}, {65, 5}, {24, 1}, {51, 3}}) {
    NetworkSettings settings = settings_of(2, 1, 2, width, "swish", "group");
    settings.norm_groups = groups;
    check_everywhere(settings, {{spec, 5, 1}}, std::to_string(groups) + " groups of " + std::to_string(width), 1, 0,
                     1e-11);
  }
}

TEST(TileEngine, StatisticsAreParametersThatScaleEveryChannelAlike) {
  // One linear map and its norm, without activation between them and the outputs: y = gamma (w x + b - m) / s + beta.
  NetworkSettings settings = settings_of(1, 1, 1, 1, "sin", "batch");
  settings.norm_first = true;
  settings.norm_eps = 0.25;
  settings.lower = {-1.0};
  settings.upper = {1.0};
  const Network network(settings);
  Tensor theta = at::zeros({network.parameter_count()}, at::kDouble);
  const auto set = [&](const char* name, double value) {
    for (const ParameterSlice& slice : network.slices()) {
      if (slice.name == name) theta[slice.offset] = value;
    }
  };
  set("layer0.weight", 0.8);
  set("norm0.gamma", 1.5);
  set("norm0.beta", 0.2);
  set("norm0.mean", 0.1);
  set("norm0.variance", 2.0);
  set("layer1.weight", 1.0);
  const JetSpec spec = JetSpec::pure_seconds(1);
  const Quadratic<double> residual(1, spec.channels(), 1);
  const double x = 0.6, slope = 1.5 * 0.8 / 1.5, z = slope * x - 1.5 * 0.1 / 1.5 + 0.2;  // sqrt(2 + 0.25) = 1.5
  const double jet[3] = {std::sin(z), slope * std::cos(z), -slope * slope * std::sin(z)};
  double expected = 0.1;
  for (int c = 0; c < 3; ++c) {
    expected += Quadratic<double>::linear(c) * jet[c] + 0.5 * Quadratic<double>::square(c) * jet[c] * jet[c];
  }
  TileEngine<double> engine(network, {{&x, 1, spec, &residual}}, {best_instruction_set(), 1, 0});
  double r = 0;
  engine.residual(theta.data_ptr<double>(), &r);
  EXPECT_NEAR(r, expected, 1e-14);
}

TEST(TileEngine, AgreesForOddWidthsDepthsAndNumbersOfPoints) {
  const JetSpec spec = JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 1.0})});
  for (const int width : {1, 7, 20, 65, 100}) {
    for (const int depth : {1, 4}) {
      for (const int points : {1, 13}) {
        check_everywhere(settings_of(2, 3, depth, width, "tanh", "none"), {{spec, points, 2}},
                         "width " + std::to_string(width) + ", depth " + std::to_string(depth) + ", points " +
                             std::to_string(points));
      }
    }
  }
}

TEST(TileEngine, ServesSeveralSetsInTilesOfAnySize) {
  const JetSpec interior = JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 1.0})});
  const std::vector<Part> parts{{interior, 31, 3}, {JetSpec::values(2), 17, 1}, {JetSpec::first_order(2), 5, 2}};
  for (const int tile : {0, 1, 5, 64}) {
    check_everywhere(settings_of(2, 5, 2, 24, "swish", "layer"), parts, "tile " + std::to_string(tile), 2, tile);
  }
}

TEST(TileEngine, AddsFloatGradientsOfManyTilesInDouble) {
  const JetSpec spec = JetSpec::first_order(2);
  const std::vector<Part> parts{{spec, 2000, 1}};
  const Network network(settings_of(2, 1, 1, 5, "tanh", "none"));
  const Expected expected = expected_of(network, parts);
  const Fixture<float> fixture(network, parts, expected);
  TileEngine<float> engine(network, fixture.sets, {best_instruction_set(), 2, 4});
  const Tensor gradient = at::empty({network.parameter_count()}, at::kFloat);
  engine.gradient(fixture.at_theta(), gradient.data_ptr<float>());
  EXPECT_LT(worst_difference(gradient, at::mv(expected.jacobian.t(), expected.residual)), 5e-7);
}

TEST(TileEngine, GivesTheSameBitsForTheSameThreads) {
  const JetSpec spec = JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 1.0})});
  const std::vector<Part> parts{{spec, 97, 2}, {JetSpec::values(2), 31, 1}};
  const Network network(settings_of(2, 2, 3, 20, "tanh", "none"));
  const Expected expected = expected_of(network, parts);
  const Fixture<double> fixture(network, parts, expected);
  for (const int threads : {1, 2, 3}) {
    TileEngine<double> engine(network, fixture.sets, {best_instruction_set(), threads, 8});
    TileEngine<double> again(network, fixture.sets, {best_instruction_set(), threads, 8});
    const Tensor one = at::zeros({network.parameter_count()}, at::kDouble), other = at::zeros_like(one);
    const double loss = engine.gradient(fixture.at_theta(), one.data_ptr<double>());
    for (int repetition = 0; repetition < 5; ++repetition) {
      EXPECT_EQ(again.gradient(fixture.at_theta(), other.data_ptr<double>()), loss);
      EXPECT_TRUE(at::equal(one, other));
    }
  }
}

TEST(TileEngine, MemoryDoesNotGrowWithThePoints) {
  const JetSpec spec = JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 1.0})});
  const Network network(settings_of(2, 3, 4, 64, "tanh", "none"));
  const Quadratic<float> residual(3, 4, 3);
  const float x = 0.0f;  // never read: nothing is evaluated
  const auto memory = [&](std::int64_t points) {
    return TileEngine<float>(network, {{&x, points, spec, &residual}}, {best_instruction_set(), 2, 0}).memory();
  };
  EXPECT_EQ(memory(1000000), memory(100000));
  EXPECT_LT(memory(1000000), 4u << 20);
}

TEST(TileEngine, RejectsWhatCannotRun) {
  const JetSpec spec = JetSpec::values(2);
  const Network network(settings_of(2, 1, 1, 4, "tanh", "none"));
  const Quadratic<double> residual(1, 1, 1);
  const double x[2] = {0.0, 0.0};
  const auto make = [&](TileSet<double> set, TileEngine<double>::Options options) {
    return message_of([&] { TileEngine<double>(network, {set}, options); });
  };
  const InstructionSet here = best_instruction_set();
  EXPECT_EQ(make({x, 1, spec, &residual}, {here, 0, 0}), "the tile engine needs at least one thread");
  EXPECT_EQ(make({x, 1, spec, &residual}, {here, 1, -1}), "a tile cannot have a negative number of points");
  EXPECT_EQ(make({x, 1, spec, nullptr}, {here, 1, 0}), "a set of the tile engine needs points and a residual");
  TileEngine<double> engine(network, {{x, 1, spec, &residual}}, {here, 1, 0});
  EXPECT_EQ(message_of([&] { engine.jacobian(nullptr, 0, 0, 2, nullptr, nullptr); }),
            "the tile engine has no such points");
}

TEST(TileEngine, SaysWhatItDoesNotServe) {
  NetworkSettings settings = settings_of(2, 2, 2, 8, "tanh", "none");
  EXPECT_EQ(TileEngine<double>::refusal(settings, JetSpec::pure_seconds(2)), "");
  JetSpec many = JetSpec::first_order(2);
  for (int k = 0; k < 8; ++k) many.second.push_back(SecondOrder::derivative(0, 0));
  EXPECT_EQ(TileEngine<double>::refusal(settings, many),
            "the tile engine serves up to 10 jet channels, this one has 11");
  settings.inputs = 5;
  EXPECT_EQ(TileEngine<double>::refusal(settings, JetSpec::values(5)),
            "the tile engine serves up to 4 inputs, this network has 5");
  settings.inputs = 2;
  settings.activation = "relu";
  EXPECT_EQ(TileEngine<double>::refusal(settings, JetSpec::values(2)), "the tile engine has no activation 'relu'");
  settings.activation = "tanh";
  settings.block = "residual";
  EXPECT_EQ(TileEngine<double>::refusal(settings, JetSpec::values(2)), "the tile engine has no residual blocks");
  settings.block = "plain";
  settings.fourier = 8;
  EXPECT_EQ(TileEngine<double>::refusal(settings, JetSpec::values(2)),
            "the tile engine has no random Fourier features");
}

}  // namespace
}  // namespace nusselt
