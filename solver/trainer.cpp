#include "solver/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "solver/start_fit.hpp"

namespace nusselt {

namespace {

constexpr int evaluations_to_pass = 2;
// With fixed points a rejected step changes the damping only; this many leave nothing to try.
constexpr int rejections_to_stall = 3;
// Of the largest held-out residual so far: weights below it are near a solution, whatever hides between few points.
constexpr double near = 1e-3;
// Small damping fits the noise of one draw: with layer normalization and points drawn at every step the loss of the
// cavity rose to 1e7 at a damping of 1e-7, and fell to 1e-5 with this floor.
constexpr double floor_of_redrawn_points = 1e-6;
constexpr double floor_of_fixed_points = 1e-14;

std::vector<double> products(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] *= b[i];
  return a;
}

}  // namespace

int steps_to_next_event(int step, int last, int every, int redraw) {
  int count = std::min(last - step, every - step % every);
  if (redraw > 0) count = std::min(count, redraw - step % redraw);
  return count;
}

Trainer::Trainer(const Case& the_case, const torch::TensorOptions& options)
    : case_(the_case),
      problem_(the_case, options),
      judge_(the_case),
      conditioning_(problem_.residuals(), the_case.settings.conditioning),
      balancing_(problem_, the_case.settings),
      points_(problem_, case_.settings),
      diagnostics_(case_, problem_),
      statistics_(problem_, case_),
      theta_(statistics_.start_from(problem_.network().initial_parameters(the_case.settings.seed).to(options))),
      fit_is_due_(!the_case.start.residuals.empty()) {
  begin_optimizer(case_.settings.optimizer.damping);
}

void Trainer::take_first_parameters() {
  fit_is_due_ = false;
  if (case_.start.residuals.empty()) {
    theta_ = statistics_.start_from(problem_.network().initial_parameters(case_.settings.seed).to(problem_.options()));
    return;
  }
  const StartFit fit = fit_start(case_, problem_.options());
  theta_ = statistics_.start_from(fit.theta).clone();
  events_.push_back({step_, fit.text});
}

void Trainer::begin_optimizer(double damping) {
  Settings settings = case_.settings;
  settings.optimizer.damping = damping;
  if (settings.optimizer.damping_floor == 0) {
    settings.optimizer.damping_floor = points_.interval() > 0 ? floor_of_redrawn_points : floor_of_fixed_points;
  }
  optimizer_ = make_optimizer(settings);
}

void Trainer::prepare_objective() {
  if (points_.keep(optimizer_->wants_points_to_stay()) && points_.interval() == 0) {
    events_.push_back({step_, "the second optimizer has taken over, for which the training points stay"});
  }
  const bool redrawn = points_.prepare(step_, statistics_.training_parameters(theta_), weights());
  const bool other = statistics_.prepare(points_.points(), optimizer_->follows_statistics(), theta_);
  if (redrawn) balancing_.points_changed();  // never of those that remember points: refused with redrawn ones
  if (!objective_ || redrawn || other || statistics_.due()) make_objective();
  if (statistics_.due()) recompute_statistics();
  if (iteration_ == 0 && balancing_.due(step_)) {
    balance();
    make_objective();
  }
}

void Trainer::make_objective() {
  objective_ = std::make_unique<LeastSquares>(problem_, balancing_.weighted(points_.points()), weights(),
                                              statistics_.of_objective());
  if (!balancing_.combines_gradients()) return;
  objective_->combine_gradients([this](const torch::Tensor& gradients) { return balancing_.combine(gradients); });
}

void Trainer::recompute_statistics() {
  const double before = objective_->loss(theta_);
  statistics_.recompute(theta_);
  make_objective();
  optimizer_->objective_changed();
  char losses[80];
  std::snprintf(losses, sizeof losses, "%.3g -> %.3g", before, objective_->loss(theta_));
  events_.push_back({step_, "statistics of the normalization recomputed at " +
                                std::to_string(statistics_.reference_points()) + " points of '" +
                                statistics_.reference() + "': loss " + losses});
}

std::vector<double> Trainer::weights() const { return products(balancing_.weights(), conditioning_.weights()); }

void Trainer::balance() {
  balancing_.update(step_, *objective_, theta_);
  optimizer_->objective_changed();
}

double Trainer::normalization_gap() const {
  if (!statistics_.any()) return 0;
  const Settings& settings = case_.settings;
  const std::vector<WeightedPoints> held_out =
      problem_.draw("sobol", settings.points.held_out, settings.points.boundary, "held out", settings.seed, 0);
  return statistics_.gap(theta_, held_out.front().points.x);
}

void Trainer::follow_held_out_rule() {
  const std::optional<Outcome> ended = end();
  if (ended && *ended != Outcome::stalled) return;
  std::optional<std::string> change =
      points_.follow(*evaluation_, step_, statistics_.training_parameters(theta_), weights());
  if (!change) return;
  const std::string lost = balancing_.points_changed();
  if (!lost.empty()) *change += "; " + lost;
  // Weights that hide so much do not lose it again. A warm start is too dear to be thrown away.
  double now = 0;
  for (const ResidualReport& r : evaluation_->residuals) now = std::max(now, r.rms);
  double largest = now;
  for (const HistoryRow& row : history_) {
    for (const double rms : row.held_out_rms) largest = std::max(largest, rms);
  }
  const bool spoiled =
      largest_ratio(*evaluation_).value > hiding * case_.settings.criteria.ratio && now > near * largest;
  if (spoiled && rung_ == 0 && case_.settings.continue_from.empty()) {
    *change += "; training begins again with its first weights";
    take_first_parameters();
    points_.keep(false);
    begin_optimizer(case_.settings.optimizer.damping);
  } else {
    const OptimizerState learned = optimizer_->state();
    begin_optimizer(case_.settings.optimizer.damping);  // its floor follows the points
    optimizer_->restore(learned);
    optimizer_->points_changed(case_.settings.optimizer.warm_damping);
  }
  events_.push_back({step_, *change});
  objective_.reset();
  rejected_in_a_row_ = 0;
  iteration_ = 0;
}

void Trainer::look() {
  if (iteration_ != 0 || !diagnostics_.due(step_)) return;
  diagnostics_.look(step_, {theta_, statistics_.of_objective(), statistics_.training_parameters(theta_),
                            statistics_.inference_parameters(theta_), points_.points(),
                            products(balancing_.mean_weights(), conditioning_.weights()), normalization_gap()});
}

Evaluation Trainer::evaluate() {
  points_.prepare(std::max(0, step_ - 1), statistics_.training_parameters(theta_), weights());
  statistics_.prepare(points_.points(), optimizer_->follows_statistics(), theta_);
  const LeastSquares last(problem_, points_.points(), weights());
  const torch::Tensor all = theta();
  return judge_.evaluate(Solution(case_, all), last.mean_squares(all));
}

std::optional<Outcome> Trainer::end() const {
  if (passed_in_a_row_ >= evaluations_to_pass) return Outcome::converged;
  if (points_.interval() == 0 && rejected_in_a_row_ >= rejections_to_stall) return Outcome::stalled;
  if (step_ >= last_step()) return Outcome::out_of_steps;
  const double limit = case_.settings.optimizer.time;
  if (limit > 0 && spent_.wall >= limit) return Outcome::out_of_time;
  return std::nullopt;
}

void Trainer::judge(HistoryRow& row) {
  const torch::Tensor all = theta();
  const std::vector<double> mean_squares = objective_->mean_squares(all);
  const Solution solution(case_, all);
  evaluation_ = judge_.evaluate(solution, mean_squares);
  for (const ResidualReport& r : evaluation_->residuals) {
    row.train_rms.push_back(r.train_rms);
    row.held_out_rms.push_back(r.rms);
  }
  for (const QuantityReport& quantity : judge_.quantities(solution)) row.quantities.push_back(quantity.value);
  for (const ErrorReport& error : judge_.errors(solution)) row.errors.push_back(error.relative_l2);
  // An evaluation that only the clock asked for decides nothing.
  const bool asked_by_steps = iteration_ == 0 && step_ % case_.settings.criteria.every == 0;
  if (end() != Outcome::out_of_time || asked_by_steps) {
    passed_in_a_row_ = evaluation_->passed() ? passed_in_a_row_ + 1 : 0;
  }
  // A stalled state would be judged the same again.
  if (passed_in_a_row_ > 0 && end() == Outcome::stalled) passed_in_a_row_ = evaluations_to_pass;
  if (asked_by_steps && case_.settings.conditioning.name != "none") {
    conditioning_.update(mean_squares);
    optimizer_->objective_changed();
    objective_.reset();
  }
  if (asked_by_steps && balancing_.follows_evaluations()) {
    if (!objective_) make_objective();
    balance();
    objective_.reset();
  }
  follow_held_out_rule();
}

Outcome Trainer::run(const Observer& observer) {
  const Stopwatch stopwatch(spent_);
  if (fit_is_due_) take_first_parameters();
  while (!end()) {
    if (iteration_ == 0 || !objective_ || statistics_.due()) {
      prepare_objective();
      iterations_per_step_ = optimizer_->iterations_per_step(*objective_);
    }
    if (step_ == 0) look();
    const torch::Tensor before = theta_.clone();
    const std::vector<double> used = products(balancing_.mean_weights(), conditioning_.weights());
    const int most =
        std::min({steps_to_next_event(step_, last_step(), case_.settings.criteria.every, points_.interval()),
                  balancing_.steps_until_due(step_), diagnostics_.steps_until_due(step_)});
    const std::vector<OptimizerStep> results = optimizer_->steps(*objective_, theta_, most);
    const bool finite = std::ranges::all_of(results, [](const OptimizerStep& r) { return std::isfinite(r.loss); });
    if (!finite || !at::isfinite(theta_).all().item<bool>()) {
      theta_ = before;
      evaluation_ = evaluate();
      return Outcome::diverged;
    }
    statistics_.follow(std::ranges::count_if(results, &OptimizerStep::accepted), !results.back().accepted, theta_);
    spent_ = stopwatch.read();
    for (const OptimizerStep& result : results) {
      ++iterations_;
      ++iteration_;
      if (iteration_ >= iterations_per_step_) {
        iteration_ = 0;
        ++step_;
      }
      rejected_in_a_row_ = result.accepted ? 0 : rejected_in_a_row_ + 1;
      latest_ = {step_, iterations_, spent_, result.loss, result.damping, result.length, {}, {}, used, {}, {}, rung_};
      if (&result != &results.back() && iteration_ == 0) history_.push_back(latest_);
    }
    if (const std::string remark = optimizer_->take_remark(); !remark.empty()) events_.push_back({step_, remark});

    const bool ended = end().has_value();  // before the judgement, which may go on with other points
    if (ended || (iteration_ == 0 && step_ % case_.settings.criteria.every == 0)) judge(latest_);
    if (ended || iteration_ == 0) history_.push_back(latest_);
    look();
    const bool go_on = observer(*this);
    if (!go_on && !end()) return Outcome::interrupted;
  }
  // A state restored after its last step has not been judged by this trainer.
  if (!evaluation_) evaluation_ = evaluate();
  return *end();
}

TrainerState Trainer::state() const {
  return {step_,
          iteration_,
          iterations_,
          spent_,
          passed_in_a_row_,
          rejected_in_a_row_,
          theta().detach().cpu().clone(),
          statistics_.state(),
          optimizer_->state(),
          conditioning_.averages(),
          balancing_.state(),
          history_,
          points_.state(),
          events_,
          rung_,
          first_step_,
          solved_,
          diagnostics_.state()};
}

void Trainer::restore(const TrainerState& state) {
  fit_is_due_ = !case_.start.residuals.empty() && state.iterations == 0 && state.rung == 0;
  step_ = state.step;
  iteration_ = state.iteration;
  iterations_ = state.iterations;
  spent_ = state.spent;
  passed_in_a_row_ = state.passed_in_a_row;
  rejected_in_a_row_ = state.rejected_in_a_row;
  theta_ = statistics_.start_from(state.theta.to(problem_.options())).clone();
  statistics_.restore(state.statistics);
  points_.restore(state.points);
  begin_optimizer(case_.settings.optimizer.damping);  // its floor follows the points
  optimizer_->restore(state.optimizer);
  conditioning_.restore(state.conditioning);
  balancing_.restore(state.balancing);
  history_ = state.history;
  events_ = state.events;
  rung_ = state.rung;
  first_step_ = state.first_step;
  solved_ = state.solved;
  diagnostics_.restore(state.diagnostics);
  evaluation_.reset();
  objective_.reset();
}

std::vector<torch::Tensor> Trainer::solved() const {
  std::vector<torch::Tensor> all = solved_;
  all.push_back(theta().detach().cpu().clone());
  return all;
}

void Trainer::start_from(const torch::Tensor& theta) {
  fit_is_due_ = false;
  theta_ = statistics_.start_from(theta.to(problem_.options())).clone();
  begin_optimizer(case_.settings.optimizer.warm_damping);
}

void Trainer::climb_from(const TrainerState& below, const std::string& event) {
  PointState points = below.points;
  points.adapted = {};  // to the residual of another rung, in its box
  points.kept = false;
  points_.restore(points);
  start_from(below.theta);
  solved_ = below.solved;
  if (case_.window) solved_.push_back(below.theta);
  diagnostics_.restore(below.diagnostics);
  step_ = first_step_ = below.step;
  iterations_ = below.iterations;
  spent_ = below.spent;
  rung_ = below.rung + 1;
  history_ = below.history;
  events_ = below.events;
  events_.push_back({step_, event});
}

}  // namespace nusselt
