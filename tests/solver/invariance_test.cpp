// Training does not know the units the case was written in: same seed, same losses.
#include <gtest/gtest.h>

#include "tests/front/other_units.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

std::vector<double> first_losses(const std::string& folder, const std::vector<std::string>& overrides) {
  Trained t(read_case(folder, overrides));
  std::vector<double> losses = {t.objective.loss(t.theta)};
  for (int i = 0; i < 20; ++i) losses.push_back(t.optimizer->step(t.objective, t.theta).loss);
  return losses;
}

class InvarianceOfTraining : public testing::TestWithParam<const char*> {};

TEST_P(InvarianceOfTraining, InTheUnitsOfTheCase) {
  const std::string folder = NUSSELT_SOURCE_DIR "/cases/" + std::string(GetParam());
  const std::vector<std::string> small = {
      "network.depth=2",       "network.width=6",   "points.interior=36", "points.boundary=6",
      "points.sampling=gauss", "points.adapt=none", "points.held_out=16", "optimizer.name=levenberg_marquardt"};
  const std::vector<double> ours = first_losses(folder, small);
  EXPECT_LT(ours.back(), 0.95 * ours.front());
  const Case the_case = read_case(folder, {});
  for (const UnitSystem& units : {millimetres, feet}) {
    std::vector<std::string> overrides = constants_in(units, the_case);
    overrides.insert(overrides.end(), small.begin(), small.end());
    const std::vector<double> theirs = first_losses(folder, overrides);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_NEAR(theirs[i], ours[i], 1e-6 * ours[i]) << units.name << ", step " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Case, InvarianceOfTraining,
                         testing::Values("poisson", "helmholtz", "burgers", "kovasznay", "heated_bar", "heated_cavity",
                                         "lid_driven_cavity", "thermistor", "double_diffusion", "porous_layer"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace nusselt
