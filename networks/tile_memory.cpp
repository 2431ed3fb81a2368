#include "networks/tile_memory.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace nusselt {

TileMemory::TileMemory(std::size_t bytes) {
  constexpr std::size_t large_page = std::size_t{2} << 20;
  // A tile of a wide network touches more 4 kB pages than the processor's table of addresses holds.
  const std::size_t alignment = bytes >= large_page ? large_page : 4096;
  bytes_ = (bytes + alignment - 1) / alignment * alignment;
  if (bytes_ == 0) return;
  data_.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, bytes_)));
  if (!data_) throw std::bad_alloc();
#if defined(__linux__)
  if (alignment == large_page) madvise(data_.get(), bytes_, MADV_HUGEPAGE);
#endif
  std::memset(data_.get(), 0, bytes_);
}

void TileMemory::Free::operator()(std::byte* data) const { std::free(data); }

}  // namespace nusselt
