// How much memory this process held at its peak since a moment, from /proc/self.
#pragma once

#include <optional>

namespace nusselt {

class PeakMemory {
 public:
  /// Gives free memory back to the system and starts anew.
  PeakMemory();
  /// Largest resident set of the whole process since then, bytes; nothing where the system does not let us reset it.
  std::optional<double> total() const;
  /// The same beyond what was resident at the start.
  std::optional<double> growth() const;

 private:
  bool reset_;
  double start_;
};

}  // namespace nusselt
