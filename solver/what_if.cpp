#include "solver/what_if.hpp"

#include <algorithm>
#include <cmath>

#include "solver/balancing.hpp"
#include "solver/term_gradients.hpp"

namespace nusselt {

namespace {

using torch::Tensor;

// Of the parameters: a step short enough that its third order does not show.
constexpr double small_step = 1e-7;
constexpr double one_per_cent = 0.01;

/// The direction of one balancing, and its weights.
struct Asked {
  std::vector<double> weights;
  Tensor direction;
};

Asked ask(const std::string& name, const Case& c, const Problem& problem, const std::vector<WeightedPoints>& points,
          const BatchStatistics& statistics, const Tensor& theta) {
  Settings settings = c.settings;
  settings.balancing.name = name;
  settings.balancing.average = 0;
  settings.balancing.rate = balancing_method(name).rate;
  Balancing balancing(problem, settings);
  const LeastSquares plain(problem, points, std::vector<double>(problem.residuals().size(), 1.0), statistics);
  if (balancing_method(name).looks_at != BalancingMethod::LooksAt::directions) {
    balancing.update(0, plain, theta);
    balancing.update(1, plain, theta);
  }
  LeastSquares weighted(problem, balancing.weighted(points), balancing.weights(), statistics);
  if (balancing.combines_gradients()) {
    weighted.combine_gradients([&](const Tensor& gradients) { return balancing.combine(gradients); });
  }
  return {balancing.mean_weights(), weighted.gradient(theta).gradient};
}

}  // namespace

std::vector<WhatIfRow> what_if(const Case& c, const Problem& problem, const std::vector<WeightedPoints>& points,
                               const Tensor& all) {
  const at::NoGradGuard no_gradient;
  const Network& network = problem.network();
  const std::int64_t trained = network.trained_count();
  const Tensor theta = all.narrow(0, 0, trained);
  const BatchStatistics statistics =
      network.statistics_count() > 0 ? BatchStatistics::frozen(network, all.narrow(0, trained, all.numel() - trained))
                                     : BatchStatistics();
  const LeastSquares plain(problem, points, std::vector<double>(problem.residuals().size(), 1.0), statistics);
  const TermGradients terms = term_gradients(plain.unweighted(), theta);
  const auto losses_at = [&](const Tensor& parameters) {
    Tensor means = to_tensor(plain.mean_squares(statistics.all(parameters)));
    return means.mul_(0.5);
  };
  const Tensor losses = to_tensor(terms.losses).clamp_min(1e-300), sizes = terms.gradients.norm(2, 1);

  std::vector<std::string> names = balancer_names();
  std::erase_if(names, [&](const std::string& name) { return name == "causal" && !c.box.axes[axis_t]; });
  std::stable_partition(names.begin(), names.end(), [](const std::string& name) { return name == "static"; });
  std::vector<WhatIfRow> rows;
  double length = 0;
  for (const std::string& name : names) {
    const Asked asked = ask(name, c, problem, points, statistics, theta);
    const Tensor unit = asked.direction / asked.direction.norm().clamp_min(1e-300);
    const Tensor change = at::mv(terms.gradients, unit).neg() / (2 * losses);  // of the RMS, for a step of length 1
    if (rows.empty()) length = one_per_cent / change.abs().max().item<double>();
    const double h = small_step * theta.norm().item<double>();
    const Tensor measured = (losses_at(theta - h * unit) - losses_at(theta + h * unit)) / (2 * h);
    const Tensor error = (measured + at::mv(terms.gradients, unit)).abs() / sizes.clamp_min(1e-300);
    rows.push_back({name, asked.weights, to_numbers(change * length), error.max().item<double>()});
  }
  return rows;
}

std::string what_if_text(const Problem& problem, const std::vector<WhatIfRow>& rows) {
  constexpr std::size_t name_width = 20, width = 13;
  const auto padded = [](const std::string& cell, std::size_t to) {
    return cell + std::string(cell.size() < to ? to - cell.size() : 1, ' ');
  };
  std::string text =
      "Predicted change of the RMS of each residual in per cent, and its weight relative to the largest, for one step "
      "of the same length:\n" +
      padded("  balancing", name_width);
  for (const DimensionlessResidual& residual : problem.residuals()) {
    text += padded(residual.name(), std::max(residual.name().size() + 2, 2 * width));
  }
  text += "error\n";
  for (const WhatIfRow& row : rows) {
    text += padded("  " + row.balancing, name_width);
    const double largest = *std::max_element(row.weights.begin(), row.weights.end());
    for (std::size_t i = 0; i < row.weights.size(); ++i) {
      const std::string cell =
          padded(to_string(100 * row.predicted[i], 3) + " %", width) + "w " + to_string(row.weights[i] / largest, 2);
      text += padded(cell, std::max(problem.residuals()[i].name().size() + 2, 2 * width));
    }
    text += to_string(row.error, 2);
    text += row.error <= what_if_limit ? "\n" : "  FAILED\n";
  }
  return text;
}

}  // namespace nusselt
