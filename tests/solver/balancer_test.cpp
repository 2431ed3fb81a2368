// Every balancer against its formula, on residuals r_e = a_e . theta - b_e of two parameters, for which losses,
// gradients and kernels are known: L_e = r_e^2/2, grad L_e = r_e a_e, tr K_e = |a_e|^2. Three updates along a path of
// parameters; what happens when one residual is multiplied by 1e6; and the state in the middle, saved and restored.
#include "solver/balancer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <type_traits>

#include "solver/sampling.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;
using Numbers = std::vector<double>;

// A balancer is made of dimensionless residuals and nothing else.
template <class Residuals>
concept can_be_balanced = requires(const Residuals& residuals, const Settings& settings) {
  make_balancer(residuals, settings);
};
template <class Residuals>
constexpr bool makes_a_balancer = std::is_constructible_v<Balancer, Residuals>;
static_assert(can_be_balanced<std::vector<DimensionlessResidual>> &&
              makes_a_balancer<std::vector<DimensionlessResidual>>);
static_assert(!can_be_balanced<std::vector<Expression>> && !makes_a_balancer<std::vector<Expression>>);
static_assert(!can_be_balanced<std::vector<double>> && !makes_a_balancer<std::vector<double>>);
static_assert(!can_be_balanced<double> && !makes_a_balancer<double> && !makes_a_balancer<int>);
static_assert(!can_be_balanced<std::vector<System::Equation>> && !makes_a_balancer<std::vector<System::Equation>>);

struct Equation {
  double a0, a1, b;
};
const std::vector<Equation> model = {{1, 0.5, 0.2}, {-2, 1, 0.3}, {0.1, 0.4, -0.5}};
const std::vector<std::array<double, 2>> path = {{0.7, -0.4}, {0.5, 0.1}, {0.3, 0.35}};

/// The model at one place of the path, with every residual multiplied by its factor. `factors` decides how many there
/// are; the first is an equation inside, the others are conditions.
struct State {
  Numbers r, losses, traces;
  std::vector<std::array<double, 2>> gradients;
  State(std::size_t at, const Numbers& factors) {
    for (std::size_t e = 0; e < factors.size(); ++e) {
      const double s = factors[e], a0 = s * model[e].a0, a1 = s * model[e].a1;
      r.push_back(a0 * path[at][0] + a1 * path[at][1] - s * model[e].b);
      losses.push_back(r[e] * r[e] / 2);
      gradients.push_back({r[e] * a0, r[e] * a1});
      traces.push_back(a0 * a0 + a1 * a1);
    }
  }
  double norm(std::size_t e) const { return std::hypot(gradients[e][0], gradients[e][1]); }
  BalanceView view() const {
    Tensor g = at::empty({static_cast<std::int64_t>(r.size()), 2}, at::kDouble);
    for (std::size_t e = 0; e < r.size(); ++e) {
      for (int p = 0; p < 2; ++p) g[static_cast<std::int64_t>(e)][p] = gradients[e][p];
    }
    // One point each: the first residual's set, and one of the others.
    const auto others = static_cast<std::int64_t>(r.size()) - 1;
    return {losses,
            1,
            g,
            traces,
            {{to_tensor({r[0]}).view({1, 1}), {}}, {to_tensor({r.begin() + 1, r.end()}).view({1, others}), {}}}};
  }
};

const std::vector<DimensionlessResidual>& residuals() {
  static const std::vector<DimensionlessResidual> all = tiny_cavity().equations;
  return all;
}

Settings settings_of(const std::string& name, const std::function<void(Settings::Balancing&)>& change = {}) {
  Settings settings =
      tiny_cavity({"optimizer.name=adam", "balancing.name=" + (name == "causal" ? "static" : name)}).settings;
  settings.balancing.name = name;
  if (change) change(settings.balancing);
  return settings;
}

std::unique_ptr<Balancer> make(const Settings& settings, std::size_t m = 3) {
  return make_balancer({residuals().begin(), residuals().begin() + static_cast<std::ptrdiff_t>(m)}, settings);
}

const Numbers ones = {1, 1, 1};
const Numbers second_times_million = {1, 1e6, 1};

/// The weights after each of three updates along the path; in between the balancer is saved and restored.
std::vector<Numbers> weights_along(const Settings& settings, const Numbers& factors = ones) {
  std::vector<Numbers> weights;
  const auto whole = make(settings);
  auto part = make(settings);
  for (std::size_t t = 0; t < path.size(); ++t) {
    const BalanceView view = State(t, factors).view();
    whole->update(view);
    part->update(view);
    const OptimizerState saved = part->state();
    part = make(settings);
    part->restore(saved);
    EXPECT_EQ(part->weights(), whole->weights()) << "restored after update " << t;
    weights.push_back(whole->weights());
  }
  return weights;
}

void expect_near(const Numbers& got, const Numbers& expected, double relative = 1e-13) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t e = 0; e < got.size(); ++e) EXPECT_NEAR(got[e], expected[e], relative * std::abs(expected[e])) << e;
}

/// The weights that a balancer with an average settles on at one state.
Numbers settled(Settings settings, const Numbers& factors) {
  settings.balancing.average = 0;
  const auto balancer = make(settings);
  for (int i = 0; i < 200; ++i) balancer->update(State(0, factors).view());
  return balancer->weights();
}

/// l <- 0.9 l + 0.1 target(state), along the path.
template <class Target>
void expect_averages(const std::string& name, const Target& target) {
  const std::vector<Numbers> got = weights_along(settings_of(name));
  Numbers l = ones;
  for (std::size_t t = 0; t < path.size(); ++t) {
    const Numbers wanted = target(State(t, ones));
    for (std::size_t e = 0; e < 3; ++e) l[e] = 0.9 * l[e] + 0.1 * wanted[e];
    expect_near(got[t], l);
  }
}

TEST(Balancer, StaticLeavesAllWeightsAtOne) {
  for (const Numbers& weights : weights_along(settings_of("static"), second_times_million)) EXPECT_EQ(weights, ones);
}

TEST(Balancer, GradNormEqualizesNorms) {
  expect_averages("grad_norm", [](const State& s) {
    const double mean = (s.norm(0) + s.norm(1) + s.norm(2)) / 3;
    return Numbers{mean / s.norm(0), mean / s.norm(1), mean / s.norm(2)};
  });
  // Unit-invariant: weighted gradients are equally long whatever the factor.
  for (const Numbers& factors : {ones, second_times_million}) {
    const Numbers l = settled(settings_of("grad_norm"), factors);
    const State s(0, factors);
    EXPECT_NEAR(l[1] * s.norm(1), l[0] * s.norm(0), 1e-12 * l[0] * s.norm(0));
    EXPECT_NEAR(l[2] * s.norm(2), l[0] * s.norm(0), 1e-12 * l[0] * s.norm(0));
  }
}

TEST(Balancer, AGradientThatVanishesTellsNothing) {
  BalanceView view = State(0, ones).view();
  view.gradients[1].zero_();
  for (const char* name : {"grad_norm", "inverse_dirichlet", "lra"}) {
    const auto balancer = make(settings_of(name));
    balancer->update(view);
    EXPECT_EQ(balancer->weights()[1], 1) << name;
    EXPECT_NE(balancer->weights()[2], 1) << name;
  }
}

TEST(Balancer, LraWeighsConditionsAgainstTheEquations) {
  const auto entries = [](const State& s, std::size_t e) {
    return std::pair{std::abs(s.gradients[e][0]), std::abs(s.gradients[e][1])};
  };
  Numbers l = ones;
  const std::vector<Numbers> got = weights_along(settings_of("lra"));
  for (std::size_t t = 0; t < path.size(); ++t) {
    const State s(t, ones);
    const auto [r0, r1] = entries(s, 0);
    for (std::size_t e = 1; e < 3; ++e) {
      const auto [g0, g1] = entries(s, e);
      l[e] = 0.9 * l[e] + 0.1 * std::max(r0, r1) / (l[e] * (g0 + g1) / 2);
    }
    expect_near(got[t], l);
  }
  l = ones;
  const std::vector<Numbers> means =
      weights_along(settings_of("lra", [](Settings::Balancing& b) { b.lra = "mean_mean"; }));
  for (std::size_t t = 0; t < path.size(); ++t) {
    const State s(t, ones);
    const auto [r0, r1] = entries(s, 0);
    for (std::size_t e = 1; e < 3; ++e) {
      const auto [g0, g1] = entries(s, e);
      l[e] = 0.9 * l[e] + 0.1 * (r0 + r1) / (g0 + g1);
    }
    expect_near(means[t], l);
  }
}

TEST(Balancer, LraUndoesAFactorWithMeansAndItsRootWithTheWeightedLoss) {
  const auto settle = [](const std::string& lra, const Numbers& factors) {
    const auto balancer = make(settings_of("lra", [&](Settings::Balancing& b) { b.lra = lra; }));
    for (int i = 0; i < 2000; ++i) balancer->update(State(0, factors).view());
    return balancer->weights()[1];
  };
  EXPECT_NEAR(settle("mean_mean", ones) / settle("mean_mean", second_times_million), 1e12, 1e3);
  EXPECT_NEAR(settle("max_mean", ones) / settle("max_mean", second_times_million), 1e6, 1);
}

TEST(Balancer, InverseDirichletEqualizesStandardDeviations) {
  const auto spread = [](const State& s, std::size_t e) { return std::abs(s.gradients[e][0] - s.gradients[e][1]) / 2; };
  expect_averages("inverse_dirichlet", [&](const State& s) {
    const double largest = std::max({spread(s, 0), spread(s, 1), spread(s, 2)});
    return Numbers{largest / spread(s, 0), largest / spread(s, 1), largest / spread(s, 2)};
  });
  const Numbers l = settled(settings_of("inverse_dirichlet"), second_times_million);
  const State s(0, second_times_million);
  EXPECT_DOUBLE_EQ(l[1], 1);
  EXPECT_NEAR(l[0] * spread(s, 0), spread(s, 1), 1e-12 * spread(s, 1));
}

TEST(Balancer, NtkEqualizesTraces) {
  expect_averages("ntk", [](const State& s) {
    const double mean = (s.traces[0] + s.traces[1] + s.traces[2]) / 3;
    return Numbers{mean / s.traces[0], mean / s.traces[1], mean / s.traces[2]};
  });
  const Numbers l = settled(settings_of("ntk"), second_times_million);
  const State s(0, second_times_million);
  EXPECT_NEAR(l[1] * s.traces[1], l[0] * s.traces[0], 1e-12 * l[0] * s.traces[0]);
}

/// Adam with the decays of the program, on numbers.
struct PlainAdam {
  double rate, first = 0, second = 0;
  int count = 0;
  double step(double slope) {
    ++count;
    first = 0.9 * first + 0.1 * slope;
    second = 0.999 * second + 0.001 * slope * slope;
    return -rate * first / (1 - std::pow(0.9, count)) / (std::sqrt(second / (1 - std::pow(0.999, count))) + 1e-8);
  }
};

TEST(Balancer, GradnormStepsTowardsEqualRates) {
  const Settings settings = settings_of("gradnorm");
  EXPECT_EQ(settings.balancing.rate, 0.025);
  const std::vector<Numbers> got = weights_along(settings);
  Numbers l = ones;
  std::vector<PlainAdam> adam(3, {0.025});
  const State start(0, ones);
  for (std::size_t t = 0; t < path.size(); ++t) {
    const State s(t, ones);
    double mean = 0, mean_lag = 0;
    for (std::size_t e = 0; e < 3; ++e) {
      mean += l[e] * s.norm(e) / 3;
      mean_lag += s.losses[e] / start.losses[e] / 3;
    }
    Numbers next;
    for (std::size_t e = 0; e < 3; ++e) {
      const double target = mean * std::pow(s.losses[e] / start.losses[e] / mean_lag, 1.5);
      next.push_back(l[e] + adam[e].step(l[e] * s.norm(e) > target ? s.norm(e) : -s.norm(e)));
    }
    const double sum = next[0] + next[1] + next[2];
    for (std::size_t e = 0; e < 3; ++e) l[e] = next[e] * 3 / sum;
    expect_near(got[t], l, 1e-7);  // Adam's eps stands elsewhere
  }
}

TEST(Balancer, GradnormIsBoundedByTheNumberOfResiduals) {
  const auto balancer = make(settings_of("gradnorm"));
  for (int i = 0; i < 300; ++i) balancer->update(State(0, second_times_million).view());
  const Numbers& l = balancer->weights();
  EXPECT_NEAR(l[0] + l[1] + l[2], 3, 1e-12);
  EXPECT_LT(l[1], 2e-3);
  EXPECT_GT(l[1], 5e-4);
}

TEST(Balancer, SoftadaptFollowsTheLastChanges) {
  const std::vector<Numbers> got = weights_along(settings_of("softadapt"));
  expect_near(got[0], ones);
  for (std::size_t t = 1; t < path.size(); ++t) {
    Numbers e;
    for (int i = 0; i < 3; ++i) {
      e.push_back(std::exp(0.1 * (State(t, ones).losses[i] - State(t - 1, ones).losses[i])));
    }
    const double sum = e[0] + e[1] + e[2];
    expect_near(got[t], {3 * e[0] / sum, 3 * e[1] / sum, 3 * e[2] / sum});
  }
  // Its loss falls along the path: multiplied by 1e6 it gets no weight, and all of it on the way back.
  EXPECT_EQ(weights_along(settings_of("softadapt"), second_times_million)[1][1], 0);
  const auto back = make(settings_of("softadapt"));
  back->update(State(2, second_times_million).view());
  back->update(State(0, second_times_million).view());
  EXPECT_EQ(back->weights()[1], 3);
}

TEST(Balancer, RelobraloLooksBackAtRandom) {
  const Settings settings = settings_of("relobralo", [](Settings::Balancing& b) {
    b.memory = 0.7;
    b.lookback = 0.5;
    b.temperature = 0.8;
  });
  const auto relative = [](const State& now, const State& then) {
    Numbers e;
    for (int i = 0; i < 3; ++i) e.push_back(std::exp(now.losses[i] / (0.8 * then.losses[i])));
    const double sum = e[0] + e[1] + e[2];
    return Numbers{3 * e[0] / sum, 3 * e[1] / sum, 3 * e[2] / sum};
  };
  const std::vector<Numbers> got = weights_along(settings);
  Numbers l = ones;
  expect_near(got[0], l);
  for (std::size_t t = 1; t < path.size(); ++t) {
    const double uniform = sample_box("random", {{0.0}, {1.0}}, 1, {settings.seed, "lookback", t}).x[0];
    const Numbers start = relative(State(t, ones), State(0, ones)), last = relative(State(t, ones), State(t - 1, ones));
    for (int e = 0; e < 3; ++e) l[e] = 0.7 * (uniform < 0.5 ? l[e] : start[e]) + 0.3 * last[e];
    expect_near(got[t], l);
  }
  // Only ratios enter: a factor changes nothing, and is not undone.
  const std::vector<Numbers> scaled = weights_along(settings, second_times_million);
  for (std::size_t t = 0; t < path.size(); ++t) expect_near(scaled[t], got[t], 1e-9);
}

TEST(Balancer, RelobraloDrawsBothAnswersFromTheSeed) {
  Settings settings = settings_of("relobralo", [](Settings::Balancing& b) {
    b.memory = 1;
    b.lookback = 0.5;
  });
  const auto balancer = make(settings);
  int kept = 0;
  balancer->update(State(0, ones).view());
  for (int i = 0; i < 100; ++i) {
    const Numbers before = balancer->weights();
    balancer->update(State(i % 2 + 1, ones).view());
    kept += balancer->weights() == before ? 1 : 0;
  }
  EXPECT_GT(kept, 30);
  EXPECT_LT(kept, 85);  // two looks back in a row at the same state are the same too
}

TEST(Balancer, HomoscedasticLearnsTheLogarithmOfTheLoss) {
  const Settings settings = settings_of("homoscedastic");
  EXPECT_EQ(settings.balancing.rate, 1e-3);
  const std::vector<Numbers> got = weights_along(settings);
  std::vector<PlainAdam> adam(3, {1e-3});
  Numbers s = {0, 0, 0};
  for (std::size_t t = 0; t < path.size(); ++t) {
    Numbers l;
    for (int e = 0; e < 3; ++e) {
      s[e] += adam[e].step(0.5 * (1 - std::exp(-s[e]) * State(t, ones).losses[e]));
      l.push_back(std::exp(-s[e]));
    }
    expect_near(got[t], l, 1e-9);
  }
  // In the end exp(-s) L = 1, here for losses a hundred times apart.
  const auto settle = [](double factor, int updates) {
    const auto balancer = make(settings_of("homoscedastic", [](Settings::Balancing& b) { b.rate = 0.05; }));
    for (int i = 0; i < updates; ++i) balancer->update(State(0, {1, factor, 1}).view());
    return balancer->weights()[1] * State(0, {1, factor, 1}).losses[1];
  };
  EXPECT_NEAR(settle(10, 2000), 1, 0.02);
  // A million: bounded by the rate at first, and Adam does not forget the first slopes for thousands of updates.
  const double loss = State(0, second_times_million).losses[1];
  EXPECT_NEAR(settle(1e6, 1), loss * std::exp(-0.05), 1e-6 * loss);
  EXPECT_GT(settle(1e6, 1000), 1e6);
}

TEST(Balancer, RowScalingMakesAllBlocksEquallyLong) {
  const std::vector<Numbers> got =
      weights_along(settings_of("row_scaling", [](Settings::Balancing& b) { b.floor = 0.1; }));
  for (std::size_t t = 0; t < path.size(); ++t) {
    const State s(t, ones);
    Numbers l;
    double product = 1;
    for (int e = 0; e < 3; ++e) {
      l.push_back(1 / (s.r[e] * s.r[e] + 0.01));
      product *= l.back();
    }
    for (double& weight : l) weight /= std::cbrt(product);
    expect_near(got[t], l);
  }
  const Numbers l = weights_along(settings_of("row_scaling"), second_times_million)[0];
  const State s(0, second_times_million);
  EXPECT_NEAR(l[1] * s.losses[1], l[0] * s.losses[0], 1e-4 * l[0] * s.losses[0]);  // the floor is 1e-3
  EXPECT_NEAR(l[0] * l[1] * l[2], 1, 1e-12);
}

// Weights at points.

std::vector<Numbers> point_weights_along(const Settings& settings, const Numbers& factors = ones) {
  std::vector<Numbers> all;
  const auto whole = make(settings);
  auto part = make(settings);
  for (std::size_t t = 0; t < path.size(); ++t) {
    const BalanceView view = State(t, factors).view();
    whole->update(view);
    part->update(view);
    const OptimizerState saved = part->state();
    part = make(settings);
    part->restore(saved);
    std::vector<Numbers> sets;
    for (std::size_t s = 0; s < 2; ++s) {
      EXPECT_TRUE(at::equal(part->point_weights()[s], whole->point_weights()[s])) << "restored after update " << t;
      sets.push_back(to_numbers(whole->point_weights()[s]));
    }
    EXPECT_EQ(whole->weights(), ones);
    all.push_back({sets[0][0], sets[1][0], sets[1][1]});
  }
  return all;
}

TEST(Balancer, SelfAdaptiveWeightsClimbTheLoss) {
  const Settings settings = settings_of("self_adaptive");
  EXPECT_EQ(settings.balancing.rate, 5e-3);
  const auto got = point_weights_along(settings);
  Numbers lambda = sample_box("random", {{0.0}, {1.0}}, 1, {settings.seed, "self-adaptive", 0}).x;
  for (double u : sample_box("random", {{0.0}, {1.0}}, 2, {settings.seed, "self-adaptive", 1}).x) lambda.push_back(u);
  std::vector<PlainAdam> adam(3, {5e-3});
  for (std::size_t t = 0; t < path.size(); ++t) {
    const State s(t, ones);
    for (int e = 0; e < 3 && t > 0; ++e) lambda[e] += adam[e].step(-lambda[e] * s.r[e] * s.r[e]);
    expect_near(got[t], {lambda[0] * lambda[0], lambda[1] * lambda[1], lambda[2] * lambda[2]}, 1e-6);
  }
  // Adam does not see a factor; the loss does.
  const auto scaled = point_weights_along(settings, second_times_million);
  for (std::size_t t = 0; t < path.size(); ++t) expect_near(scaled[t], got[t], 1e-6);
}

/// A set of three points and one residual, and one of two.
BalanceView view_of(const Numbers& first, const Numbers& second) {
  BalanceView view;
  view.losses = {0, 0};
  view.interior = 1;
  view.sets = {{to_tensor(first).view({3, 1}), {}}, {to_tensor(second).view({2, 1}), {}}};
  return view;
}

TEST(Balancer, RbaAveragesRelativeResidualsOfEachSet) {
  const auto balancer = make(settings_of("rba", [](Settings::Balancing& b) { b.memory = 0.9; }), 2);
  balancer->update(view_of({1, -2, 4}, {1e6, -5e5}));
  expect_near(to_numbers(balancer->point_weights()[0]), {0.025 * 0.025, 0.05 * 0.05, 0.1 * 0.1});
  expect_near(to_numbers(balancer->point_weights()[1]), {0.1 * 0.1, 0.05 * 0.05});  // the factor is not seen
  balancer->update(view_of({3, 3, 1}, {1e6, 0}));
  const double third = 0.1 * 0.9 + 0.1 / 3;
  expect_near(to_numbers(balancer->point_weights()[0]),
              {std::pow(0.1 + 0.025 * 0.9, 2), std::pow(0.1 + 0.05 * 0.9, 2), third * third});
  balancer->update(view_of({0, 0, 0}, {0, 0}));
  EXPECT_NEAR(balancer->point_weights()[0][2].item<double>(), std::pow(0.9 * third, 2), 1e-15);
  for (int i = 0; i < 200; ++i) balancer->update(view_of({1, 1, 1}, {1e9, 1e9}));
  expect_near(to_numbers(balancer->point_weights()[1]), {1, 1}, 1e-8);  // its bound
}

TEST(Balancer, BrdrFollowsTheRateOfDecay) {
  const auto balancer = make(settings_of("brdr", [](Settings::Balancing& b) { b.memory = 0.9; }), 2);
  const std::vector<Numbers> r = {{1, -2, 4, 1e6, 1e6}, {0.5, -1, 4, 5e5, 1e6}, {0.25, -1, 2, 2e5, 1e6}};
  Numbers fourth(5, 0), q(5, 1);
  for (std::size_t t = 0; t < r.size(); ++t) {
    balancer->update(view_of({r[t].begin(), r[t].begin() + 3}, {r[t].begin() + 3, r[t].end()}));
    Numbers rate;
    double mean = 0;
    for (int n = 0; n < 5; ++n) {
      fourth[n] = 0.9 * fourth[n] + 0.1 * std::pow(r[t][n], 4);
      rate.push_back(r[t][n] * r[t][n] / std::sqrt(fourth[n] / (1 - std::pow(0.9, t + 1))));
      mean += rate.back() / 5;
    }
    for (int n = 0; n < 5; ++n) q[n] = 0.9 * q[n] + 0.1 * rate[n] / mean;
    Numbers got = to_numbers(balancer->point_weights()[0]);
    for (double weight : to_numbers(balancer->point_weights()[1])) got.push_back(weight);
    expect_near(got, q);
    EXPECT_NEAR(std::accumulate(got.begin(), got.end(), 0.0), 5, 1e-12);
  }
  // Points that halve alike have weights alike, a million times larger or not.
  EXPECT_NEAR(q[0], q[3], 0.02);
  EXPECT_GT(q[4], q[3]);
}

TEST(Balancer, CausalWaitsForEarlierTimes) {
  const auto weights_of = [](const Numbers& r) {
    const auto balancer = make(settings_of("causal",
                                           [](Settings::Balancing& b) {
                                             b.causality = 0.5;
                                             b.parts = 2;
                                           }),
                               2);
    BalanceView view = view_of(r, {9, 9});
    view.sets[0].time = to_tensor({0.1, 0.4, 1.0});
    balancer->update(view);
    EXPECT_FALSE(balancer->point_weights()[1].defined());  // a condition's
    return to_numbers(balancer->point_weights()[0]);
  };
  expect_near(weights_of({1, 2, 3}), {1, 1, std::exp(-0.5 * 2.5)});
  expect_near(weights_of({0, 0, 3}), ones);
  EXPECT_EQ(weights_of({1e6, 2e6, 3e6})[2], 0);  // carries the unit
}

// Directions.

Tensor direction(const std::string& name, const Numbers& factors) {
  return make(settings_of(name))->combine(State(0, factors).view().gradients);
}

TEST(Balancer, ConfigIsAtOneAngleToAllGradients) {
  const auto balancer = make(settings_of("config"), 2);
  EXPECT_TRUE(balancer->combines_gradients());
  // Two gradients in the plane, at 120 degrees and of unlike length: the bisector.
  const Tensor g = at::tensor({2.0, 0.0, -0.5, std::sqrt(0.75)}, at::kDouble).view({2, 2});
  const Tensor d = balancer->combine(g);
  // Unit vector at 60 degrees; each unit gradient has the cosine 1/2 with it.
  const double length = 2 * 0.5 + 1 * 0.5;
  EXPECT_NEAR(d[0].item<double>(), length * 0.5, 1e-12);
  EXPECT_NEAR(d[1].item<double>(), length * std::sqrt(0.75), 1e-12);
  // Three updates in a row are the same: no memory. A zero gradient takes no part.
  EXPECT_TRUE(at::equal(balancer->combine(g), d));
  const auto three = make(settings_of("config"));
  EXPECT_LT((three->combine(at::cat({g, at::zeros({1, 2}, at::kDouble)})) - d).norm().item<double>(), 1e-12);
  EXPECT_EQ(three->combine(at::zeros({3, 2}, at::kDouble)).abs().sum().item<double>(), 0);
}

TEST(Balancer, ConfigHasOneDirectionWhateverTheUnits) {
  const Tensor plain = direction("config", ones), scaled = direction("config", second_times_million);
  const double cosine = (at::dot(plain, scaled) / plain.norm() / scaled.norm()).item<double>();
  EXPECT_NEAR(cosine, 1, 1e-12);
}

TEST(Balancer, PcgradTakesOutWhatConflicts) {
  const auto balancer = make(settings_of("pcgrad"), 2);
  EXPECT_TRUE(balancer->combines_gradients());
  // g1 = (2, 0), g2 = (-1, 1): g1 . g2 = -2, so p1 = (2, 0) + (-1, 1) = (1, 1) and p2 = (-1, 1) + (1, 0) = (0, 1).
  const Tensor d = balancer->combine(at::tensor({2.0, 0.0, -1.0, 1.0}, at::kDouble).view({2, 2}));
  EXPECT_NEAR(d[0].item<double>(), 1, 1e-14);
  EXPECT_NEAR(d[1].item<double>(), 2, 1e-14);
  // Without a conflict: the sum.
  const Tensor g = at::tensor({2.0, 0.0, 1.0, 1.0}, at::kDouble).view({2, 2});
  EXPECT_TRUE(at::equal(balancer->combine(g), g.sum(0)));
}

TEST(Balancer, PcgradDrawsItsOrderAndGoesOnAfterARestore) {
  const auto whole = make(settings_of("pcgrad"));
  auto part = make(settings_of("pcgrad"));
  const Tensor g = at::tensor({1.0, 0.0, -0.5, 0.9, -0.6, -0.7}, at::kDouble).view({3, 2});
  bool differed = false;
  const Tensor first = make(settings_of("pcgrad"))->combine(g);
  for (int i = 0; i < 12; ++i) {
    const Tensor d = whole->combine(g);
    EXPECT_TRUE(at::equal(part->combine(g), d));
    const OptimizerState saved = part->state();
    part = make(settings_of("pcgrad"));
    part->restore(saved);
    differed = differed || !at::equal(d, first);
  }
  EXPECT_TRUE(differed);
}

TEST(Balancer, PcgradFollowsTheLargestGradientWithoutWhatItOpposes) {
  // The direction has a limit: the large gradient projected off the others, whose own parts vanish.
  const Tensor d = direction("pcgrad", second_times_million), limit = direction("pcgrad", {1, 1e9, 1});
  EXPECT_NEAR((at::dot(d, limit) / d.norm() / limit.norm()).item<double>(), 1, 1e-9);
  const Tensor large = State(0, second_times_million).view().gradients[1];
  EXPECT_GT((at::dot(d, large) / d.norm() / large.norm()).item<double>(), 0.9);
  const Tensor plain = direction("pcgrad", ones);
  EXPECT_LT((at::dot(d, plain) / d.norm() / plain.norm()).item<double>(), 1 - 1e-6);
}

TEST(Balancer, PointWeightsAreForgottenWithTheirPoints) {
  for (const char* name : {"self_adaptive", "rba", "brdr"}) {
    const auto balancer = make(settings_of(name), 2);
    balancer->update(view_of({1, -2, 4}, {1, 3}));
    const Numbers first = to_numbers(balancer->point_weights()[0]);
    balancer->update(view_of({0.1, -2, 4}, {1, 3}));
    EXPECT_NE(to_numbers(balancer->point_weights()[0]), first) << name;
    balancer->points_changed();
    EXPECT_TRUE(balancer->point_weights().empty()) << name;
    balancer->update(view_of({1, -2, 4}, {1, 3}));
    EXPECT_EQ(to_numbers(balancer->point_weights()[0]), first) << name;
  }
}

TEST(Balancer, RefusesAnUnknownName) {
  try {
    make(settings_of("static", [](Settings::Balancing& b) { b.name = "luck"; }));
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "unknown balancer 'luck'");
  }
}

}  // namespace
}  // namespace nusselt
