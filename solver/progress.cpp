#include "solver/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace nusselt {

namespace {

constexpr int bar_width = 20;
constexpr double refresh_seconds = 0.1;

std::string clock_text(double seconds) {
  char text[32];
  const int whole = static_cast<int>(seconds + 0.5);
  std::snprintf(text, sizeof text, "%d:%02d", whole / 60, whole % 60);
  return text;
}

}  // namespace

Progress::Progress(const Settings::Optimizer& limits)
    : steps_(limits.steps), time_(limits.time), terminal_(isatty(STDOUT_FILENO) == 1), start_(std::chrono::steady_clock::now()) {}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::string Progress::bar(const Trainer& trainer) const {
  const HistoryRow& row = trainer.latest();
  const int filled = steps_ > 0 ? bar_width * row.step / steps_ : bar_width;
  std::string text = "[" + std::string(static_cast<std::size_t>(filled), '=') +
                     std::string(static_cast<std::size_t>(bar_width - filled), ' ') + "] " + std::to_string(row.step) +
                     "/" + std::to_string(steps_) + "  loss " + to_string(row.loss, 3);
  if (row.damping > 0) text += "  damping " + to_string(row.damping, 2);
  const double per_step = seconds() / std::max(1, row.step - first_step_ + 1);
  // The limits are limits, so this is at most how long it takes.
  double left = per_step * (steps_ - row.step);
  if (time_ > 0) left = std::clamp(time_ - row.spent.wall, 0.0, left);
  return text + "  at most " + clock_text(left) + " left";
}

void Progress::show(const Trainer& trainer) {
  const HistoryRow& row = trainer.latest();
  if (first_step_ < 0) first_step_ = row.step;
  if (!row.held_out_rms.empty()) {
    std::string residuals;
    const std::vector<ResidualReport>& reports = trainer.evaluation()->residuals;
    for (const ResidualReport& r : reports) {
      residuals += "  " + r.name + " " + to_string(r.train_rms, 2) + "|" + to_string(r.rms, 2);
    }
    // Residuals on training | held-out points.
    std::cout << (line_open_ ? "\r\033[K" : "") << bar(trainer) << residuals << "\n" << std::flush;
    line_open_ = false;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || std::chrono::duration<double>(now - shown_).count() < refresh_seconds) return;
  shown_ = now;
  std::cout << "\r\033[K" << bar(trainer) << std::flush;
  line_open_ = true;
}

void Progress::finish() {
  if (line_open_) std::cout << "\n";
  line_open_ = false;
}

}  // namespace nusselt
