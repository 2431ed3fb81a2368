#include "solver/execution.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>

#include "solver/device.hpp"
#include "solver/least_squares.hpp"
#include "solver/optimizer.hpp"

namespace nusselt {

namespace {

// Threads share work evenly far below this many points; timing more would only take longer.
constexpr int timed_points = 1024;
constexpr double timing_seconds = 0.2;
constexpr std::size_t most_timings = 15;
constexpr double clearly_quicker = 0.9;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// An optimizer at the start of the case's path, on at most `timed_points` points of each set.
class Candidate {
 public:
  Candidate(const Case& c, const Problem& problem, int threads)
      : threads_(threads),
        optimizer_(make_optimizer(c.settings)),
        theta_(problem.network().initial_parameters(c.settings.seed).to(problem.options())) {
    const Settings::Points& points = c.settings.points;
    use_threads(threads_);
    objective_ = std::make_unique<LeastSquares>(
        problem,
        problem.draw(points.sampling, std::min(points.interior, timed_points), std::min(points.boundary, timed_points),
                     "training", c.settings.seed, 0),
        std::vector<double>(problem.residuals().size(), 1.0));
  }

  double time_step() {
    use_threads(threads_);
    return seconds_of([&] { optimizer_->step(*objective_, theta_); });
  }

 private:
  int threads_;
  std::unique_ptr<Optimizer> optimizer_;
  std::unique_ptr<LeastSquares> objective_;
  torch::Tensor theta_;
};

std::string milliseconds(double seconds) { return to_string(1e3 * seconds, 3) + " ms"; }

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void measure_threads(const Case& c, const Problem& problem, int most, Execution& execution) {
  Candidate single(c, problem, 1);
  Candidate many(c, problem, most);
  std::vector<double> of_single;
  std::vector<double> of_many;
  double total = 0;
  do {
    of_single.push_back(single.time_step());
    of_many.push_back(many.time_step());
    total += of_single.back() + of_many.back();
  } while (total < timing_seconds && of_single.size() < most_timings);
  if (of_single.size() > 1) {  // the first ones also fetched memory and woke threads
    of_single.erase(of_single.begin());
    of_many.erase(of_many.begin());
  }
  execution.threads = many_threads_are_quicker(of_single, of_many) ? most : 1;
  execution.measured = "a step on at most " + std::to_string(timed_points) + " points took " +
                       milliseconds(median(of_single)) + " with 1 thread and " + milliseconds(median(of_many)) +
                       " with " + std::to_string(most);
}

}  // namespace

Execution choose_execution(const Case& c, const Problem& problem) {
  Execution execution{problem.engine(), resolve_threads(c.settings.threads)};
  if (c.settings.threads == 0 && execution.threads > 1 && !problem.options().device().is_cuda()) {
    measure_threads(c, problem, execution.threads, execution);
  }
  use_threads(execution.threads);
  return execution;
}

bool many_threads_are_quicker(const std::vector<double>& single, const std::vector<double>& many) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < single.size(); ++i) ratios.push_back(many[i] / single[i]);
  return median(ratios) < clearly_quicker;
}

Execution resumed_execution(Execution stored, const std::vector<InstructionSet>& available, std::string& warning) {
  if (stored.engine.name != "tile") return stored;
  const char* const wanted = std::getenv("NUSSELT_ISA");
  if (wanted != nullptr && *wanted != 0 && stored.engine.instructions != wanted) {
    warning = "NUSSELT_ISA asks for " + std::string(wanted) + ", the run was computed with " +
              stored.engine.instructions + ": it goes on, but not with the bits it would have had";
    stored.engine.instructions = resolve_instructions("");
    return stored;
  }
  std::string names;
  for (InstructionSet set : available) {
    if (name_of(set) == stored.engine.instructions) return stored;
    names += (names.empty() ? "" : ", ") + std::string(name_of(set));
  }
  throw DeviceError("the run was computed with the vector instructions " + stored.engine.instructions +
                    ", which this processor lacks (it has " + names +
                    "): it would not go on with the same bits. Resume it where they are, or accept other bits: "
                    "NUSSELT_ISA=" +
                    name_of(available.back()) + " nusselt resume ...");
}

void settle(const Execution& execution, Settings& settings) {
  settings.engine = execution.engine.name;
  settings.instructions = execution.engine.instructions;
  settings.threads = execution.threads;
}

std::string text_of(const Engine& engine) {
  return engine.name == "tile" ? "tile engine (" + engine.instructions + ")" : "LibTorch";
}

std::string threads_text(int threads) { return std::to_string(threads) + (threads == 1 ? " thread" : " threads"); }

}  // namespace nusselt
