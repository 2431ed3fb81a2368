// One interface for all optimizers. An optimizer holds its state as named tensors, and these are what a checkpoint
// keeps.
//
// What an optimizer may assume of its objective: while LeastSquares::identity() is the same it is one function.
// Objectives of unlike identity are unlike functions (other points, other weights of residuals): their losses and
// gradients must not be compared or subtracted, and what was learned of one is at best a guess about another. When only
// weights have changed it is told, by objective_changed().
#pragma once

#include <torch/types.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "solver/case/settings.hpp"
#include "solver/least_squares.hpp"

namespace nusselt {

struct OptimizerStep {
  double loss;      // at the parameters after the step
  double previous;  // before it, at the same points
  bool accepted;    // false: no descent was found and the parameters are unchanged
  double damping;   // Levenberg-Marquardt; 0 where it has no meaning
  double length;    // step factor of the line search, or the learning rate
};

using OptimizerState = std::map<std::string, torch::Tensor>;

class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// One step on the objective; changes `theta` in place.
  virtual OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) = 0;
  /// At least one step and at most so many, at the same points; an optimizer does more than one where it need not wait
  /// for a GPU in between. `theta` is that after the last.
  virtual std::vector<OptimizerStep> steps(const LeastSquares& objective, torch::Tensor& theta, int most);
  /// A sentence for the run's events, once; empty where there is nothing to say.
  virtual std::string take_remark() { return {}; }
  /// Told when the points were changed because errors hid between them: what was learned there may mislead. `damping`:
  /// of a warm start.
  virtual void points_changed(double /*damping*/) {}
  /// Told when conditioning or balancing has made other weights, or statistics of a normalization were recomputed,
  /// before the first step with them: at the same points and parameters the loss is another number, although nothing
  /// was gained or lost.
  virtual void objective_changed() {}
  /// Whether it steps along a gradient that may belong to another function at each step: the statistics of a batch
  /// normalization are a function of the parameters then, else numbers that stay for many steps.
  virtual bool follows_statistics() const { return false; }
  /// Whether it does better on points that stay than on redrawn ones, from now on.
  virtual bool wants_points_to_stay() const { return false; }
  /// How many calls of step() do about the work of one step of Levenberg-Marquardt on this objective: the trainer
  /// counts them as one. A function of sizes, never of a clock. Asked before the first call of each such step.
  virtual int iterations_per_step(const LeastSquares&) const { return 1; }
  /// Copies on the CPU, and back. A restored optimizer goes on with the same bits.
  virtual OptimizerState state() const = 0;
  virtual void restore(const OptimizerState& state) = 0;
};

struct OptimizerEntry {
  std::string name;
  std::function<std::unique_ptr<Optimizer>(const Settings&)> make;
};

/// Registers an optimizer at program start, in its own file.
struct RegisterOptimizer {
  explicit RegisterOptimizer(OptimizerEntry entry);
};

/// Throws std::invalid_argument for an unknown name.
std::unique_ptr<Optimizer> make_optimizer(const Settings& settings);
std::vector<std::string> optimizer_names();

}  // namespace nusselt
