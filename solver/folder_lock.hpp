// One run per folder: a kernel lock (open file description lock, fcntl(2)) on `<folder>/run.lock`.
#pragma once

#include <filesystem>
#include <string>

namespace nusselt {

/// Holds `<folder>/run.lock` while it lives. The kernel frees the lock when its process dies, however it dies, so a
/// lock is never "stuck"; what a dead process leaves is only the file, which is taken over.
class FolderLock {
 public:
  /// Throws OutputError when another process holds the lock (errno EAGAIN; the message names its process number, host
  /// and start), when the folder cannot be written, or when its file system has no locks.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  /// Who held the lock and died without giving it back, "process 4711 on host, since 2024-05-01 10:00:00 UTC"; empty
  /// when the last holder ended in an orderly way.
  const std::string& stale_holder() const { return stale_holder_; }

 private:
  int descriptor_ = -1;
  std::string stale_holder_;
};

}  // namespace nusselt
