// What `nusselt check --json` prints: one object with everything that the text says, for other programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "solver/case/case.hpp"

namespace nusselt {

/// Numbers of constants and scales are in SI, `unit` says which; coefficients have no unit. "passed" is true. Throws
/// InputError as describe() does.
nlohmann::ordered_json case_json(const Case& the_case);

/// A refused case: "passed" is false, "error" has file, line and column (from 1; 0: the whole file), message and hint.
nlohmann::ordered_json refusal_json(const InputError& error);

}  // namespace nusselt
