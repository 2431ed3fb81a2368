#include "solver/run_queue.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "solver/case/exit_code.hpp"
#include "solver/interruption.hpp"
#include "solver/progress.hpp"
#include "solver/run_folder.hpp"
#include "solver/write_atomically.hpp"

namespace nusselt {

namespace {

namespace fs = std::filesystem;

constexpr auto look_every = std::chrono::milliseconds(50);

bool has_checkpoint(const fs::path& folder) {
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / checkpoints_folder, none)) {
    if (entry.path().extension() == ".safetensors") return true;
  }
  return false;
}

/// So that the new run, should it be refused, is not taken for the old one.
void forget(const fs::path& folder) {
  if (!fs::is_directory(folder)) return;
  if (fs::is_directory(folder / checkpoints_folder)) remove_checkpoints(folder / checkpoints_folder);
  fs::remove(folder / "report.json");
}

/// Starts this program anew; what it prints goes to `log`. It stops with a checkpoint when its parent dies.
pid_t start(const std::vector<std::string>& arguments, const fs::path& log) {
  const std::string program = fs::read_symlink("/proc/self/exe").string();
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int output = ::open(log.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0666);
  if (output < 0) throw OutputError("cannot write " + log.string() + ": " + std::strerror(errno), errno);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    // Ctrl-C of the terminal reaches the parent alone, which passes it on once: twice would stop without a checkpoint.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(exit_codes::interrupted);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execv(program.c_str(), argv.data());
    ::_exit(exit_codes::internal);
  }
  const int reason = errno;
  ::close(output);
  if (child < 0) throw OutputError(std::string("cannot start a run: ") + std::strerror(reason), reason);
  return child;
}

}  // namespace

RunQueue::RunQueue(fs::path folder, std::vector<QueuedRun> runs, int jobs)
    : folder_(std::move(folder)),
      runs_(std::move(runs)),
      jobs_(static_cast<std::size_t>(jobs)),
      exit_codes_(runs_.size(), -1) {
  std::error_code error;
  fs::create_directories(folder_ / "log", error);
  if (error) throw OutputError("cannot make the folder " + folder_.string() + ": " + error.message(), error.value());
}

fs::path RunQueue::log_of(std::size_t run) const { return folder_ / "log" / (runs_[run].name + ".txt"); }

int RunQueue::ended_with(const fs::path& folder) {
  std::ifstream stream(folder / "report.json");
  if (!stream) return -1;
  const nlohmann::json report = nlohmann::json::parse(stream, nullptr, false);
  const int code = report.is_object() ? report.value("exit_code", -1) : -1;
  return code == exit_codes::interrupted ? -1 : code;
}

std::vector<std::string> RunQueue::arguments_of(std::size_t run) const {
  const fs::path folder = folder_of(run);
  if (has_checkpoint(folder)) return {"resume", folder.string()};
  std::vector<std::string> arguments = {"run", runs_[run].subject, "--output", folder.string(), "--overwrite"};
  arguments.insert(arguments.end(), runs_[run].overrides.begin(), runs_[run].overrides.end());
  return arguments;
}

std::vector<int> RunQueue::run(const Observer& observer) {
  began_ = std::chrono::steady_clock::now();
  std::vector<std::size_t> waiting;
  for (std::size_t i = runs_.size(); i-- > 0;) {
    if (runs_[i].anew) forget(folder_of(i));
    exit_codes_[i] = ended_with(folder_of(i));
    if (exit_codes_[i] < 0) waiting.push_back(i);
  }
  kept_ = runs_.size() - waiting.size();
  if (kept_ > 0) std::cout << kept_ << " of them are done already\n" << std::flush;
  bool passed_on = false;
  while (!waiting.empty() || !running_.empty()) {
    if (interruption_requested()) {
      waiting.clear();
      for (const auto& [process, i] : running_) {
        if (!passed_on) ::kill(process, SIGTERM);
      }
      passed_on = true;
    }
    while (!waiting.empty() && running_.size() < jobs_) {
      const std::size_t i = waiting.back();
      waiting.pop_back();
      running_[start(arguments_of(i), log_of(i))] = i;
      if (observer.started) observer.started(i);
    }
    collect(observer);
    std::this_thread::sleep_for(look_every);
  }
  return exit_codes_;
}

void RunQueue::collect(const Observer& observer) {
  int status = 0;
  for (pid_t process; (process = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    const auto found = running_.find(process);
    if (found == running_.end()) continue;
    const std::size_t i = found->second;
    running_.erase(found);
    // Before a run watches for signals, one that asks it to stop kills it.
    const bool stopped = interruption_requested() && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
    const int code = stopped             ? exit_codes::interrupted
                     : WIFEXITED(status) ? WEXITSTATUS(status)
                                         : 128 + WTERMSIG(status);
    exit_codes_[i] = code == exit_codes::interrupted ? -1 : code;
    ended_.push_back(i);
    const std::string told = code == exit_codes::interrupted ? "stopped" : observer.ended(i, code);
    std::cout << progress() << "  " << runs_[i].name << ": " << told << "\n" << std::flush;
  }
}

std::string RunQueue::progress() const {
  const std::size_t all = runs_.size();
  const std::size_t done = kept_ + ended_.size();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  // Where nothing is known of a run it is as long as the others on average.
  double known = 0;
  int count = 0;
  for (const QueuedRun& run : runs_) {
    known += run.expected;
    count += run.expected > 0 ? 1 : 0;
  }
  const auto expected = [&](const QueuedRun& run) {
    return run.expected > 0 ? run.expected : count > 0 ? known / count : 1;
  };
  double behind = 0, ahead = 0;
  for (const std::size_t i : ended_) behind += expected(runs_[i]);
  for (std::size_t i = 0; i < all; ++i) {
    const bool ended = exit_codes_[i] >= 0 || std::ranges::find(ended_, i) != ended_.end();
    if (!ended) ahead += expected(runs_[i]);
  }
  return progress_bar(static_cast<double>(done) / static_cast<double>(all)) + " " + std::to_string(done) + "/" +
         std::to_string(all) + ", " + clock_text(seconds) + ", about " + clock_text(seconds / behind * ahead) + " left";
}

}  // namespace nusselt
