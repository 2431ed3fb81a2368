// The commands that need no training: check, explain, list, schema, reference, and demo without a name. They link
// neither LibTorch nor HDF5 nor VTK.
#pragma once

#include "solver/case/command_line.hpp"

namespace nusselt {

/// Runs one of them; returns the exit code. Throws InputError.
int run_front_command(const CommandLine& line);
/// Whether a command is the solver's. A demonstration that there is not is answered here.
bool needs_solver(const CommandLine& line);

}  // namespace nusselt
