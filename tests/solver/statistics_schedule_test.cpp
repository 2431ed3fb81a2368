#include "solver/statistics_schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "solver/checkpoint.hpp"
#include "solver/trainer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

const Trainer::Observer go_on = [](const Trainer&) { return true; };

Case normed(std::vector<std::string> more) {
  more.insert(more.begin(), {"network.norm=batch", "network.depth=3"});
  return tiny_cavity(more);
}
const std::vector<std::string> adam = {"optimizer.name=adam", "optimizer.rate=0.01"};
std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
const std::vector<std::string> redrawn = {"points.sampling=random", "points.redraw=1"};

TEST(StatisticsSchedule, NetworksWithoutThemAreLeftAlone) {
  const Case c = tiny_cavity();
  const Problem problem(c, float64());
  StatisticsSchedule schedule(problem, c);
  const Tensor theta = problem.network().initial_parameters(1);
  EXPECT_FALSE(schedule.any());
  EXPECT_TRUE(schedule.start_from(theta).is_same(theta));
  EXPECT_TRUE(schedule.inference_parameters(theta).is_same(theta));
  EXPECT_TRUE(schedule.of_objective().is_identity());
  EXPECT_FALSE(schedule.due());
  EXPECT_EQ(schedule.gap(theta, {}), 0);
}

TEST(StatisticsSchedule, RunningStatisticsByHand) {
  const Case c = normed({"network.norm_inference=running", "network.norm_momentum=0.25"});
  const Problem problem(c, float64());
  StatisticsSchedule schedule(problem, c);
  const Tensor theta = schedule.start_from(problem.network().initial_parameters(1));
  const auto points = problem.draw("gauss", 36, 6, "training", 1, 0);
  schedule.prepare(points, true, theta);
  const Tensor s = BatchStatistics::live(problem.network(), points[0].points.x)
                       .all(theta)
                       .narrow(0, theta.size(0), problem.network().statistics_count());
  // Of norm1 and norm2: mean, variance, each of 6 features.
  const Tensor means = s.view({2, 2, 6}).select(1, 0), variances = s.view({2, 2, 6}).select(1, 1);
  for (int step = 1; step <= 3; ++step) {
    schedule.follow(1, false, theta);
    const Tensor running = schedule.inference_parameters(theta).narrow(0, theta.size(0), s.size(0)).view({2, 2, 6});
    const double old = std::pow(0.75, step);
    EXPECT_LT((running.select(1, 0) - (1 - old) * means).abs().max().item<double>(), 1e-14);
    EXPECT_LT((running.select(1, 1) - (old + (1 - old) * variances * 36 / 35)).abs().max().item<double>(), 1e-14);
  }
}

TEST(StatisticsSchedule, ThoseOfASecondOrderMethodStayFor25AcceptedSteps) {
  const Case c = normed({"optimizer.steps=60", "criteria.every=20", "criteria.residual=1e-12"});
  Trainer trainer(c, float64());
  std::vector<Tensor> seen;
  trainer.run([&](const Trainer& now) {
    seen.push_back(now.state().statistics.training);
    return true;
  });
  std::vector<Event> events;
  for (const Event& event : trainer.events()) {
    if (event.text.starts_with("statistics")) events.push_back(event);
  }
  ASSERT_GE(events.size(), 1u);
  EXPECT_THAT(events[0].text, ::testing::MatchesRegex("statistics of the normalization recomputed at 36 points of "
                                                      "'interior': loss [0-9.e+-]+ -> [0-9.e+-]+"));
  const int first = events[0].step;
  EXPECT_LE(first, 25);
  for (int i = 1; i < first; ++i) EXPECT_TRUE(at::equal(seen[i], seen[0])) << i;
  EXPECT_FALSE(at::equal(seen[first], seen[0]));
}

TEST(StatisticsSchedule, TheGapIsZeroAfterRecalibrationAndNotWithRunningStatistics) {
  const auto gap_of = [](const Case& c) {
    Trainer trainer(c, float64());
    trainer.run(go_on);
    return trainer.normalization_gap();
  };
  EXPECT_EQ(gap_of(normed(adam)), 0);
  EXPECT_GT(gap_of(normed(adam + redrawn + std::vector<std::string>{"network.norm_inference=running"})), 1e-2);
  // Between two recomputations a second-order method trains with older statistics than those it is judged with.
  EXPECT_GT(gap_of(normed({})), 1e-6);
  EXPECT_EQ(gap_of(normed({"network.norm_inference=batch"})), 0);
}

TEST(StatisticsSchedule, TheFieldThatIsJudgedHasTheStatisticsOfTheReferenceSet) {
  const Case c = normed(adam);
  Trainer trainer(c, float64());
  trainer.run(go_on);
  const Tensor all = trainer.theta();
  const Problem& problem = trainer.problem();
  const Tensor x = problem.draw("gauss", 36, 6, "training", 3, 0)[0].points.x;  // a Gauss grid has no seed
  const std::int64_t count = problem.network().statistics_count();
  EXPECT_TRUE(at::equal(all.narrow(0, all.size(0) - count, count), problem.network().batch_statistics(all, x)));
  EXPECT_TRUE(at::equal(trainer.state().theta, all));
}

TEST(StatisticsSchedule, ResumesWithTheSameBits) {
  const std::vector<std::vector<std::string>> cases = {
      adam,
      adam + redrawn + std::vector<std::string>{"network.norm_inference=running"},
      {"optimizer.name=soap", "network.norm=instance", "network.norm_derivative=frozen"},
      {"optimizer.steps=40"},
      {"optimizer.name=lbfgs", "network.norm_inference=batch", "conditioning.name=layernorm"},
      {"optimizer.name=ssbroyden", "optimizer.steps=4", "criteria.every=1"}};
  for (const auto& overrides : cases) {
    SCOPED_TRACE(overrides[0]);
    const Case c = normed(overrides);
    Trainer whole(c, float64());
    const Outcome expected = whole.run(go_on);
    TrainerState state;
    Outcome outcome = Outcome::interrupted;
    for (int part = 0; outcome == Outcome::interrupted; ++part) {
      Trainer trainer(c, float64());
      if (part > 0) trainer.restore(state);
      const std::int64_t stop = trainer.iterations() + 7;
      outcome = trainer.run([&](const Trainer& now) { return now.iterations() < stop; });
      state = checkpoint_of(parse_safetensors(checkpoint_bytes({trainer.state(), {}}), "file"), "file").state;
    }
    EXPECT_EQ(outcome, expected);
    EXPECT_TRUE(at::equal(state.theta, whole.theta()));
    EXPECT_TRUE(at::equal(state.statistics.running, whole.state().statistics.running));
    EXPECT_EQ(state.events.size(), whole.events().size());
    EXPECT_EQ(state.history.back().loss, whole.history().back().loss);
  }
}

TEST(StatisticsSchedule, ThePointsOfAFaceMayBeTheReference) {
  const Case c = normed({"network.norm_reference=y+"});
  const Problem problem(c, float64());
  StatisticsSchedule schedule(problem, c);
  const Tensor theta = schedule.start_from(problem.network().initial_parameters(1));
  const auto points = problem.draw("gauss", 36, 6, "training", 1, 0);
  schedule.prepare(points, false, theta);
  EXPECT_EQ(schedule.reference(), "y+");
  EXPECT_EQ(schedule.reference_points(), 6);
  const Tensor expected =
      problem.network().batch_statistics(problem.network().initial_parameters(1), points[2].points.x);
  EXPECT_TRUE(at::equal(schedule.training_parameters(theta).narrow(0, theta.size(0), expected.size(0)), expected));
}

}  // namespace
}  // namespace nusselt
