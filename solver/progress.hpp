// Progress of a training on the terminal: one line that is rewritten, or plain lines where there is no terminal.
#pragma once

#include <chrono>
#include <string>

#include "solver/trainer.hpp"

namespace nusselt {

class Progress {
 public:
  explicit Progress(const Settings::Optimizer& limits);
  void show(const Trainer& trainer);
  /// Ends the line.
  void finish();
  double seconds() const;

 private:
  std::string bar(const Trainer& trainer) const;
  int steps_;
  double time_;
  int first_step_ = -1;
  bool terminal_;
  bool line_open_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point shown_;
};

}  // namespace nusselt
