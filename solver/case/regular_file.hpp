// A file that somebody gives us to read: no folder, pipe or device, and not larger than we are willing to hold.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace nusselt {

/// The message is a phrase to follow the file's name: "cannot be opened: No such file or directory".
class RegularFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An open file. It is read, never mapped: a mapped file that somebody cuts off kills the process.
class RegularFile {
 public:
  /// Throws RegularFileError, also when the file has more than `limit` bytes.
  RegularFile(const std::filesystem::path& path, std::uint64_t limit);
  ~RegularFile();
  RegularFile(const RegularFile&) = delete;
  RegularFile& operator=(const RegularFile&) = delete;

  std::uint64_t size() const { return size_; }
  /// The first `count` bytes, count <= size(). Throws RegularFileError.
  std::string first(std::uint64_t count) const;

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace nusselt
