// The demonstrations of `nusselt demo` by name: what the front end lists and refuses before the solver is started. What
// they measure is in solver/demo_<name>.cpp.
#pragma once

#include <string>
#include <vector>

#include "solver/case/key_table.hpp"

namespace nusselt {

/// Names with their titles, in the order in which they are listed.
const std::vector<Choice>& demo_list();

/// The title of a demonstration. Throws std::out_of_range with a sentence and a suggestion for another name.
const std::string& demo_title(const std::string& name);

}  // namespace nusselt
