#include "solver/balancing.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "solver/term_gradients.hpp"

namespace nusselt {

namespace {

const std::string balancer_prefix = "balancer.";

}  // namespace

Balancing::Balancing(const Problem& problem, const Settings& settings)
    : problem_(problem),
      method_(balancing_method(settings.balancing.name)),
      every_(settings.balancing.every),
      first_order_(is_first_order(settings.optimizer.name)),
      balancer_(make_balancer(problem.residuals(), settings)) {}

bool Balancing::due(int step) const {
  return looks() && (looked_at_ < 0 || (first_order_ && step - looked_at_ >= every_));
}

int Balancing::steps_until_due(int step) const {
  if (!looks() || !first_order_ || looked_at_ < 0) return std::numeric_limits<int>::max();
  return std::max(1, looked_at_ + every_ - step);
}

void Balancing::update(int step, const LeastSquares& objective, const torch::Tensor& theta) {
  balancer_->update(view(objective.unweighted(), theta));
  looked_at_ = step;
}

std::string Balancing::points_changed() {
  const bool had_weights = !balancer_->point_weights().empty();
  if (!had_weights) return {};
  balancer_->points_changed();
  looked_at_ = -1;
  return method_.remembers_points ? method_.name + " begins anew: its weights belonged to the points before" : "";
}

BalanceView Balancing::view(const LeastSquares& unweighted, const torch::Tensor& theta) const {
  const at::NoGradGuard no_gradient;
  BalanceView view;
  view.interior = problem_.equations();
  if (method_.looks_at == BalancingMethod::LooksAt::gradients) {
    TermGradients terms = term_gradients(unweighted, theta);
    view.losses = std::move(terms.losses);
    view.gradients = terms.gradients.to(at::kCPU, at::kDouble);
    view.traces = std::move(terms.traces);
    return view;
  }
  const std::vector<WeightedPoints>& points = unweighted.points();
  const torch::Tensor rows = unweighted.residual(theta).to(at::kCPU, at::kDouble);
  int time_axis = 0;  // among the active ones it is the last
  for (int axis = 0; axis < axis_t; ++axis) time_axis += problem_.axes()[axis] ? 1 : 0;
  std::int64_t row = 0;
  for (std::size_t s = 0; s < points.size(); ++s) {
    const std::int64_t count = points[s].weights.size(0) / points[s].per_mean;
    const auto equations = static_cast<std::int64_t>(problem_.sets()[s].names.size());
    const torch::Tensor quadrature = points[s].mean_weights().to(at::kCPU, at::kDouble).unsqueeze(1);
    const torch::Tensor weighted = rows.narrow(0, row, count * equations).view({count, equations});
    row += count * equations;
    for (const double loss : to_numbers(0.5 * weighted.square().sum(0))) view.losses.push_back(loss);
    BalanceView::Set set{weighted / quadrature.sqrt(), {}};
    if (problem_.axes()[axis_t]) {
      const double begin = problem_.box().lower[time_axis], end = problem_.box().upper[time_axis];
      const torch::Tensor times = points[s].points.x.select(1, time_axis).slice(0, 0, c10::nullopt, points[s].per_mean);
      set.time = (times.to(at::kCPU, at::kDouble) - begin) / (end - begin);
    }
    view.sets.push_back(std::move(set));
  }
  return view;
}

std::vector<double> Balancing::mean_weights() const {
  std::vector<double> means = balancer_->weights();
  std::size_t residual = 0;
  const std::vector<torch::Tensor>& of_points = balancer_->point_weights();
  for (std::size_t s = 0; s < of_points.size(); ++s) {
    const std::size_t equations = problem_.sets()[s].names.size();
    if (of_points[s].defined()) {
      const std::vector<double> mean = to_numbers(of_points[s].mean(0));
      for (std::size_t e = 0; e < equations; ++e) means[residual + e] *= mean[e];
    }
    residual += equations;
  }
  return means;
}

std::vector<WeightedPoints> Balancing::weighted(std::vector<WeightedPoints> points) const {
  const std::vector<torch::Tensor>& of_points = balancer_->point_weights();
  for (std::size_t s = 0; s < of_points.size(); ++s) {
    if (!of_points[s].defined()) continue;
    // The points of a mean share its weight.
    points[s].balance = of_points[s].repeat_interleave(points[s].per_mean, 0).to(problem_.options()).contiguous();
  }
  return points;
}

OptimizerState Balancing::state() const {
  if (method_.looks_at == BalancingMethod::LooksAt::nothing) return {};
  OptimizerState state = {{"looked_at", at::full({1}, static_cast<double>(looked_at_), at::kDouble)}};
  for (const auto& [name, tensor] : balancer_->state()) state[balancer_prefix + name] = tensor;
  return state;
}

void Balancing::restore(const OptimizerState& state) {
  if (method_.looks_at == BalancingMethod::LooksAt::nothing) return;
  looked_at_ = static_cast<int>(state.at("looked_at").item<double>());
  OptimizerState own;
  for (const auto& [name, tensor] : state) {
    if (name.starts_with(balancer_prefix)) own[name.substr(balancer_prefix.size())] = tensor;
  }
  balancer_->restore(own);
}

}  // namespace nusselt
