// Time spent, for reports and for a limit that may only stop a run.
#pragma once

#include <chrono>
#include <ctime>

namespace nusselt {

/// Seconds on the wall and of the processor, all threads of the program together.
struct SpentTime {
  double wall = 0;
  double cpu = 0;
};

/// Goes on from what was spent before.
class Stopwatch {
 public:
  explicit Stopwatch(const SpentTime& before)
      : before_(before), wall_(std::chrono::steady_clock::now()), cpu_(std::clock()) {}
  SpentTime read() const {
    return {before_.wall + std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count(),
            before_.cpu + static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC};
  }

 private:
  SpentTime before_;
  std::chrono::steady_clock::time_point wall_;
  std::clock_t cpu_;
};

}  // namespace nusselt
