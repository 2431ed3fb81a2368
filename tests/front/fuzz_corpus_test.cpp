// What the fuzzers found and covered, through the same entries: every file must be accepted or refused in good order.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/fuzz/entries.hpp"

namespace nusselt {
namespace {

namespace fs = std::filesystem;

class FuzzCorpus : public testing::TestWithParam<std::string> {};

TEST_P(FuzzCorpus, IsAcceptedOrRefusedInGoodOrder) {
  const fuzz::Entry entry = fuzz::entries().at(GetParam());
  int files = 0;
  int accepted = 0;
  for (const auto& file : fs::directory_iterator(fs::path(NUSSELT_SOURCE_DIR "/tests/fuzz/corpus") / GetParam())) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    ++files;
    try {
      accepted += entry(bytes) ? 1 : 0;
    } catch (const std::exception& error) {
      ADD_FAILURE() << file.path() << ": " << error.what();
    }
  }
  EXPECT_GE(files, 20);
  EXPECT_GE(accepted, 5);
  EXPECT_LE(accepted, files - 5);  // both ways out are there
}

INSTANTIATE_TEST_SUITE_P(Parsers, FuzzCorpus, testing::Values("case", "quantity", "equation", "csv", "stl"),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace nusselt
