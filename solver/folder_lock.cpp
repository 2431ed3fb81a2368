#include "solver/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "solver/write_atomically.hpp"

namespace nusselt {

namespace {

std::string this_process() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) std::strcpy(host.data(), "unknown host");
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> since{};
  std::strftime(since.data(), since.size(), "%Y-%m-%d %H:%M:%S", &utc);
  return fmt::format("process {} on {}, since {} UTC", ::getpid(), host.data(), since.data());
}

/// What the lock file says, made safe to print: it may stem from anybody.
std::string holder_in(int descriptor) {
  std::array<char, 400> text{};
  const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
  std::string holder(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  for (char& c : holder) {
    if (c < ' ' || c > '~') c = '?';
  }
  return holder;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "run.lock";
  const auto fail = [&](const std::string& message, int reason) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw OutputError(message, reason);
  };
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    const int reason = errno;
    fail(fmt::format("the folder {} is not writable: cannot open {}: {}", folder.string(), path.string(),
                     std::strerror(reason)),
         reason);
  }
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(descriptor_, F_OFD_SETLK, &lock) != 0) {
    const int reason = errno;
    if (reason == EAGAIN || reason == EACCES) {
      const std::string holder = holder_in(descriptor_);
      fail(fmt::format("the folder {} is in use by {}; wait for it or choose another folder with --output",
                       folder.string(), holder.empty() ? "another process" : holder),
           EAGAIN);
    }
    fail(fmt::format("cannot lock {}: {}; choose a folder on a file system with locks with --output", path.string(),
                     std::strerror(reason)),
         reason);
  }
  stale_holder_ = holder_in(descriptor_);
  const std::string text = this_process() + "\n";
  if (::ftruncate(descriptor_, 0) != 0 ||
      ::pwrite(descriptor_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    const int reason = errno;
    fail(fmt::format("the folder {} is not writable: cannot write {}: {}", folder.string(), path.string(),
                     std::strerror(reason)),
         reason);
  }
}

FolderLock::~FolderLock() {
  // Emptied, not removed: between removal and unlock a second process could lock a file that no longer has a name. An
  // orderly end that could not empty it merely looks like a stale lock to the next run, which takes it over.
  [[maybe_unused]] const int emptied = ::ftruncate(descriptor_, 0);
  ::close(descriptor_);
}

}  // namespace nusselt
