#include "solver/diagnostics.hpp"

#include <algorithm>
#include <cmath>

#include "solver/term_gradients.hpp"

namespace nusselt {

namespace {

constexpr int shown_eigenvalues = 3;
// The drawing of points that belongs to looking and to nothing else.
const std::string probe_purpose = "probe";

double norm_of(const torch::Tensor& vector, const std::vector<std::pair<std::int64_t, std::int64_t>>& parts) {
  double squares = 0;
  for (const auto& [offset, size] : parts) squares += vector.narrow(0, offset, size).square().sum().item<double>();
  return std::sqrt(squares);
}

}  // namespace

Diagnostics::Diagnostics(const Case& the_case, const Problem& problem)
    : case_(the_case), problem_(problem), budget_(the_case) {
  if (case_.settings.diagnostics.every == 0) return;
  for (const ResidualSet& set : problem.sets()) stated_.insert(stated_.end(), set.weights.begin(), set.weights.end());
  const int probe = case_.settings.diagnostics.probe;
  const auto sets = static_cast<int>(problem.sets().size());
  probe_ = problem.draw("sobol", probe, std::max(1, probe / (2 * sets)), probe_purpose, case_.settings.seed, 0);
  for (const ParameterSlice& slice : problem.network().slices()) {
    const std::string name = slice.name.substr(0, slice.name.find('.'));
    if (layers_.empty() || layers_.back().name != name) layers_.push_back({name, {}, {}});
    layers_.back().parts.emplace_back(slice.offset, slice.size());
    if (slice.shape.size() == 2) layers_.back().weights.emplace_back(slice.offset, slice.size());
  }
  const auto add = [&](const std::string& name, const std::string& figure, const std::string& unit = "") {
    columns_.push_back({name, unit, figure});
  };
  const std::vector<DimensionlessResidual>& residuals = problem.residuals();
  for (const DimensionlessResidual& r : residuals) {
    const std::string unit = r.dimension().unit();
    add("residual " + r.name(), "residuals");
    add("residual " + r.name() + " in SI", "", unit);
    add("largest residual " + r.name(), "");
    add("largest residual " + r.name() + " in SI", "", unit);
  }
  for (const DimensionlessResidual& equation : case_.equations) add("term budget " + equation.name(), "term budget");
  for (const DimensionlessResidual& r : residuals) add("weight " + r.name(), "weights");
  for (const DimensionlessResidual& r : residuals) add("gradient " + r.name(), "gradients");
  for (const DimensionlessResidual& r : residuals) add("weighted gradient " + r.name(), "weighted gradients");
  for (const DimensionlessResidual& r : residuals) {
    for (const Layer& layer : layers_) add("gradient " + r.name() + " " + layer.name, "");
  }
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) add("cosine " + residuals[j].name() + " " + residuals[i].name(), "");
  }
  add("smallest cosine with the loss", "alignment");
  add("alignment", "alignment");
  for (const DimensionlessResidual& r : residuals) add("kernel trace " + r.name(), "kernel traces");
  for (int k = 1; k <= shown_eigenvalues; ++k) add("kernel eigenvalue " + std::to_string(k), "kernel spectrum");
  add("kernel condition", "kernel spectrum");
  for (const Layer& layer : layers_) {
    if (!layer.weights.empty()) add("omega " + layer.name, "change of the weights");
  }
}

bool Diagnostics::due(int step) const {
  const int every = case_.settings.diagnostics.every;
  return every > 0 && step % every == 0 && (state_.rows.empty() || state_.rows.back().front() < step);
}

void Diagnostics::look(int step, const torch::Tensor& theta, const std::vector<WeightedPoints>& points,
                       const std::vector<double>& balance) {
  const at::NoGradGuard no_gradient;
  std::vector<double> row = {static_cast<double>(step)};
  add_residuals(row, theta);
  add_gradients(row, theta, points, balance);
  add_kernel(row, theta);
  add_layers(row, theta);
  if (row.size() != columns_.size() + 1) throw std::logic_error("a row of the diagnostics lacks a number");
  state_.rows.push_back(std::move(row));
  state_.theta = theta.detach().to(at::kCPU, at::kDouble).clone();
}

void Diagnostics::add_residuals(std::vector<double>& row, const torch::Tensor& theta) const {
  const Solution solution(case_, theta);
  const Settings& settings = case_.settings;
  const std::vector<WeightedPoints> held_out = solution.problem().draw(
      "sobol", settings.points.held_out, settings.points.boundary, "held out", settings.seed, 0);
  std::vector<double> rms;
  for (std::size_t s = 0; s < problem_.sets().size(); ++s) {
    const torch::Tensor r = solution.problem().evaluate(s, solution.parameters(), held_out[s].points);
    const torch::Tensor squares = (r.square() * held_out[s].weights.unsqueeze(1)).sum(0).sqrt().cpu();
    const torch::Tensor largest = r.abs().amax(0).cpu();
    for (std::int64_t e = 0; e < r.size(1); ++e) {
      const double scale = problem_.residuals()[rms.size()].scale();
      rms.push_back(squares[e].item<double>());
      const auto most = largest[e].item<double>();
      row.insert(row.end(), {rms.back(), rms.back() * scale, most, most * scale});
    }
  }
  const torch::Tensor sizes = budget_.sizes(solution, held_out.front().points).square().mean(0).sqrt().cpu();
  for (std::size_t e = 0; e < case_.equations.size(); ++e) {
    const auto size = sizes[static_cast<std::int64_t>(e)].item<double>();
    row.push_back(size > 0 ? rms[e] / size : 0);
  }
}

void Diagnostics::add_gradients(std::vector<double>& row, const torch::Tensor& theta,
                                const std::vector<WeightedPoints>& points, const std::vector<double>& balance) const {
  const TermGradients terms = term_gradients(problem_, points, theta);
  const torch::Tensor gradients = terms.gradients.to(at::kCPU, at::kDouble);
  const std::int64_t m = gradients.size(0);
  const torch::Tensor norms = gradients.norm(2, 1);
  torch::Tensor weights = at::empty({m}, at::kDouble);
  for (std::int64_t i = 0; i < m; ++i) {
    const auto k = static_cast<std::size_t>(i);
    weights[i] = stated_[k] * balance[k];
  }
  const auto append = [&](const torch::Tensor& numbers) {
    for (std::int64_t i = 0; i < numbers.numel(); ++i) row.push_back(numbers[i].item<double>());
  };
  append(weights);
  append(norms);
  append(weights * norms);
  for (std::int64_t i = 0; i < m; ++i) {
    for (const Layer& layer : layers_) row.push_back(norm_of(gradients[i], layer.parts));
  }
  // A residual without a gradient, one that is zero, is at right angles to all.
  const torch::Tensor directions = gradients / norms.clamp_min(1e-300).unsqueeze(1);
  const torch::Tensor cosines = at::mm(directions, directions.t());
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < i; ++j) row.push_back(cosines[i][j].item<double>());
  }
  const torch::Tensor loss = at::mv(gradients.t(), weights);
  row.push_back((at::mv(directions, loss) / loss.norm().clamp_min(1e-300)).min().item<double>());
  row.push_back(2 * directions.mean(0).square().sum().item<double>() - 1);
  row.insert(row.end(), terms.traces.begin(), terms.traces.end());
}

void Diagnostics::add_kernel(std::vector<double>& row, const torch::Tensor& theta) const {
  const LeastSquares objective(problem_, probe_, std::vector<double>(stated_.size(), 1.0));
  const torch::Tensor jacobian = objective.linearize(theta).jacobian.to(at::kCPU, at::kDouble);
  const torch::Tensor singular = at::linalg_svdvals(jacobian);
  for (int k = 0; k < shown_eigenvalues; ++k) {
    const auto value = k < singular.numel() ? singular[k].item<double>() : 0.0;
    row.push_back(value * value);
  }
  // Beyond this the smallest singular value is rounding.
  constexpr double largest_ratio = 1e16;
  const double ratio = std::min(largest_ratio, (singular[0] / singular[-1]).item<double>());
  row.push_back(ratio * ratio);
}

void Diagnostics::add_layers(std::vector<double>& row, const torch::Tensor& theta) const {
  const torch::Tensor now = theta.to(at::kCPU, at::kDouble);
  for (const Layer& layer : layers_) {
    if (layer.weights.empty()) continue;
    const bool first = !state_.theta.defined();
    row.push_back(first ? 0 : norm_of(now - state_.theta, layer.weights) / norm_of(now, layer.weights));
  }
}

}  // namespace nusselt
