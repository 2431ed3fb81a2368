// The command `study`: one case under several settings, every run a process of its own.
#pragma once

#include "solver/case/command_line.hpp"

namespace nusselt {

/// Starts the runs that are missing, goes on with those that were interrupted, and writes study.csv, study.json,
/// study.html and figures. Returns an exit code. Throws InputError, OutputError.
int study(const CommandLine& line);

}  // namespace nusselt
