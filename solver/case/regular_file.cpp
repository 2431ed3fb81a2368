#include "solver/case/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace nusselt {

RegularFile::RegularFile(const std::filesystem::path& path, std::uint64_t limit) {
  // O_NONBLOCK: opening a named pipe must not wait for its writer.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) throw RegularFileError(std::string("cannot be opened: ") + std::strerror(errno));
  struct stat status {};
  const bool regular = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
  size_ = static_cast<std::uint64_t>(status.st_size);
  if (regular && size_ <= limit) return;
  ::close(descriptor_);
  if (!regular) throw RegularFileError("is not a regular file");
  throw RegularFileError("has " + std::to_string(size_) + " bytes; the limit is " + std::to_string(limit));
}

RegularFile::~RegularFile() { ::close(descriptor_); }

std::string RegularFile::first(std::uint64_t count) const {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::pread(descriptor_, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw RegularFileError(std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) throw RegularFileError("became shorter while it was read");
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace nusselt
