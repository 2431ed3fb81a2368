// What the fuzzer and the regression test of its corpus do with bytes: each parser gets them and may refuse them with
// its own kind of error. Anything else that leaves an entry, another exception or a broken promise, is a finding.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nusselt::fuzz {

/// The parser accepted a text and then broke what it promises of accepted ones.
class BrokenPromise : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// True when the bytes were accepted.
using Entry = bool (*)(std::string_view bytes);

/// A case file and what `check` says of it. Accepted: the resolved tree reads back the same. A first line of
/// `# override: seed=2` is an override, as are those that follow it.
bool case_file(std::string_view bytes);
/// A quantity, a unit. Accepted: finite, and the printed unit is read back as the same dimension.
bool quantity(std::string_view bytes);
/// A formula, an equation and an output. Accepted: what is printed is read back with the same dimension.
bool equation(std::string_view bytes);
/// A table. Accepted: all columns have the same length, and what is written is read back to the same bits.
bool csv(std::string_view bytes);

/// An STL file. Accepted: its solid has a volume, finite distances, and surfaces whose points are on it.
bool stl(std::string_view bytes);

/// By the name of the target and of its corpus: case, quantity, equation, csv, stl.
const std::map<std::string, Entry>& entries();

}  // namespace nusselt::fuzz
