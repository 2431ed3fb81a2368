// Several runs of this program, each a process of its own, some at a time: what `study` and `ladder` are made of.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace nusselt {

struct QueuedRun {
  std::string name;                    // of its folder below that of the queue; what it prints goes to log/<name>.txt
  std::string subject;                 // the case, as `nusselt run` takes it
  std::vector<std::string> overrides;  // of the case
  bool anew = false;                   // what stands in its folder belongs to another run
  double expected = 0;                 // seconds, from an earlier time; 0 where nothing is known
};

/// Runs what is missing: a run that came to its end is kept, one that was stopped goes on from its checkpoint. Ctrl-C
/// stops all of them with a checkpoint.
class RunQueue {
 public:
  /// Makes the folder. Throws OutputError.
  RunQueue(std::filesystem::path folder, std::vector<QueuedRun> runs, int jobs);

  struct Observer {
    std::function<void(std::size_t)> started = {};
    /// With the exit code of a run that came to its end or broke down; what it returns is told after the run's name.
    std::function<std::string(std::size_t, int)> ended;
  };
  /// The exit codes, -1 for runs that were not ended because somebody asked to stop; 128 and the signal for one that a
  /// signal killed.
  std::vector<int> run(const Observer& observer);

  std::filesystem::path folder_of(std::size_t run) const { return folder_ / runs_[run].name; }
  std::filesystem::path log_of(std::size_t run) const;
  /// The exit code of a run that came to its end in this folder before; -1 where none has.
  static int ended_with(const std::filesystem::path& folder);

 private:
  std::vector<std::string> arguments_of(std::size_t run) const;
  void collect(const Observer& observer);
  std::string progress() const;
  std::filesystem::path folder_;
  std::vector<QueuedRun> runs_;
  std::size_t jobs_;
  std::vector<int> exit_codes_;
  std::map<pid_t, std::size_t> running_;
  std::vector<std::size_t> ended_;  // in this call
  std::size_t kept_ = 0;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace nusselt
