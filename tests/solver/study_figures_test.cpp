#include "solver/study_figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace nusselt {
namespace {

using nlohmann::json;

TEST(Band, TakesEveryRunsLatestValueFromWhereAllHaveOne) {
  const StudySeries series{"error of T",
                           "1",
                           true,
                           {},
                           {{0, {0, 10, 20}, {0.5, 1, 2}, {1, 0.5, 0.1}},
                            {0, {10, 20}, {1.5, 2.5}, {0.3, 0.2}},
                            {0, {0, 10, 20}, {0, 1, 2}, {2, 0.7, 0.4}},
                            {1, {0}, {0}, {9}}}};
  const Band steps = band_of(series, 0, true);
  EXPECT_EQ(steps.x, (std::vector<double>{10, 20}));
  EXPECT_EQ(steps.median, (std::vector<double>{0.5, 0.2}));
  EXPECT_DOUBLE_EQ(steps.lower[1], 0.15);
  EXPECT_DOUBLE_EQ(steps.upper[0], 0.6);
  const Band time = band_of(series, 0, false);
  EXPECT_EQ(time.x, (std::vector<double>{1.5, 2, 2.5}));
  EXPECT_DOUBLE_EQ(time.median[0], 0.5);
  EXPECT_DOUBLE_EQ(time.median[1], 0.3);
}

TEST(Band, ARunThatLeftTheNumbersCountsAsTheWorst) {
  const StudySeries series{"x", "1", true, {}, {{0, {0}, {0}, {NAN}}, {0, {0}, {0}, {1}}, {0, {0}, {0}, {2}}}};
  EXPECT_DOUBLE_EQ(band_of(series, 0, true).median[0], 2);
}

StudyRow watched_row() {
  StudyRow row{{0, "1", {}, "run"}, nullptr, {}, 0};
  row.report = {
      {"status", "converged"},
      {"errors", {{{"field", "T"}, {"relative_l2", 0.1}}}},
      {"quantities", {{{"name", "Nu"}, {"value", 2.0}, {"unit", "1"}, {"reference", 2.5}, {"relative_error", 0.2}}}},
      {"residuals", {{{"name", "energy"}, {"rms", 3e-3}, {"scale", 500.0}, {"unit", "W m-3"}}}}};
  for (const int step : {10, 20}) {
    row.history.push_back({{"step", step},
                           {"wall_seconds", step / 10.0},
                           {"errors", {{"T", 1.0 / step}}},
                           {"quantities", {{"Nu", 2.0}}},
                           {"held_out_rms", {0.01}},
                           {"weights", {step / 10.0}}});
  }
  row.diagnostics = {{"step", {0, 20}}, {"weighted gradient energy", {5, 1}}, {"alignment", {0.1, 0.2}}};
  return row;
}

TEST(StudySeries, HoldErrorsQuantitiesResidualsInSiWeightsAndGradients) {
  const std::vector<StudySeries> all = study_series({watched_row()});
  const auto named = [&](const std::string& name) {
    const auto found = std::ranges::find(all, name, &StudySeries::name);
    if (found == all.end()) throw std::out_of_range(name);
    return *found;
  };
  EXPECT_DOUBLE_EQ(named("error of T").runs[0].values[1], 0.05);
  EXPECT_DOUBLE_EQ(*named("Nu").reference, 2.5);
  EXPECT_DOUBLE_EQ(named("residual of energy").runs[0].values[0], 5);
  EXPECT_EQ(named("residual of energy").unit, "W m-3");
  EXPECT_DOUBLE_EQ(named("weight of energy").runs[0].values[1], 2);
  EXPECT_DOUBLE_EQ(named("weighted gradient of energy").runs[0].values[0], 5);
  EXPECT_DOUBLE_EQ(named("weighted gradient of energy").runs[0].seconds[1], 2);
  EXPECT_EQ(named("alignment of the gradients").runs.size(), 1u);
}

TEST(StudyFigures, AreOneAgainstStepsAndOneAgainstTime) {
  StudyPlan plan;
  plan.varied = {{"network.width", {"6"}}};
  plan.settings = {{"6"}};
  std::vector<std::string> files;
  for (const auto& [file, figure] : study_figures(plan, {watched_row()})) files.push_back(file);
  EXPECT_NE(std::ranges::find(files, "error_of_T_steps.png"), files.end());
  EXPECT_NE(std::ranges::find(files, "Nu_time.png"), files.end());
}

}  // namespace
}  // namespace nusselt
