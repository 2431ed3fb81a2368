// Which points a step trains on: fixed, redrawn every so many steps, adapted to the residual at a redraw; and other
// ones where held-out points say that the residual is small on the training points only. This is the held-out rule:
//
// A Gauss grid becomes finer, and is given up for scattered points where that was not enough, or at once where the
// ratio of residuals is so large that something hides between its lines. Scattered points become more, are then drawn
// anew once, and at last at every step. More points come before other ones because optimizers that learn curvature need
// a function that stays.
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
  int doublings = 0;       // of the number of points, by the held-out rule
  bool scattered = false;  // the Gauss grid was given up
  bool redrawn = false;    // the held-out rule was broken with as many points as there may be
  bool fresh = false;      // and once more: every step draws its own points
  bool kept = false;       // the optimizer asks for points that stay
  PointSet adapted;        // in all regions; empty where the other members are enough
};

/// What the held-out rule asks for.
enum class PointChange { none, refine, scatter, redraw, fresh };
/// Of held-out to training RMS, and whose residual it is.
struct HeldOutRatio {
  double value = 0;
  std::string residual;
};
HeldOutRatio largest_ratio(const Evaluation& evaluation);
struct PointsInUse {
  bool gauss_grid;
  bool may_be_more;
  bool redrawn;       // by the rule
  int interval;       // steps between redraws; 0 while the points stay
  bool kept = false;  // for an optimizer whose matrix belongs to them: never other points at every step
};
/// The next change where `ratio` is above `limit`, as the head of this file has it.
PointChange held_out_rule(double ratio, double limit, const PointsInUse& points);

/// How often the held-out rule doubles the number of points, in the box and on its faces, and how many it makes at
/// most: a million keep a tile engine's step within seconds.
inline constexpr int most_doublings = 2;
inline constexpr int most_points = 1 << 20;
/// Beyond this many times the allowed ratio a residual is not coarse between the training points but hidden there.
inline constexpr double hiding = 10;

class PointSchedule {
 public:
  /// Both must outlive the schedule.
  PointSchedule(const Problem& problem, const Settings& settings);

  /// Has the points of `step`, numbered from 0, at hand; true when a redraw was due. `balance`: the weights from
  /// conditioning.
  bool prepare(int step, const torch::Tensor& theta, const std::vector<double>& balance);
  const std::vector<WeightedPoints>& points() const { return points_; }
  /// Steps between redraws; 0 while the points stay.
  int interval() const { return state_.fresh ? 1 : state_.kept ? 0 : settings_.points.redraw; }
  /// While they are kept no redraw is due and only the held-out rule changes the points. True when that is new.
  bool keep(bool kept);

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
  /// So many points as the case asks for, after all doublings.
  int number(int asked) const { return asked << state_.doublings; }
  bool may_be_more() const;
  /// Of all regions, one after the other, as many points in each.
  PointSet adapted(const torch::Tensor& theta, const std::vector<double>& balance) const;
  /// Of one region; `balance` is that of its equations.
  PointSet adapted(std::size_t set_number, const torch::Tensor& theta, const std::vector<double>& balance) const;
  PointSet adapted_in(std::size_t interior) const;

  const Problem& problem_;
  const Settings& settings_;
  PointState state_;
  std::vector<WeightedPoints> points_;
};

}  // namespace nusselt
