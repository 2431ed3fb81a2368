// The command line of both programs: the front end answers what needs no training and starts the solver for the rest.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace nusselt {

struct CommandLine {
  std::string command;                 // its name, as main() of the front end and needs_solver() know it
  std::string subject;                 // a case, a run's folder, a key, what to list, a demonstration
  std::vector<std::string> overrides;  // key=value
  std::string output;                  // --output
  std::string points;                  // evaluate --at
  std::vector<std::string> constants;  // evaluate --constant Ra=3e4
  bool overwrite = false;
  bool json = false;     // check --json
  bool what_if = false;  // audit --what-if
  std::string word;      // list units viscosity
  struct Bench {
    std::string only;            // words that choose workloads
    std::string device = "cpu";  // or cuda
    int threads = 0;             // 0: one per processor
    int points = 0;              // 0: those of each workload
    bool million = false;        // the row of a million points as well
    std::string json;            // file, "-" for standard output
    std::string export_folder;   // for weights and points
  } bench;
  struct Study {
    std::vector<std::string> vary;  // KEY=a,b,c
    int seeds = 1;
    int jobs = 0;  // runs at a time; 0: as many as there are processors for
  } study;
  struct Ladder {
    std::vector<std::string> chosen;         // names of cases and of full runs; all where empty
    std::string list = "cases/ladder.yaml";  // of full runs
    int jobs = 1;                            // runs at a time
    bool strict = false;                     // every bound as well
  } ladder;
};

/// Parses the arguments. When the answer is a text (help, version) or a mistake, it is printed and the exit code is
/// returned in `exit_code`: 0 or 64.
struct ParsedCommandLine {
  std::optional<CommandLine> command_line;
  int exit_code = 0;
};
ParsedCommandLine parse_command_line(int argc, const char* const* argv, const std::string& version_text);

}  // namespace nusselt
