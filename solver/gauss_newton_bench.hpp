// `nusselt bench --only gauss_newton`: what one damped Gauss-Newton step costs in its kernel form,
//     step = -J^T (J J^T + m d I)^-1 r ,   d = mean of the diagonal of J J^T ,
// part by part. It is the work of levenberg_marquardt on more parameters than rows.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "solver/spent_time.hpp"

namespace nusselt {

struct GaussNewtonRow {
  struct Part {
    std::string name;
    SpentTime seconds;  // medians over the repetitions
  };
  std::int64_t rows;        // R
  std::int64_t parameters;  // P
  int threads;
  int repetitions;
  std::vector<Part> parts;  // "gradient", "kernel", "Cholesky", "solve"
  /// |J s + m d y + r| / |r| of the step s = J^T y by a tangent sweep, which knows nothing of the kernel.
  double misfit;

  SpentTime step() const;  // the sum of the parts
  bool holds() const;      // misfit to 1e-9
};

/// ns 4x64 fp64 at `points` points. LibTorch must already use `threads`. Repeated for `patience` seconds, three times
/// at least.
GaussNewtonRow measure_gauss_newton(int points, int threads, double patience);

std::string table_of(const GaussNewtonRow& row);
nlohmann::json to_json(const GaussNewtonRow& row);

}  // namespace nusselt
