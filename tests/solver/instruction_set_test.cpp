#include "networks/instruction_set.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::message_of;

class Environment {
 public:
  explicit Environment(const char* value) {
    if (const char* old = std::getenv("NUSSELT_ISA")) old_ = old;
    setenv("NUSSELT_ISA", value, 1);
  }
  ~Environment() { old_.empty() ? unsetenv("NUSSELT_ISA") : setenv("NUSSELT_ISA", old_.c_str(), 1); }

 private:
  std::string old_;
};

TEST(InstructionSet, PortableIsAlwaysThereAndFirst) {
  EXPECT_EQ(available_instruction_sets().front(), InstructionSet::portable);
}

TEST(InstructionSet, TheLastOneIsTheBest) {
  const Environment none("");
  EXPECT_EQ(best_instruction_set(), available_instruction_sets().back());
}

TEST(InstructionSet, TheEnvironmentForcesOne) {
  const Environment forced("portable");
  EXPECT_EQ(best_instruction_set(), InstructionSet::portable);
}

TEST(InstructionSet, AnUnknownNameListsTheKnownOnes) {
  EXPECT_EQ(message_of([] { instruction_set_named("sse9"); }),
            "unknown instruction set 'sse9'; known are: portable, avx2, avx512");
  const Environment forced("sse9");
  EXPECT_EQ(message_of([] { best_instruction_set(); }),
            "environment variable NUSSELT_ISA: unknown instruction set 'sse9'; known are: portable, avx2, avx512");
}

TEST(InstructionSet, NamesAreReadBack) {
  for (InstructionSet set : {InstructionSet::portable, InstructionSet::avx2, InstructionSet::avx512}) {
    EXPECT_EQ(instruction_set_named(name_of(set)), set);
  }
}

}  // namespace
}  // namespace nusselt
