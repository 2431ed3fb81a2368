// The command `ladder` as a user has it, with cases of a moment.
#include "solver/full_runs.hpp"

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
using ::testing::Not;

const std::string bar =
    "case: bar\nphysics: heat_conduction\n"
    "constants: {L: 200 mm, k: 16.2 W/(m K), T0: 293 K, dT: 40 K}\n"
    "domain: {box: {x: [0 m, L]}}\nscales: {references: [L, dT], temperature_level: T0}\n"
    "conditions:\n  - {at: x-, T: T0}\n  - {at: x+, T: T0 + dT}\n"
    "network: {depth: 1, width: 3}\npoints: {interior: 8, held_out: 16, sampling: gauss}\noutput: {grid: 5}\n"
    "optimizer: {name: levenberg_marquardt, steps: 40}\ncriteria: {residual: 1e-4, every: 5}\n"
    "reference: {exact: {T: T0 + dT*x/L}, bound: 1e-3}\n";

class Ladder : public testing::Test {
 protected:
  Ladder() {
    write("bar/case.yaml", bar);
    write("list.yaml", "runs: [{case: bar}]\n");
  }
  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((home_.path() / file).parent_path());
    std::ofstream(home_.path() / file) << text;
  }
  std::vector<std::string> words(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {"ladder", "--from", "list.yaml", "--output", "out"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Ended ladder(const std::vector<std::string>& more = {}) const { return ended(home_.path(), words(more)); }
  nlohmann::json runs() const { return nlohmann::json::parse(content(home_.path() / "out" / "ladder.json"))["runs"]; }
  /// A minute is plenty; a test that waits for ever says nothing.
  static bool comes_true(const std::function<bool()>& condition) {
    for (int i = 0; i < 3000; ++i) {
      if (condition()) return true;
      ::usleep(20000);
    }
    return false;
  }
  TemporaryFolder home_;
};

TEST_F(Ladder, KeepsWhatIsDoneAndShowsWhatFailed) {
  const Ended first = ladder();
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, AllOf(HasSubstr("1 run, 1 at a time, in out"), HasSubstr("1/1, "),
                               HasSubstr("bar: converged, T "), HasSubstr("1 of 1 bounds are met\nout/ladder.md\n")));
  EXPECT_THAT(content(home_.path() / "out" / "ladder.md"), HasSubstr("| `bar` |  | converged | "));
  const auto made = fs::last_write_time(home_.path() / "out" / "bar" / "report.json");

  // Cases were added, one of them wrong; a bound that nothing meets is asked for.
  write("list.yaml",
        "runs: [{case: bar, set: []}, {case: bar, set: [constants.k=0 W/(m K)]},\n"
        "       {case: bar, set: [optimizer.steps=1, reference.bound=1e-30]}]\n");
  const Ended second = ladder();
  EXPECT_EQ(second.exit_code, 12) << second.err;
  EXPECT_THAT(
      second.out,
      AllOf(HasSubstr("1 of them are done already"), HasSubstr("bar,k=0W__mK_: broke down, exit 65: constants.k"),
            HasSubstr("bar,2: not converged, exit 10, T "), HasSubstr("1 of 2 bounds are met; 1 run broke down")));
  EXPECT_EQ(fs::last_write_time(home_.path() / "out" / "bar" / "report.json"), made);
  const nlohmann::json rows = runs();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0]["status"], "converged");
  EXPECT_THAT(rows[1]["failure"].get<std::string>(), HasSubstr("a thermal conductivity is positive, got 0"));
  EXPECT_EQ(rows[2]["numbers"][0]["met"], false);

  // With another case file nothing stays, and only what is named runs.
  write("bar/case.yaml", bar + "title: a bar\n");
  const Ended third = ladder({"bar,2", "--strict"});
  EXPECT_EQ(third.exit_code, 12);
  EXPECT_THAT(third.out, AllOf(HasSubstr("1 run, 1 at a time"), Not(HasSubstr("done already"))));
  EXPECT_EQ(runs().size(), 1u);
}

TEST_F(Ladder, StoppedItGoesOnWithItsCheckpoints) {
  write("list.yaml", "runs: [{case: bar, set: [optimizer.steps=10000000, criteria.residual=1e-300]}, {case: bar}]\n");
  write("bar/case.yaml", bar + "checkpoint: {every: 1e-3}\n");
  const Started started(home_.path(), words());
  const fs::path checkpoints = home_.path() / "out" / "bar" / "checkpoints";
  ASSERT_TRUE(comes_true([&] { return fs::exists(checkpoints) && !fs::is_empty(checkpoints); }));
  started.send(SIGTERM);
  const Ended stopped = started.wait();
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_THAT(stopped.out,
              AllOf(HasSubstr("bar: stopped"), HasSubstr("interrupted; go on with\n  nusselt ladder --from "
                                                         "list.yaml --output out\n")));
  EXPECT_EQ(runs()[0]["status"], "waiting");
  EXPECT_EQ(runs()[1]["status"], "waiting");
  const Started again(home_.path(), words());
  const fs::path log = home_.path() / "out" / "log" / "bar.txt";
  EXPECT_TRUE(comes_true([&] { return content(log).find("resumed from step") != std::string::npos; }));
  again.send(SIGTERM);
  EXPECT_EQ(again.wait().exit_code, 75);
}

TEST_F(Ladder, WrongWordsAreUsage) {
  const Ended wrong = ladder({"baz"});
  EXPECT_EQ(wrong.exit_code, 64);
  EXPECT_EQ(wrong.err, "error: there is no full run \"baz\"; did you mean bar?\n");
  fs::remove(home_.path() / "list.yaml");
  const Ended none = ladder();
  EXPECT_EQ(none.exit_code, 64);
  EXPECT_THAT(none.err, HasSubstr("there is no list of full runs list.yaml"));
  EXPECT_FALSE(fs::exists(home_.path() / "out"));
}

}  // namespace
}  // namespace nusselt
