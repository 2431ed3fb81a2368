// Training as a whole: outcomes, events, and that every optimizer and balancer resumes bit for bit.
#include "solver/trainer.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "solver/checkpoint.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

bool go_on(const Trainer&) { return true; }

void expect_same(const std::vector<HistoryRow>& a, const std::vector<HistoryRow>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].step, b[i].step);
    EXPECT_EQ(a[i].iterations, b[i].iterations);
    EXPECT_EQ(a[i].quantities, b[i].quantities);
    EXPECT_EQ(a[i].loss, b[i].loss) << "step " << a[i].step;
    EXPECT_EQ(a[i].damping, b[i].damping);
    EXPECT_EQ(a[i].length, b[i].length);
    EXPECT_EQ(a[i].train_rms, b[i].train_rms);
    EXPECT_EQ(a[i].held_out_rms, b[i].held_out_rms);
    EXPECT_EQ(a[i].weights, b[i].weights);
    EXPECT_EQ(a[i].rung, b[i].rung);
  }
}

TrainerState through_a_file(const TrainerState& state) {
  return checkpoint_of(parse_safetensors(checkpoint_bytes({state, {}}), "file"), "file").state;
}

/// 12 steps in one go and as 5 + 7 with a checkpoint between.
void expect_bitwise_resume(const Case& c, const torch::TensorOptions& options = float64()) {
  Trainer whole(c, options);
  EXPECT_EQ(whole.run(go_on), Outcome::out_of_steps);
  ASSERT_EQ(whole.step(), 12);

  Trainer first(c, options);
  EXPECT_EQ(first.run([](const Trainer& now) { return now.step() < 5; }), Outcome::interrupted);
  ASSERT_EQ(first.step(), 5);
  Trainer second(c, options);
  second.restore(through_a_file(first.state()));
  EXPECT_EQ(second.run(go_on), Outcome::out_of_steps);
  EXPECT_TRUE(at::equal(second.theta(), whole.theta()));
  expect_same(second.history(), whole.history());
}

TEST(Trainer, ResumesWithTheSameBitsWithRedrawnPointsAndConditioning) {
  const Case c = tiny_cavity({"points.sampling=sobol", "points.redraw=3", "conditioning.name=layernorm"});
  expect_bitwise_resume(c);
  Trainer trainer(c, float64());
  trainer.run(go_on);
  EXPECT_NE(trainer.history().back().weights, trainer.history().front().weights);
}

TEST(Trainer, ResumesWithTheSameBitsOnFixedPoints) { expect_bitwise_resume(tiny_cavity()); }

TEST(Trainer, ResumesWithTheSameBitsWithAdaptedPoints) {
  for (const char* adapt : {"rad", "r3"}) {
    expect_bitwise_resume(
        tiny_cavity({"points.sampling=sobol", "points.redraw=3", std::string("points.adapt=") + adapt}));
  }
}

TEST(Trainer, TheHeldOutRuleChangesThePointsSaysSoAndResumesWithTheSameBits) {
  // Layer normalization and few points on a grid: errors hide between its lines.
  const Case c = tiny_cavity({"network.norm=layer", "points.interior=9", "criteria.every=2"});
  expect_bitwise_resume(c);
  Trainer trainer(c, float64());
  trainer.run(go_on);
  ASSERT_FALSE(trainer.events().empty());
  EXPECT_EQ(trainer.events()[0].step % 2, 0);
  EXPECT_NE(trainer.events()[0].text.find("a Gauss grid of about 18 points"), std::string::npos);
  EXPECT_GE(trainer.state().points.doublings, 1);
  Trainer restored(c, float64());
  restored.restore(through_a_file(trainer.state()));
  EXPECT_EQ(restored.run(go_on), Outcome::out_of_steps);
  for (std::size_t i = 0; i < trainer.evaluation()->criteria.size(); ++i) {
    EXPECT_EQ(restored.evaluation()->criteria[i].value, trainer.evaluation()->criteria[i].value);
  }
}

TEST(Trainer, OnlyWeightsFarFromASolutionAreThrownAway) {
  const Case c = tiny_cavity(
      {"network.norm=layer", "points.interior=4", "criteria.every=20", "optimizer.steps=24", "criteria.ratio=1"});
  for (const bool far : {true, false}) {
    Trainer trainer(c, float64());
    TrainerState state = trainer.state();
    state.history.emplace_back();
    state.history.back().held_out_rms = {far ? 1e-9 : 1e9};
    trainer.restore(state);
    trainer.run(go_on);
    ASSERT_FALSE(trainer.events().empty());
    const std::string& text = trainer.events()[0].text;
    EXPECT_NE(text.find("the Gauss grid hides errors"), std::string::npos) << text;
    EXPECT_EQ(text.find("begins again with its first weights") != std::string::npos, far) << text;
  }
}

TEST(Trainer, PointsBecomeMoreAndTheOptimizerKeepsWhatItLearned) {
  const Case c = tiny_cavity({"points.sampling=sobol", "points.interior=9", "optimizer.warm_damping=0.02",
                              "criteria.every=3", "criteria.ratio=1.01"});
  expect_bitwise_resume(c);
  Trainer trainer(c, float64());
  trainer.run(go_on);
  ASSERT_FALSE(trainer.events().empty());
  EXPECT_NE(trainer.events()[0].text.find("training goes on with 18 points"), std::string::npos)
      << trainer.events()[0].text;
  const int changed = trainer.events()[0].step;
  EXPECT_EQ(trainer.history()[changed].damping, 0.02);
  EXPECT_GT(trainer.state().points.doublings, 0);
}

TEST(Trainer, AfterTheHandOverThePointsStay) {
  const Case c = tiny_cavity({"optimizer.name=hybrid", "points.sampling=sobol", "points.redraw=1", "criteria.every=200",
                              "criteria.ratio=1e9", "optimizer.steps=120"});
  Trainer trainer(c, float64());
  int draws = 0;
  bool taken_over = false;
  trainer.run([&](const Trainer& now) {
    const TrainerState state = now.state();
    if (state.points.kept && !std::exchange(taken_over, true)) draws = state.points.draw;
    return !taken_over || now.step() < 118;
  });
  ASSERT_TRUE(taken_over);
  EXPECT_EQ(trainer.state().points.draw, draws);
  EXPECT_EQ(trainer.events().at(0).text, "the second optimizer has taken over, for which the training points stay");
}

TEST(Trainer, ResumesOptimizersForFreshPointsWithTheSameBits) {
  for (const char* name : {"adam", "soap", "gauss_newton_cg"}) {
    SCOPED_TRACE(name);
    expect_bitwise_resume(
        tiny_cavity({std::string("optimizer.name=") + name, "points.sampling=random", "points.redraw=1"}));
  }
}

TEST(Trainer, ResumesSinglePrecisionWithTheSameBits) {
  expect_bitwise_resume(tiny_cavity({"optimizer.name=adam", "precision=float32"}),
                        at::TensorOptions().dtype(at::kFloat));
}

TEST(Trainer, ResumesQuasiNewtonWithTheSameBitsInTheMiddleOfAStep) {
  for (const auto& [name, steps] : {std::pair{"hybrid", "120"}, {"ssbroyden", "8"}, {"ssbfgs", "8"}, {"lbfgs", "8"}}) {
    const Case c =
        tiny_cavity({std::string("optimizer.name=") + name, std::string("optimizer.steps=") + steps, "criteria.every=3",
                     "conditioning.name=layernorm", "points.sampling=sobol", "points.redraw=4"});
    Trainer whole(c, float64());
    EXPECT_EQ(whole.run(go_on), Outcome::out_of_steps);
    EXPECT_GT(whole.iterations(), whole.step()) << name;
    // Interrupted again and again, every 13 iterations.
    TrainerState state = through_a_file(Trainer(c, float64()).state());
    Outcome outcome = Outcome::interrupted;
    while (outcome == Outcome::interrupted) {
      Trainer part(c, float64());
      part.restore(state);
      const std::int64_t stop = part.iterations() + 13;
      outcome = part.run([&](const Trainer& now) { return now.iterations() < stop; });
      state = through_a_file(part.state());
    }
    EXPECT_EQ(outcome, Outcome::out_of_steps);
    EXPECT_TRUE(at::equal(state.theta, whole.theta())) << name;
    expect_same(state.history, whole.history());
  }
}

/// In one go, and with a checkpoint after the third step.
void expect_same_after_a_checkpoint(const Case& c) {
  Trainer whole(c, float64());
  const Outcome outcome = whole.run(go_on);
  Trainer first(c, float64());
  first.run([](const Trainer& now) { return now.step() < 3; });
  Trainer second(c, float64());
  second.restore(through_a_file(first.state()));
  EXPECT_EQ(second.run(go_on), outcome);
  EXPECT_TRUE(at::equal(second.theta(), whole.theta()));
  expect_same(second.history(), whole.history());
}

const std::vector<std::string> balancers_of_weights = {
    "grad_norm",     "lra",         "gradnorm",      "ntk", "softadapt", "relobralo",
    "homoscedastic", "row_scaling", "self_adaptive", "rba", "brdr",      "inverse_dirichlet"};

TEST(Trainer, ResumesEveryBalancerWithTheSameBits) {
  for (const std::string& name : balancers_of_weights) {
    SCOPED_TRACE(name);
    const Case c = tiny_cavity({"balancing.name=" + name, "balancing.every=2", "optimizer.name=adam",
                                "optimizer.steps=5", "balancing.lookback=0.5"});
    expect_same_after_a_checkpoint(c);
  }
}

TEST(Trainer, FirstOrderOptimizersGetNewWeightsEverySoManySteps) {
  for (const char* name : {"grad_norm", "brdr"}) {
    const Case c = tiny_cavity({std::string("balancing.name=") + name, "balancing.every=2", "optimizer.name=adam",
                                "optimizer.steps=6", "criteria.every=1"});
    Trainer trainer(c, float64());
    trainer.run(go_on);
    const std::vector<HistoryRow>& history = trainer.history();
    for (int i : {1, 3, 5}) EXPECT_EQ(history[i].weights, history[i - 1].weights) << i;
    for (int i : {2, 4}) EXPECT_NE(history[i].weights, history[i - 1].weights) << i;
  }
}

TEST(Trainer, ADirectionTakesThePlaceOfTheGradient) {
  for (const auto& [name, optimizer] : {std::pair{"config", "adam"}, {"pcgrad", "soap"}}) {
    const std::vector<std::string> more = {std::string("optimizer.name=") + optimizer, "optimizer.steps=5"};
    std::vector<std::string> combined = more;
    combined.push_back(std::string("balancing.name=") + name);
    const Case without = tiny_cavity(more), with = tiny_cavity(combined);
    expect_same_after_a_checkpoint(with);
    Trainer plain(without, float64()), other(with, float64());
    plain.run(go_on);
    other.run(go_on);
    EXPECT_NE(plain.history()[4].loss, other.history()[4].loss);
    EXPECT_EQ(other.history()[4].weights, std::vector<double>(6, 1.0));
  }
}

TEST(Trainer, SecondOrderOptimizersSeeOneLossBetweenEvaluations) {
  for (const char* name : {"ntk", "rba"}) {
    SCOPED_TRACE(name);
    const Case c = tiny_cavity(
        {std::string("balancing.name=") + name, "criteria.ratio=1e9", "criteria.every=3", "optimizer.steps=7"});
    expect_same_after_a_checkpoint(c);
    Trainer trainer(c, float64());
    trainer.run(go_on);
    const std::vector<HistoryRow>& history = trainer.history();
    ASSERT_EQ(history.size(), 7u);
    for (int i = 1; i < 7; ++i) {
      EXPECT_EQ(history[i].weights == history[i - 1].weights, i % 3 != 0) << i;
      if (i % 3 != 0) {
        EXPECT_LE(history[i].loss, history[i - 1].loss) << i;
      }
    }
  }
}

TEST(Trainer, CausalWeightsOfATransientCase) {
  const Case c =
      with_overrides(replaced(replaced(small_cavity + tiny_training, "y: [0 m, 2*L]}", "y: [0 m, 2*L], t: [0 s, 3 s]}"),
                              "  - {at: [y-, y+], insulated: dn(T) = 0}\n",
                              "  - {at: [y-, y+], insulated: dn(T) = 0}\n  - {at: t-, u: 0, v: 0, T: T0}\n"),
                     {"balancing.name=causal", "optimizer.name=adam", "optimizer.steps=5", "balancing.causality=10",
                      "balancing.parts=4"});
  expect_same_after_a_checkpoint(c);
  Trainer trainer(c, float64());
  trainer.run(go_on);
  const std::vector<double>& weights = trainer.history().back().weights;
  EXPECT_LT(weights[0], 1);
  EXPECT_GT(weights[0], 0.2);  // one part of four counts fully
  for (std::size_t e = trainer.problem().sets()[0].names.size(); e < weights.size(); ++e) EXPECT_EQ(weights[e], 1);
}

TEST(Trainer, WeightsOfConditioningAndBalancingMultiply) {
  const std::vector<std::string> adam = {"optimizer.name=adam", "optimizer.steps=5", "criteria.every=4"};
  const auto last_weights = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = adam;
    all.insert(all.end(), more.begin(), more.end());
    const Case c = tiny_cavity(all);
    Trainer trainer(c, float64());
    trainer.run(go_on);
    EXPECT_EQ(trainer.history()[4].weights.size(), 6u);
    return trainer.history()[4].weights;
  };
  const std::vector<double> both = last_weights({"conditioning.name=rms", "balancing.name=ntk"});
  const std::vector<double> balanced = last_weights({"balancing.name=ntk"});
  EXPECT_NE(both, balanced);
  EXPECT_NE(both, last_weights({"conditioning.name=rms"}));
}

TEST(Trainer, WeightsOfPointsBeginAnewWhenTheHeldOutRuleChangesThem) {
  const Case c = tiny_cavity({"points.sampling=sobol", "points.interior=9", "criteria.every=3", "criteria.ratio=1.01",
                              "balancing.name=rba", "optimizer.name=adam"});
  Trainer trainer(c, float64());
  trainer.run(go_on);
  ASSERT_FALSE(trainer.events().empty());
  EXPECT_NE(trainer.events()[0].text.find("; rba begins anew: its weights belonged to the points before"),
            std::string::npos)
      << trainer.events()[0].text;
  expect_same_after_a_checkpoint(c);
}

TEST(Trainer, AnEvaluationThatTheClockAskedForChangesNoWeights) {
  for (const char* weights : {"conditioning.name=layernorm", "balancing.name=ntk"}) {
    const Case short_case = tiny_cavity({weights, "optimizer.time=1e-9"}), long_case = tiny_cavity({weights});
    Trainer stopped(short_case, float64());
    EXPECT_EQ(stopped.run(go_on), Outcome::out_of_time);
    Trainer going(long_case, float64());
    going.run([](const Trainer&) { return false; });
    const TrainerState a = stopped.state(), b = going.state();
    EXPECT_EQ(a.conditioning, b.conditioning);
    EXPECT_EQ(a.balancing.size(), b.balancing.size());
    for (const auto& [name, tensor] : a.balancing) EXPECT_TRUE(at::equal(tensor, b.balancing.at(name))) << name;
  }
}

TEST(Trainer, CheapIterationsCountAsOneStep) {
  const Case c = tiny_cavity({"optimizer.name=lbfgs", "optimizer.steps=4", "criteria.every=2"});
  Trainer trainer(c, float64());
  std::vector<std::int64_t> seen;
  EXPECT_EQ(trainer.run([&](const Trainer& now) {
    seen.push_back(now.iterations());
    EXPECT_EQ(now.latest().iterations, now.iterations());
    return true;
  }),
            Outcome::out_of_steps);
  ASSERT_EQ(trainer.history().size(), 4u);
  const std::int64_t per_step = trainer.history()[0].iterations;
  EXPECT_GT(per_step, 1);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(trainer.history()[i].step, i + 1);
    EXPECT_EQ(trainer.history()[i].iterations, per_step * (i + 1));
    EXPECT_EQ(trainer.history()[i].held_out_rms.empty(), i % 2 == 0);
  }
  ASSERT_EQ(seen.size(), static_cast<std::size_t>(4 * per_step));  // it can be stopped after each
  EXPECT_EQ(seen.back(), 4 * per_step);
}

TEST(Trainer, ATimeLimitStopsTheRunAndCountsAllItsParts) {
  const Case c = tiny_cavity({"optimizer.time=1e-9"});
  Trainer trainer(c, float64());
  EXPECT_EQ(trainer.run(go_on), Outcome::out_of_time);
  EXPECT_EQ(trainer.step(), 1);
  ASSERT_TRUE(trainer.evaluation().has_value());
  EXPECT_FALSE(trainer.history().back().held_out_rms.empty());
  EXPECT_GT(trainer.spent().wall, 0);
  EXPECT_GT(trainer.spent().cpu, 0);

  // What earlier parts spent counts, so a run resumed at its limit ends at once.
  Trainer restored(c, float64());
  restored.restore(through_a_file(trainer.state()));
  EXPECT_EQ(restored.run(go_on), Outcome::out_of_time);
  EXPECT_EQ(restored.step(), 1);
  const Case longer = tiny_cavity({"optimizer.time=1000"});
  Trainer before(longer, float64());
  TrainerState state = trainer.state();
  state.spent = {999.999999999, 500};
  before.restore(state);
  EXPECT_EQ(before.run(go_on), Outcome::out_of_time);
  EXPECT_EQ(before.step(), 2);
  EXPECT_GT(before.spent().cpu, 500);
}

TEST(Trainer, TheSeedDecides) {
  const Case one = tiny_cavity({"seed=1", "optimizer.steps=2"});
  const Case two = tiny_cavity({"seed=2", "optimizer.steps=2"});
  Trainer first(one, float64());
  Trainer again(one, float64());
  Trainer other(two, float64());
  for (Trainer* t : {&first, &again, &other}) t->run(go_on);
  EXPECT_TRUE(at::equal(first.theta(), again.theta()));
  EXPECT_FALSE(at::equal(first.theta(), other.theta()));
}

TEST(Trainer, MillimetresTrainLikeMetres) {
  // The same cavity, with every length in every constant in millimetres.
  std::string millimetres = small_cavity + tiny_training;
  for (const auto& [metres, same] : {std::pair<std::string, std::string>{"rho: 1.177 kg/m^3", "rho: 1.177e-9 kg/mm^3"},
                                     {"cp: 1005 J/(kg K)", "cp: 1.005e9 mm^2/(s^2 K)"},
                                     {"k: 0.0262 W/(m K)", "k: 26.2 kg mm/(s^3 K)"},
                                     {"mu: 1.8e-5 Pa s", "mu: 1.8e-8 kg/(mm s)"},
                                     {"g: 9.81 m/s^2", "g: 9810 mm/s^2"},
                                     {"L: 22 mm", "L: 0.022 m"}}) {
    millimetres = replaced(millimetres, metres, same);
  }
  const std::vector<std::string> more = {"optimizer.steps=20", "criteria.every=20"};
  const Case in_metres = tiny_cavity(more);
  const Case in_millimetres = with_overrides(millimetres, more);
  Trainer a(in_metres, float64());
  Trainer b(in_millimetres, float64());
  a.run(go_on);
  b.run(go_on);
  ASSERT_EQ(a.history().size(), 20u);
  ASSERT_EQ(b.history().size(), 20u);
  for (int i = 0; i < 20; ++i) {
    EXPECT_NEAR(b.history()[i].loss, a.history()[i].loss, 1e-6 * a.history()[i].loss) << "step " << i + 1;
  }
}

TEST(Trainer, ABarConvergesAndARestoredEndStaysTheEnd) {
  const Case c = tiny_bar({"optimizer.name=levenberg_marquardt", "criteria.every=2", "optimizer.steps=200"});
  Trainer trainer(c, float64());
  int calls = 0;
  const Outcome outcome = trainer.run([&](const Trainer& now) {
    EXPECT_EQ(now.history().size(), static_cast<std::size_t>(++calls));
    return true;
  });
  ASSERT_EQ(outcome, Outcome::converged);
  EXPECT_EQ(calls, trainer.step());
  EXPECT_LT(trainer.step(), 200);
  EXPECT_TRUE(trainer.evaluation()->passed());
  // Not on the first good evaluation but on the second in a row.
  const HistoryRow& before = trainer.history()[trainer.history().size() - 3];
  ASSERT_FALSE(before.held_out_rms.empty());
  EXPECT_LE(before.held_out_rms[0], c.settings.criteria.residual);

  // Killed between the last checkpoint and the results: the run ends as it did, without another step.
  Trainer restored(c, float64());
  restored.restore(through_a_file(trainer.state()));
  EXPECT_EQ(restored.run(go_on), Outcome::converged);
  EXPECT_EQ(restored.step(), trainer.step());
  EXPECT_TRUE(at::equal(restored.theta(), trainer.theta()));
  ASSERT_TRUE(restored.evaluation().has_value());
  for (std::size_t i = 0; i < trainer.evaluation()->criteria.size(); ++i) {
    EXPECT_EQ(restored.evaluation()->criteria[i].value, trainer.evaluation()->criteria[i].value);
  }
}

TEST(Trainer, ARunOutOfStepsIsJudgedAgainWhenRestored) {
  const Case c = tiny_cavity({"points.sampling=sobol", "points.redraw=2", "conditioning.name=layernorm"});
  Trainer trainer(c, float64());
  ASSERT_EQ(trainer.run(go_on), Outcome::out_of_steps);
  Trainer restored(c, float64());
  restored.restore(through_a_file(trainer.state()));
  EXPECT_EQ(restored.run(go_on), Outcome::out_of_steps);
  EXPECT_EQ(restored.step(), 12);
  ASSERT_TRUE(restored.evaluation().has_value());
  for (std::size_t i = 0; i < trainer.evaluation()->criteria.size(); ++i) {
    EXPECT_EQ(restored.evaluation()->criteria[i].value, trainer.evaluation()->criteria[i].value);
  }
}

TEST(Trainer, StopsWhereItIsAsked) {
  const Case c = tiny_cavity();
  Trainer trainer(c, float64());
  EXPECT_EQ(trainer.run([](const Trainer&) { return false; }), Outcome::interrupted);
  EXPECT_EQ(trainer.step(), 1);
  EXPECT_FALSE(trainer.evaluation().has_value());
  // Asked at the last step there is nothing left to interrupt.
  EXPECT_EQ(trainer.run([](const Trainer& now) { return now.step() < 12; }), Outcome::out_of_steps);
  EXPECT_TRUE(trainer.evaluation().has_value());
}

TEST(Trainer, EvaluatesWhenItIsDueAndAtTheEnd) {
  const Case c = tiny_cavity({"criteria.every=5"});
  Trainer trainer(c, float64());
  trainer.run(go_on);
  for (const HistoryRow& row : trainer.history()) {
    EXPECT_EQ(row.held_out_rms.empty(), row.step % 5 != 0 && row.step != 12) << row.step;
    EXPECT_EQ(row.held_out_rms.size(), row.train_rms.size());
  }
}

TEST(Trainer, StallsWhenNothingLowersTheLoss) {
  // A criterion that rounding cannot meet, on more points than parameters: held-out residuals are as small.
  const Case c = tiny_bar({"optimizer.name=levenberg_marquardt", "criteria.residual=1e-16", "optimizer.steps=3000",
                           "points.interior=64", "network.width=3"});
  Trainer trainer(c, float64());
  ASSERT_EQ(trainer.run(go_on), Outcome::stalled);
  EXPECT_LT(trainer.step(), 3000);
  EXPECT_FALSE(trainer.history().back().held_out_rms.empty());
  const Tensor at_the_end = trainer.theta().clone();
  Trainer restored(c, float64());
  restored.restore(through_a_file(trainer.state()));
  EXPECT_EQ(restored.run(go_on), Outcome::stalled);
  EXPECT_TRUE(at::equal(restored.theta(), at_the_end));
}

TEST(Trainer, ADivergedStateIsNeitherKeptNorShown) {
  const Case c = tiny_cavity({"optimizer.name=adam", "optimizer.rate=1e200"});
  Trainer trainer(c, float64());
  Tensor last_shown = trainer.theta().clone();
  EXPECT_EQ(trainer.run([&](const Trainer& now) {
    last_shown = now.theta().clone();
    return true;
  }),
            Outcome::diverged);
  EXPECT_TRUE(at::isfinite(trainer.theta()).all().item<bool>());
  EXPECT_TRUE(at::equal(trainer.theta(), last_shown));
  ASSERT_TRUE(trainer.evaluation().has_value());
  EXPECT_FALSE(trainer.evaluation()->passed());
}

}  // namespace
}  // namespace nusselt
