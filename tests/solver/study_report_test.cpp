#include "solver/study_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nusselt {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(Quartiles, InterpolateBetweenOrderStatistics) {
  const Quartiles q = quartiles({4, 1, 3, 2});
  EXPECT_DOUBLE_EQ(q.lower, 1.75);
  EXPECT_DOUBLE_EQ(q.median, 2.5);
  EXPECT_DOUBLE_EQ(q.upper, 3.25);
  EXPECT_DOUBLE_EQ(quartiles({7}).lower, 7);
  EXPECT_THROW(quartiles({}), std::invalid_argument);
}

json report_with(const std::string& status, double wall, const json& error, const json& value) {
  const json nusselt = {
      {"name", "Nu"},    {"value", value},
      {"unit", "1"},     {"reference", 2.5},
      {"source", "..."}, {"relative_error", value.is_null() ? value : json(value.get<double>() / 2.5 - 1)}};
  return {{"status", status},
          {"reason", "because"},
          {"steps", 20},
          {"wall_seconds", wall},
          {"cpu_seconds", 2 * wall},
          {"errors", {{{"field", "T"}, {"relative_l2", error}}}},
          {"quantities", {nusselt}},
          {"residuals", {{{"name", "energy"}, {"rms", 3e-3}, {"scale", 500.0}, {"unit", "W m-3"}}}}};
}

/// Two settings, three seeds each; one run diverged, one broke down.
struct Studied : ::testing::Test {
  Studied() {
    plan.case_name = "bar";
    plan.varied = {{"network.width", {"6", "9"}}};
    plan.settings = {{"6"}, {"9"}};
    const std::vector<json> reports = {
        report_with("converged", 1, 0.01, 2.6),       report_with("converged", 2, 0.02, 2.4),
        report_with("not_converged", 4, 0.04, 3.0),   report_with("converged", 8, 0.001, 2.5),
        report_with("diverged", 3, nullptr, nullptr), nullptr};
    for (std::size_t i = 0; i < reports.size(); ++i) {
      StudyRun run{i / 3, std::to_string(i % 3 + 1), {}, "run" + std::to_string(i)};
      StudyRow row{run, reports[i], {}, reports[i].is_null() ? 70 : 0};
      for (const double seconds : {0.5, 1.0}) {
        row.history.push_back(
            {{"wall_seconds", seconds}, {"errors", {{"T", 0.1 / seconds}}}, {"quantities", {{"Nu", 3.0}}}});
      }
      rows.push_back(row);
    }
  }
  StudyPlan plan;
  std::vector<StudyRow> rows;
};

TEST_F(Studied, MediansAreOverTheSeedsAndFailuresAreCounted) {
  const json study = study_json(plan, rows);
  const json& first = study["settings"][0];
  EXPECT_EQ(first["values"]["network.width"], "6");
  EXPECT_EQ(first["runs"], 3);
  EXPECT_EQ(first["converged"], 2);
  EXPECT_EQ(first["broke_down"], 0);
  EXPECT_EQ(first["diverged"], 0);
  EXPECT_DOUBLE_EQ(first["residuals"]["energy"]["in_si"]["median"], 1.5);
  EXPECT_EQ(first["residuals"]["energy"]["unit"], "W m-3");
  EXPECT_DOUBLE_EQ(first["wall_seconds"]["median"], 2);
  EXPECT_DOUBLE_EQ(first["cpu_seconds"]["upper_quartile"], 6);
  EXPECT_DOUBLE_EQ(first["measured"]["error of T"]["median"], 0.02);
  EXPECT_DOUBLE_EQ(first["measured"]["error of T"]["lower_quartile"], 0.015);
  EXPECT_NEAR(first["measured"]["error of Nu"]["median"], 0.04, 1e-12);
  const json& second = study["settings"][1];
  EXPECT_EQ(second["converged"], 1);
  EXPECT_EQ(second["broke_down"], 1);
  EXPECT_EQ(second["diverged"], 1);
  EXPECT_EQ(second["measured"]["error of T"]["count"], 1);
  EXPECT_EQ(study["runs"].size(), 6u);
}

TEST_F(Studied, TheTableSaysHowManyRunsAMedianRestsOn) {
  const std::string table = study_table(study_json(plan, rows));
  EXPECT_THAT(table, HasSubstr("network.width  converged                         steps"));
  EXPECT_THAT(table, HasSubstr("6              2 of 3                            20 [20, 20]"));
  EXPECT_THAT(table, HasSubstr("0.02 [0.015, 0.03]"));
  EXPECT_THAT(table, HasSubstr("9              1 of 3, 1 diverged, 1 broke down  20 [20, 20] (2 of 3)"));
  EXPECT_THAT(table, HasSubstr("0.001 (1 of 3)"));
}

TEST_F(Studied, TheCsvHasARowForEachRun) {
  const std::string csv = study_csv(plan, rows);
  EXPECT_THAT(csv, HasSubstr("network.width,seed,status,exit_code,steps,wall [s],cpu [s],error of T,error of Nu\n"));
  EXPECT_THAT(csv, HasSubstr("6,2,converged,0,20,2,4,0.02,"));
  EXPECT_THAT(csv, HasSubstr("9,2,diverged,0,20,3,6,nan,nan\n"));
  EXPECT_THAT(csv, HasSubstr("9,3,broke_down,70,nan,nan,nan,nan,nan\n"));
}

TEST_F(Studied, ThePageHasTheCommandTheRunsAndACurveForEachError) {
  const StudyPage page =
      study_page(plan, rows, study_json(plan, rows), "nusselt study cases/bar --vary \"network.width=6,9\"");
  EXPECT_THAT(page.html, HasSubstr("<code>nusselt study cases/bar --vary &quot;network.width=6,9&quot;</code>"));
  EXPECT_THAT(page.html, HasSubstr("1.5 W m-3"));
  EXPECT_THAT(page.html, HasSubstr("broke down, exit 70"));
  ASSERT_EQ(page.figures.size(), 6u);
  EXPECT_EQ(page.figures[0].first, "error_of_T_steps.png");
  EXPECT_EQ(page.figures[3].first, "error_of_Nu_time.png");
  EXPECT_EQ(page.figures[5].first, "Nu_time.png");
}

}  // namespace
}  // namespace nusselt
