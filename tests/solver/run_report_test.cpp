#include "solver/run_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace nusselt {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

RunReport with(std::optional<double> bound, double value) {
  RunReport report;
  report.quantities = {{"Nu", value, "1", 2.0, "reference/nu.csv", bound}};
  report.errors = {{"T", 3e-5, 0.1, "K", "reference.exact", bound}};
  return report;
}

TEST(RunReport, SaysWhetherErrorsKeepToTheirBounds) {
  const nlohmann::json kept = to_json(with(1e-4, 2.0001));
  EXPECT_EQ(kept["quantities"][0]["bound"], 1e-4);
  EXPECT_EQ(kept["errors"][0]["bound"], 1e-4);
  EXPECT_THAT(verdict_text(kept, "out"), HasSubstr("relative error 5e-05, within the bound 0.0001"));
  EXPECT_THAT(verdict_text(kept, "out"), HasSubstr("against reference.exact, within the bound 0.0001"));

  const std::string missed = verdict_text(to_json(with(1e-5, 2.0001)), "out");
  EXPECT_THAT(missed, HasSubstr("relative error 5e-05, beyond the bound 1e-05"));
  EXPECT_THAT(missed, HasSubstr("against reference.exact, beyond the bound 1e-05"));
}

TEST(RunReport, SaysNothingOfABoundThatIsNotThereOrOfAnErrorThatIsNoNumber) {
  const nlohmann::json without = to_json(with(std::nullopt, 2.0001));
  EXPECT_TRUE(without["quantities"][0]["bound"].is_null());
  EXPECT_THAT(verdict_text(without, "out"), Not(HasSubstr("bound")));
  const std::string lost = verdict_text(to_json(with(1e-5, NAN)), "out");
  EXPECT_THAT(lost, HasSubstr("not finite"));
  EXPECT_THAT(lost, Not(HasSubstr("relative error not finite, beyond")));
}

}  // namespace
}  // namespace nusselt
