#include <algorithm>
#include <cmath>

#include "solver/case/case.hpp"
#include "solver/conditioning.hpp"
#include "solver/demo.hpp"
#include "solver/demo_cases.hpp"

namespace nusselt {
namespace {

constexpr int steps = 20000;
const std::vector<double> slopes = {1, 2, 0.5, 3};

/// Residuals r_e = s_e (theta_e - 1), from theta = 0.
std::vector<double> residuals_at(const std::vector<double>& theta) {
  std::vector<double> r;
  for (std::size_t e = 0; e < theta.size(); ++e) r.push_back(slopes[e] * (theta[e] - 1));
  return r;
}

struct Ended {
  std::vector<double> residuals;
  double geometric_mean = 1;  // of the weights, the one farthest from 1 on the way
};

Ended conditioned(const std::string& name, const std::vector<DimensionlessResidual>& equations,
                  Settings::Conditioning settings) {
  settings.name = name;
  settings.floor = 1e-3;  // without one, what is solved first holds on to the largest weight there may be
  Conditioning conditioning(equations, settings);
  std::vector<double> theta(slopes.size(), 0.0);
  Ended ended;
  for (int i = 0; i < steps; ++i) {
    const std::vector<double> r = residuals_at(theta);
    std::vector<double> squares;
    for (const double x : r) squares.push_back(x * x);
    conditioning.update(squares);
    double mean = 0;
    for (const double w : conditioning.weights()) mean += std::log(w) / static_cast<double>(r.size());
    if (std::abs(mean) > std::abs(std::log(ended.geometric_mean))) ended.geometric_mean = std::exp(mean);
    for (std::size_t e = 0; e < r.size(); ++e) theta[e] -= 0.02 * conditioning.weights()[e] * slopes[e] * r[e];
  }
  ended.residuals = residuals_at(theta);
  return ended;
}

/// Descent on LayerNorm of the residuals, statistics taken as constants: (r_e - mean)/deviation times its own slope.
Ended naive() {
  std::vector<double> theta(slopes.size(), 0.0);
  for (int i = 0; i < steps; ++i) {
    const std::vector<double> r = residuals_at(theta);
    double mean = 0, variance = 0;
    for (const double x : r) mean += x / static_cast<double>(r.size());
    for (const double x : r) variance += (x - mean) * (x - mean) / static_cast<double>(r.size());
    const double scale = 1 / (variance + 1e-2);
    for (std::size_t e = 0; e < r.size(); ++e) theta[e] -= 2e-3 * scale * slopes[e] * (r[e] - mean);
  }
  return {residuals_at(theta), NAN};
}

DemoTable measure() {
  DemoTable table;
  table.columns = {"method", "r_1", "r_2", "r_3", "r_4", "geometric mean of the weights"};
  const Case c = read_case(Document("demonstration.yaml", demonstration_cavity(air_in_si)), ".");
  const auto row = [&](const std::string& name, const Ended& ended) {
    std::vector<double> values = ended.residuals;
    values.push_back(ended.geometric_mean);
    table.rows.push_back({name, values});
    double largest = 0;
    for (const double r : ended.residuals) largest = std::max(largest, std::abs(r));
    return largest;
  };
  for (const char* name : {"none", "rms", "layernorm"}) {
    const Ended ended = conditioned(name, c.equations, c.settings.conditioning);
    table.below(
        std::string(name) + ": every residual goes to zero; the largest after " + std::to_string(steps) + " steps",
        row(name, ended), 1e-6);
    table.between(std::string(name) + ": the weights have geometric mean 1", ended.geometric_mean, 1 - 1e-12,
                  1 + 1e-12);
  }
  const Ended wrong = naive();
  table.above("LayerNorm of the residuals, stop-gradient: the largest stays at", row("LN of residuals", wrong), 0.1);
  const auto [low, high] = std::minmax_element(wrong.residuals.begin(), wrong.residuals.end());
  table.below("because it makes them equal: their spread", *high - *low, 1e-2);
  return table;
}

const RegisterDemonstration registered{
    {"conditioning",
     "Conditioning multiplies each dimensionless residual's loss with a weight made of measured norms, through which "
     "no "
     "gradient flows. Whatever the weights, zero residuals stay the only place where descent rests, and their "
     "geometric "
     "mean is 1, so the overall learning rate stays as well. Four residuals s_e (theta_e - 1) with slopes from 0.5 to "
     "3 "
     "are descended with each method; LayerNorm of the residuals themselves pulls them to their mean instead.",
     "solver/conditioning.hpp has the formulas; J. L. Ba et al., arXiv:1607.06450 (2016) for the layer", measure}};

}  // namespace
}  // namespace nusselt
