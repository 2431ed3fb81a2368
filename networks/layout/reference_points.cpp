#include "networks/layout/reference_points.hpp"

#include <cmath>

namespace nusselt {

std::string too_few_reference_points(const std::string& norm, const std::string& layer, const std::string& set,
                                     std::int64_t points) {
  if (points > 1) return "";
  return "norm " + norm + " cannot normalize " + layer + ": its reference set \"" + set + "\" has " +
         std::to_string(points) + (points == 1 ? " point" : " points") +
         ", and mean and variance over points need more than one. Take a set with more points (norm_reference), or a "
         "norm that is pointwise: layer, group or rms";
}

std::string few_reference_points(const std::string& norm, const std::string& set, std::int64_t points) {
  if (points < 2 || points >= 16) return "";
  const auto percent = std::lround(100.0 / std::sqrt(2.0 * static_cast<double>(points)));
  return "norm " + norm + " takes its statistics from the " + std::to_string(points) + " points of \"" + set +
         "\": the standard deviation of each neuron is known to " + std::to_string(percent) +
         " % only (1/sqrt(2 N)); 16 points or more are better";
}

}  // namespace nusselt
