#include "solver/case/full_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

#include "solver/case/ladder.hpp"
#include "tests/front/small_case.hpp"

namespace nusselt {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string shipped = NUSSELT_SOURCE_DIR "/cases/ladder.yaml";

class FullRuns : public testing::Test {
 protected:
  FullRuns() : folder_(fs::path(testing::TempDir()) / "nusselt-full-runs") {
    for (const char* name : {"bar", "wall"}) fs::create_directories(folder_ / name);
    for (const char* file : {"bar/case.yaml", "wall/case.yaml", "wall/thick.yaml"}) std::ofstream(folder_ / file);
  }
  ~FullRuns() override { fs::remove_all(folder_); }
  std::string list(const std::string& text) const {
    const std::string file = (folder_ / "list.yaml").string();
    std::ofstream(file) << text;
    return file;
  }
  fs::path folder_;
};

TEST_F(FullRuns, ReadsCasesWithWhatIsSet) {
  const std::vector<FullRun> runs = read_full_runs(
      list("runs:\n"
           "  - {case: bar}\n"
           "  - {case: wall, set: [constants.k=2 W/(m K), seed=3, network.width=9, quantities.q.bound=1e-3]}\n"
           "  - case: wall/thick.yaml\n"
           "    set: [\"ladder.Ra=[1e3, 1e4]\"]\n"
           "  - {case: bar, set: [optimizer.steps=7]}\n"));
  ASSERT_EQ(runs.size(), 4u);
  EXPECT_EQ(runs[0].name, "bar");
  EXPECT_EQ(runs[0].case_path, (folder_ / "bar").string());
  EXPECT_EQ(runs[0].setting(), "");
  EXPECT_EQ(runs[1].name, "wall,k=2W__mK_,seed=3");
  EXPECT_EQ(runs[1].setting(), "constants.k=2 W/(m K) seed=3 network.width=9");
  EXPECT_THAT(runs[1].overrides,
              ElementsAre("constants.k=2 W/(m K)", "seed=3", "network.width=9", "quantities.q.bound=1e-3"));
  EXPECT_EQ(runs[2].name, "wall,thick");
  EXPECT_EQ(runs[2].case_name, "wall/thick.yaml");
  EXPECT_EQ(runs[2].setting(), "ladder.Ra=[1e3, 1e4]");
  EXPECT_EQ(runs[3].name, "bar,2");
}

TEST_F(FullRuns, SaysWhatIsWrongWithAList) {
  const auto said = [&](const std::string& text) { return refusal([&] { read_full_runs(list(text)); }); };
  EXPECT_THAT(said("runs: [bar]\n"), AllOf(HasSubstr("list.yaml:1:8: error: runs: expected a run"),
                                           HasSubstr("`- {case: lid_driven_cavity, set: [constants.Re=400]}`")));
  EXPECT_THAT(said("runs:\n  - {case: baz}\n"),
              AllOf(HasSubstr("list.yaml:2:12: error: case: there is no case "), HasSubstr("baz\"")));
  EXPECT_THAT(said("runs:\n  - {case: bar, sets: [a=1]}\n"),
              HasSubstr("runs: \"sets\" is no key of a run; did you mean set?"));
  EXPECT_THAT(said("runs:\n  - {set: [a=1]}\n"), HasSubstr("runs: a run without a case"));
  EXPECT_THAT(said("runs:\n  - {case: bar, set: [a=1, a=2]}\n"), HasSubstr("set: a is set twice"));
  EXPECT_THAT(said("runs:\n  - {case: bar, set: [a]}\n"), HasSubstr("set: expected KEY=VALUE"));
  EXPECT_THAT(said("runs:\n  - {case: bar, set: a=1}\n"), HasSubstr("set: expected a list"));
  EXPECT_THAT(said("runs:\n  - {case: [bar]}\n"), HasSubstr("case: expected a folder or a file"));
  EXPECT_THAT(said("runs: 3\n"), HasSubstr("runs: expected a list of full runs"));
  EXPECT_THAT(said("jobs: 2\n"), HasSubstr("\"jobs\" is no key of a list of full runs"));
}

TEST_F(FullRuns, AreChosenByNameCaseOrFolder) {
  const std::vector<FullRun> runs = read_full_runs(
      list("runs: [{case: bar}, {case: wall}, {case: wall, set: [constants.k=2]}, {case: wall/thick.yaml}]\n"));
  const auto chosen = [&](const std::vector<std::string>& words) {
    std::vector<std::string> names;
    for (const FullRun& run : chosen_full_runs(runs, words)) names.push_back(run.name);
    return names;
  };
  EXPECT_EQ(chosen({}).size(), 4u);
  EXPECT_THAT(chosen({"wall,k=2", "bar"}), ElementsAre("bar", "wall,k=2"));  // in the order of the list
  EXPECT_THAT(chosen({"wall"}), ElementsAre("wall", "wall,k=2", "wall,thick"));
  EXPECT_THAT(chosen({(folder_ / "bar/").string()}), ElementsAre("bar"));
  EXPECT_THAT(chosen({"wall/thick.yaml"}), ElementsAre("wall,thick"));
  try {
    chosen({"wal"});
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "there is no full run \"wal\"; did you mean wall?");
  }
}

TEST(ShippedFullRuns, HoldEveryCase) {
  std::set<fs::path> listed;
  for (const FullRun& run : read_full_runs(shipped)) {
    const fs::path path(run.case_path);
    listed.insert(fs::is_directory(path) ? path / "case.yaml" : path);
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(NUSSELT_SOURCE_DIR "/cases")) {
    const bool in_a_folder = entry.path().parent_path().filename() != "cases";
    if (entry.path().extension() != ".yaml" || !in_a_folder) continue;
    EXPECT_TRUE(listed.contains(entry.path())) << entry.path() << " has no full run in cases/ladder.yaml";
  }
}

TEST(ShippedFullRuns, AreRead) {
  for (const FullRun& run : read_full_runs(shipped)) {
    EXPECT_NO_THROW(read_ladder(read_case(run.case_path, run.overrides))) << run.name;
  }
}

}  // namespace
}  // namespace nusselt
