// Levenberg-Marquardt first, self-scaled Broyden second.
//
// Gauss-Newton steps find the valley in a few dozen dear steps and then creep, because they drop the second derivatives
// of the residuals; Broyden steps learn these, but from the identity they need a thousand steps to begin. So the second
// starts from what the first has learned, (J^T J + m diag(J^T J))^-1 at the point of the hand-over. When it stalls, its
// matrix is rebuilt from the Jacobian there; when it stalls again at once, nothing is left to try.
#include "solver/hybrid.hpp"

#include <utility>
#include <vector>

#include "solver/normal_matrix.hpp"
#include "solver/optimizer.hpp"
#include "solver/self_scaled_broyden.hpp"

namespace nusselt {

bool time_to_hand_over(double first, std::span<const double> losses, const HandOverRule& rule) {
  const auto slow_over = [&](std::size_t window) {
    return losses.size() > window && losses[losses.size() - 1 - window] < rule.least_factor * losses.back();
  };
  return slow_over(!losses.empty() && losses.back() <= rule.fallen * first ? rule.window : rule.patience);
}

namespace {

// Of J^T J scaled to unit diagonal, at the hand-over.
constexpr double hand_over_damping = 1e-6;
const std::string first_prefix = "levenberg_marquardt.";
const std::string second_prefix = "broyden.";

class Hybrid final : public Optimizer {
 public:
  explicit Hybrid(Settings settings)
      : first_(make_optimizer([&] {
          settings.optimizer.name = "levenberg_marquardt";
          return settings;
        }())) {}

  OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) override {
    return handed_over_ ? second_step(objective, theta) : first_step(objective, theta);
  }

  int iterations_per_step(const LeastSquares& objective) const override {
    return handed_over_ ? nusselt::iterations_per_step(objective, true) : 1;
  }

  void points_changed(double damping) override {
    first_->points_changed(damping);
    losses_.clear();
    rebuild_ = handed_over_;
  }

  // Progress goes on where it was: losses of before are rescaled to the new objective. The second's matrix stays, as a
  // start that its updates correct; it is rebuilt if that fails.
  void objective_changed() override { rescale_ = true; }

  bool wants_points_to_stay() const override { return handed_over_; }

  OptimizerState state() const override {
    OptimizerState state = {{"handed_over", at::full({1}, handed_over_ ? 1 : 0, at::kDouble)},
                            {"first_loss", at::full({1}, first_loss_, at::kDouble)},
                            {"rebuilt_at", at::full({1}, rebuilt_at_, at::kDouble)},
                            {"rebuild", at::full({1}, rebuild_ ? 1 : 0, at::kDouble)},
                            {"rescale", at::full({1}, rescale_ ? 1 : 0, at::kDouble)},
                            {"losses", at::tensor(losses_, at::kDouble)}};
    for (const auto& [name, tensor] : first_->state()) state[first_prefix + name] = tensor;
    for (const auto& [name, tensor] : second_.state()) state[second_prefix + name] = tensor;
    return state;
  }

  void restore(const OptimizerState& state) override {
    handed_over_ = state.at("handed_over").item<double>() != 0;
    first_loss_ = state.at("first_loss").item<double>();
    rebuilt_at_ = state.at("rebuilt_at").item<double>();
    rebuild_ = state.at("rebuild").item<double>() != 0;
    rescale_ = state.at("rescale").item<double>() != 0;
    const torch::Tensor losses = state.at("losses").contiguous();
    losses_.assign(losses.data_ptr<double>(), losses.data_ptr<double>() + losses.numel());
    first_->restore(part(state, first_prefix));
    second_.restore(part(state, second_prefix));
  }

 private:
  static OptimizerState part(const OptimizerState& state, const std::string& prefix) {
    OptimizerState result;
    for (const auto& [name, tensor] : state) {
      if (name.starts_with(prefix)) result[name.substr(prefix.size())] = tensor;
    }
    return result;
  }

  OptimizerStep first_step(const LeastSquares& objective, torch::Tensor& theta) {
    OptimizerStep result = first_->step(objective, theta);
    if (first_loss_ == 0) first_loss_ = result.previous;
    if (std::exchange(rescale_, false) && !losses_.empty() && losses_.back() > 0) {
      const double factor = result.previous / losses_.back();
      for (double& loss : losses_) loss *= factor;
      first_loss_ *= factor;
    }
    if (losses_.empty()) losses_.push_back(result.previous);
    if (result.accepted) {
      losses_.push_back(result.loss);
      if (losses_.size() > rule_.patience + 1) losses_.erase(losses_.begin());
    }
    if (!result.accepted || time_to_hand_over(first_loss_, losses_, rule_)) {
      handed_over_ = true;
      rebuild(objective, theta);
    }
    return result;
  }

  OptimizerStep second_step(const LeastSquares& objective, torch::Tensor& theta) {
    if (std::exchange(rebuild_, false)) rebuild(objective, theta);
    const OptimizerStep result = second_.step(differentiable(objective), theta);
    // A matrix that fails where it was built is built again only for other points or weights, whose loss differs.
    if (!result.accepted && (second_.has_learned() || result.previous != rebuilt_at_)) {
      rebuild(objective, theta);
      rebuilt_at_ = result.previous;
    }
    return result;
  }

  void rebuild(const LeastSquares& objective, const torch::Tensor& theta) {
    second_.start_from(gauss_newton_inverse(objective, theta, hand_over_damping));
  }

  HandOverRule rule_ = {};
  std::unique_ptr<Optimizer> first_;
  SelfScaledBroyden second_{SelfScaling::ssbroyden};
  bool handed_over_ = false;
  bool rebuild_ = false;  // the second's matrix, at the next step
  bool rescale_ = false;  // the losses of before, at the next step
  double first_loss_ = 0;
  double rebuilt_at_ = -1;      // the loss at which the second's matrix was last rebuilt
  std::vector<double> losses_;  // of the last accepted steps of the first
};

const RegisterOptimizer entry({"hybrid", [](const Settings& settings) { return std::make_unique<Hybrid>(settings); }});

}  // namespace
}  // namespace nusselt
