#include "solver/write_atomically.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

namespace nusselt {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

enum class Fault { error, short_write, die_before, die_after };

/// Counts the operations and does harm at the k-th: once, or from then on.
class FaultyOps : public FileOps {
 public:
  int calls = 0;
  int at = std::numeric_limits<int>::max();
  bool always = false;
  Fault fault = Fault::error;
  int reason = EIO;
  bool spare_unlink = true;

  int open(const char* path, int flags, mode_t mode) override {
    return perform([&] { return FileOps::open(path, flags, mode); });
  }
  ssize_t write(int descriptor, const void* bytes, std::size_t count) override {
    if (hit_next() && (fault == Fault::short_write || fault == Fault::die_after)) {
      ++calls;
      const ssize_t written = FileOps::write(descriptor, bytes, (count + 1) / 2);
      if (fault == Fault::die_after) ::_exit(7);
      return written;
    }
    return perform([&] { return FileOps::write(descriptor, bytes, count); });
  }
  int fsync(int descriptor) override {
    return perform([&] { return FileOps::fsync(descriptor); });
  }
  int close(int descriptor) override {
    const bool hit = hit_next() && fault == Fault::error;
    if (hit) FileOps::close(descriptor);
    return perform([&] { return FileOps::close(descriptor); });
  }
  int rename(const char* from, const char* to) override {
    return perform([&] { return FileOps::rename(from, to); });
  }
  int unlink(const char* path) override {
    if (spare_unlink && fault == Fault::error) return FileOps::unlink(path);
    return perform([&] { return FileOps::unlink(path); });
  }
  int fsync_dir(const char* folder) override {
    return perform([&] { return FileOps::fsync_dir(folder); });
  }

 private:
  bool hit_next() const { return always ? calls + 1 >= at : calls + 1 == at; }

  template <typename Operation>
  auto perform(Operation operation) -> decltype(operation()) {
    const bool hit = hit_next();
    ++calls;
    if (!hit || fault == Fault::short_write) return operation();
    if (fault == Fault::die_before) ::_exit(7);
    if (fault == Fault::die_after) {
      operation();
      ::_exit(7);
    }
    errno = reason;
    return -1;
  }
};

class WriteAtomically : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "nusselt-write-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "state.bin";
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  int operation_count() {
    FaultyOps count;
    const FileOpsReplacement replacement(count);
    write_atomically(path_, old_);
    return count.calls;
  }

  fs::path folder_;
  fs::path path_;
  const std::string old_ = std::string(5000, 'o');
  const std::string new_ = std::string(70001, 'n');
};

TEST_F(WriteAtomically, WritesAnyBytesAndReplaces) {
  const std::string bytes("a\0b\xff\n", 5);
  write_atomically(path_, bytes);
  EXPECT_EQ(content(), bytes);
  write_atomically(path_, "");
  EXPECT_EQ(content(), "");
  EXPECT_EQ(file_count(), 1u);
}

TEST_F(WriteAtomically, ModeFollowsTheUmask) {
  const mode_t before = ::umask(0027);
  write_atomically(path_, old_);
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST_F(WriteAtomically, WritesToTheCurrentFolderByBareName) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  write_atomically("state.bin", new_);
  fs::current_path(before);
  EXPECT_EQ(content(), new_);
}

TEST_F(WriteAtomically, AnErrorAtAnyOperationLeavesOldOrNewAndNoTemporary) {
  const int operations = operation_count();
  ASSERT_EQ(operations, 6);  // open, write, fsync, close, rename, fsync of the folder
  int reported = 0;
  for (const int reason : {EIO, ENOSPC, EDQUOT, EINTR}) {
    for (const bool always : {false, true}) {
      for (int k = 1; k <= operations; ++k) {
        write_atomically(path_, old_);
        FaultyOps faulty;
        faulty.at = k;
        faulty.always = always;
        faulty.reason = reason;
        bool failed = false;
        {
          const FileOpsReplacement replacement(faulty);
          try {
            write_atomically(path_, new_);
          } catch (const OutputError& error) {
            failed = true;
            ++reported;
            EXPECT_EQ(error.error_number(), reason);
            EXPECT_THAT(error.what(), HasSubstr(path_.string()));
          }
        }
        SCOPED_TRACE(testing::Message() << "errno " << reason << " at " << k << (always ? " always" : " once"));
        EXPECT_EQ(file_count(), 1u);
        const bool renamed = !failed || k == operations;
        EXPECT_EQ(content(), renamed ? new_ : old_);
        // An interrupted operation is repeated; nothing is lost when close was interrupted after fsync.
        if (reason == EINTR) {
          EXPECT_EQ(failed, always);
        } else {
          EXPECT_TRUE(failed);
        }
      }
    }
  }
  EXPECT_EQ(reported, 3 * 2 * operations + operations);
}

TEST_F(WriteAtomically, ShortWritesAreContinued) {
  for (const bool always : {false, true}) {
    FaultyOps faulty;
    faulty.at = 1;
    faulty.always = true;
    faulty.fault = Fault::short_write;
    if (!always) {
      faulty.at = 2;
      faulty.always = false;
    }
    const FileOpsReplacement replacement(faulty);
    write_atomically(path_, new_);
    EXPECT_EQ(content(), new_);
    EXPECT_EQ(file_count(), 1u);
    EXPECT_GT(faulty.calls, 6);
  }
}

TEST_F(WriteAtomically, AKillAtAnyOperationLeavesOldOrNewAndASweepableTemporary) {
  const int operations = operation_count();
  std::size_t swept = 0;
  for (const Fault fault : {Fault::die_before, Fault::die_after}) {
    for (int k = 1; k <= operations; ++k) {
      write_atomically(path_, old_);
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        FaultyOps faulty;
        faulty.at = k;
        faulty.fault = fault;
        const FileOpsReplacement replacement(faulty);
        write_atomically(path_, new_);
        ::_exit(0);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFEXITED(status));
      ASSERT_EQ(WEXITSTATUS(status), 7);
      const bool renamed = k == operations || (k == operations - 1 && fault == Fault::die_after);
      EXPECT_EQ(content(), renamed ? new_ : old_) << "killed at operation " << k;
      swept += sweep_temporaries(folder_).size();
      EXPECT_EQ(file_count(), 1u);
    }
  }
  EXPECT_EQ(swept, 4u + 4u);  // killed before operations 2 to 5, or after 1 to 4: the temporary existed
}

TEST_F(WriteAtomically, AFullDiskIsReportedWithNeedAndFreeBytes) {
  FaultyOps faulty;
  faulty.at = 2;
  faulty.reason = ENOSPC;
  const FileOpsReplacement replacement(faulty);
  try {
    write_atomically(path_, new_);
    FAIL();
  } catch (const OutputError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("cannot write " + path_.string()), HasSubstr("writing failed"),
                      HasSubstr("No space left on device"), ContainsRegex("needs 70001 bytes, [0-9]+ bytes are free")));
  }
}

TEST_F(WriteAtomically, ATemporaryThatCannotBeRemovedIsMentioned) {
  FaultyOps faulty;
  faulty.at = 3;
  faulty.always = true;
  faulty.spare_unlink = false;
  const FileOpsReplacement replacement(faulty);
  try {
    write_atomically(path_, new_);
    FAIL();
  } catch (const OutputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("fsync"), HasSubstr("Input/output error"),
                                    HasSubstr("its temporary could not be removed either")));
  }
}

TEST_F(WriteAtomically, AFailedFolderSyncSaysThatTheContentIsNew) {
  FaultyOps faulty;
  faulty.at = 6;
  const FileOpsReplacement replacement(faulty);
  try {
    write_atomically(path_, new_);
    FAIL();
  } catch (const OutputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the new content is in place"));
  }
}

TEST_F(WriteAtomically, AMissingFolderIsNamed) {
  try {
    write_atomically(folder_ / "absent" / "file", new_);
    FAIL();
  } catch (const OutputError& error) {
    EXPECT_EQ(error.error_number(), ENOENT);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("absent/file"), HasSubstr("No such file or directory")));
  }
}

TEST_F(WriteAtomically, ALinkInPlaceOfTheTemporaryIsNotFollowed) {
  const fs::path victim = folder_ / "victim";
  std::ofstream(victim) << "untouched";
  fs::create_symlink(victim, folder_ / (".state.bin." + std::to_string(::getpid()) + ".tmp"));
  write_atomically(path_, new_);
  EXPECT_EQ(content(), new_);
  EXPECT_FALSE(fs::is_symlink(path_));
  EXPECT_EQ(fs::file_size(victim), 9u);
}

TEST_F(WriteAtomically, SweepRemovesOnlyWhatDeadProcessesLeft) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const std::string dead = ".state.bin." + std::to_string(child) + ".tmp";
  const std::string namesake = ".state.bin." + std::to_string(::getpid()) + ".tmp";
  const std::string living = ".state.bin." + std::to_string(::getppid()) + ".tmp";
  const std::vector<std::string> kept = {living, "state.bin", "x.tmp", ".tmp", "..12.tmpx", ".a.b.tmp", ".a.-5.tmp"};
  for (const std::string& name : kept) std::ofstream(folder_ / name) << "x";
  std::ofstream(folder_ / dead) << "x";
  std::ofstream(folder_ / namesake) << "x";
  fs::create_directory(folder_ / (".folder." + std::to_string(child) + ".tmp"));
  EXPECT_THAT(sweep_temporaries(folder_), testing::UnorderedElementsAre(dead, namesake));
  for (const std::string& name : kept) EXPECT_TRUE(fs::exists(folder_ / name)) << name;
  EXPECT_THROW(sweep_temporaries(folder_ / "absent"), OutputError);
}

TEST_F(WriteAtomically, ProbeLeavesNothingAndReportsAFullDisk) {
  probe_writable(folder_, (std::size_t{2} << 20) + 5);
  EXPECT_EQ(file_count(), 0u);
  FaultyOps faulty;
  faulty.at = 3;  // the second block
  faulty.reason = EDQUOT;
  {
    const FileOpsReplacement replacement(faulty);
    try {
      probe_writable(folder_, std::size_t{2} << 20);
      FAIL();
    } catch (const OutputError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("cannot write " + folder_.string()), HasSubstr("did not fit"),
                                      HasSubstr("needs 2097152 bytes"), HasSubstr("quota")));
    }
  }
  EXPECT_EQ(file_count(), 0u);
  try {
    probe_writable(folder_ / "absent", 1);
    FAIL();
  } catch (const OutputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the folder is not writable: No such file or directory"));
  }
}

}  // namespace
}  // namespace nusselt
