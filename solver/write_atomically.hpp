// Files that are either the old one or the new one, whatever happens in between: a kill, a full disk, a power cut.
//
// Order of operations: temporary `.<file>.<pid>.tmp` in the same folder (created with O_EXCL | O_NOFOLLOW, mode by
// umask), write, fsync, checked close, rename, fsync of the folder. T. S. Pillai et al., "All File Systems Are Not
// Created Equal", OSDI 2014, shows why no step can be left out.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nusselt {

/// A file or folder that could not be written. The message names the path, what failed and the system's reason, and for
/// a full disk how many bytes were needed and how many are free.
class OutputError : public std::runtime_error {
 public:
  OutputError(const std::string& message, int error_number)
      : std::runtime_error(message), error_number_(error_number) {}

  /// errno of the operation that failed: ENOSPC, EIO, EACCES, ...
  int error_number() const { return error_number_; }

 private:
  int error_number_;
};

/// Every operation by which this program changes files. Each returns what the system call of its name returns and
/// leaves the reason in errno. A test derives from it to fail, or to die, at a chosen operation.
class FileOps {
 public:
  virtual ~FileOps() = default;
  virtual int open(const char* path, int flags, mode_t mode);
  virtual ssize_t write(int descriptor, const void* bytes, std::size_t count);
  virtual int fsync(int descriptor);
  virtual int close(int descriptor);
  virtual int rename(const char* from, const char* to);
  virtual int unlink(const char* path);
  virtual int fsync_dir(const char* folder);
};

/// Puts `replacement` in place of the system's operations for the whole process while it lives.
class FileOpsReplacement {
 public:
  explicit FileOpsReplacement(FileOps& replacement);
  ~FileOpsReplacement();
  FileOpsReplacement(const FileOpsReplacement&) = delete;
  FileOpsReplacement& operator=(const FileOpsReplacement&) = delete;

 private:
  FileOps* previous_;
};

/// Replaces `path` by `bytes`. Throws OutputError; then no temporary is left (unless removing it failed as well), and
/// `path` holds its old content. One exception: when the last step, fsync of the folder, fails, `path` already holds
/// the new content, and the message says so. Writes of one process go one after the other, from any thread.
void write_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Removes the temporaries that processes which no longer live left in `folder` (not in its subfolders); returns their
/// names. Call it while holding the folder's FolderLock. Throws OutputError.
std::vector<std::string> sweep_temporaries(const std::filesystem::path& folder);

/// Writes a file of `bytes` bytes to `folder` and removes it again: finds out before a long run whether there is room
/// and permission. (Asking for free bytes is not enough: it knows nothing of quotas.) Throws OutputError.
void probe_writable(const std::filesystem::path& folder, std::size_t bytes);

}  // namespace nusselt
