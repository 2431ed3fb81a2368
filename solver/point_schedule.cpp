#include "solver/point_schedule.hpp"

#include <algorithm>
#include <cmath>

#include "solver/adaptive_points.hpp"

namespace nusselt {

namespace {

// Candidates for each adapted point: enough to find where the residual is large, at a tenth of the price of a step.
constexpr int candidates_per_point = 10;

}  // namespace

HeldOutRatio largest_ratio(const Evaluation& evaluation) {
  HeldOutRatio largest;
  for (const ResidualReport& r : evaluation.residuals) {
    const double ratio = r.train_rms > 0 ? r.rms / r.train_rms : (r.rms > 0 ? INFINITY : 1);
    if (ratio > largest.value) largest = {ratio, r.name};
  }
  return largest;
}

PointChange held_out_rule(double ratio, double limit, const PointsInUse& points) {
  if (!(ratio > limit)) return PointChange::none;
  if (points.gauss_grid) {
    return points.may_be_more && ratio <= hiding * limit ? PointChange::refine : PointChange::scatter;
  }
  if (points.may_be_more) return PointChange::refine;
  if (points.interval == 1) return PointChange::none;  // nothing is left to change
  if (points.kept) return PointChange::redraw;
  return points.interval > 0 || points.redrawn ? PointChange::fresh : PointChange::redraw;
}

PointSchedule::PointSchedule(const Problem& problem, const Settings& settings)
    : problem_(problem), settings_(settings) {}

std::string PointSchedule::sampler() const { return state_.scattered ? "sobol" : settings_.points.sampling; }

bool PointSchedule::may_be_more() const {
  const int most = std::max(settings_.points.interior, settings_.points.boundary);
  return state_.doublings < most_doublings && most <= (most_points >> (state_.doublings + 1));
}

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
  const bool gauss_grid = sampler() == "gauss";
  const HeldOutRatio ratio = largest_ratio(evaluation);
  std::string change;
  switch (held_out_rule(ratio.value, settings_.criteria.ratio,
                        {gauss_grid, may_be_more(), state_.redrawn, interval(), state_.kept})) {
    case PointChange::none:
      return std::nullopt;
    case PointChange::refine:
      ++state_.doublings;
      change = (gauss_grid ? "a Gauss grid of about " : "training goes on with ") +
               std::to_string(number(settings_.points.interior)) + " points" +
               (gauss_grid ? " takes the place of this one" : "");
      break;
    case PointChange::scatter:
      change = "the Gauss grid hides errors and is given up for scattered points";
      state_.scattered = true;
      break;
    case PointChange::redraw:
      change = "training points drawn anew";
      state_.redrawn = true;
      break;
    case PointChange::fresh:
      change = "from now on every step draws its own training points";
      state_.fresh = true;
      break;
  }
  redraw(step, theta, balance);
  return "the residual of " + ratio.residual + " is " + to_string(ratio.value, 2) +
         " times larger on held-out points than on training points: " + change;
}

bool PointSchedule::keep(bool kept) {
  const int before = interval();
  state_.kept = kept;
  return interval() != before;
}

void PointSchedule::redraw(int step, const torch::Tensor& theta, const std::vector<double>& balance) {
  ++state_.draw;
  state_.drawn_at = step;
  if (settings_.points.adapt != "none") state_.adapted = adapted(theta, balance);
  materialize();
}

void PointSchedule::materialize() {
  const Settings::Points& points = settings_.points;
  points_ = problem_.draw(sampler(), number(points.interior), number(points.boundary), "training", settings_.seed,
                          static_cast<std::uint64_t>(state_.draw),
                          {.on_boundary = points.on_boundary, .near_walls = points.near_walls});
  if (state_.adapted.size() == 0) return;
  for (std::size_t s = 0; s < problem_.interiors(); ++s) points_[s] = problem_.on_device(adapted_in(s));
}

PointSet PointSchedule::adapted_in(std::size_t interior) const {
  const PointSet& all = state_.adapted;
  PointSet set{all.dimensions, {}, {}};
  if (all.size() == 0) return set;
  const auto count = static_cast<std::ptrdiff_t>(all.weights.size() / problem_.interiors());
  const auto first = static_cast<std::ptrdiff_t>(interior) * count;
  set.x.assign(all.x.begin() + first * all.dimensions, all.x.begin() + (first + count) * all.dimensions);
  set.weights.assign(all.weights.begin() + first, all.weights.begin() + first + count);
  return set;
}

PointSet PointSchedule::adapted(const torch::Tensor& theta, const std::vector<double>& balance) const {
  PointSet all{problem_.box().dimensions(), {}, {}};
  std::ptrdiff_t equations = 0;
  for (std::size_t s = 0; s < problem_.interiors(); ++s) {
    const auto begin = balance.begin() + equations;
    equations += static_cast<std::ptrdiff_t>(problem_.sets()[s].names.size());
    const PointSet set = adapted(s, theta, {begin, balance.begin() + equations});
    all.x.insert(all.x.end(), set.x.begin(), set.x.end());
    all.weights.insert(all.weights.end(), set.weights.begin(), set.weights.end());
  }
  return all;
}

PointSet PointSchedule::adapted(std::size_t set_number, const torch::Tensor& theta,
                                const std::vector<double>& balance) const {
  const Settings::Points& points = settings_.points;
  const int interior = number(points.interior);
  const Region& region = problem_.region(set_number);
  const std::string where = region.name.empty() ? "" : " " + region.name;
  const auto draw = [&](int count, const std::string& purpose, int draw_number) {
    return problem_.sample(region, sampler(), count, {settings_.seed, purpose, static_cast<std::uint64_t>(draw_number)},
                           {.on_boundary = points.on_boundary});
  };
  // The size that the objective sees: all equations with the weights of conditioning.
  const ResidualSize residual_size = [&](const PointSet& set) {
    const torch::Tensor r = problem_.evaluate(set_number, theta, problem_.on_device(set).points);
    const torch::Tensor weights = at::tensor(balance, r.options());
    const torch::Tensor size = (r.square() * weights).sum(1).sqrt().to(at::kCPU, at::kDouble).contiguous();
    return std::vector<double>(size.data_ptr<double>(), size.data_ptr<double>() + size.numel());
  };
  const PointSet candidates = draw(candidates_per_point * interior, "candidates" + where, state_.draw);
  if (points.adapt == "rad") {
    const std::vector<double> offsets =
        sample_box("random", {{0.0}, {1.0}}, interior,
                   {settings_.seed, "offsets" + where, static_cast<std::uint64_t>(state_.draw)})
            .x;
    const std::vector<double> density = rad_density(residual_size(candidates), points.power, points.floor);
    return draw_by_density(candidates, density, offsets);
  }
  PointSet current = adapted_in(set_number);
  if (current.size() == 0) current = draw(interior, "training " + problem_.sets()[set_number].name, state_.draw - 1);
  if (const int missing = interior - current.size(); missing > 0) {
    const PointSet more = draw(missing, "more" + where, state_.draw);
    current.x.insert(current.x.end(), more.x.begin(), more.x.end());
    current.weights.insert(current.weights.end(), more.weights.begin(), more.weights.end());
  }
  return retain_and_release(
      current, problem_.scaled(region.box), residual_size,
      [&](int count) { return draw(count, "fresh" + where, state_.draw); }, candidates);
}

void PointSchedule::restore(const PointState& state) {
  state_ = state;
  points_.clear();
}

}  // namespace nusselt
