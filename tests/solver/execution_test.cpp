#include "solver/execution.hpp"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "solver/device.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::message_of;

/// The environment variable for one test.
class ForcedInstructions {
 public:
  explicit ForcedInstructions(const char* name) {
    if (const char* before = std::getenv(variable)) before_ = before;
    set(name);
  }
  ~ForcedInstructions() { set(before_ ? before_->c_str() : nullptr); }

 private:
  static constexpr const char* variable = "NUSSELT_ISA";
  static void set(const char* value) { value != nullptr ? setenv(variable, value, 1) : unsetenv(variable); }
  std::optional<std::string> before_;
};

class ExecutionTest : public ::testing::Test {
 protected:
  ~ExecutionTest() override { use_threads(threads_); }
  const int threads_ = at::get_num_threads();
};

TEST_F(ExecutionTest, AStatedNumberOfThreadsIsNotMeasured) {
  const Case c = tiny_bar({"threads=1"});
  const Execution execution = choose_execution(c, Problem(c, float64()));
  EXPECT_EQ(execution.threads, 1);
  EXPECT_EQ(execution.measured, "");
  EXPECT_EQ(execution.engine.name, "tile");
  EXPECT_EQ(execution.engine.instructions, name_of(best_instruction_set()));
  EXPECT_EQ(execution.engine.reason, "it serves this network");
  EXPECT_EQ(at::get_num_threads(), 1);
}

TEST_F(ExecutionTest, AnOpenNumberIsMeasuredWhereThereIsAChoice) {
  const Case c = tiny_bar({"threads=0"});
  const Execution execution = choose_execution(c, Problem(c, float64()));
  const int processors = resolve_threads(0);
  EXPECT_TRUE(execution.threads == 1 || execution.threads == processors);
  EXPECT_EQ(execution.measured.empty(), processors == 1) << execution.measured;
  if (processors > 1) {
    EXPECT_THAT(execution.measured, HasSubstr(" ms with 1 thread and "));
  }
  EXPECT_EQ(at::get_num_threads(), execution.threads);
}

TEST_F(ExecutionTest, MoreThreadsMustBeClearlyQuicker) {
  EXPECT_TRUE(many_threads_are_quicker({2, 2, 2}, {1.1, 1.1, 1.1}));
  EXPECT_FALSE(many_threads_are_quicker({2, 2, 2}, {1.9, 1.9, 1.9}));
  EXPECT_FALSE(many_threads_are_quicker({2, 2, 2}, {3, 3, 1}));  // one lucky time decides nothing
  EXPECT_TRUE(many_threads_are_quicker({2, 20, 40}, {1, 11, 90}));
}

TEST_F(ExecutionTest, TheProblemTakesWhatWasSettled) {
  Case c = tiny_bar();
  settle({{"tile", "portable", "it serves this network"}, 3, ""}, c.settings);
  EXPECT_EQ(c.settings.threads, 3);
  EXPECT_EQ(Problem(c, float64()).engine().instructions, "portable");
  settle({{"libtorch", "", "as before"}, 1, ""}, c.settings);
  EXPECT_EQ(Problem(c, float64()).engine().name, "libtorch");
}

TEST_F(ExecutionTest, AnEngineThatCannotServeIsReplacedAloudOrRefused) {
  const torch::TensorOptions gpu = float64().device(at::kCUDA);
  const Engine engine = Problem(tiny_bar({"engine=auto"}), gpu).engine();
  EXPECT_EQ(engine.name, "libtorch");
  EXPECT_EQ(engine.instructions, "");
  EXPECT_EQ(engine.reason, "the tile engine computes on a processor, not on a GPU");
  EXPECT_EQ(text_of(engine), "LibTorch");
  EXPECT_THAT(message_of([&] { Problem(tiny_bar({"engine=tile"}), gpu); }),
              HasSubstr("error: engine: the tile engine cannot serve this case: the tile engine computes on a "
                        "processor, not on a GPU"));
  EXPECT_THAT(message_of([&] { Problem(tiny_bar({"engine=tile"}), gpu); }),
              HasSubstr("hint: use engine=auto or engine=libtorch"));
  const Engine asked = Problem(tiny_bar({"engine=libtorch"}), float64()).engine();
  EXPECT_EQ(asked.name, "libtorch");
  EXPECT_EQ(asked.reason, "the case asks for it");
}

TEST_F(ExecutionTest, ResumeKeepsTheInstructionsOrRefuses) {
  const ForcedInstructions none(nullptr);
  const Execution stored{{"tile", "avx512", "it serves this network"}, 2, "measured"};
  std::string warning;
  const Execution same = resumed_execution(stored, {InstructionSet::portable, InstructionSet::avx512}, warning);
  EXPECT_EQ(same.engine.instructions, "avx512");
  EXPECT_EQ(same.threads, 2);
  EXPECT_THAT(warning, IsEmpty());
  EXPECT_THROW(resumed_execution(stored, {InstructionSet::portable}, warning), DeviceError);
  EXPECT_EQ(message_of([&] {
              resumed_execution(stored, {InstructionSet::portable, InstructionSet::avx2}, warning);
            }),
            "the run was computed with the vector instructions avx512, which this processor lacks (it has portable, "
            "avx2): it would not go on with the same bits. Resume it where they are, or accept other bits: "
            "NUSSELT_ISA=avx2 nusselt resume ...");
  const Execution reference{{"libtorch", "", "the case asks for it"}, 1, ""};
  EXPECT_EQ(resumed_execution(reference, {InstructionSet::portable}, warning).engine.name, "libtorch");
}

TEST_F(ExecutionTest, ResumeWithOtherInstructionsOnRequestSaysWhatIsLost) {
  const ForcedInstructions portable("portable");
  const Execution stored{{"tile", "avx512", "it serves this network"}, 2, ""};
  std::string warning;
  EXPECT_EQ(resumed_execution(stored, {InstructionSet::portable}, warning).engine.instructions, "portable");
  EXPECT_EQ(warning,
            "NUSSELT_ISA asks for portable, the run was computed with avx512: it goes on, but not with the bits it "
            "would have had");
}

TEST_F(ExecutionTest, AnUnknownInstructionSetIsAnErrorOfTheDevice) {
  const ForcedInstructions nonsense("mmx");
  EXPECT_THROW(resolve_instructions(""), DeviceError);
  EXPECT_THAT(message_of([] { resolve_instructions(""); }), HasSubstr("NUSSELT_ISA: unknown instruction set 'mmx'"));
  EXPECT_EQ(resolve_instructions("portable"), "portable");
}

TEST_F(ExecutionTest, Texts) {
  EXPECT_EQ(text_of({"tile", "avx2", ""}), "tile engine (avx2)");
  EXPECT_EQ(threads_text(1), "1 thread");
  EXPECT_EQ(threads_text(2), "2 threads");
}

}  // namespace
}  // namespace nusselt
