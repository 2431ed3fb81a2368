// The commands that need LibTorch: run, resume, evaluate, study, ladder, audit, demo, bench. Each returns an exit code.
#pragma once

#include "solver/case/command_line.hpp"

namespace nusselt {

/// Throws InputError, OutputError, CheckpointError, DeviceError.
int run_solver_command(const CommandLine& line);

}  // namespace nusselt
