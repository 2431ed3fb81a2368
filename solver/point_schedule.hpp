// Which points a step trains on: fixed, redrawn every so many steps, adapted to the residual at a redraw, and drawn
// anew or scattered where held-out points say that the residual is small on the training points only.
#pragma once

#include <torch/types.h>

#include <optional>
#include <string>
#include <vector>

#include "solver/case/settings.hpp"
#include "solver/problem.hpp"
#include "solver/verdict.hpp"

namespace nusselt {

/// What the points of a step follow from, besides the case. Adapted points depend on the parameters at the moment of
/// their draw, so they are kept themselves.
struct PointState {
  int draw = 0;            // number of the draw
  int drawn_at = 0;        // the step, numbered from 0, that it was made for
  bool scattered = false;  // the Gauss grid was given up
  PointSet adapted;        // the interior set; empty where the other members are enough
};

/// What the held-out rule asks for.
enum class PointChange { none, redraw, scatter };
/// The residual with the largest ratio of held-out to training RMS decides: above `limit`, a Gauss grid is to be given
/// up for scattered points and scattered points are to be drawn anew. The ratio and its residual are told in the
/// result.
struct HeldOutRule {
  PointChange change = PointChange::none;
  std::string residual;
  double ratio = 0;
};
HeldOutRule held_out_rule(const Evaluation& evaluation, double limit, bool gauss_grid);

class PointSchedule {
 public:
  /// Both must outlive the schedule.
  PointSchedule(const Problem& problem, const Settings& settings);

  /// Has the points of `step`, numbered from 0, at hand; true when a redraw was due. `balance`: the weights from
  /// conditioning.
  bool prepare(int step, const torch::Tensor& theta, const std::vector<double>& balance);
  const std::vector<WeightedPoints>& points() const { return points_; }

  /// Applies the held-out rule after an evaluation, before `step`. A sentence when the points were changed.
  std::optional<std::string> follow(const Evaluation& evaluation, int step, const torch::Tensor& theta,
                                    const std::vector<double>& balance);

  const PointState& state() const { return state_; }
  void restore(const PointState& state);

 private:
  bool redraw_is_due(int step) const;
  void redraw(int step, const torch::Tensor& theta, const std::vector<double>& balance);
  void materialize();
  std::string sampler() const;
  PointSet adapted(const torch::Tensor& theta, const std::vector<double>& balance) const;

  const Problem& problem_;
  const Settings& settings_;
  PointState state_;
  std::vector<WeightedPoints> points_;
};

}  // namespace nusselt
