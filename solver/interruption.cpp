#include "solver/interruption.hpp"

#include <unistd.h>

#include <csignal>

#include "solver/case/exit_code.hpp"

namespace nusselt {

namespace {

volatile std::sig_atomic_t requested = 0;

extern "C" void on_signal(int) {
  if (requested != 0) _exit(exit_codes::second_interrupt);
  requested = 1;
  const char text[] = "\nstopping after this step with a checkpoint; press Ctrl-C again to stop now\n";
  // Nothing can be done about a failed write in a signal handler.
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) return;
}

}  // namespace

void watch_for_interruption() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interruption_requested() { return requested != 0; }

}  // namespace nusselt
