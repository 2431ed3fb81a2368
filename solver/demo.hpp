// Claims about normalization, conditioning and balancing as tables of measured numbers: `nusselt demo NAME` prints what
// the tests assert. Each demonstration is one file, solver/demo_<name>.cpp, that registers itself; its title stands in
// solver/case/demo_list.cpp.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "networks/jet.hpp"
#include "solver/case/command_line.hpp"

namespace nusselt {

/// A sentence, the number it is about, and the interval in which the number makes it true.
struct DemoClaim {
  std::string text;
  double value;
  double lower;
  double upper;
  bool holds() const { return value >= lower && value <= upper; }
};

struct DemoTable {
  struct Row {
    std::string name;
    std::vector<double> values;
  };
  std::vector<std::string> columns;  // the first is the title of the rows' names
  std::vector<Row> rows;
  std::vector<DemoClaim> claims;
  std::vector<std::string> notes = {};  // shown as they are, such as the message of a refusal

  /// Throws std::out_of_range for a row or column that there is not.
  double at(const std::string& row, const std::string& column) const;
  void below(const std::string& text, double value, double limit);
  void above(const std::string& text, double value, double limit);
  void between(const std::string& text, double value, double lower, double upper);
  bool holds() const;
};

struct Demonstration {
  const char* name;
  const char* explanation;  // one paragraph
  const char* source;
  DemoTable (*measure)();
};

struct RegisterDemonstration {
  explicit RegisterDemonstration(Demonstration demonstration);
};

/// Sorted.
std::vector<std::string> demonstration_names();
/// Throws std::out_of_range.
const Demonstration& find_demonstration(const std::string& name);
/// What is printed of a measured table.
std::string demo_text(const Demonstration& demonstration, const DemoTable& table);

/// Normal numbers, float64, the same everywhere for the same seed.
torch::Tensor normal_numbers(std::uint64_t seed, at::IntArrayRef shape);

/// The norms of a network that look at one point at a time, "none" among them.
std::vector<std::string> pointwise_norms();

/// A norm that looks at one point at a time, with gain 1 and shift 0: of preactivations [N, H], or of their jets [C, N,
/// H].
torch::Tensor normalized(const std::string& norm, double eps, const torch::Tensor& a);
torch::Tensor normalized_jet(const std::string& norm, double eps, const torch::Tensor& jet, const JetSpec& spec);

/// The command: 0 when all claims hold, else 12.
int demo(const CommandLine& line);

}  // namespace nusselt
