#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "small_case.hpp"

namespace nusselt {

/// A folder with a small case in it and whatever files a test writes beside.
class CaseFolder : public testing::Test {
 protected:
  CaseFolder() : folder_(testing::TempDir() + "nusselt_case_folder_" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_ + "/data");
  }
  ~CaseFolder() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& file, const std::string& text) const { std::ofstream(folder_ + "/" + file) << text; }
  Case read(const std::string& sections) const { return case_of(small_cavity + sections, folder_); }
  AskedQuantity only(const std::string& quantity) const {
    const Case c = read("quantities:\n  q: " + quantity + "\n");
    EXPECT_EQ(c.quantities.size(), 1u);
    return c.quantities.at(0);
  }
  std::string folder_;
};

}  // namespace nusselt
