// nusselt-solver: the program that trains. The front end starts it; its command line is the same.
#include <c10/util/Exception.h>
#include <malloc.h>

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <new>
#include <string>

#include "solver/case/exit_code.hpp"
#include "solver/case/input_error.hpp"
#include "solver/commands.hpp"
#include "solver/device.hpp"
#include "solver/run_files.hpp"
#include "solver/safetensors.hpp"
#include "solver/write_atomically.hpp"

namespace {

int out_of_memory() {
  std::cerr << "error: out of memory; fewer points (points.interior, output.grid) or a smaller network need less\n";
  return nusselt::exit_codes::memory;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace nusselt;
  // Tensors of a step come and go: without this glibc hands their pages back and faults them in again every time.
  constexpr int keep_below = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, keep_below);
  mallopt(M_TRIM_THRESHOLD, keep_below);
  try {
    std::string versions;
    for (const auto& [name, value] : library_versions()) versions += name + " " + value + "\n";
    versions.pop_back();
    const ParsedCommandLine parsed = parse_command_line(argc, argv, versions);
    if (!parsed.command_line) return parsed.exit_code;
    return run_solver_command(*parsed.command_line);
  } catch (const InputError& error) {
    std::cerr << error.what() << "\n";
    return InputError::exit_code;
  } catch (const OutputError& error) {
    std::cerr << "error: " << error.what() << "\n";
    const bool disk = error.error_number() == ENOSPC || error.error_number() == EDQUOT || error.error_number() == EIO;
    return disk ? exit_codes::disk : exit_codes::output_folder;
  } catch (const CheckpointError& error) {
    std::cerr << "error: " << error.what() << "\n";
    return exit_codes::checkpoint;
  } catch (const DeviceError& error) {
    std::cerr << "error: " << error.what() << "\n";
    return exit_codes::device;
  } catch (const std::filesystem::filesystem_error& error) {
    std::cerr << "error: " << error.what() << "\n";
    return exit_codes::output_folder;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const c10::Error& error) {
    const std::string what = error.what_without_backtrace();
    if (what.find("allocate memory") != std::string::npos) return out_of_memory();
    std::cerr << "internal error: " << what << "\n  please report it, with the case file\n";
    return exit_codes::internal;
  } catch (const std::exception& error) {
    std::cerr << "internal error: " << error.what() << "\n  please report it, with the case file\n";
    return exit_codes::internal;
  }
}
