#include "solver/diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "networks/registry.hpp"
#include "solver/residual_criteria.hpp"
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

constexpr const char* channels[] = {"u", "d1", "d2"};
// The slope of tanh where it is 0.97.
constexpr double flat = 1 - 0.97 * 0.97;

using Kind = NetworkLayout::Step::Kind;

/// Every activation by the linear map that it follows, in the order of the steps.
std::vector<std::string> activation_places(const NetworkLayout& layout) {
  std::vector<std::string> names;
  for (const NetworkLayout::Step& step : layout.steps) {
    if (step.kind != Kind::activation) continue;
    int value = step.inputs.front();
    while (value > 0 && layout.steps[value - 1].kind == Kind::norm) value = layout.steps[value - 1].inputs.front();
    const bool map = value > 0 && layout.steps[value - 1].kind == Kind::linear;
    names.push_back(map ? layout.maps[layout.steps[value - 1].index].name : "value " + std::to_string(value));
  }
  return names;
}

/// Nothing of nothing is nothing: second derivatives of a linear map.
double part_of(double change, double of) { return change > 0 ? change / of : 0; }

/// Of one activation: mean and deviation of the values, RMS of first and of second derivatives, saturated part.
struct Sizes {
  double mean, deviation, first, second, saturated;
};

std::vector<Sizes> sizes_of_activations(const Network& network, const torch::Tensor& all, const torch::Tensor& x) {
  const JetSpec spec = JetSpec::pure_seconds(network.settings().inputs);
  const std::vector<torch::Tensor> jets = network.step_jets(all, x, spec);
  const Activation& activation = find_activation(network.settings().activation);
  std::vector<Sizes> sizes;
  for (const NetworkLayout::Step& step : network.layout().steps) {
    if (step.kind != Kind::activation) continue;
    const torch::Tensor z = jets[step.inputs.front()].to(at::kCPU, at::kDouble);
    const auto rms = [&](std::int64_t first) {
      return z.narrow(0, first, spec.axes).square().mean().sqrt().item<double>();
    };
    const torch::Tensor slope = activation.derivatives(z[0], 1)[1].abs();
    sizes.push_back({z[0].mean().item<double>(), z[0].std(/*unbiased=*/false).item<double>(), rms(1),
                     rms(1 + spec.axes), (slope < flat).to(at::kDouble).mean().item<double>()});
  }
  return sizes;
}

/// RMS over points and features of gain over deviation, one for each norm.
std::vector<double> amplifications(const Network& network, const torch::Tensor& all, const torch::Tensor& x) {
  const NetworkSettings& settings = network.settings();
  const torch::Tensor parameters = network.effective(all).to(at::kCPU, at::kDouble);
  const std::vector<torch::Tensor> jets = network.step_jets(all, x, JetSpec::values(settings.inputs));
  std::vector<double> kappas(network.layout().norms.size());
  for (const NetworkLayout::Step& step : network.layout().steps) {
    if (step.kind != Kind::norm) continue;
    const NetworkLayout::Norm& norm = network.layout().norms[step.index];
    const torch::Tensor z = jets[step.inputs.front()][0].to(at::kCPU, at::kDouble);
    torch::Tensor variance;  // [N or 1, features]
    if (norm.statistics >= 0) {
      variance = parameters.narrow(0, norm.statistics + norm.features, norm.features).unsqueeze(0);
    } else {
      const int groups = settings.norm == "group" ? settings.norm_groups : 1;
      torch::Tensor grouped = z.reshape({z.size(0), groups, -1});
      if (settings.norm != "rms") grouped = grouped - grouped.mean({2}, true);
      variance = grouped.square().mean({2}, true).expand_as(grouped).reshape(z.sizes());
    }
    const torch::Tensor gain =
        norm.affine >= 0 ? parameters.narrow(0, norm.affine, norm.features) : at::ones({norm.features}, at::kDouble);
    kappas[step.index] = (gain.square() / (variance + settings.norm_eps)).mean().sqrt().item<double>();
  }
  return kappas;
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
    if (slice.offset >= problem.network().trained_count()) break;  // statistics, which nobody trains
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
  for (const std::string& name : activation_places(problem.network().layout())) {
    for (const char* channel : channels) add(std::string("drift of ") + channel + " " + name, "drift");
    add("size of d1 " + name, "sizes of derivatives");
    add("size of d2 " + name, "sizes of derivatives");
    add("saturated " + name, "saturation");
  }
  for (const NetworkLayout::Norm& norm : problem.network().layout().norms) add("kappa " + norm.name, "kappa");
  if (problem.network().statistics_count() > 0) add("train-inference gap", "train-inference gap");
}

bool Diagnostics::due(int step) const {
  const int every = case_.settings.diagnostics.every;
  return every > 0 && step % every == 0 && (state_.rows.empty() || state_.rows.back().front() < step);
}

int Diagnostics::steps_until_due(int step) const {
  const int every = case_.settings.diagnostics.every;
  return every > 0 ? every - step % every : std::numeric_limits<int>::max();
}

void Diagnostics::look(int step, const Watched& now) {
  const at::NoGradGuard no_gradient;
  std::vector<double> row = {static_cast<double>(step)};
  add_residuals(row, now);
  add_gradients(row, now);
  add_kernel(row, now);
  add_layers(row, now);
  add_activations(row, now);
  if (row.size() != columns_.size() + 1) throw std::logic_error("a row of the diagnostics lacks a number");
  // A checkpoint holds finite numbers only, and what is watched must not stop a training.
  for (double& value : row) {
    if (!std::isfinite(value)) value = std::numeric_limits<double>::max();
  }
  state_.rows.push_back(std::move(row));
  state_.all = now.all.detach().to(at::kCPU).clone();
}

void Diagnostics::add_residuals(std::vector<double>& row, const Watched& now) const {
  const Solution solution(case_, now.judged);
  const std::vector<ResidualReport> residuals = judge_residuals(case_, budget_, solution).residuals;
  for (const ResidualReport& r : residuals) row.insert(row.end(), {r.rms, r.rms * r.scale, r.max, r.max * r.scale});
  for (std::size_t e = 0; e < case_.equations.size(); ++e) row.push_back(*residuals[e].term_budget);
}

void Diagnostics::add_gradients(std::vector<double>& row, const Watched& now) const {
  const std::vector<double> ones(stated_.size(), 1.0);
  const TermGradients terms =
      term_gradients(LeastSquares(problem_, now.points, ones, now.statistics).unweighted(), now.theta);
  const torch::Tensor gradients = terms.gradients.to(at::kCPU, at::kDouble);
  const std::int64_t m = gradients.size(0);
  const torch::Tensor norms = gradients.norm(2, 1);
  torch::Tensor weights = at::empty({m}, at::kDouble);
  for (std::int64_t i = 0; i < m; ++i) {
    const auto k = static_cast<std::size_t>(i);
    weights[i] = stated_[k] * now.balance[k];
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

void Diagnostics::add_kernel(std::vector<double>& row, const Watched& now) const {
  const std::vector<double> ones(stated_.size(), 1.0);
  const LeastSquares objective = LeastSquares(problem_, probe_, ones, now.statistics).unweighted();
  const torch::Tensor jacobian = objective.linearize(now.theta).jacobian.to(at::kCPU, at::kDouble);
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

void Diagnostics::add_layers(std::vector<double>& row, const Watched& now) const {
  const torch::Tensor here = now.all.to(at::kCPU);
  for (const Layer& layer : layers_) {
    if (layer.weights.empty()) continue;
    const bool first = !state_.all.defined();
    row.push_back(first ? 0 : norm_of(here - state_.all, layer.weights) / norm_of(here, layer.weights));
  }
}

void Diagnostics::add_activations(std::vector<double>& row, const Watched& now) const {
  const Network& network = problem_.network();
  const torch::Tensor& x = probe_.front().points.x;
  const std::vector<Sizes> sizes = sizes_of_activations(network, now.all, x);
  std::vector<Sizes> before = sizes;
  if (state_.all.defined()) before = sizes_of_activations(network, state_.all.to(now.all.options()), x);
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    const Sizes &here = sizes[k], &then = before[k];
    row.push_back(part_of(std::hypot(here.mean - then.mean, here.deviation - then.deviation), here.deviation));
    row.push_back(part_of(std::abs(here.first - then.first), here.first));
    row.push_back(part_of(std::abs(here.second - then.second), here.second));
    row.insert(row.end(), {here.first, here.second, here.saturated});
  }
  const std::vector<double> kappas = amplifications(network, now.all, x);
  row.insert(row.end(), kappas.begin(), kappas.end());
  if (network.statistics_count() > 0) row.push_back(now.gap);
}

}  // namespace nusselt
