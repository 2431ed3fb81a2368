// The program as a user starts it, for tests: in a folder of its own, with what it printed and its exit code.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace nusselt {

inline std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

struct Ended {
  int exit_code;  // negative: the signal
  std::string out;
  std::string err;
};

/// The program, started in `folder`; stdout and stderr go to files.
class Started {
 public:
  Started(const std::filesystem::path& folder, const std::vector<std::string>& arguments) : folder_(folder) {
    process_ = ::fork();
    if (process_ != 0) return;
    const auto redirect = [&](const char* name, int descriptor) {
      ::dup2(::open((folder / name).c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600), descriptor);
    };
    redirect("stdout", STDOUT_FILENO);
    redirect("stderr", STDERR_FILENO);
    std::vector<char*> argv = {const_cast<char*>(NUSSELT_EXECUTABLE)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    if (::chdir(folder.c_str()) == 0) ::execv(NUSSELT_EXECUTABLE, argv.data());
    ::_exit(127);
  }
  void send(int signal) const { ::kill(process_, signal); }
  Ended wait() const {
    int status = 0;
    ::waitpid(process_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), content(folder_ / "stdout"),
            content(folder_ / "stderr")};
  }

 private:
  std::filesystem::path folder_;
  pid_t process_;
};

inline Ended ended(const std::filesystem::path& folder, const std::vector<std::string>& arguments) {
  return Started(folder, arguments).wait();
}

inline std::vector<std::string> run_of(const std::string& subject, const std::string& output,
                                       const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"run", subject, "--output", output};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

inline const std::vector<std::string> reduced = {"optimizer.steps=3",  "optimizer.name=levenberg_marquardt",
                                                 "network.depth=2",    "network.width=8",
                                                 "points.interior=64", "points.boundary=8",
                                                 "points.held_out=64", "output.grid=11",
                                                 "threads=1"};

}  // namespace nusselt
