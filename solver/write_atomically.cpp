#include "solver/write_atomically.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <optional>

namespace nusselt {

namespace fs = std::filesystem;

int FileOps::open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
ssize_t FileOps::write(int descriptor, const void* bytes, std::size_t count) {
  return ::write(descriptor, bytes, count);
}
int FileOps::fsync(int descriptor) { return ::fsync(descriptor); }
int FileOps::close(int descriptor) { return ::close(descriptor); }
int FileOps::rename(const char* from, const char* to) { return std::rename(from, to); }
int FileOps::unlink(const char* path) { return ::unlink(path); }
int FileOps::fsync_dir(const char* folder) {
  const int descriptor = ::open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  const int result = ::fsync(descriptor);
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  return result;
}

namespace {

FileOps system_operations;
std::atomic<FileOps*> operations{&system_operations};

// One write at a time. A temporary that bears our own process number is then always the left-over of a dead namesake
// (process numbers come back, in a container at once), and two threads never share one.
std::mutex one_writer;

constexpr const char* temporary_suffix = ".tmp";

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

fs::path temporary_of(const fs::path& path) {
  return folder_of(path) / fmt::format(".{}.{}{}", path.filename().string(), ::getpid(), temporary_suffix);
}

/// The number in `.<file>.<pid>.tmp`; nothing for any other name.
std::optional<pid_t> process_of_temporary(const std::string& name) {
  const std::string_view suffix = temporary_suffix;
  if (name.empty() || name.front() != '.' || !std::string_view(name).ends_with(suffix)) return std::nullopt;
  const std::string_view stem(name.data(), name.size() - suffix.size());
  const std::size_t dot = stem.rfind('.');
  if (dot == std::string_view::npos || dot < 2) return std::nullopt;
  const std::string_view digits = stem.substr(dot + 1);
  pid_t process = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), process);
  if (error != std::errc() || end != digits.data() + digits.size() || process <= 0) return std::nullopt;
  return process;
}

/// Repeats an operation that a signal interrupted. The limit turns a file system that never stops interrupting into
/// an error instead of a hang.
template <typename Operation>
auto repeated(Operation operation) {
  auto result = operation();
  for (int times = 0; result < 0 && errno == EINTR && times < 1000; ++times) result = operation();
  return result;
}

/// Removes the temporary when its owner leaves early.
class Temporary {
 public:
  explicit Temporary(fs::path path) : path_(std::move(path)) {}
  ~Temporary() { remove(); }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  int open() {
    const auto create = [this] {
      return repeated([this] {
        return operations.load()->open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
      });
    };
    descriptor_ = create();
    if (descriptor_ < 0 && errno == EEXIST && operations.load()->unlink(path_.c_str()) == 0) descriptor_ = create();
    exists_ = descriptor_ >= 0;
    return descriptor_;
  }

  int close() {
    const int result = operations.load()->close(descriptor_);
    descriptor_ = -1;
    // Linux has freed the descriptor even then; the bytes are safe since fsync came first.
    return result < 0 && errno == EINTR ? 0 : result;
  }

  int rename_to(const fs::path& path) {
    const int result = repeated([&] { return operations.load()->rename(path_.c_str(), path.c_str()); });
    if (result == 0) exists_ = false;
    return result;
  }

  int remove() {
    if (descriptor_ >= 0) operations.load()->close(descriptor_);
    descriptor_ = -1;
    if (!exists_) return 0;
    exists_ = false;
    return repeated([this] { return operations.load()->unlink(path_.c_str()); });
  }

 private:
  fs::path path_;
  int descriptor_ = -1;
  bool exists_ = false;
};

int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = repeated([&] { return operations.load()->write(descriptor, bytes.data(), bytes.size()); });
    if (written < 0) return -1;
    if (written == 0) {
      errno = EIO;
      return -1;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Ends the attempt: removes the temporary first, so that the free bytes in the message are those the user will find.
[[noreturn]] void give_up(Temporary& temporary, const fs::path& path, const fs::path& folder, std::size_t needed,
                          const std::string& what) {
  const int reason = errno;
  const bool left_over = temporary.remove() != 0;
  std::string message = fmt::format("cannot write {}: {}: {}", path.string(), what, std::strerror(reason));
  if (reason == ENOSPC || reason == EDQUOT) {
    message += fmt::format(" (needs {} bytes", needed);
    struct statvfs room {};
    if (::statvfs(folder.c_str(), &room) == 0) {
      message += fmt::format(", {} bytes are free", static_cast<unsigned long long>(room.f_bavail) * room.f_frsize);
    }
    message += reason == EDQUOT ? "; your quota ends earlier)" : ")";
  }
  if (left_over) message += "; its temporary could not be removed either";
  throw OutputError(message, reason);
}

}  // namespace

FileOpsReplacement::FileOpsReplacement(FileOps& replacement) : previous_(operations.exchange(&replacement)) {}
FileOpsReplacement::~FileOpsReplacement() { operations = previous_; }

void write_atomically(const fs::path& path, std::string_view bytes) {
  const std::lock_guard<std::mutex> alone(one_writer);
  const fs::path folder = folder_of(path);
  Temporary temporary(temporary_of(path));
  const auto check = [&](int result, const char* what) {
    if (result < 0) give_up(temporary, path, folder, bytes.size(), what);
  };
  const int descriptor = temporary.open();
  check(descriptor, "creating a temporary file in its folder failed");
  check(write_all(descriptor, bytes), "writing failed");
  // Not repeated on EIO: after a failed fsync the kernel may have dropped the pages and would report success.
  check(repeated([&] { return operations.load()->fsync(descriptor); }), "bringing it to the disk (fsync) failed");
  check(temporary.close(), "closing failed");
  check(temporary.rename_to(path), "putting the finished file in its place (rename) failed");
  // EINVAL: some network file systems have no fsync for folders; they make a rename durable by themselves.
  if (repeated([&] { return operations.load()->fsync_dir(folder.c_str()); }) < 0 && errno != EINVAL) {
    check(-1, "the new content is in place, but may not survive a power cut: syncing its folder failed");
  }
}

std::vector<std::string> sweep_temporaries(const fs::path& folder) {
  const std::lock_guard<std::mutex> alone(one_writer);
  std::vector<std::string> removed;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::optional<pid_t> process = process_of_temporary(name);
    if (!process || !fs::is_regular_file(entry->symlink_status())) continue;
    const bool lives = *process != ::getpid() && (::kill(*process, 0) == 0 || errno != ESRCH);
    if (lives) continue;
    if (operations.load()->unlink(entry->path().c_str()) != 0) {
      const int reason = errno;
      throw OutputError(
          fmt::format("cannot remove the left-over file {}: {}", entry->path().string(), std::strerror(reason)),
          reason);
    }
    removed.push_back(name);
  }
  if (error) throw OutputError(fmt::format("cannot list {}: {}", folder.string(), error.message()), error.value());
  return removed;
}

void probe_writable(const fs::path& folder, std::size_t bytes) {
  const std::lock_guard<std::mutex> alone(one_writer);
  const fs::path path = folder / "probe";
  Temporary temporary(temporary_of(path));
  const auto check = [&](int result, const char* what) {
    if (result < 0) give_up(temporary, folder, folder, bytes, what);
  };
  const int descriptor = temporary.open();
  check(descriptor, "the folder is not writable");
  // Not zeros: a compressing file system would store them in no space at all.
  std::string block(std::size_t{1} << 20, '\0');
  unsigned state = 1;
  for (char& byte : block) byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
  for (std::size_t left = bytes; left > 0; left -= std::min(left, block.size())) {
    check(write_all(descriptor, std::string_view(block).substr(0, left)), "a trial file did not fit");
  }
  check(repeated([&] { return operations.load()->fsync(descriptor); }), "a trial file did not reach the disk");
  check(temporary.close(), "closing a trial file failed");
  check(temporary.remove(), "removing a trial file failed");
}

}  // namespace nusselt
