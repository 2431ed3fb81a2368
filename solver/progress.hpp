// Progress of a training on the terminal: one line that is rewritten, or plain lines where there is no terminal.
#pragma once

#include <chrono>
#include <string>

#include "solver/trainer.hpp"

namespace nusselt {

class Progress {
 public:
  /// `rungs`: of the ladder, 1 without one. What happened before is not told again.
  Progress(const Trainer& trainer, std::size_t rungs);
  void show(const Trainer& trainer);
  /// Ends the line.
  void finish();
  double seconds() const;

 private:
  std::string bar(const Trainer& trainer) const;
  void show_events(const Trainer& trainer);
  std::size_t rungs_;
  std::size_t events_shown_;
  int first_step_ = -1;
  bool terminal_;
  bool line_open_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point shown_;
};

}  // namespace nusselt
