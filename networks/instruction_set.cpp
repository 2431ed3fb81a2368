#include "networks/instruction_set.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "networks/tile_kernels.hpp"

namespace nusselt {
namespace {

constexpr InstructionSet all_sets[] = {InstructionSet::portable, InstructionSet::avx2, InstructionSet::avx512};

std::string names_of(const std::vector<InstructionSet>& sets) {
  std::string text;
  for (InstructionSet set : sets) text += (text.empty() ? "" : ", ") + std::string(name_of(set));
  return text;
}

bool runs_here(InstructionSet instructions) {
  if (!tile_kernels<float>(instructions)) return false;
#if defined(__x86_64__)
  if (instructions == InstructionSet::avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (instructions == InstructionSet::avx512) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
  }
#endif
  return instructions == InstructionSet::portable;
}

}  // namespace

const char* name_of(InstructionSet instructions) {
  switch (instructions) {
    case InstructionSet::portable:
      return "portable";
    case InstructionSet::avx2:
      return "avx2";
    case InstructionSet::avx512:
      return "avx512";
  }
  throw std::logic_error("not an instruction set");
}

InstructionSet instruction_set_named(const std::string& name) {
  for (InstructionSet set : all_sets) {
    if (name == name_of(set)) return set;
  }
  throw std::invalid_argument("unknown instruction set '" + name +
                              "'; known are: " + names_of({std::begin(all_sets), std::end(all_sets)}));
}

std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> sets;
  std::copy_if(std::begin(all_sets), std::end(all_sets), std::back_inserter(sets), runs_here);
  return sets;
}

InstructionSet best_instruction_set() {
  const std::vector<InstructionSet> available = available_instruction_sets();
  const char* forced = std::getenv("NUSSELT_ISA");
  if (!forced || !*forced) return available.back();
  const InstructionSet wanted = [&] {
    try {
      return instruction_set_named(forced);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(std::string("environment variable NUSSELT_ISA: ") + error.what());
    }
  }();
  if (std::find(available.begin(), available.end(), wanted) == available.end()) {
    throw std::invalid_argument(std::string("environment variable NUSSELT_ISA asks for '") + forced +
                                "', which this processor cannot run; it can run: " + names_of(available));
  }
  return wanted;
}

}  // namespace nusselt
