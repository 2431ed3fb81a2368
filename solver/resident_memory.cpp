#include "solver/resident_memory.hpp"

#include <malloc.h>

#include <fstream>
#include <string>

namespace nusselt {

namespace {

/// A line of /proc/self/status such as `VmHWM:   123 kB`, in bytes; 0 when it is missing.
double status_of_memory(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    double kilobytes = 0;
    if (word == key && file >> kilobytes) return 1024 * kilobytes;
  }
  return 0;
}

}  // namespace

PeakMemory::PeakMemory() {
  malloc_trim(0);
  std::ofstream file("/proc/self/clear_refs");
  file << "5" << std::flush;  // proc(5): resets the peak resident set
  reset_ = static_cast<bool>(file);
  start_ = status_of_memory("VmRSS:");
}

std::optional<double> PeakMemory::total() const {
  const double peak = status_of_memory("VmHWM:");
  if (!reset_ || peak == 0) return std::nullopt;
  return peak;
}

std::optional<double> PeakMemory::growth() const {
  const std::optional<double> peak = total();
  if (!peak) return std::nullopt;
  return *peak - start_;
}

}  // namespace nusselt
