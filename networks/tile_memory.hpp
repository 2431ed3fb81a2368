// Memory of the tile engine: one block, aligned to pages, filled with zeros, carved up by sizes known in advance.
#pragma once

#include <cstddef>
#include <memory>

namespace nusselt {

class TileMemory {
 public:
  TileMemory() = default;
  /// Throws std::bad_alloc.
  explicit TileMemory(std::size_t bytes);
  std::size_t bytes() const { return bytes_; }
  std::byte* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(std::byte* data) const;
  };
  std::unique_ptr<std::byte, Free> data_;
  std::size_t bytes_ = 0;
};

/// Hands out consecutive arrays, each aligned to 64 bytes. Without memory it only counts.
class TileCarver {
 public:
  explicit TileCarver(std::byte* data) : data_(data) {}
  template <class Real>
  Real* array(std::size_t count) {
    Real* result = data_ ? reinterpret_cast<Real*>(data_ + used_) : nullptr;
    used_ += (count * sizeof(Real) + 63) / 64 * 64;
    return result;
  }
  std::size_t used() const { return used_; }

 private:
  std::byte* data_;
  std::size_t used_ = 0;
};

}  // namespace nusselt
