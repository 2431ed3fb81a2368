// `nusselt bench`: how fast this machine trains, beside its own measured limits and beside nested autograd.
//
// One step is the loss and the full gradient of a LeastSquares, as the optimizers call it. Nested autograd in LibTorch
// does the same step with the same points, weights and threads in the same process, and a row is only right when both
// agree. Seconds are wall clock.
#pragma once

#include <torch/types.h>

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "solver/case/case.hpp"
#include "solver/case/command_line.hpp"
#include "solver/case/workload.hpp"
#include "solver/machine_limits.hpp"

namespace nusselt {

/// The equations inside a box, without conditions.
Case case_of(const Workload& workload);

struct LossAndGradient {
  double loss;
  torch::Tensor gradient;  // [P]
};

/// Relative differences: of the loss, and of the gradient in the Euclidean norm.
struct Agreement {
  double loss;
  double gradient;
  double limit;  // 1e-5 in float32, 1e-11 in float64
  bool holds() const;
};
Agreement agreement_of(const LossAndGradient& ours, const LossAndGradient& reference, const std::string& precision);

/// Seconds per step over some repetitions.
struct Timing {
  double median;
  double best;
  int repetitions;
};

struct BenchRow {
  Workload workload;
  int threads;
  std::string device;      // cpu or cuda
  double flops_per_point;  // matrix_flops_per_point
  double peak;             // of this precision and as many threads, 1/s; NaN on a GPU, which is not measured
  Timing ours;
  Timing nested;
  std::optional<double> peak_rss;  // bytes, the whole process while ours was measured
  std::optional<double> memory;    // bytes, growth of the resident set for points, weights and work
  std::string engine;              // text_of(Engine)
  double loss;
  double gradient_norm;
  Agreement agreement;
  std::string file;  // with weights and points; empty when they were not exported

  double us_per_point() const;
  double nested_us_per_point() const;
  double gflops() const;
  double percent_of_peak() const;
  double ratio_to_nested() const;
};

/// LibTorch must already use `threads`. Weights and points go to `export_folder` unless that is empty. Each timing is
/// repeated for `patience` seconds. Throws OutputError.
BenchRow measure(const Workload& workload, const std::string& device, int threads, const MachineLimits& limits,
                 const std::string& export_folder, double patience);

std::string describe(const MachineLimits& limits, int threads, InstructionSet instructions);
std::string table_head();
/// A line of the table; a second one where loss or gradient disagree.
std::string table_line(const BenchRow& row);
/// The largest differences of each precision.
std::string agreement_text(const std::vector<BenchRow>& rows);
/// {"machine": {...}, "rows": [...]}
nlohmann::json to_json(const MachineLimits& limits, int threads, InstructionSet instructions,
                       const std::vector<BenchRow>& rows);
/// 0, or that of a failed check when a row disagrees.
int exit_code_of(const std::vector<BenchRow>& rows);

/// The command. Throws OutputError, DeviceError.
int bench(const CommandLine& line);

}  // namespace nusselt
