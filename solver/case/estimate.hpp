// What a run will cost, counted from the settings before anything is allocated: floating-point operations, and the
// memory of what grows with points and parameters. Operations become seconds by the rate of a machine; `check` knows
// none, and says with which it reckons.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "solver/case/case.hpp"

namespace nusselt {

struct Estimate {
  std::int64_t parameters;
  std::int64_t points_inside;
  std::int64_t points_on_faces;  // of all faces with soft conditions
  std::int64_t residuals;        // equations at points inside, conditions at points on faces
  /// Channels of the network's jets inside: the value, first derivatives, and one for each second-order operator that
  /// the equations contain, such as the Laplacian.
  int channels;
  int order;  ///< highest derivative in the equations

  struct Part {
    std::string what;
    double size;  // operations, bytes
  };
  /// Matrix products and factorizations of what the optimizer repeats, in the order of a run.
  struct Work {
    std::string unit;  // "step of levenberg_marquardt"
    std::vector<Part> parts;
    double flops() const;
  };
  std::vector<Work> work;
  /// Of `steps` steps, each as dear as the dearest part of the run makes it.
  double most_flops(int steps) const;
  std::vector<Part> memory;  // the largest at one time, beside the program and its libraries
  double bytes() const;
};

/// Operations per second and core that a time is reckoned with: on AMD Zen 4 with AVX-512 training sustained 40e9 in
/// steps of levenberg_marquardt and 16e9 in iterations of ssbroyden (heated cavity, 1404 parameters, float64).
inline constexpr double reckoned_rate = 3e10;

Estimate estimate(const Case& the_case);

/// The same for people: a few lines.
std::string describe(const Estimate& estimate, const Case& the_case);

}  // namespace nusselt
