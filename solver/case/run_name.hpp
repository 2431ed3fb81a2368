// Names of folders made from what is set in a run.
#pragma once

#include <cctype>
#include <string>

namespace nusselt {

/// What every file system and shell takes as a name: spaces go, whatever is unusual becomes an underscore.
inline std::string folder_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) || std::string("._=,+-").find(c) != std::string::npos;
    if (c != ' ') name += plain ? c : '_';
  }
  return name;
}

}  // namespace nusselt
