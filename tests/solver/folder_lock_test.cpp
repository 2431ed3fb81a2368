#include "solver/folder_lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "solver/write_atomically.hpp"

namespace nusselt {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class FolderLockTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "nusselt-lock-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

TEST_F(FolderLockTest, ASecondHolderIsRefusedAndToldWhoTheFirstIs) {
  const FolderLock first(folder_);
  EXPECT_EQ(first.stale_holder(), "");
  try {
    const FolderLock second(folder_);
    FAIL();
  } catch (const OutputError& error) {
    EXPECT_EQ(error.error_number(), EAGAIN);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("the folder " + folder_.string() + " is in use by process " +
                                              std::to_string(::getpid()) + " on "),
                                    HasSubstr("since "), HasSubstr("choose another folder with --output")));
  }
}

TEST_F(FolderLockTest, AnOrderlyEndLeavesNoStaleHolder) {
  { const FolderLock first(folder_); }
  const FolderLock second(folder_);
  EXPECT_EQ(second.stale_holder(), "");
}

TEST_F(FolderLockTest, TheLockOfADeadProcessIsTakenOver) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const FolderLock held(folder_);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  const FolderLock taken(folder_);
  EXPECT_THAT(taken.stale_holder(), HasSubstr("process " + std::to_string(child) + " on "));
}

TEST_F(FolderLockTest, ForeignTextInTheLockFileCannotControlTheTerminal) {
  std::ofstream(folder_ / "run.lock") << "\x1b[2Jprocess";
  const FolderLock taken(folder_);
  EXPECT_EQ(taken.stale_holder(), "?[2Jprocess");
}

TEST_F(FolderLockTest, AFolderThatIsNotThereIsNamed) {
  try {
    const FolderLock lock(folder_ / "absent");
    FAIL();
  } catch (const OutputError& error) {
    EXPECT_EQ(error.error_number(), ENOENT);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("absent is not writable"), HasSubstr("No such file or directory")));
  }
}

TEST_F(FolderLockTest, ALinkInPlaceOfTheLockFileIsRefused) {
  fs::create_symlink(folder_ / "elsewhere", folder_ / "run.lock");
  EXPECT_THROW(FolderLock lock(folder_), OutputError);
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

}  // namespace
}  // namespace nusselt
