// When the statistics of batch and instance normalization are computed during a training, and which of them the field
// has that is judged and handed out.
//
// All sets of points share the statistics of one: the training points of the set `network.norm_reference`. Optimizers
// that step along a gradient see them as a function of the parameters, computed anew at every gradient. For line
// searches and second-order methods they are numbers that stay, and are recomputed when `accepted_between` steps were
// accepted, or when a step is rejected and the statistics are not those of its parameters: with new ones the objective
// is another one, and the optimizer sees it as it sees other points.
//
// Running statistics follow r <- (1 - m) r + m s after every step, from mean 0 and variance 1, where the variance of s
// is the unbiased one (of N points times N / (N - 1)), while the biased one normalizes: the convention of PyTorch.
//
// `network.norm_inference` says what the field has: `recalibrated` the exact statistics of the reference points at the
// parameters it has (Y. Wu & J. Johnson 2021, arXiv:2105.07576), `running` those averages, `batch` what training used.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "solver/batch_statistics.hpp"
#include "solver/problem.hpp"

namespace nusselt {

struct StatisticsState {
  torch::Tensor training;   // [S], what training uses; undefined for networks without
  torch::Tensor running;    // [S]
  std::int64_t stale = -1;  // accepted steps since they were computed; -1 where they never were
  bool rejected = false;    // the last step
};

class StatisticsSchedule {
 public:
  static constexpr std::int64_t accepted_between = 25;

  StatisticsSchedule(const Problem& problem, const Case& the_case);

  /// Whether the network has such statistics at all. Without, all else does nothing.
  bool any() const { return count_ > 0; }
  /// The trained part of all parameters of a network [P]; its statistics are where running ones start from.
  torch::Tensor start_from(const torch::Tensor& parameters);

  /// New points, and whether the optimizer follows statistics that move with the parameters. Frozen ones are computed
  /// if they never were. True when an objective made before does not hold any more.
  bool prepare(const std::vector<WeightedPoints>& points, bool live, const torch::Tensor& theta);
  /// Whether frozen statistics must be computed anew.
  bool due() const;
  void recompute(const torch::Tensor& theta);
  BatchStatistics of_objective() const;
  /// After a step, or several, that led to theta.
  void follow(std::int64_t accepted, bool rejected, const torch::Tensor& theta);

  /// theta with the statistics that training uses, and with those of `network.norm_inference` [P].
  torch::Tensor training_parameters(const torch::Tensor& theta) const;
  torch::Tensor inference_parameters(const torch::Tensor& theta) const;
  /// |u_training - u_inference| / |u_training| over points [N, D], u the outputs of the network; 0 without statistics.
  double gap(const torch::Tensor& theta, const torch::Tensor& x) const;
  /// "interior", and how many points it has.
  const std::string& reference() const { return reference_name_; }
  std::int64_t reference_points() const { return reference_.size(0); }

  StatisticsState state() const;
  void restore(const StatisticsState& state);

 private:
  torch::Tensor computed(const torch::Tensor& theta) const;

  const Problem& problem_;
  std::int64_t count_;
  double momentum_ = 0;
  std::string inference_;
  std::string reference_name_;
  std::size_t reference_set_ = 0;
  bool live_ = false;
  torch::Tensor reference_;  // [N, D]; undefined before the first points
  torch::Tensor given_;      // [S], of the parameters that training started from: judged while there are no points
  StatisticsState now_;
};

}  // namespace nusselt
