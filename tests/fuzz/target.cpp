// One libFuzzer program for each entry; NUSSELT_FUZZ_ENTRY is its name in the table.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/entries.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const nusselt::fuzz::Entry entry = nusselt::fuzz::entries().at(NUSSELT_FUZZ_ENTRY);
  entry({reinterpret_cast<const char*>(data), size});
  return 0;
}
