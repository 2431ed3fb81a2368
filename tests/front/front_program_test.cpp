// The built front end, started as a user starts it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace nusselt {
namespace {

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
  double seconds = 0;    // of the processor
  double megabytes = 0;  // largest resident set
};

std::string read_all(int descriptor) {
  std::string text;
  char buffer[4096];
  lseek(descriptor, 0, SEEK_SET);
  for (ssize_t count = 0; (count = read(descriptor, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  close(descriptor);
  return text;
}

int scratch_file() {
  std::string name = testing::TempDir() + "nusselt_front_XXXXXX";
  const int descriptor = mkstemp(name.data());
  unlink(name.c_str());
  return descriptor;
}

/// What the kernel lets a program have; it is killed or refused memory beyond.
struct Limits {
  rlim_t address_space = RLIM_INFINITY;  // bytes
  rlim_t processor = RLIM_INFINITY;      // s
};

Ended start(std::vector<std::string> arguments, const std::string& environment = {}, const Limits& limits = {}) {
  arguments.insert(arguments.begin(), NUSSELT_EXECUTABLE);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::string variable = environment;
  char* envp[] = {environment.empty() ? nullptr : variable.data(), nullptr};
  const int out = scratch_file(), err = scratch_file();
  // vfork keeps this process's memory out of the child's resident set.
  const pid_t child = vfork();
  if (child == 0) {
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    const rlimit memory{limits.address_space, limits.address_space};
    const rlimit processor{limits.processor, limits.processor};
    setrlimit(RLIMIT_AS, &memory);
    setrlimit(RLIMIT_CPU, &processor);
    execve(argv[0], argv.data(), envp);
    _exit(127);
  }
  Ended ended;
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child) {
    ADD_FAILURE() << std::strerror(errno);
    return ended;
  }
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ended.out = read_all(out);
  ended.err = read_all(err);
  ended.seconds = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                  1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  ended.megabytes = static_cast<double>(usage.ru_maxrss) / 1024;
  return ended;
}

const std::string cavity = NUSSELT_SOURCE_DIR "/cases/heated_cavity";

TEST(FrontProgram, ChecksACaseWithLittleTimeAndMemory) {
  const Ended check = start({"check", cavity});
  EXPECT_EQ(check.code, 0) << check.err;
  EXPECT_EQ(check.err, "");
  EXPECT_NE(check.out.find("check passed"), std::string::npos);
  EXPECT_LT(check.megabytes, 50);
  EXPECT_LT(check.seconds, 1);
}

constexpr Limits second_and_100_mb = {100u << 20, 1};

TEST(FrontProgram, ChecksEveryCaseWithin100MegabytesOfAddresses) {
  for (const auto& entry : std::filesystem::directory_iterator(NUSSELT_SOURCE_DIR "/cases")) {
    if (!entry.is_directory()) continue;
    const Ended check = start({"check", entry.path()}, {}, second_and_100_mb);
    EXPECT_EQ(check.code, 0) << entry.path() << "\n" << check.err;
    EXPECT_LT(check.megabytes, 50) << entry.path();
  }
}

std::string repeat(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST(FrontProgram, RefusesHostileFilesWithinASecondAnd100Megabytes) {
  std::string keys;
  for (int i = 0; i < 1000000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name < 'k'; ++name) {
    const std::string above = std::string("*") + static_cast<char>(name - 1) + ",";
    bomb += std::string(1, name) + ": &" + name + " [" + repeat(above, 9) + "]\n";
  }
  const std::pair<std::string, const char*> files[] = {
      {bomb, "1:4: error: YAML anchors (&name) and aliases (*name) are not used in a case"},
      {"a: &a [1, *a]\n", "1:4: error: YAML anchors"},
      {repeat("[", 100000), "1:1: error: this bracket is never closed"},
      {repeat("- ", 100000), "1:65: error: nested deeper than 32 levels"},
      {repeat("{a: ", 100000), "1:1: error: what begins here does not end within 128 KiB"},
      {keys, " error: the file has more than 1048576 bytes"},
      {keys.substr(0, 1000000), "1001:1: error: more than 1000 keys in one map"},
      {"a: " + std::string(20000000, 'x'), " error: the file has more than 1048576 bytes"},
      {"a: " + std::string(100000, 'x') + "\n", "1:4: error: this text has 100000 bytes; at most 65536 are allowed"},
      {std::string("a: 1\0\n", 6), "1:5: error: control character \"\\x00\" in the text"},
      {"a: \xc3\x28\n", "1:4: error: the text is not valid UTF-8"},
      {"case: x\nphysics: burgers\nconstants: {L: " + repeat("(", 4000) + "}\n", "nested deeper than 64 levels"},
      {"case: x\nphysics: burgers\nconstants: {L: 1" + repeat("+1", 30000) + "}\n",
       "the text is longer than 4096 characters"},
  };
  const std::string path = testing::TempDir() + "nusselt_hostile_" + std::to_string(getpid()) + ".yaml";
  for (const auto& [bytes, words] : files) {
    std::ofstream(path, std::ios::binary) << bytes;
    const Ended check = start({"check", path}, {}, second_and_100_mb);
    EXPECT_EQ(check.code, 65) << words << "\n" << check.err.substr(0, 1000);
    EXPECT_NE(check.err.find(words), std::string::npos) << words << " in\n" << check.err.substr(0, 1000);
    EXPECT_LT(check.err.size(), 5000u) << words;
  }
  std::filesystem::remove(path);
}

TEST(FrontProgram, ExitsWith64OnWrongUsage) {
  EXPECT_EQ(start({}).code, 64);
  EXPECT_EQ(start({"chekc", cavity}).code, 64);
  EXPECT_EQ(start({"bench", "--only", "fp16"}).code, 64);
  const Ended list = start({"list", "fysics"});
  EXPECT_EQ(list.code, 64);
  EXPECT_NE(list.err.find("did you mean physics?"), std::string::npos) << list.err;
}

TEST(FrontProgram, ExitsWith65OnAWrongCase) {
  const Ended check = start({"check", cavity, "constants.mu=1.8e-5 m^2/s"});
  EXPECT_EQ(check.code, 65);
  EXPECT_EQ(check.out, "");
  EXPECT_EQ(check.err.rfind("command line:1:14: error: constants.mu: expected dynamic viscosity [Pa s], got ", 0), 0u)
      << check.err;
  EXPECT_EQ(start({"check", cavity, "constants.beta=-0.01 1/K"}).code, 65);
  EXPECT_EQ(start({"check", cavity + "/no_such.yaml"}).code, 65);
  // A wrong case is refused before the solver is started, which would find no GPU (69) or no program (70).
  EXPECT_EQ(start({"run", cavity, "constants.mu=1.8e-5 m^2/s", "device=cuda"}).code, 65);
}

TEST(FrontProgram, AnswersWhatNeedsNoCase) {
  EXPECT_EQ(start({"--version"}).code, 0);
  EXPECT_EQ(start({"--help"}).code, 0);
  EXPECT_EQ(start({"list", "physics"}).code, 0);
  EXPECT_EQ(start({"explain", "network"}).code, 0);
  EXPECT_EQ(start({"schema"}).code, 0);
  EXPECT_EQ(start({"reference"}).code, 0);
}

TEST(FrontProgram, ExitsWith74WhenItsAnswerIsLost) {
  const int status = std::system("'" NUSSELT_EXECUTABLE "' list units >/dev/full 2>/dev/null");
  EXPECT_EQ(WEXITSTATUS(status), 74);
}

TEST(FrontProgram, LoadsNoneOfTheSolversLibraries) {
  // The loader prints what it would load, and starts nothing.
  const std::string libraries = start({"check", cavity}, "LD_TRACE_LOADED_OBJECTS=1").out;
  EXPECT_NE(libraries.find("libyaml-cpp"), std::string::npos) << libraries;
  for (const char* heavy : {"libtorch", "libc10", "libhdf5", "libvtk", "blas", "lapack", "libgomp"}) {
    EXPECT_EQ(libraries.find(heavy), std::string::npos) << libraries;
  }
}

}  // namespace
}  // namespace nusselt
