#include "solver/full_runs_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nusselt {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

FullRun named(const std::string& name, std::vector<std::string> overrides = {}) {
  return {name, "cases/" + name, std::move(overrides), name};
}

json report(const std::string& status, int exit_code) {
  return json::parse(R"({"status": ")" + status + R"(", "exit_code": )" + std::to_string(exit_code) + R"(,
    "reason": "the 40 steps are used up", "wall_seconds": 123.4, "cpu_seconds": 12.34, "steps": 40, "parameters": 141,
    "threads": 1, "precision": "float64", "device": "cpu", "seed": 1,
    "engine": {"name": "tile", "instructions": "avx512"},
    "balances": [{"name": "mass", "relative": 1e-5}, {"name": "energy", "relative": 3e-4}],
    "errors": [{"field": "T", "relative_l2": 2e-3, "bound": 1e-3}, {"field": "u", "relative_l2": 5e-5, "bound": null}],
    "quantities": [
      {"name": "Nu", "reference": 2.2, "relative_error": 1e-4, "bound": 1e-4},
      {"name": "free", "reference": null, "relative_error": null, "bound": null},
      {"name": "lost", "reference": 1.0, "relative_error": null, "bound": 1e-2}]})");
}

json small_table() {
  FullRunRow good{named("bar"), 0, report("converged", 0), "", "nusselt 0.1.0 (abc)"};
  good.report["errors"][0]["relative_l2"] = 1e-4;
  good.report["quantities"].erase(2);
  return full_runs_json(
      {good,
       {named("cavity", {"constants.Re=400", "reference.bound=1e-3"}), 10, report("not_converged", 10)},
       {named("broken"), 65, nullptr, "case.yaml has | in it"},
       {named("later"), std::nullopt}},
      {"nusselt ladder", "a processor", 2, 2});
}

TEST(FullRunsTable, HasEveryNumberWithItsBound) {
  const json table = small_table();
  const json& runs = table["runs"];
  ASSERT_EQ(runs.size(), 4u);
  EXPECT_EQ(runs[0]["status"], "converged");
  EXPECT_EQ(runs[0]["imbalance"], 3e-4);
  EXPECT_EQ(runs[0]["numbers"], json::parse(R"([
    {"name": "T", "error": 1e-4, "bound": 1e-3, "met": true}, {"name": "u", "error": 5e-5, "bound": null, "met": null},
    {"name": "Nu", "error": 1e-4, "bound": 1e-4, "met": true}])"));
  EXPECT_EQ(runs[1]["setting"], "constants.Re=400");
  EXPECT_EQ(runs[1]["numbers"][0]["met"], false);
  // What is not finite meets nothing.
  EXPECT_EQ(runs[1]["numbers"][3], json::parse(R"({"name": "lost", "error": null, "bound": 1e-2, "met": false})"));
  EXPECT_EQ(runs[2]["status"], "broke_down");
  EXPECT_EQ(runs[2]["exit_code"], 65);
  EXPECT_EQ(runs[3]["status"], "waiting");
  EXPECT_EQ(count_bounds(table).all, 5);
  EXPECT_EQ(count_bounds(table).met, 3);
}

TEST(FullRunsTable, AsAPageShowsFailuresAsFailures) {
  const std::string page = full_runs_markdown(small_table());
  EXPECT_THAT(page, HasSubstr("Written by `nusselt ladder` on a processor, 2 cores, 2 runs at a time; "
                              "tile engine (avx512), 1 thread: 2 runs; nusselt 0.1.0 (abc).\n"));
  EXPECT_THAT(page, HasSubstr("| `bar` |  | converged | 123 | 12.3 | 141 | 0.0003 | T 0.0001 (0.001), Nu 0.0001 "
                              "(0.0001) | yes |\n"));
  EXPECT_THAT(page, HasSubstr("| `cavity` | `constants.Re=400` | **not converged**, exit 10 | 123 | 12.3 | 141 | "
                              "0.0003 | **T 0.002 (0.001)**, Nu 0.0001 (0.0001), **lost not finite (0.01)** | **1 of "
                              "3** |\n"));
  EXPECT_THAT(page, HasSubstr("| `broken` |  | **broke down**, exit 65 |  |  |  |  |  |  |\n"));
  EXPECT_THAT(page, HasSubstr("| `later` |  | waiting |  |  |  |  |  |  |\n"));
  EXPECT_THAT(page, HasSubstr("3 of 4 runs ended, 1 of them converged; 3 of 5 bounds are met.\n"));
  EXPECT_THAT(page, AllOf(HasSubstr("* `cavity`: the 40 steps are used up\n"),
                          HasSubstr("* `broken`: case.yaml has | in it\n"), Not(HasSubstr("* `later`"))));
}

TEST(FullRunsTable, AsCsvHasALineForEachNumber) {
  const std::string csv = full_runs_csv(small_table());
  EXPECT_THAT(csv, HasSubstr("name,case,set,status,exit_code,wall [s],cpu [s],parameters,imbalance,number,"
                             "relative_error,bound,met\n"));
  EXPECT_THAT(csv, HasSubstr("\ncavity,cavity,constants.Re=400,not_converged,10,123.4,12.34,141,3e-04,T,0.002,0.001,"
                             "no\n"));
  EXPECT_THAT(csv, HasSubstr("\nbar,bar,,converged,0,123.4,12.34,141,3e-04,u,5e-05,nan,\n"));
  EXPECT_THAT(csv, HasSubstr("\nbroken,broken,,broke_down,65,nan,nan,nan,nan,,nan,nan,\n"));
}

TEST(FullRunsTable, ARunInAFewWords) {
  const json runs = small_table()["runs"];
  EXPECT_EQ(full_run_line(runs[0]), "converged, T 0.0001 (0.001), Nu 0.0001 (0.0001)");
  EXPECT_EQ(full_run_line(runs[1]),
            "not converged, exit 10, T 0.002 (0.001), Nu 0.0001 (0.0001), lost not finite (0.01): 2 beyond its bound");
  EXPECT_EQ(full_run_line(runs[2]), "broke down, exit 65: case.yaml has | in it");
}

}  // namespace
}  // namespace nusselt
