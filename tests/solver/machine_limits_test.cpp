#include "solver/machine_limits.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace nusselt {
namespace {

TEST(MachineLimits, ThePeakIsThatOfTheFastestInstructionSet) {
  const MachineLimits limits{"some processor",
                             2,
                             {{InstructionSet::portable, "float32", 2, 80e9},
                              {InstructionSet::avx2, "float32", 2, 230e9},
                              {InstructionSet::avx512, "float32", 2, 220e9},
                              {InstructionSet::avx2, "float64", 2, 115e9},
                              {InstructionSet::avx2, "float32", 1, 116e9}},
                             20e9,
                             30e9};
  EXPECT_EQ(limits.peak("float32", 2), 230e9);
  EXPECT_EQ(limits.peak("float64", 2), 115e9);
  EXPECT_EQ(limits.peak("float32", 1), 116e9);
  EXPECT_THROW(limits.peak("float64", 1), std::out_of_range);
}

TEST(MachineLimits, EveryInstructionSetIsMeasured) {
  for (InstructionSet instructions : available_instruction_sets()) {
    for (const char* precision : {"float32", "float64"}) {
      const PeakRate rate = measure_peak(instructions, precision, 2, 1);
      EXPECT_EQ(rate.instructions, instructions);
      EXPECT_EQ(rate.precision, precision);
      EXPECT_EQ(rate.threads, 2);
      // Between a hand calculator and the largest processor: a loop that the compiler removed is beyond it.
      EXPECT_GT(rate.flops, 1e6) << name_of(instructions);
      EXPECT_LT(rate.flops, 1e13) << name_of(instructions);
    }
  }
}

TEST(MachineLimits, BandwidthIsMeasured) {
  const double bytes_per_second = measure_bandwidth(2, 1 << 16, 1);
  EXPECT_GT(bytes_per_second, 1e6);
  EXPECT_LT(bytes_per_second, 1e13);
}

}  // namespace
}  // namespace nusselt
