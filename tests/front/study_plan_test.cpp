#include "solver/case/study_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "solver/case/input_error.hpp"

namespace nusselt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

CommandLine study_of(std::vector<std::string> vary, int seeds = 1, std::vector<std::string> overrides = {}) {
  CommandLine line;
  line.command = "study";
  line.subject = NUSSELT_SOURCE_DIR "/cases/heated_bar";
  line.overrides = std::move(overrides);
  line.study.vary = std::move(vary);
  line.study.seeds = seeds;
  return line;
}

std::string refusal(const CommandLine& line) {
  try {
    plan_study(line, 2);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(StudyPlan, CommasInsideBracketsDoNotSeparate) {
  const VariedKey varied = parse_varied_key("ladder.Ra=[1e3, 1e4],[1e4],\"a,b\"");
  EXPECT_EQ(varied.key, "ladder.Ra");
  EXPECT_THAT(varied.values, ElementsAre("[1e3, 1e4]", "[1e4]", "\"a,b\""));
}

TEST(StudyPlan, TakesEveryCombinationWithEverySeed) {
  const StudyPlan plan = plan_study(study_of({"network.width=6,9", "network.depth=2,3"}, 2, {"seed=7"}), 2);
  EXPECT_EQ(plan.case_name, "heated_bar");
  EXPECT_THAT(plan.settings,
              ElementsAre(ElementsAre("6", "2"), ElementsAre("6", "3"), ElementsAre("9", "2"), ElementsAre("9", "3")));
  ASSERT_EQ(plan.runs.size(), 8u);
  EXPECT_EQ(plan.setting_name(1), "network.width=6, network.depth=3");
  EXPECT_THAT(plan.runs[3].overrides, ElementsAre("network.width=6", "network.depth=3", "threads=1", "seed=8"));
  EXPECT_EQ(plan.runs[3].folder, "network.width=6,network.depth=3,seed=8");
}

TEST(StudyPlan, WithoutVariedKeysItIsTheSeedsThatDiffer) {
  const StudyPlan plan = plan_study(study_of({}, 3), 2);
  ASSERT_EQ(plan.runs.size(), 3u);
  EXPECT_EQ(plan.runs[2].folder, "seed=3");
}

TEST(StudyPlan, ASeedMayBeVariedAsAnyKey) {
  const StudyPlan plan = plan_study(study_of({"seed=4,5"}), 2);
  ASSERT_EQ(plan.runs.size(), 2u);
  EXPECT_EQ(plan.runs[1].folder, "seed=5");
  EXPECT_EQ(plan.runs[1].overrides.back(), "seed=5");
}

TEST(StudyPlan, FoldersHavePlainNamesThatDiffer) {
  const StudyPlan plan = plan_study(study_of({"title=a/b,a:b"}), 2);
  EXPECT_EQ(plan.runs[0].folder, "title=a_b,seed=1");
  EXPECT_EQ(plan.runs[1].folder, "setting2,seed=1");
}

TEST(StudyPlan, RunsAtATimeFollowFromTheThreadsOfEach) {
  EXPECT_EQ(plan_study(study_of({"network.width=6,9"}), 8).jobs, 8);
  EXPECT_EQ(plan_study(study_of({"network.width=6,9"}, 1, {"threads=3"}), 8).jobs, 2);
  EXPECT_EQ(plan_study(study_of({"threads=1,16"}), 8).jobs, 1);
  CommandLine line = study_of({});
  line.study.jobs = 5;
  EXPECT_EQ(plan_study(line, 2).jobs, 5);
}

TEST(StudyPlan, RefusesWhatCannotBeVaried) {
  EXPECT_EQ(refusal(study_of({"network.width"})), "--vary network.width: write KEY=a,b,c, for example scaling=si,auto");
  EXPECT_EQ(refusal(study_of({"network.width=6,,9"})), "--vary network.width=6,,9: a value is empty");
  EXPECT_EQ(refusal(study_of({"network.width=6,6"})), "--vary network.width=6,6: 6 stands there twice");
  EXPECT_EQ(refusal(study_of({"network.width=6,9", "network.width=7"})),
            "--vary network.width=7: network.width is set twice");
  EXPECT_EQ(refusal(study_of({"network.width=6,9"}, 1, {"network.width=7"})),
            "--vary network.width=6,9: network.width is set twice");
  EXPECT_EQ(refusal(study_of({"seed=1,2"}, 2)), "--vary seed=1,2 and --seeds both set the seed; leave one out");
  std::string many = "network.width=1";
  for (int i = 2; i <= 101; ++i) many += "," + std::to_string(i);
  EXPECT_EQ(refusal(study_of({many}, 100)), "the study has more than 10000 runs");
}

TEST(StudyPlan, AWrongValueIsFoundBeforeTheFirstRun) {
  try {
    plan_study(study_of({"network.width=6,wide"}), 2);
    ADD_FAILURE() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("network.width"));
    EXPECT_THAT(error.what(), HasSubstr("wide"));
  }
}

}  // namespace
}  // namespace nusselt
