// The command `study` as a user has it.
#include "solver/study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "tests/solver/small_training.hpp"
#include "tests/solver/started_program.hpp"

namespace nusselt {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<std::string> study_words(const std::string& vary) {
  std::vector<std::string> words = {"study", cavity_folder(), "--vary", vary, "--output", "out"};
  for (const std::string& one : reduced) {
    if (!one.starts_with("network.width=")) words.push_back(one);
  }
  return words;
}

/// A minute is plenty; a test that waits for ever says nothing.
bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 3000; ++i) {
    if (condition()) return true;
    ::usleep(20000);
  }
  return false;
}

TEST(Study, RunsTheGridOnceAndAddsToIt) {
  const TemporaryFolder home;
  const Ended first = ended(home.path(), study_words("network.width=6"));
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("1 settings, 1 runs"));
  const fs::path report = home.path() / "out" / "network.width=6,seed=1" / "report.json";
  const auto made = fs::last_write_time(report);

  const Ended second = ended(home.path(), study_words("network.width=6,7"));
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.out, AllOf(HasSubstr("1 of them are done already"), HasSubstr("[====================] 2/2"),
                                HasSubstr("network.width=7,seed=1: exit 10"), HasSubstr("0 of 1")));
  EXPECT_EQ(fs::last_write_time(report), made);
  const nlohmann::json study = nlohmann::json::parse(content(home.path() / "out" / "study.json"));
  ASSERT_EQ(study["runs"].size(), 2u);
  // What stands in the study is what stands in the run.
  EXPECT_EQ(study["runs"][0]["report"], nlohmann::json::parse(content(report)));
  EXPECT_TRUE(fs::exists(home.path() / "out" / "study.html"));
  EXPECT_TRUE(fs::exists(home.path() / "out" / "figures" / "error_of_Nu_hot_steps.png"));
}

TEST(Study, OneThatWasStoppedGoesOnWithItsCheckpoints) {
  const TemporaryFolder home;
  std::vector<std::string> words = study_words("network.width=6,7");
  words.push_back("optimizer.steps=100000");
  words.push_back("checkpoint.every=1e-3");
  const Started started(home.path(), words);
  const fs::path checkpoints = home.path() / "out" / "network.width=6,seed=1" / "checkpoints";
  ASSERT_TRUE(comes_true([&] { return fs::exists(checkpoints) && !fs::is_empty(checkpoints); }));
  started.send(SIGTERM);
  const Ended stopped = started.wait();
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_THAT(stopped.out, HasSubstr("interrupted; the same words go on:\n  nusselt study "));
  EXPECT_FALSE(fs::exists(home.path() / "out" / "study.json"));
  const Started again(home.path(), words);
  const fs::path log = home.path() / "out" / "log" / "network.width=6,seed=1.txt";
  ASSERT_TRUE(comes_true([&] { return content(log).find("resumed from step") != std::string::npos; }));
  again.send(SIGTERM);
  EXPECT_EQ(again.wait().exit_code, 75);
}

TEST(Study, AFolderHoldsOneStudy) {
  const TemporaryFolder home;
  ASSERT_EQ(ended(home.path(), study_words("network.width=6")).exit_code, 0);
  std::vector<std::string> others = study_words("network.width=6");
  others.push_back("constants.Pr=0.8");
  const Ended other = ended(home.path(), others);
  EXPECT_EQ(other.exit_code, 73);
  EXPECT_THAT(other.err, HasSubstr("the folder out holds a study of another case file or with other overrides; choose "
                                   "another with --output, or remove it"));
}

TEST(Study, ABrokenRunIsCountedAndTheOthersGoOn) {
  const TemporaryFolder home;
  // A file where the run's folder should be.
  fs::create_directories(home.path() / "out");
  std::ofstream(home.path() / "out" / "network.width=6,seed=1") << "in the way";
  const Ended study = ended(home.path(), study_words("network.width=6,7"));
  EXPECT_EQ(study.exit_code, 12);
  EXPECT_THAT(study.out,
              AllOf(HasSubstr("network.width=6,seed=1: broke down, exit 73"), HasSubstr("0 of 1, 1 broke down")));
}

TEST(Study, WrongWordsAreUsage) {
  const TemporaryFolder home;
  const Ended wrong = ended(home.path(), {"study", cavity_folder(), "--vary", "scaling"});
  EXPECT_EQ(wrong.exit_code, 64);
  EXPECT_EQ(wrong.err, "error: --vary scaling: write KEY=a,b,c, for example scaling=si,auto\n");
}

}  // namespace
}  // namespace nusselt
