// L-BFGS (D. C. Liu & J. Nocedal, Math. Program. 45, 1989, 503, doi:10.1007/BF01589116): the two-loop recursion over
// the last pairs of step and gradient change, from the identity scaled by the newest pair.
#include <algorithm>
#include <limits>
#include <vector>

#include "solver/descent.hpp"
#include "solver/optimizer.hpp"

namespace nusselt {
namespace {

constexpr std::size_t most_pairs = 50;

class Lbfgs final : public Optimizer {
 public:
  OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    const Differentiable function = differentiable(objective);
    const LeastSquares::Gradient start = latest_.of(function, theta);
    const double first = pairs_.empty() ? std::min(1.0, 1 / start.gradient.norm().item<double>()) : 1.0;
    const auto descent = descend(function, theta, start, direction(start.gradient), first);
    if (!descent) {
      // What is left is steepest descent, once.
      pairs_.clear();
      return {start.loss, start.loss, false, 0, 0};
    }
    remember(descent->theta - theta, descent->end.gradient - start.gradient);
    theta = descent->theta;
    latest_.set(function, theta, descent->end);
    return {descent->end.loss, start.loss, true, 0, descent->length};
  }

  // Pairs of another function are no curvature of this one.
  void objective_changed() override { pairs_.clear(); }

  int iterations_per_step(const LeastSquares& objective) const override {
    return nusselt::iterations_per_step(objective, false);
  }

  OptimizerState state() const override {
    if (pairs_.empty()) return {};
    std::vector<torch::Tensor> steps;
    std::vector<torch::Tensor> changes;
    for (const Pair& pair : pairs_) {
      steps.push_back(pair.step.cpu());
      changes.push_back(pair.change.cpu());
    }
    return {{"steps", at::stack(steps)}, {"changes", at::stack(changes)}};
  }

  void restore(const OptimizerState& state) override {
    pairs_.clear();
    if (state.empty()) return;
    const torch::Tensor& steps = state.at("steps");
    for (std::int64_t i = 0; i < steps.size(0); ++i) {
      pairs_.push_back(pair_of(steps[i].clone(), state.at("changes")[i].clone()));
    }
  }

 private:
  struct Pair {
    torch::Tensor step;
    torch::Tensor change;  // of the gradient
    double product;        // of both
  };

  static Pair pair_of(torch::Tensor step, torch::Tensor change) {
    const double product = at::dot(step, change).item<double>();
    return {std::move(step), std::move(change), product};
  }

  torch::Tensor direction(const torch::Tensor& gradient) {
    torch::Tensor q = -gradient;
    if (pairs_.empty()) return q;
    std::vector<double> weights(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      Pair& pair = pairs_[i];
      pair.step = pair.step.to(gradient.options());
      pair.change = pair.change.to(gradient.options());
      weights[i] = at::dot(pair.step, q).item<double>() / pair.product;
      q.add_(pair.change, -weights[i]);
    }
    const Pair& newest = pairs_.back();
    q.mul_(newest.product / at::dot(newest.change, newest.change).item<double>());
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double back = at::dot(pairs_[i].change, q).item<double>() / pairs_[i].product;
      q.add_(pairs_[i].step, weights[i] - back);
    }
    return q;
  }

  void remember(torch::Tensor step, torch::Tensor change) {
    const double smallest =
        std::numeric_limits<double>::epsilon() * step.norm().item<double>() * change.norm().item<double>();
    Pair pair = pair_of(std::move(step), std::move(change));
    if (!(pair.product > smallest)) return;
    pairs_.push_back(std::move(pair));
    if (pairs_.size() > most_pairs) pairs_.erase(pairs_.begin());
  }

  Latest latest_;
  std::vector<Pair> pairs_;  // oldest first
};

const RegisterOptimizer entry({"lbfgs", [](const Settings&) { return std::make_unique<Lbfgs>(); }});

}  // namespace
}  // namespace nusselt
