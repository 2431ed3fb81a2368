// Standard normal numbers that a seed gives alike on every machine and with every standard library (Box & Muller 1958
// on std::mt19937_64; std::normal_distribution differs between standard libraries).
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace nusselt {

class NormalGenerator {
 public:
  /// Numbers of another `stream` of the same seed are independent.
  explicit NormalGenerator(std::uint64_t seed, std::uint64_t stream = 0)
      : engine_(seed ^ (stream * 0x9e3779b97f4a7c15ULL)) {}

  double operator()() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    const double angle = 2.0 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
  }

 private:
  /// In the open interval (0, 1), 53 bits.
  double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }

  std::mt19937_64 engine_;
  double spare_ = 0.0;
  bool has_spare_ = false;
};

}  // namespace nusselt
