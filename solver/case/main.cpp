// nusselt: the front end. It answers at once what needs no training, refuses wrong cases before anything heavy is
// loaded, and starts the solver program beside it for the rest.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string>

#include "nusselt_version.hpp"
#include "solver/case/case.hpp"
#include "solver/case/exit_code.hpp"
#include "solver/case/front.hpp"

namespace {

std::filesystem::path solver_program() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "nusselt-solver";
}

[[noreturn]] void start_solver(char** argv) {
  const std::filesystem::path solver = solver_program();
  std::cout.flush();
  execv(solver.c_str(), argv);
  std::cerr << "error: cannot start " << solver.string() << ": " << std::strerror(errno)
            << "\n  build it: ./nusselt run ... does\n";
  std::exit(nusselt::exit_codes::internal);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace nusselt;
  try {
    // The solver knows the versions of the libraries it is linked with, BLAS among them.
    if (argc == 2 && std::string(argv[1]) == "--version" && std::filesystem::exists(solver_program())) {
      start_solver(argv);
    }
    const ParsedCommandLine parsed =
        parse_command_line(argc, argv, std::string("nusselt ") + version + " (" + git_description + ")");
    if (!parsed.command_line) return parsed.exit_code;
    const CommandLine& line = *parsed.command_line;
    if (!needs_solver(line)) {
      const int code = run_front_command(line);
      if (std::cout.flush()) return code;
      std::cerr << "error: the answer could not be written to standard output\n";
      return exit_codes::disk;
    }
    // A mistake in the case is worth finding before LibTorch is loaded.
    if (line.command == "run") read_case(line.subject, line.overrides);
    start_solver(argv);
  } catch (const InputError& error) {
    std::cerr << error.what() << "\n";
    return InputError::exit_code;
  } catch (const std::exception& error) {
    std::cerr << "internal error: " << error.what() << "\n  please report it, with the case file\n";
    return exit_codes::internal;
  }
}
