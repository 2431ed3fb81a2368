#include "solver/resident_memory.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>

namespace nusselt {
namespace {

constexpr double mebibyte = 1 << 20;

void touch_and_release(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  std::memset(memory, 1, bytes);
  munmap(memory, bytes);
}

TEST(PeakMemory, CountsWhatIsGoneByTheEnd) {
  const PeakMemory memory;
  if (!memory.total()) GTEST_SKIP() << "this system does not let a process reset its peak";
  touch_and_release(64 << 20);
  EXPECT_NEAR(*memory.growth() / mebibyte, 64, 6);
  EXPECT_GT(*memory.total(), *memory.growth());
  const PeakMemory anew;
  EXPECT_LT(*anew.growth() / mebibyte, 6);
}

}  // namespace
}  // namespace nusselt
