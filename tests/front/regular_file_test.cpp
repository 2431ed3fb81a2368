#include "solver/case/regular_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace nusselt {
namespace {

namespace fs = std::filesystem;

class RegularFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "nusselt-file-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::ofstream(folder_ / "file") << "12345";
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string refusal(const char* name, std::uint64_t limit = 5) const {
    try {
      const RegularFile file(folder_ / name, limit);
    } catch (const RegularFileError& error) {
      return error.what();
    }
    return "accepted";
  }

  fs::path folder_;
};

TEST_F(RegularFileTest, IsReadFromItsStart) {
  const RegularFile file(folder_ / "file", 5);
  EXPECT_EQ(file.size(), 5u);
  EXPECT_EQ(file.first(2), "12");
  EXPECT_EQ(file.first(5), "12345");
  EXPECT_EQ(file.first(0), "");
}

TEST_F(RegularFileTest, AFileThatShrinksMeanwhileIsNoticed) {
  const RegularFile file(folder_ / "file", 5);
  fs::resize_file(folder_ / "file", 3);
  try {
    file.first(file.size());
    FAIL();
  } catch (const RegularFileError& error) {
    EXPECT_STREQ(error.what(), "became shorter while it was read");
  }
}

TEST_F(RegularFileTest, EverythingElseIsRefused) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", folder_ / "zeros");
  EXPECT_EQ(refusal("absent"), "cannot be opened: No such file or directory");
  EXPECT_EQ(refusal("pipe"), "is not a regular file");
  EXPECT_EQ(refusal("zeros"), "is not a regular file");
  EXPECT_EQ(refusal("."), "is not a regular file");
  EXPECT_EQ(refusal("file", 4), "has 5 bytes; the limit is 4");
}

}  // namespace
}  // namespace nusselt
