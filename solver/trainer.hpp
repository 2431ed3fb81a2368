// Training: draws points, steps the optimizer, judges on held-out points, and stops when the criteria of the case hold
// on two evaluations in a row or the steps are used up.
//
// Steps are counted in work: one of Levenberg-Marquardt or Adam is one, of a method with cheaper iterations as many of
// them as cost what a step of Levenberg-Marquardt costs (Optimizer::iterations_per_step). So evaluations, redraws and
// limits mean the same for all methods.
//
// Weights between residuals change at the moments that balancing.hpp names, and those of conditioning after evaluations
// that the number of steps asked for: never because of the clock. The optimizer is told.
//
// All state that the next step depends on is in TrainerState; a checkpoint holds exactly that, and a restored trainer
// goes on with the same bits. No decision depends on the clock; the time limit of the
// case may only stop the run.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "solver/balancing.hpp"
#include "solver/conditioning.hpp"
#include "solver/diagnostics.hpp"
#include "solver/optimizer.hpp"
#include "solver/point_schedule.hpp"
#include "solver/spent_time.hpp"
#include "solver/statistics_schedule.hpp"
#include "solver/verdict.hpp"

namespace nusselt {

/// What happened besides steps: points changed, a rung begun.
struct Event {
  int step;  // after which it happened
  std::string text;
};

/// One step, for progress and history.
struct HistoryRow {
  int step = 0;
  std::int64_t iterations = 0;  // of the optimizer, up to here
  SpentTime spent;              // up to here, all parts of the run together
  double loss = 0;
  double damping = 0;
  double length = 0;
  std::vector<double> train_rms;     // of every residual, on training points
  std::vector<double> held_out_rms;  // empty between evaluations
  std::vector<double> weights;       // of the residuals: conditioning times balancing, means over their points
  std::vector<double> quantities;    // asked in the case; empty between evaluations
  std::vector<double> errors;        // relative L2, against the reference fields of the case; no decision sees them
  int rung = 0;                      // of the ladder, from 0
};

struct TrainerState {
  int step = 0;
  int iteration = 0;  // within the next step
  std::int64_t iterations = 0;
  SpentTime spent;
  int passed_in_a_row = 0;
  int rejected_in_a_row = 0;
  torch::Tensor theta;  // all parameters of the network, as they are judged
  StatisticsState statistics;
  OptimizerState optimizer;
  std::vector<double> conditioning;
  OptimizerState balancing;  // empty without
  std::vector<HistoryRow> history;
  PointState points;
  std::vector<Event> events;
  int rung = 0;                       // of the ladder, from 0
  int first_step = 0;                 // steps taken before this rung began
  std::vector<torch::Tensor> solved;  // parameters of the windows of time before this one
  DiagnosticsState diagnostics;
};

/// Steps until something else than a step is due: an evaluation every `every` steps, other points every `redraw` steps
/// (0: never), or the last step.
int steps_to_next_event(int step, int last, int every, int redraw);

enum class Outcome { converged, out_of_steps, out_of_time, stalled, diverged, interrupted };

class Trainer {
 public:
  /// `options`: dtype and device of training; judging is always float64.
  Trainer(const Case& the_case, const torch::TensorOptions& options);

  /// Called after every iteration, or after several that a GPU did without waiting; returning false asks to stop there.
  using Observer = std::function<bool(const Trainer&)>;
  Outcome run(const Observer& observer);

  TrainerState state() const;
  void restore(const TrainerState& state);
  /// Starts from the parameters of another case with a network of the same shape; what they stand for is the network's
  /// dimensionless output. The optimizer begins afresh with the damping of a warm start.
  void start_from(const torch::Tensor& theta);
  /// The same from the rung below on a ladder, or the window before, whose steps, history, events and points go on.
  /// `event` says so.
  void climb_from(const TrainerState& below, const std::string& event);

  const Case& the_case() const { return case_; }
  const Problem& problem() const { return problem_; }
  int step() const { return step_; }
  /// Of the ladder, from 0.
  int rung() const { return rung_; }
  /// The step at which the steps of the case (of this rung) are used up.
  int last_step() const { return first_step_ + case_.settings.optimizer.steps; }
  int first_step() const { return first_step_; }
  /// Parameters of the windows of time up to this one; its own alone where there are none.
  std::vector<torch::Tensor> solved() const;
  const std::vector<Event>& events() const { return events_; }
  std::int64_t iterations() const { return iterations_; }
  SpentTime spent() const { return spent_; }
  /// All parameters of the network, with the statistics that the judged field has.
  torch::Tensor theta() const { return statistics_.inference_parameters(theta_); }
  /// How far the field that is judged lies from the one that is trained, on the held-out points of the interior:
  /// StatisticsSchedule::gap.
  double normalization_gap() const;
  /// One row per step, and the last iteration.
  const std::vector<HistoryRow>& history() const { return history_; }
  const Diagnostics& diagnostics() const { return diagnostics_; }
  /// The latest iteration.
  const HistoryRow& latest() const { return latest_; }
  /// The latest evaluation; empty before the first.
  const std::optional<Evaluation>& evaluation() const { return evaluation_; }
  /// A fresh evaluation of the current parameters, on the training points of the last step.
  Evaluation evaluate();

 private:
  /// Random weights, or those that were fitted to the start that the case declares.
  void take_first_parameters();
  void prepare_objective();
  void make_objective();
  void recompute_statistics();
  /// From conditioning and balancing together, one per residual.
  std::vector<double> weights() const;
  /// Shows the state to the balancer.
  void balance();
  /// A new optimizer; the smallest damping it may use depends on whether points are redrawn.
  void begin_optimizer(double damping);
  /// After an evaluation, and only where a step follows: a stalled run goes on when its points change.
  void follow_held_out_rule();
  /// A look of the diagnostics where one is due.
  void look();
  /// Evaluates the current parameters, for the verdict and for `row`.
  void judge(HistoryRow& row);
  /// Why there is no next step; nothing while there is one. A function of the state alone, so that a run that was
  /// killed after its last step ends in the same way when it is resumed.
  std::optional<Outcome> end() const;

  const Case& case_;
  Problem problem_;
  Judge judge_;
  std::unique_ptr<Optimizer> optimizer_;
  Conditioning conditioning_;
  Balancing balancing_;
  PointSchedule points_;
  Diagnostics diagnostics_;
  StatisticsSchedule statistics_;
  torch::Tensor theta_;  // that the optimizer sees: without statistics
  bool fit_is_due_;      // to the start that the case declares
  int step_ = 0;
  int iteration_ = 0;
  int iterations_per_step_ = 1;
  std::int64_t iterations_ = 0;
  SpentTime spent_;
  int passed_in_a_row_ = 0;
  int rejected_in_a_row_ = 0;
  std::vector<HistoryRow> history_;
  HistoryRow latest_;
  std::optional<Evaluation> evaluation_;
  std::unique_ptr<LeastSquares> objective_;
  std::vector<Event> events_;
  int rung_ = 0;
  int first_step_ = 0;
  std::vector<torch::Tensor> solved_;  // as in TrainerState
};

}  // namespace nusselt
