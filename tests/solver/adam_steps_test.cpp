#include "solver/adam_steps.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "solver/trainer.hpp"
#include "tests/solver/host_reads.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

Case by_libtorch(const std::string& more = "seed=3") {
  return tiny_cavity({"optimizer.name=adam", "optimizer.rate=0.02", "engine=libtorch", more});
}

AdamState zero_state(const Tensor& theta) { return {0, at::zeros_like(theta), at::zeros_like(theta)}; }

TEST(AdamSteps, TheUpdateHasTheBitsOfItsFormula) {
  for (const auto precision : {at::kDouble, at::kFloat}) {
    Tensor theta = testing::wave({97}, 0.4).to(precision), first = at::zeros_like(theta), second = first.clone();
    Tensor expected = theta.clone(), m = first.clone(), v = first.clone();
    for (int count = 1; count <= 5; ++count) {
      const Tensor g = testing::wave({97}, 0.1 * count).to(precision);
      adam_update(g, adam_factor(0.02, count), adam_correction(count), first, second, theta);
      m.mul_(0.9).add_(g, 1 - 0.9);
      v.mul_(0.999).addcmul_(g, g, 1 - 0.999);
      const double root = std::sqrt(1 - std::pow(0.999, count));
      expected.addcdiv_(m, v.sqrt().div_(root).add_(1e-8), -0.02 / (1 - std::pow(0.9, count)));
      EXPECT_TRUE(at::equal(theta, expected)) << count;
    }
  }
}

TEST(AdamSteps, AreThoseOfTheOptimizer) {
  Trained t(by_libtorch());
  Tensor theta = t.theta.clone();
  AdamState state = zero_state(theta);
  AdamSteps steps(t.objective, theta, 0.02);
  for (const int count : {1, 4, 7}) {  // other lengths, the same steps
    const std::vector<double> losses = steps.run(count, theta, state);
    ASSERT_EQ(losses.size(), static_cast<std::size_t>(count));
    for (const double loss : losses) {
      const double expected = t.optimizer->step(t.objective, t.theta).loss;
      EXPECT_NEAR(loss, expected, 1e-12 * expected);
    }
  }
  EXPECT_EQ(state.count, 12);
  EXPECT_LT((theta - t.theta).abs().max().item<double>(), 1e-14);
  EXPECT_LT((state.first - t.optimizer->state().at("first")).abs().max().item<double>(), 1e-13);
}

TEST(AdamSteps, AStepReadsNothingBack) {
  Trained t(by_libtorch());
  AdamState state = zero_state(t.theta);
  AdamSteps steps(t.objective, t.theta, 0.02);
  steps.run(1, t.theta, state);
  EXPECT_EQ(testing::host_reads([&] { steps.step(); }), 0);
  // The reader sees a step that does: the loss, and whether the moments are finite.
  EXPECT_EQ(testing::host_reads([&] { t.optimizer->step(t.objective, t.theta); }), 2);
}

TEST(AdamSteps, MomentsThatAreNotFiniteShowInTheLoss) {
  Trained t(by_libtorch());
  AdamState state = zero_state(t.theta);
  state.second.fill_(INFINITY);
  EXPECT_TRUE(std::isnan(AdamSteps(t.objective, t.theta, 0.02).run(1, t.theta, state)[0]));
}

TEST(AdamSteps, TheTileEngineIsRefused) {
  Trained t(tiny_cavity({"optimizer.name=adam", "engine=tile"}));
  AdamState state = zero_state(t.theta);
  AdamSteps steps(t.objective, t.theta, 0.02);
  EXPECT_THROW(steps.run(1, t.theta, state), std::logic_error);
}

TEST(AdamSteps, SayWhyThereIsNoGraphOnAProcessor) {
  Trained t(by_libtorch());
  EXPECT_EQ(AdamSteps(t.objective, t.theta, 0.02).refusal(), "the steps do not run on a GPU");
}

TEST(StepsToNextEvent, EndAtAnEvaluationARedrawOrTheLastStep) {
  EXPECT_EQ(steps_to_next_event(0, 100, 10, 0), 10);
  EXPECT_EQ(steps_to_next_event(13, 100, 10, 0), 7);
  EXPECT_EQ(steps_to_next_event(13, 15, 10, 0), 2);
  EXPECT_EQ(steps_to_next_event(20, 100, 10, 4), 4);
  EXPECT_EQ(steps_to_next_event(21, 100, 10, 4), 3);
  EXPECT_EQ(steps_to_next_event(20, 100, 10, 1), 1);
}

TEST(StepGraph, WithoutAGpuEveryStepRuns) {
  int done = 0;
  StepGraph graph([&] { ++done; }, at::kCPU);
  graph.run(5);
  graph.run(2);
  EXPECT_EQ(done, 7);
}

}  // namespace
}  // namespace nusselt
