#include "solver/point_schedule.hpp"

#include <cmath>

#include "solver/adaptive_points.hpp"

namespace nusselt {

namespace {

// Candidates for each adapted point: enough to find where the residual is large, at a tenth of the price of a step.
constexpr int candidates_per_point = 10;

}  // namespace

HeldOutRule held_out_rule(const Evaluation& evaluation, double limit, bool gauss_grid, bool warned) {
  HeldOutRule rule;
  for (const ResidualReport& r : evaluation.residuals) {
    const double ratio = r.train_rms > 0 ? r.rms / r.train_rms : (r.rms > 0 ? INFINITY : 1);
    if (ratio > rule.ratio) rule = {PointChange::none, r.name, ratio};
  }
  if (rule.ratio > limit) {
    rule.change = gauss_grid ? PointChange::scatter : warned ? PointChange::fresh : PointChange::redraw;
  }
  return rule;
}

PointSchedule::PointSchedule(const Problem& problem, const Settings& settings)
    : problem_(problem), settings_(settings) {}

std::string PointSchedule::sampler() const { return state_.scattered ? "sobol" : settings_.points.sampling; }

bool PointSchedule::redraw_is_due(int step) const {
  const int every = interval();
  return every > 0 && step / every > state_.drawn_at / every;
}

bool PointSchedule::prepare(int step, const torch::Tensor& theta, const std::vector<double>& balance) {
  const bool due = redraw_is_due(step);
  if (due) redraw(step, theta, balance);
  if (points_.empty()) materialize();
  return due;
}

std::optional<std::string> PointSchedule::follow(const Evaluation& evaluation, int step, const torch::Tensor& theta,
                                                 const std::vector<double>& balance) {
  const HeldOutRule rule = held_out_rule(evaluation, settings_.criteria.ratio, sampler() == "gauss", state_.warned);
  // Where each step draws its own points there is nothing left to change.
  if (rule.change == PointChange::none || interval() == 1) return std::nullopt;
  std::string change = "training points drawn anew";
  if (rule.change == PointChange::scatter) {
    change = "the Gauss grid hides errors and is given up for scattered points";
    state_.scattered = true;
  } else if (rule.change == PointChange::fresh) {
    change = "from now on every step draws its own training points";
    state_.fresh = true;
  }
  state_.warned = true;
  redraw(step, theta, balance);
  return "the residual of " + rule.residual + " is " + to_string(rule.ratio, 2) +
         " times larger on held-out points than on training points: " + change;
}

void PointSchedule::redraw(int step, const torch::Tensor& theta, const std::vector<double>& balance) {
  ++state_.draw;
  state_.drawn_at = step;
  if (settings_.points.adapt != "none") state_.adapted = adapted(theta, balance);
  materialize();
}

void PointSchedule::materialize() {
  const Settings::Points& points = settings_.points;
  points_ = problem_.draw(sampler(), points.interior, points.boundary, "training", settings_.seed,
                          static_cast<std::uint64_t>(state_.draw), points.on_boundary);
  if (state_.adapted.size() > 0) points_.front() = problem_.on_device(state_.adapted, std::nullopt);
}

PointSet PointSchedule::adapted(const torch::Tensor& theta, const std::vector<double>& balance) const {
  const Settings::Points& points = settings_.points;
  const auto draw = [&](int count, const char* purpose, int number) {
    return sample_closed_box(points.sampling, problem_.box(), count, points.on_boundary,
                             {settings_.seed, purpose, static_cast<std::uint64_t>(number)});
  };
  // The size that the objective sees: all equations with the weights of conditioning.
  const ResidualSize residual_size = [&](const PointSet& set) {
    const torch::Tensor r = problem_.evaluate(0, theta, problem_.on_device(set, std::nullopt).points);
    const auto equations = balance.begin() + r.size(1);
    const torch::Tensor weights = at::tensor(std::vector<double>(balance.begin(), equations), r.options());
    const torch::Tensor size = (r.square() * weights).sum(1).sqrt().to(at::kCPU, at::kDouble).contiguous();
    return std::vector<double>(size.data_ptr<double>(), size.data_ptr<double>() + size.numel());
  };
  const PointSet candidates = draw(candidates_per_point * points.interior, "candidates", state_.draw);
  if (points.adapt == "rad") {
    const std::vector<double> offsets = sample_box("random", {{0.0}, {1.0}}, points.interior,
                                                   {settings_.seed, "offsets", static_cast<std::uint64_t>(state_.draw)})
                                            .x;
    const std::vector<double> density = rad_density(residual_size(candidates), points.power, points.floor);
    return draw_by_density(candidates, density, offsets);
  }
  const PointSet current =
      state_.adapted.size() > 0 ? state_.adapted : draw(points.interior, "training interior", state_.draw - 1);
  return retain_and_release(
      current, problem_.box(), residual_size, [&](int count) { return draw(count, "fresh", state_.draw); }, candidates);
}

void PointSchedule::restore(const PointState& state) {
  state_ = state;
  points_.clear();
}

}  // namespace nusselt
