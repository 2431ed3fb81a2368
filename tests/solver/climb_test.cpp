#include "solver/climb.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "solver/checkpoint.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

bool go_on(const Trainer&) { return true; }

TrainerState through_a_file(const TrainerState& state) {
  return checkpoint_of(parse_safetensors(checkpoint_bytes({state, {}}), "file"), "file").state;
}

/// A bar whose heat source grows from rung to rung.
Case bar(const std::vector<std::string>& more = {}) {
  std::vector<std::string> overrides = {"ladder.q=[10 kW/m^3, 40 kW/m^3]", "criteria.every=2", "optimizer.steps=200"};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return tiny_bar(overrides);
}

std::unique_ptr<Trainer> at_the_bottom(const std::vector<Rung>& ladder) {
  return std::make_unique<Trainer>(ladder.front().the_case, float64());
}

TEST(Climb, ReachesTheCaseOverItsRungs) {
  const Case c = bar();
  std::vector<Rung> ladder = read_ladder(c);
  std::unique_ptr<Trainer> trainer = at_the_bottom(ladder);
  std::vector<int> rungs;
  EXPECT_EQ(climb(ladder, trainer,
                  [&](const Trainer& now) {
                    EXPECT_EQ(now.history().back().rung, now.rung());
                    EXPECT_EQ(now.history().back().step, now.step());
                    rungs.push_back(now.rung());
                    return true;
                  }),
            Outcome::converged);
  EXPECT_EQ(trainer->rung(), 2);
  EXPECT_EQ(&trainer->the_case(), &ladder.back().the_case);
  EXPECT_TRUE(std::is_sorted(rungs.begin(), rungs.end()));
  EXPECT_EQ(rungs.front(), 0);
  EXPECT_EQ(rungs.back(), 2);
  EXPECT_EQ(trainer->history().size(), rungs.size());
  ASSERT_EQ(trainer->events().size(), 2u);
  EXPECT_EQ(trainer->events()[0].text,
            "rung 1 of 3 (q = 10000 W m-3) is left: its criteria hold; on to q = 40000 W m-3");
  EXPECT_EQ(trainer->events()[1].step, trainer->first_step());
  // Each rung begins with the damping of a warm start.
  for (std::size_t i = 1; i < rungs.size(); ++i) {
    if (rungs[i] != rungs[i - 1]) {
      EXPECT_LE(trainer->history()[i].damping, c.settings.optimizer.warm_damping);
    }
  }
  // The top rung is judged by the criteria of the case: the parabola with the full source.
  const Solution solution(c, trainer->theta());
  const double middle = solution.fields(solution.points_at({{0.1}})).item<double>();
  EXPECT_NEAR(middle, 313 + 80e3 / (2 * 16.2) * 0.1 * 0.1, 1e-2);
}

TEST(Climb, ARungIsLeftWhenItsStepsAreUsedUp) {
  const Case c = tiny_cavity({"ladder.L=[12 mm]", "ladder.steps=3", "optimizer.steps=4", "criteria.every=100"});
  std::vector<Rung> ladder = read_ladder(c);
  std::unique_ptr<Trainer> trainer = at_the_bottom(ladder);
  EXPECT_EQ(climb(ladder, trainer, go_on), Outcome::out_of_steps);
  EXPECT_EQ(trainer->step(), 7);
  EXPECT_EQ(trainer->first_step(), 3);
  EXPECT_EQ(trainer->last_step(), 7);
  ASSERT_EQ(trainer->events().size(), 1u);
  EXPECT_EQ(trainer->events()[0].step, 3);
  EXPECT_THAT(trainer->events()[0].text,
              AllOf(HasSubstr("rung 1 of 2 (L = 0.012 m) is left: its steps are used up, its criteria do not hold"),
                    HasSubstr("; on to L = 0.022 m")));
}

TEST(Climb, ResumesWithTheSameBitsOnAnyRung) {
  const Case c =
      tiny_cavity({"ladder.L=[12 mm, 15 mm]", "ladder.steps=4", "optimizer.steps=5", "points.sampling=sobol",
                   "points.redraw=3", "points.adapt=rad", "conditioning.name=layernorm", "criteria.every=2"});
  std::vector<Rung> ladder = read_ladder(c);
  std::unique_ptr<Trainer> whole = at_the_bottom(ladder);
  climb(ladder, whole, go_on);
  ASSERT_EQ(whole->step(), 13);
  for (int stop : {2, 4, 6, 8, 11}) {
    std::unique_ptr<Trainer> first = at_the_bottom(ladder);
    EXPECT_EQ(climb(ladder, first, [&](const Trainer& now) { return now.step() < stop; }), Outcome::interrupted);
    const TrainerState state = through_a_file(first->state());
    auto second = std::make_unique<Trainer>(ladder[static_cast<std::size_t>(state.rung)].the_case, float64());
    second->restore(state);
    EXPECT_EQ(climb(ladder, second, go_on), Outcome::out_of_steps);
    EXPECT_TRUE(at::equal(second->theta(), whole->theta())) << stop;
    ASSERT_EQ(second->history().size(), whole->history().size()) << stop;
    for (std::size_t i = 0; i < 13; ++i) {
      EXPECT_EQ(second->history()[i].loss, whole->history()[i].loss) << stop;
      EXPECT_EQ(second->history()[i].held_out_rms, whole->history()[i].held_out_rms) << stop;
    }
    ASSERT_EQ(second->events().size(), whole->events().size()) << stop;
    for (std::size_t i = 0; i < whole->events().size(); ++i) {
      EXPECT_EQ(second->events()[i].text, whole->events()[i].text) << stop;
    }
  }
}

TEST(Climb, ARungThatDivergesIsWhereTheRunEnds) {
  const Case c = tiny_cavity({"ladder.L=[12 mm]", "optimizer.name=adam", "optimizer.rate=1e200"});
  std::vector<Rung> ladder = read_ladder(c);
  std::unique_ptr<Trainer> trainer = at_the_bottom(ladder);
  EXPECT_EQ(climb(ladder, trainer, go_on), Outcome::diverged);
  EXPECT_EQ(trainer->rung(), 0);
}

}  // namespace
}  // namespace nusselt
