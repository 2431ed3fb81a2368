// The one direction of include: a folder sees only what stands to its left, and the front end links nothing heavy.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace nusselt {
namespace {

namespace fs = std::filesystem;

struct Include {
  std::string file;
  std::string what;  // as written, with its quotes or brackets
};

std::vector<Include> includes_of(const std::string& folder) {
  std::vector<Include> includes;
  for (const auto& entry : fs::directory_iterator(fs::path(NUSSELT_SOURCE_DIR) / folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".hpp" && extension != ".cpp") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      const std::string start = "#include ";
      if (line.starts_with(start)) includes.push_back({entry.path().filename().string(), line.substr(start.size())});
    }
  }
  return includes;
}

/// The project's folder that an include names: "solver/case" for "solver/case/box.hpp"; empty for a library's header.
std::string folder_of(const std::string& include) {
  if (!include.starts_with('"')) return "";
  const std::size_t slash = include.rfind('/');
  return slash == std::string::npos ? "" : include.substr(1, slash - 1);
}

TEST(Walls, AFolderIncludesOnlyWhatStandsToItsLeft) {
  const std::map<std::string, std::set<std::string>> left_of = {
      {"nondim", {"nondim"}},
      {"physics", {"nondim", "physics"}},
      {"networks/layout", {"networks/layout"}},
      {"networks", {"networks/layout", "networks"}},
      {"solver/case", {"nondim", "physics", "networks/layout", "solver/case"}},
      {"solver", {"nondim", "physics", "networks/layout", "networks", "solver/case", "solver"}}};
  for (const auto& [folder, allowed] : left_of) {
    const std::vector<Include> includes = includes_of(folder);
    EXPECT_FALSE(includes.empty()) << folder;
    for (const Include& include : includes) {
      const std::string from = folder_of(include.what);
      EXPECT_TRUE(from.empty() || allowed.contains(from))
          << folder << "/" << include.file << " includes " << include.what;
    }
  }
}

TEST(Walls, TheFrontEndIncludesNothingHeavy) {
  for (const char* folder : {"nondim", "physics", "networks/layout", "solver/case"}) {
    for (const Include& include : includes_of(folder)) {
      for (const char* heavy : {"<torch", "<ATen", "<c10", "<vtk", "<hdf5"}) {
        EXPECT_FALSE(include.what.starts_with(heavy)) << folder << "/" << include.file << " includes " << include.what;
      }
    }
  }
}

TEST(Walls, BoostUnitsHasOneDoor) {
  for (const char* folder : {"nondim", "physics", "networks", "solver/case", "solver"}) {
    for (const Include& include : includes_of(folder)) {
      if (!include.what.starts_with("<boost/units")) continue;
      EXPECT_EQ(include.file, "units.hpp");
    }
  }
}

}  // namespace
}  // namespace nusselt
