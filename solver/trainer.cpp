#include "solver/trainer.hpp"

#include <cmath>

namespace nusselt {

namespace {

constexpr int evaluations_to_pass = 2;
// With fixed points a rejected step changes the damping only; this many leave nothing to try.
constexpr int rejections_to_stall = 3;

}  // namespace

Trainer::Trainer(const Case& the_case, const torch::TensorOptions& options)
    : case_(the_case),
      problem_(the_case, options),
      judge_(the_case),
      optimizer_(make_optimizer(the_case.settings)),
      conditioning_(problem_.residuals(), the_case.settings.conditioning),
      theta_(problem_.network().initial_parameters(the_case.settings.seed).to(options)) {}

void Trainer::prepare_objective() {
  const Settings::Points& points = case_.settings.points;
  const std::int64_t draw = points.redraw > 0 ? step_ / points.redraw : 0;
  if (objective_ && draw == objective_draw_) return;
  objective_draw_ = draw;
  objective_ =
      std::make_unique<LeastSquares>(problem_,
                                     problem_.draw(points.sampling, points.interior, points.boundary, "training",
                                                   case_.settings.seed, static_cast<std::uint64_t>(draw)),
                                     conditioning_.weights());
}

Evaluation Trainer::evaluate() const {
  return judge_.evaluate(Solution(case_, theta_), objective_->mean_squares(theta_));
}

Outcome Trainer::run(const Observer& observer) {
  const Settings& settings = case_.settings;
  while (step_ < settings.optimizer.steps) {
    prepare_objective();
    const torch::Tensor before = theta_.clone();
    const OptimizerStep result = optimizer_->step(*objective_, theta_);
    if (!std::isfinite(result.loss) || !at::isfinite(theta_).all().item<bool>()) {
      theta_ = before;
      evaluation_ = evaluate();
      return Outcome::diverged;
    }
    ++step_;
    rejected_in_a_row_ = result.accepted ? 0 : rejected_in_a_row_ + 1;
    const bool stalled = settings.points.redraw == 0 && rejected_in_a_row_ >= rejections_to_stall;

    HistoryRow row{step_, result.loss, result.damping, result.length, {}, {}, conditioning_.weights()};
    const bool judged = step_ % settings.criteria.every == 0 || step_ == settings.optimizer.steps || stalled;
    if (judged) {
      const std::vector<double> mean_squares = objective_->mean_squares(theta_);
      evaluation_ = judge_.evaluate(Solution(case_, theta_), mean_squares);
      for (const ResidualReport& r : evaluation_->residuals) {
        row.train_rms.push_back(r.train_rms);
        row.held_out_rms.push_back(r.rms);
      }
      passed_in_a_row_ = evaluation_->passed() ? passed_in_a_row_ + 1 : 0;
      // Weights change here and nowhere else; the objective is made anew, so the optimizer sees its loss at the next
      // step.
      conditioning_.update(mean_squares);
      if (settings.conditioning.name != "none") objective_.reset();
    }
    history_.push_back(std::move(row));
    if (judged && passed_in_a_row_ >= evaluations_to_pass) {
      prepare_objective();
      observer(*this);
      return Outcome::converged;
    }
    const bool go_on = observer(*this);
    if (stalled) return Outcome::stalled;
    if (!go_on && step_ < settings.optimizer.steps) return Outcome::interrupted;
  }
  return Outcome::out_of_steps;
}

TrainerState Trainer::state() const {
  return {step_,
          passed_in_a_row_,
          rejected_in_a_row_,
          theta_.detach().cpu().clone(),
          optimizer_->state(),
          conditioning_.averages(),
          history_};
}

void Trainer::restore(const TrainerState& state) {
  step_ = state.step;
  passed_in_a_row_ = state.passed_in_a_row;
  rejected_in_a_row_ = state.rejected_in_a_row;
  theta_ = state.theta.to(problem_.options()).clone();
  optimizer_->restore(state.optimizer);
  conditioning_.restore(state.conditioning);
  history_ = state.history;
  objective_.reset();
  prepare_objective();
}

}  // namespace nusselt
