// Ctrl-C and SIGTERM: the first asks to stop at the next step boundary, the second stops at once (exit code 130).
#pragma once

namespace nusselt {

void watch_for_interruption();
bool interruption_requested();

}  // namespace nusselt
