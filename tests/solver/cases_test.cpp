// Every case that is shipped trains: read, compiled, stepped and judged, on a small network and few points.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "solver/trainer.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> case_files() {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(NUSSELT_SOURCE_DIR "/cases")) {
    const bool in_a_folder = entry.path().parent_path().filename() != "cases";  // cases/ladder.yaml is no case
    if (entry.path().extension() != ".yaml" || !in_a_folder) continue;
    files.push_back(fs::relative(entry.path(), NUSSELT_SOURCE_DIR "/cases").string());
  }
  std::ranges::sort(files);
  return files;
}

class Cases : public testing::TestWithParam<std::string> {};

TEST_P(Cases, LowerTheirLossInAFewSteps) {
  const Case c =
      read_case(NUSSELT_SOURCE_DIR "/cases/" + GetParam(),
                {"network.depth=2", "network.width=8", "points.interior=64", "points.boundary=6", "points.held_out=100",
                 "optimizer.steps=6", "optimizer.time=0", "criteria.every=6", "threads=1"});
  Trainer trainer(c, at::TensorOptions().dtype(at::kDouble));
  trainer.run([](const Trainer&) { return true; });
  ASSERT_FALSE(trainer.history().empty());
  EXPECT_LT(trainer.history().back().loss, 0.9 * trainer.history().front().loss);
  ASSERT_TRUE(trainer.evaluation());
  for (const ResidualReport& residual : trainer.evaluation()->residuals) {
    EXPECT_TRUE(std::isfinite(residual.rms)) << residual.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, Cases, testing::ValuesIn(case_files()), [](const auto& info) {
  std::string name = info.param;
  std::ranges::replace_if(
      name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

}  // namespace
}  // namespace nusselt
