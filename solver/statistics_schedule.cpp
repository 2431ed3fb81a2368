#include "solver/statistics_schedule.hpp"

#include <stdexcept>
#include <utility>

namespace nusselt {

using torch::Tensor;

namespace {

/// The case was refused where there is no such set.
std::size_t set_named(const Problem& problem, const std::string& name) {
  for (std::size_t s = 0; s < problem.sets().size(); ++s) {
    if (problem.sets()[s].name == name) return s;
  }
  throw std::logic_error("no set of points '" + name + "'");
}

}  // namespace

StatisticsSchedule::StatisticsSchedule(const Problem& problem, const Case& c)
    : problem_(problem), count_(problem.network().statistics_count()) {
  if (!any()) return;
  momentum_ = c.settings.statistics.momentum;
  inference_ = c.settings.statistics.inference;
  reference_set_ = set_named(problem, c.settings.network.norm_reference);
  reference_name_ = problem.sets()[reference_set_].name;
}

Tensor StatisticsSchedule::start_from(const Tensor& parameters) {
  if (!any()) return parameters;
  const std::int64_t trained = parameters.size(0) - count_;
  given_ = parameters.narrow(0, trained, count_).clone();
  now_ = {given_.clone(), given_.clone()};
  return parameters.narrow(0, 0, trained).clone();
}

Tensor StatisticsSchedule::computed(const Tensor& theta) const {
  return BatchStatistics::live(problem_.network(), reference_).all(theta).narrow(0, theta.size(0), count_);
}

bool StatisticsSchedule::prepare(const std::vector<WeightedPoints>& points, bool live, const Tensor& theta) {
  if (!any()) return false;
  const bool moved = !reference_.defined() || !reference_.is_same(points[reference_set_].points.x);
  reference_ = points[reference_set_].points.x;
  const bool other_kind = std::exchange(live_, live) != live;
  if ((live_ && moved) || now_.stale < 0) recompute(theta);
  return other_kind;
}

bool StatisticsSchedule::due() const {
  if (!any() || live_) return false;
  return now_.stale >= accepted_between || (now_.rejected && now_.stale > 0);
}

void StatisticsSchedule::recompute(const Tensor& theta) {
  now_.training = computed(theta);
  now_.stale = 0;
  now_.rejected = false;
}

BatchStatistics StatisticsSchedule::of_objective() const {
  if (!any()) return {};
  return live_ ? BatchStatistics::live(problem_.network(), reference_)
               : BatchStatistics::frozen(problem_.network(), now_.training);
}

void StatisticsSchedule::follow(std::int64_t accepted, bool rejected, const Tensor& theta) {
  if (!any()) return;
  now_.stale += accepted;
  now_.rejected = rejected;
  const Tensor here = computed(theta);
  if (live_) now_.training = here;
  Tensor unbiased = here.clone();
  const double points = static_cast<double>(reference_.size(0));
  for (const ParameterSlice& slice : problem_.network().slices()) {
    if (slice.offset < theta.size(0) || !slice.name.ends_with(".variance")) continue;
    unbiased.narrow(0, slice.offset - theta.size(0), slice.size()).mul_(points / (points - 1));
  }
  now_.running.mul_(1 - momentum_).add_(unbiased, momentum_);
}

Tensor StatisticsSchedule::training_parameters(const Tensor& theta) const {
  return any() ? at::cat({theta, now_.training}) : theta;
}

Tensor StatisticsSchedule::inference_parameters(const Tensor& theta) const {
  if (!any()) return theta;
  if (inference_ == "running") return at::cat({theta, now_.running});
  if (inference_ == "batch") return at::cat({theta, now_.training});
  if (!reference_.defined()) return at::cat({theta, given_});
  return at::cat({theta, computed(theta)});
}

double StatisticsSchedule::gap(const Tensor& theta, const Tensor& x) const {
  if (!any()) return 0;
  const at::NoGradGuard no_gradient;
  const Tensor trained = problem_.network().values(training_parameters(theta), x);
  const Tensor inferred = problem_.network().values(inference_parameters(theta), x);
  return ((trained - inferred).norm() / trained.norm()).item<double>();
}

StatisticsState StatisticsSchedule::state() const {
  if (!any()) return {};
  return {now_.training.cpu().clone(), now_.running.cpu().clone(), now_.stale, now_.rejected};
}

void StatisticsSchedule::restore(const StatisticsState& state) {
  if (!any()) return;
  now_ = {state.training.to(problem_.options()).clone(), state.running.to(problem_.options()).clone(), state.stale,
          state.rejected};
}

}  // namespace nusselt
