#include "solver/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace nusselt {

namespace {

constexpr int bar_width = 20;
constexpr double refresh_seconds = 0.1;

}  // namespace

std::string clock_text(double seconds) {
  char text[32];
  const int whole = static_cast<int>(seconds + 0.5);
  std::snprintf(text, sizeof text, "%d:%02d", whole / 60, whole % 60);
  return text;
}

std::string progress_bar(double done) {
  const auto filled = static_cast<std::size_t>(bar_width * done);
  return "[" + std::string(filled, '=') + std::string(bar_width - filled, ' ') + "]";
}

Progress::Progress(const Trainer& trainer, std::size_t rungs)
    : rungs_(rungs),
      events_shown_(trainer.events().size()),
      terminal_(isatty(STDOUT_FILENO) == 1),
      start_(std::chrono::steady_clock::now()) {}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::string Progress::bar(const Trainer& trainer) const {
  const HistoryRow& row = trainer.latest();
  const Settings::Optimizer& limits = trainer.the_case().settings.optimizer;
  // The rung's own steps.
  const int steps = trainer.last_step() - trainer.first_step();
  const int done = row.step - trainer.first_step();
  std::string text = progress_bar(static_cast<double>(done) / steps) + " " +
                     (rungs_ > 1 ? (trainer.the_case().window ? "window " : "rung ") + std::to_string(row.rung + 1) +
                                       "/" + std::to_string(rungs_) + "  "
                                 : "") +
                     std::to_string(done) + "/" + std::to_string(steps) + "  loss " + to_string(row.loss, 3);
  if (row.damping > 0) text += "  damping " + to_string(row.damping, 2);
  const double per_step = seconds() / std::max(1, row.step - first_step_ + 1);
  // The limits are limits, so this is at most how long it takes.
  double left = per_step * (steps - done);
  if (limits.time > 0) left = std::clamp(limits.time - row.spent.wall, 0.0, left);
  return text + "  at most " + clock_text(left) + " left";
}

void Progress::show_events(const Trainer& trainer, int last_step) {
  for (; events_shown_ < trainer.events().size(); ++events_shown_) {
    const Event& event = trainer.events()[events_shown_];
    if (event.step > last_step) return;
    finish();
    std::cout << "note: after step " << event.step << ": " << event.text << "\n" << std::flush;
  }
}

void Progress::show(const Trainer& trainer) {
  const HistoryRow& row = trainer.latest();
  if (first_step_ < 0) first_step_ = row.step;
  // A rung begins before its first step; what follows from an evaluation is told after it.
  show_events(trainer, row.step - 1);
  if (!row.held_out_rms.empty()) {
    std::string residuals;
    const std::vector<ResidualReport>& reports = trainer.evaluation()->residuals;
    for (const ResidualReport& r : reports) {
      residuals += "  " + r.name + " " + to_string(r.train_rms, 2) + "|" + to_string(r.rms, 2);
    }
    if (const auto& estimation = trainer.evaluation()->estimation) {
      for (const ConstantEstimate& one : estimation->constants) {
        residuals += "  " + one.name + " = " + to_string(one.value, 5) + (one.unit == "1" ? "" : " " + one.unit);
      }
    }
    // Residuals on training | held-out points.
    std::cout << (line_open_ ? "\r\033[K" : "") << bar(trainer) << residuals << "\n" << std::flush;
    line_open_ = false;
    show_events(trainer, row.step);
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
