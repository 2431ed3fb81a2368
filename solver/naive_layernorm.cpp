#include "solver/naive_layernorm.hpp"

#include <cmath>

namespace nusselt {

namespace {

// The usual one: far below the variance of residuals at the start of training, and comparable with it near their end.
constexpr double usual_eps = 1e-6;

double sum_of_squares(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

}  // namespace

std::vector<double> layer_normalized(const std::vector<double>& r, double eps) {
  const auto m = static_cast<double>(r.size());
  double mean = 0, variance = 0;
  for (const double value : r) mean += value / m;
  for (const double value : r) variance += (value - mean) * (value - mean) / m;
  std::vector<double> normalized;
  for (const double value : r) normalized.push_back((value - mean) / std::sqrt(variance + eps));
  return normalized;
}

std::vector<NaiveLayernormRow> naive_layernorm() {
  std::vector<NaiveLayernormRow> rows;
  const auto add = [&](const std::string& what, const std::vector<double>& r, double eps) {
    const std::vector<double> normalized = layer_normalized(r, eps);
    const auto m = static_cast<double>(r.size());
    const double squares = sum_of_squares(normalized);
    rows.push_back({what, r, normalized, squares, squares / m, std::sqrt(sum_of_squares(r) / m)});
  };
  const std::string constant = "the squares sum to the number of equations";
  add(constant, {0.3, -1.2}, 0);
  add(constant, {0.3, -1.2, 0.9}, 0);
  add(constant, {3e-7, -1.2e-6, 9e-7}, 0);
  add(constant, {0.3, -1.2, 0.9, 5.0}, 0);
  add(constant, {0.3, -1.2, 0.9, 5.0, 40.0, 2e3}, 0);
  const std::string equal = "the minimum is equal residuals";
  add(equal, {1e6, 1e6, 1e6}, usual_eps);
  add(equal, {1e-3, 2e-3, -1e-3}, usual_eps);
  add(equal, {0, 0, 0}, usual_eps);
  const std::string two = "two equations give 1 and -1";
  add(two, {5, 4.999}, 0);
  add(two, {1e-8, 1e4}, 0);
  const std::string sign = "the sign of an equation matters";
  add(sign, {0.5, -1, 2}, 0);
  add(sign, {0.5, 1, 2}, 0);
  return rows;
}

}  // namespace nusselt
