#include "solver/study.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "solver/case/exit_code.hpp"
#include "solver/case/input_error.hpp"
#include "solver/case/study_plan.hpp"
#include "solver/folder_lock.hpp"
#include "solver/interruption.hpp"
#include "solver/progress.hpp"
#include "solver/run_folder.hpp"
#include "solver/study_report.hpp"
#include "solver/write_atomically.hpp"

namespace nusselt {

namespace {

namespace fs = std::filesystem;

constexpr auto look_every = std::chrono::milliseconds(50);

/// The exit code of a run that came to its end; -1 where it has not.
int ended_with(const fs::path& folder) {
  std::ifstream stream(folder / "report.json");
  if (!stream) return -1;
  const nlohmann::json report = nlohmann::json::parse(stream, nullptr, false);
  const int code = report.is_object() ? report.value("exit_code", -1) : -1;
  return code == exit_codes::interrupted ? -1 : code;
}

bool has_checkpoint(const fs::path& folder) {
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / checkpoints_folder, none)) {
    if (entry.path().extension() == ".safetensors") return true;
  }
  return false;
}

std::vector<std::string> arguments_of(const StudyRun& run, const std::string& subject, const fs::path& folder) {
  if (has_checkpoint(folder)) return {"resume", folder.string()};
  std::vector<std::string> arguments = {"run", subject, "--output", folder.string(), "--overwrite"};
  arguments.insert(arguments.end(), run.overrides.begin(), run.overrides.end());
  return arguments;
}

/// Starts this program anew; what it prints goes to `log`. It stops with a checkpoint when the study dies.
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
    // Ctrl-C of the terminal reaches the study alone, which passes it on once: twice would stop without a checkpoint.
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

/// A study's folder belongs to one case file and one set of overrides: runs of different cases do not compare.
void require_same_study(const fs::path& folder, const CommandLine& line, const std::string& case_text) {
  const nlohmann::json now = {{"case_file", case_text}, {"overrides", line.overrides}};
  const fs::path file = folder / "study_of.json";
  std::ifstream stream(file);
  if (!stream) {
    write_atomically(file, now.dump(2) + "\n");
    return;
  }
  const nlohmann::json before = nlohmann::json::parse(stream, nullptr, false);
  if (before == now) return;
  throw OutputError("the folder " + folder.string() +
                        " holds a study of another case file or with other overrides; choose another with --output, "
                        "or remove it",
                    EEXIST);
}

class Studying {
 public:
  Studying(const StudyPlan& plan, const std::string& subject, const fs::path& folder)
      : plan_(plan), subject_(subject), folder_(folder), exit_codes_(plan.runs.size(), -1) {}

  /// The exit codes, -1 for runs that were not ended because somebody asked to stop.
  std::vector<int> run() {
    std::vector<std::size_t> waiting;
    for (std::size_t i = plan_.runs.size(); i-- > 0;) {
      exit_codes_[i] = ended_with(run_folder(i));
      if (exit_codes_[i] < 0) waiting.push_back(i);
    }
    skipped_ = plan_.runs.size() - waiting.size();
    if (skipped_ > 0) std::cout << skipped_ << " of them are done already\n";
    bool passed_on = false;
    while (!waiting.empty() || !running_.empty()) {
      if (interruption_requested()) {
        waiting.clear();
        for (const auto& [process, i] : running_) {
          if (!passed_on) ::kill(process, SIGTERM);
        }
        passed_on = true;
      }
      while (!waiting.empty() && running_.size() < static_cast<std::size_t>(plan_.jobs)) {
        const std::size_t i = waiting.back();
        waiting.pop_back();
        const fs::path log = folder_ / "log" / (plan_.runs[i].folder + ".txt");
        running_[start(arguments_of(plan_.runs[i], subject_, run_folder(i)), log)] = i;
      }
      collect();
      std::this_thread::sleep_for(look_every);
    }
    return exit_codes_;
  }

 private:
  fs::path run_folder(std::size_t i) const { return folder_ / plan_.runs[i].folder; }

  void collect() {
    int status = 0;
    for (pid_t process; (process = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      const auto found = running_.find(process);
      if (found == running_.end()) continue;
      const std::size_t i = found->second;
      running_.erase(found);
      const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      exit_codes_[i] = code == exit_codes::interrupted ? -1 : code;
      ++ended_;
      tell(i, code);
    }
  }

  void tell(std::size_t i, int code) const {
    const std::size_t all = plan_.runs.size();
    const std::size_t done = skipped_ + ended_;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    const double left = seconds / static_cast<double>(ended_) * static_cast<double>(all - done);
    std::cout << progress_bar(static_cast<double>(done) / static_cast<double>(all)) << " " << done << "/" << all << ", "
              << clock_text(seconds) << ", about " << clock_text(left) << " left  " << plan_.runs[i].folder << ": "
              << (ended_with(run_folder(i)) == code ? "" : "broke down, ") << "exit " << code << "\n"
              << std::flush;
  }

  const StudyPlan& plan_;
  const std::string& subject_;
  const fs::path& folder_;
  std::vector<int> exit_codes_;
  std::map<pid_t, std::size_t> running_;
  std::size_t skipped_ = 0;
  std::size_t ended_ = 0;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

std::string command_text(const CommandLine& line) {
  std::string text = "nusselt study " + line.subject;
  for (const std::string& vary : line.study.vary) text += " --vary \"" + vary + "\"";
  if (line.study.seeds > 1) text += " --seeds " + std::to_string(line.study.seeds);
  for (const std::string& one : line.overrides) text += " \"" + one + "\"";
  return text;
}

}  // namespace

int study(const CommandLine& line) {
  StudyPlan plan;
  try {
    plan = plan_study(line, static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  } catch (const std::invalid_argument& error) {
    std::cerr << "error: " << error.what() << "\n";
    return exit_codes::usage;
  }
  const fs::path folder = line.output.empty() ? fs::path("results") / plan.case_name / "study" : fs::path(line.output);
  std::error_code error;
  fs::create_directories(folder / "log", error);
  if (error) throw OutputError("cannot make the folder " + folder.string() + ": " + error.message(), error.value());
  const FolderLock lock(folder);
  require_same_study(folder, line, read_case(line.subject, line.overrides).document.text());

  watch_for_interruption();
  std::cout << plan.settings.size() << " settings, " << plan.runs.size() << " runs, " << plan.jobs << " at a time, in "
            << folder.string() << "\n"
            << std::flush;
  const std::vector<int> codes = Studying(plan, line.subject, folder).run();
  if (std::count(codes.begin(), codes.end(), -1) > 0) {
    std::cout << "interrupted; the same words go on:\n  " << command_text(line)
              << (line.output.empty() ? "" : " --output " + line.output) << "\n";
    return exit_codes::interrupted;
  }

  std::vector<StudyRow> rows;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    rows.push_back(read_study_row(plan.runs[i], folder / plan.runs[i].folder, codes[i]));
  }
  const nlohmann::json result = study_json(plan, rows);
  const StudyPage page = study_page(plan, rows, result, command_text(line));
  fs::create_directories(folder / "figures");
  for (const auto& [name, png] : page.figures) write_atomically(folder / "figures" / name, png);
  write_atomically(folder / "study.csv", study_csv(plan, rows));
  write_atomically(folder / "study.html", page.html);
  write_atomically(folder / "study.json", result.dump(2) + "\n");
  std::cout << "\n" << study_table(result) << "\n" << (folder / "study.html").string() << "\n";
  const bool broken = std::any_of(rows.begin(), rows.end(), [](const StudyRow& row) { return row.report.is_null(); });
  return broken ? exit_code(Status::check_failed) : 0;
}

}  // namespace nusselt
