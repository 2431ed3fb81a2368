// Which vector instructions the tile engine uses: chosen at run time, each built into every binary.
#pragma once

#include <string>
#include <vector>

namespace nusselt {

enum class InstructionSet { portable, avx2, avx512 };

/// "portable", "avx2", "avx512"
const char* name_of(InstructionSet instructions);
/// Throws std::invalid_argument naming the known ones.
InstructionSet instruction_set_named(const std::string& name);
/// Those this processor can run, slowest first.
std::vector<InstructionSet> available_instruction_sets();
/// The last of these, or what the environment variable NUSSELT_ISA names. Throws std::invalid_argument when it names
/// an unknown one or one this processor cannot run.
InstructionSet best_instruction_set();

}  // namespace nusselt
