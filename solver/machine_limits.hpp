// The limits of this machine, measured: how fast its vector units multiply and add, and how fast memory streams.
#pragma once

#include <string>
#include <vector>

#include "networks/instruction_set.hpp"

namespace nusselt {

/// Fused multiply-adds between registers (multiply and add where the instruction set has none), the best of several
/// bursts; a multiply and an add are two operations.
struct PeakRate {
  InstructionSet instructions;
  std::string precision;  // "float32", "float64"
  int threads;
  double flops;  // 1/s
};

/// As the operating system calls it; "unknown" where it does not say.
std::string processor_name();

struct MachineLimits {
  std::string processor;
  int cores;  // that this process may use
  std::vector<PeakRate> peaks;
  /// Bytes per second of a[i] = b[i] + s c[i] over arrays that no cache holds (McCalpin's STREAM triad: three arrays
  /// are counted, not the read of a line before it is written).
  double bandwidth_one_thread;
  double bandwidth;

  /// Of the fastest instruction set. Throws std::out_of_range for threads that were not measured.
  double peak(const std::string& precision, int threads) const;
};

/// For one thread and for `threads`, on every instruction set of this processor; about two seconds.
MachineLimits measure_machine(int threads);

/// `bursts` of some milliseconds.
PeakRate measure_peak(InstructionSet instructions, const std::string& precision, int threads, int bursts);
/// Bytes per second; each array has this many numbers.
double measure_bandwidth(int threads, std::size_t numbers, int sweeps);

}  // namespace nusselt
