// When a run's balancer looks at its state, and what it is shown then.
//
// Before the first step; then with first-order optimizers every balancing.every steps, with the others after every
// evaluation and at no other time, because they learn the curvature of one loss. When points are changed a balancer
// that weighs points begins anew on the new ones.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "solver/balancer.hpp"
#include "solver/case/balancing_rules.hpp"
#include "solver/problem.hpp"

namespace nusselt {

class Balancing {
 public:
  /// `problem` must outlive it.
  Balancing(const Problem& problem, const Settings& settings);

  /// Whether the balancer must look before `step`, numbered from 0.
  bool due(int step) const;
  /// Steps from `step` on until then, at least 1; a large number where evaluations decide.
  int steps_until_due(int step) const;
  /// Whether it looks after evaluations.
  bool follows_evaluations() const { return looks() && !first_order_; }
  /// Shows it the current state, before `step`. The weights of `objective` do not matter, its points do.
  void update(int step, const LeastSquares& objective, const torch::Tensor& theta);
  /// Other points. A sentence when weights of the old ones are lost.
  std::string points_changed();

  /// l_e, one per residual of the problem.
  const std::vector<double>& weights() const { return balancer_->weights(); }
  /// l_e times the mean of q_ne over the set: what a residual weighs on the whole.
  std::vector<double> mean_weights() const;
  /// The points with the weights q_ne.
  std::vector<WeightedPoints> weighted(std::vector<WeightedPoints> points) const;
  bool combines_gradients() const { return balancer_->combines_gradients(); }
  torch::Tensor combine(const torch::Tensor& gradients) { return balancer_->combine(gradients); }

  OptimizerState state() const;
  void restore(const OptimizerState& state);

 private:
  bool looks() const { return method_.looks_at != BalancingMethod::LooksAt::nothing && !combines_gradients(); }
  BalanceView view(const LeastSquares& unweighted, const torch::Tensor& theta) const;

  const Problem& problem_;
  BalancingMethod method_;
  int every_;
  bool first_order_;
  std::unique_ptr<Balancer> balancer_;
  int looked_at_ = -1;  // before this step last; -1 when the balancer has seen nothing of its points
};

}  // namespace nusselt
