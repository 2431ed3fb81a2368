// The command `ladder`: the full runs of the shipped cases, every run a process of its own, and one table.
#pragma once

#include "solver/case/command_line.hpp"

namespace nusselt {

/// Starts the runs that are missing, goes on with those that were stopped, and writes ladder.md, ladder.csv and
/// ladder.json after each. Returns an exit code. Throws InputError, OutputError.
int full_runs(const CommandLine& line);

}  // namespace nusselt
