// The founding promise, as numbers: the dimensionless problem does not know the units the case was written in.
#include <gtest/gtest.h>

#include <cmath>

#include "other_units.hpp"
#include "small_case.hpp"

namespace nusselt {
namespace {

/// Everything numerical of the dimensionless problem, in one order.
std::vector<double> numbers_of(const Case& c) {
  std::vector<double> numbers = c.scaled_lower();
  for (const double end : c.scaled_upper()) numbers.push_back(end);
  for (const DimensionlessResidual& equation : c.equations) {
    for (const auto& term : equation.terms()) numbers.push_back(term.coefficient);
  }
  for (const SoftCondition& soft : c.soft_conditions) {
    for (const auto& term : soft.residual.terms()) numbers.push_back(term.coefficient);
  }
  for (const Group& group : c.groups.all()) numbers.push_back(group.value);
  for (const TrialField& trial : c.trials) {
    for (const double s : {0.3, 0.8}) {
      const auto position = [&](const Expression& leaf) {
        const double lower = c.box.lower[leaf.axis()], upper = c.box.upper[leaf.axis()];
        return (lower + s * (upper - lower)) / c.coordinate_scale(leaf.axis());
      };
      numbers.push_back(evaluate(trial.lift, position));
      numbers.push_back(evaluate(trial.distance, position));
    }
  }
  return numbers;
}

class Invariance : public testing::TestWithParam<const char*> {};

TEST_P(Invariance, OfTheDimensionlessProblemInTheUnitsOfTheCase) {
  const std::string folder = std::string(NUSSELT_SOURCE_DIR) + "/cases/" + GetParam();
  for (const std::string scaling : {"references", "auto"}) {
    const bool names_references = read_case(folder, {}).document.root().find_path("scales.references") != nullptr;
    if (scaling == "references" && !names_references) continue;
    const Case ours = read_case(folder, {"scaling=" + scaling});
    const std::vector<double> expected = numbers_of(ours);
    EXPECT_GE(expected.size(), 6u);
    for (const UnitSystem& units : {millimetres, feet}) {
      std::vector<std::string> overrides = constants_in(units, ours);
      EXPECT_GE(overrides.size(), 2u);
      overrides.push_back("scaling=" + scaling);
      const Case theirs = read_case(folder, overrides);
      EXPECT_EQ(equation_text(theirs.equations.back(), theirs), equation_text(ours.equations.back(), ours));
      const std::vector<double> found = numbers_of(theirs);
      ASSERT_EQ(found.size(), expected.size()) << units.name;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_NEAR(found[i], expected[i], 1e-12 * std::max(1.0, std::abs(expected[i])))
            << scaling << ", " << units.name << ", number " << i;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Case, Invariance,
                         testing::Values("poisson", "helmholtz", "burgers", "kovasznay", "heated_bar", "heated_cavity",
                                         "lid_driven_cavity", "thermistor", "double_diffusion", "porous_layer"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Invariance, IsNoTrickOfTheTest) {
  const Case ours = read_case(NUSSELT_SOURCE_DIR "/cases/heated_bar", {});
  const std::vector<std::string> overrides = constants_in(feet, ours);
  EXPECT_EQ(overrides.front().substr(0, 24), "constants.L=0.6561679790");
  EXPECT_NE(overrides.front().find("[ft^1]"), std::string::npos);
  EXPECT_NE(overrides.back().find("constants.T_right=139.9999999999"), std::string::npos) << overrides.back();
  EXPECT_NE(overrides.back().find("[degF]"), std::string::npos);
  const Case theirs = read_case(NUSSELT_SOURCE_DIR "/cases/heated_bar", overrides);
  EXPECT_NEAR(theirs.constants.find("k")->si, 16.2, 1e-13);
}

}  // namespace
}  // namespace nusselt
