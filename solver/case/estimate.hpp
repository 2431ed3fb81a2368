// What a run will cost, counted from the settings before anything is allocated: floating-point operations, and the
// memory of what grows with points and parameters. Operations become seconds by the rate of a machine, which `nusselt
// bench` measures; none is assumed here.
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
  std::vector<Part> memory;  // the largest at one time, beside the program and its libraries
  double bytes() const;
};

Estimate estimate(const Case& the_case);

/// The same for people: a few lines.
std::string describe(const Estimate& estimate, const Case& the_case);

}  // namespace nusselt
