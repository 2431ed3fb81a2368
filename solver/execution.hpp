// How a run computes: engine, vector instructions, threads.
//
// Decided once at the start, kept in the checkpoint and in report.json, and used again on resume, because another
// choice gives other bits. Only the number of threads is measured, and nothing later asks the clock.
#pragma once

#include <string>
#include <vector>

#include "networks/instruction_set.hpp"
#include "solver/problem.hpp"

namespace nusselt {

struct Execution {
  Engine engine;
  int threads = 1;
  std::string measured = {};  ///< the times that decided the threads; empty where none were taken
};

/// The engine of the problem, and its threads: the number it names, or with `threads: 0` what is quicker for a step of
/// its optimizer, one thread or one per processor; more threads must be clearly quicker. Leaves LibTorch and BLAS with
/// these threads.
Execution choose_execution(const Case& c, const Problem& problem);

/// single[i] and many[i] are times of the same work; the median of their ratios decides.
bool many_threads_are_quicker(const std::vector<double>& single, const std::vector<double>& many);

/// What a run goes on with. Throws DeviceError when `available` lacks the stored instructions. When the environment
/// variable NUSSELT_ISA asks for other ones these are taken, and `warning` says that the bits will differ.
Execution resumed_execution(Execution stored, const std::vector<InstructionSet>& available, std::string& warning);

/// Makes a case compute as decided; Problem and LeastSquares look there.
void settle(const Execution& execution, Settings& settings);

/// "tile engine (avx512)" or "LibTorch"
std::string text_of(const Engine& engine);
/// "1 thread", "2 threads"
std::string threads_text(int threads);

}  // namespace nusselt
