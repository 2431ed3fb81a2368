#include "solver/estimation.hpp"

#include <algorithm>
#include <cmath>

#include "solver/dense.hpp"
#include "solver/least_squares.hpp"
#include "solver/normal_matrix.hpp"

namespace nusselt {

namespace {

using torch::Tensor;

// How much less sensors weigh here than in training, where a weak constraint lets the optimizer move.
constexpr double strictness = 1e-3;
// A combination whose logarithm has a larger standard deviation is not told by the data.
constexpr double unknown_by = 1.0;
constexpr double smallest_damping = 1e-14;
constexpr double rows_per_parameter = 1.5;
// An exponent of the combination that the largest of them makes.
constexpr double negligible = 0.05;
// Quantile of the normal distribution that is exceeded once in 10,000.
constexpr double rare = 3.719;

/// The unknown of a constant and its first derivative, as the constant over its start.
struct Ratio {
  double value;
  double slope;
};
Ratio ratio_at(const Constant& constant, double unknown) {
  const auto at = [&](const Expression& e) { return evaluate(e, [&](const Expression&) { return unknown; }); };
  return {at(*constant.ratio), at(partial(*constant.ratio, constant.sought->unknown))};
}

/// Whether a constant is positive and its logarithm is what is known and told. One that may change its sign is measured
/// by its start, so that a coefficient near zero can be told as well as its neighbours.
bool by_logarithm(const Constant& constant) { return constant.sought->unknown.name().starts_with("ln("); }

std::vector<double> unknowns(const Network& network, const Tensor& theta) {
  std::vector<double> values;
  for (const ParameterSlice& slice : network.slices()) {
    if (slice.name != "constants") continue;
    const Tensor part = theta.narrow(0, slice.offset, slice.size()).to(at::kCPU, at::kDouble).contiguous();
    values.assign(part.data_ptr<double>(), part.data_ptr<double>() + part.numel());
  }
  return values;
}

/// Wilson & Hilferty, Proc. Natl. Acad. Sci. 17 (1931) 684: a quantile of chi-square over its degrees of freedom.
double chi_square_limit(double degrees) {
  const double part = 2 / (9 * degrees);
  return std::pow(1 - part + rare * std::sqrt(part), 3);
}

/// The information on the constants and the step to their optimum, by their unknowns.
struct Profile {
  Tensor information;  // [K, K]
  Tensor gradient;     // [K]
};

Profile profile(const LeastSquares& objective, const Tensor& theta, const ParameterSlice& constants) {
  const LeastSquares::Linear linear = objective.linearize(theta);
  const Tensor jacobian = linear.jacobian.to(at::kCPU, at::kDouble);
  const std::int64_t trained = objective.network().trained_count();
  const std::int64_t behind = constants.offset + constants.size();
  Tensor network =
      at::cat({jacobian.narrow(1, 0, constants.offset), jacobian.narrow(1, behind, trained - behind)}, 1).contiguous();
  const Tensor columns = jacobian.narrow(1, constants.offset, constants.size());
  const Tensor r = linear.residual.to(at::kCPU, at::kDouble).unsqueeze(1);
  Tensor matrix = gram(network, /*of_columns=*/true);
  const Tensor scale = scale_to_unit_diagonal(matrix);
  network = network * scale;
  const Tensor all = at::cat({columns, r}, 1);
  for (double damping = smallest_damping;; damping *= 10) {
    const auto factor = Cholesky::of(matrix, damping);
    if (!factor) {
      if (damping > 1) throw std::logic_error("the normal matrix is not finite");
      continue;
    }
    std::vector<Tensor> rest;
    for (std::int64_t k = 0; k < all.size(1); ++k) {
      const Tensor own = all.select(1, k);
      Tensor left = own - at::mv(network, factor->solve(at::mv(network.t(), own)));
      // Once more with what is left: the damping is felt in its square only.
      left = left - at::mv(network, factor->solve(at::mv(network.t(), left)));
      rest.push_back(left);
    }
    const Tensor projected = at::stack(rest, 1);
    const std::int64_t k = columns.size(1);
    const Tensor c = projected.narrow(1, 0, k);
    return {at::mm(c.t(), c), at::mv(c.t(), projected.select(1, k))};
  }
}

std::string exponent_text(double exponent) {
  const double twice = std::round(2 * exponent);
  if (std::abs(2 * exponent - twice) < 0.1) exponent = twice / 2;
  return exponent == 1
             ? ""
             : "^" + (exponent == std::round(exponent) ? to_string(exponent) : "(" + to_string(exponent, 2) + ")");
}

/// a - 0.5*b for shares (1, -0.5) of (a, b), scaled so that the largest is 1.
std::string sum_text(const std::vector<std::string>& names, const std::vector<double>& shares) {
  double largest = 0;
  for (const double share : shares) {
    if (std::abs(share) > std::abs(largest) * (1 + negligible)) largest = share;
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double share = shares[i] / largest;
    if (std::abs(share) < negligible) continue;
    text += text.empty() ? (share < 0 ? "-" : "") : (share < 0 ? " - " : " + ");
    const std::string size = to_string(std::abs(share), 2);
    text += (size == "1" ? "" : size + "*") + names[i];
  }
  return text;
}

/// What one direction of the information says: a product of powers, or where a constant may change its sign the sum
/// that it is to first order, of constants over their units.
Estimation::Product combination(const std::vector<std::string>& names, const std::vector<double>& shares,
                                const std::vector<bool>& logarithmic, double information) {
  double largest = 0;
  for (const double share : shares) largest = std::max(largest, std::abs(share));
  std::vector<std::string> terms;
  bool product = true;
  std::size_t counted = 0;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (std::abs(shares[k]) > negligible * largest) {
      ++counted;
      product = product && logarithmic[k];
    }
    terms.push_back(logarithmic[k] ? "ln(" + names[k] + ")" : names[k] + "/start");
  }
  const double error = information > 0 ? 1 / (largest * std::sqrt(information)) : INFINITY;
  if (product) return {power_text(names, shares), error};
  return {counted == 1 ? power_text(names, shares) : sum_text(terms, shares), INFINITY};
}

}  // namespace

std::string power_text(const std::vector<std::string>& names, std::vector<double> exponents) {
  double largest = 0;
  for (const double exponent : exponents) {
    if (std::abs(exponent) > std::abs(largest) * (1 + negligible)) largest = exponent;
  }
  std::string above, below;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double exponent = exponents[i] / largest;
    if (std::abs(exponent) < negligible) continue;
    std::string& side = exponent > 0 ? above : below;
    side += (side.empty() ? "" : "*") + names[i] + exponent_text(std::abs(exponent));
  }
  if (below.empty()) return above;
  return above + "/" + (below.find('*') == std::string::npos ? below : "(" + below + ")");
}

std::optional<Estimation> estimate(const Case& c, const Solution& solution) {
  if (c.sensors.empty()) return std::nullopt;
  const at::NoGradGuard no_gradient;
  const Problem& problem = solution.problem();
  const Network& network = problem.network();
  const Tensor& theta = solution.parameters();
  const std::vector<const Constant*> sought = c.constants.sought();
  const auto count = static_cast<std::int64_t>(sought.size());
  Estimation result;

  const int rows = static_cast<int>(std::ceil(rows_per_parameter * static_cast<double>(network.trained_count()) /
                                              static_cast<double>(c.equations.size())));
  const Settings& settings = c.settings;
  const std::vector<WeightedPoints> points = problem.draw("sobol", std::max(settings.points.held_out, rows),
                                                          settings.points.boundary, "held out", settings.seed, 0);
  std::size_t likelihood = 0;
  for (std::size_t s = problem.first_likelihood(); s < problem.sets().size(); ++s) {
    const Tensor r = problem.evaluate(s, theta, points[s].points).to(at::kCPU);
    for (std::int64_t e = 0; e < r.size(1); ++e) {
      const Likelihood& one = c.likelihoods.all[likelihood++];
      if (one.data.empty()) continue;
      const double rms = r.select(1, e).square().mean().sqrt().item<double>() / one.deviation;
      result.misfits.push_back({one.residual.name(), rms, std::sqrt(chi_square_limit(static_cast<double>(r.size(0))))});
    }
  }
  if (count == 0) return result;

  std::vector<double> balance;
  for (std::size_t s = 0; s < problem.sets().size(); ++s) {
    for (std::size_t e = 0; e < problem.sets()[s].weights.size(); ++e) {
      balance.push_back(s < problem.first_likelihood() ? 1 : strictness);
    }
  }
  const LeastSquares objective(problem, points, balance);
  const auto slice = std::find_if(network.slices().begin(), network.slices().end(),
                                  [](const ParameterSlice& one) { return one.name == "constants"; });
  const Profile found = profile(objective, theta, *slice);

  // By the logarithms of the constants, or by their starts, in units of the noise.
  const std::vector<double> p = unknowns(network, theta);
  const double unit = c.likelihoods.scale * strictness;
  Tensor slopes = at::zeros({count}, at::kDouble);
  Tensor known = at::zeros({count, count}, at::kDouble);
  std::vector<double> values, units;
  std::vector<std::string> names;
  std::vector<bool> logarithmic;
  for (std::int64_t k = 0; k < count; ++k) {
    const Ratio ratio = ratio_at(*sought[k], p[k]);
    values.push_back(sought[k]->si * ratio.value);
    names.push_back(sought[k]->name);
    logarithmic.push_back(by_logarithm(*sought[k]));
    units.push_back(logarithmic.back() ? values.back() : sought[k]->si);
    slopes[k] = ratio.slope * sought[k]->si / units.back();
    if (sought[k]->sought->prior) {
      const double relative = units.back() / *sought[k]->sought->prior;
      known[k][k] = relative * relative;
    }
  }
  const Tensor information = found.information / (unit * at::outer(slopes, slopes));
  const Tensor gradient = found.gradient / (unit * slopes);

  const auto [told, directions] = at::linalg_eigh(information - known);
  const double least = 1 / (unknown_by * unknown_by);
  std::vector<bool> identified(count, true);
  for (std::int64_t i = 0; i < count; ++i) {
    const double size = told[i].item<double>();
    std::vector<double> exponents;
    for (std::int64_t k = 0; k < count; ++k) exponents.push_back(directions[k][i].item<double>());
    const bool is_told = size > least;
    (is_told ? result.identified : result.unidentified).push_back(combination(names, exponents, logarithmic, size));
    for (std::int64_t k = 0; k < count && !is_told; ++k) {
      if (std::abs(exponents[k]) > negligible) identified[k] = false;
    }
  }
  if (result.unidentified.empty()) result.identified.clear();

  // What is not told at all stays out of the covariance, and the step does not follow it.
  const auto [sizes, axes] = at::linalg_eigh(information);
  Tensor covariance = at::zeros({count, count}, at::kDouble);
  for (std::int64_t i = 0; i < count; ++i) {
    const double size = sizes[i].item<double>();
    if (!(size > least)) continue;
    const Tensor axis = axes.select(1, i);
    covariance += at::outer(axis, axis) / size;
    result.shift = std::max(result.shift, std::abs(at::dot(axis, gradient).item<double>()) / std::sqrt(size));
  }
  std::vector<std::int64_t> reported;
  for (std::int64_t k = 0; k < count; ++k) {
    const Constant& constant = *sought[k];
    // A prior makes an estimate of what the data alone do not tell.
    const bool has_error = identified[k] || constant.sought->prior;
    std::optional<double> error;
    if (has_error) {
      error = std::abs(units[k]) * std::sqrt(covariance[k][k].item<double>());
      reported.push_back(k);
    }
    result.constants.push_back(
        {constant.name, values[k], constant.dimension.unit(), constant.si, constant.sought->prior, error});
  }
  // Where nothing is told nothing is found: constants that shrink together make the equations lighter than the
  // readings.
  if (reported.empty() && result.identified.empty()) result.shift = INFINITY;
  for (const std::int64_t a : reported) {
    result.correlation.emplace_back();
    for (const std::int64_t b : reported) {
      const double product = (covariance[a][a] * covariance[b][b]).item<double>();
      const double sign = units[a] * units[b] < 0 ? -1 : 1;
      result.correlation.back().push_back(sign * covariance[a][b].item<double>() / std::sqrt(product));
    }
  }
  return result;
}

}  // namespace nusselt
