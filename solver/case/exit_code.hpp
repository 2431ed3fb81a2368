// Exit codes: 0 says converged and checked, and nothing else does.
#pragma once

#include <stdexcept>
#include <string>

namespace nusselt {

enum class Status { converged, not_converged, diverged, check_failed, interrupted };

inline std::string to_string(Status status) {
  switch (status) {
    case Status::converged:
      return "converged";
    case Status::not_converged:
      return "not_converged";
    case Status::diverged:
      return "diverged";
    case Status::check_failed:
      return "check_failed";
    case Status::interrupted:
      return "interrupted";
  }
  throw std::logic_error("unknown status");
}

inline int exit_code(Status status) {
  switch (status) {
    case Status::converged:
      return 0;
    case Status::not_converged:
      return 10;
    case Status::diverged:
      return 11;
    case Status::check_failed:
      return 12;
    case Status::interrupted:
      return 75;
  }
  throw std::logic_error("unknown status");
}

namespace exit_codes {
inline constexpr int usage = 64;
inline constexpr int bad_input = 65;
inline constexpr int device = 69;
inline constexpr int internal = 70;
inline constexpr int memory = 71;
inline constexpr int output_folder = 73;
inline constexpr int disk = 74;
inline constexpr int interrupted = 75;
inline constexpr int checkpoint = 76;
inline constexpr int second_interrupt = 130;
}  // namespace exit_codes

}  // namespace nusselt
