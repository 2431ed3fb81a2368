#include "solver/conditioning.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace nusselt {

namespace {

// Keeps a residual that is met exactly from claiming an infinite weight.
constexpr double smallest_mean_square = 1e-30;
constexpr double largest_exponent = 0.5;

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

std::vector<std::string> conditioning_names() { return {"layernorm", "none", "rms"}; }

Conditioning::Conditioning(const std::vector<DimensionlessResidual>& residuals, const Settings::Conditioning& settings)
    : settings_(settings), weights_(residuals.size(), 1.0) {
  const std::vector<std::string> known = conditioning_names();
  if (std::find(known.begin(), known.end(), settings.name) == known.end()) {
    throw std::invalid_argument("unknown conditioning '" + settings.name + "'");
  }
  if (settings.name == "rms" && settings.exponent > largest_exponent && settings.floor == 0) {
    throw std::invalid_argument("rms conditioning with an exponent above 1/2 needs a floor");
  }
}

void Conditioning::update(const std::vector<double>& mean_squares) {
  if (settings_.name == "none") return;
  if (averages_.empty()) {
    averages_ = mean_squares;
  } else {
    for (std::size_t e = 0; e < averages_.size(); ++e) {
      averages_[e] = settings_.average * averages_[e] + (1 - settings_.average) * mean_squares[e];
    }
  }
  compute_weights();
}

void Conditioning::restore(const std::vector<double>& averages) {
  averages_ = averages;
  if (!averages_.empty()) compute_weights();
}

void Conditioning::compute_weights() {
  std::vector<double> logs;  // of the norms
  const double floor = settings_.floor * settings_.floor;
  for (double average : averages_) logs.push_back(0.5 * std::log(std::max(average + floor, smallest_mean_square)));
  const double centre = mean(logs);
  double exponent = settings_.exponent;
  if (settings_.name == "layernorm") {
    double variance = 0;
    for (double log_norm : logs) variance += (log_norm - centre) * (log_norm - centre);
    const double deviation = std::sqrt(variance / static_cast<double>(logs.size()));
    exponent = deviation > 0 ? std::min(exponent / deviation, largest_exponent) : largest_exponent;
  }
  const double limit = std::log(settings_.clamp);
  for (double& log_norm : logs) log_norm = std::clamp(-2 * exponent * (log_norm - centre), -limit, limit);
  const double clamped_centre = mean(logs);  // clamping may have moved it
  for (std::size_t e = 0; e < logs.size(); ++e) weights_[e] = std::exp(logs[e] - clamped_centre);
}

}  // namespace nusselt
