#include "solver/self_scaled_broyden.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace nusselt {

namespace {

double along(const torch::Tensor& a, const torch::Tensor& b) { return at::dot(a, b).item<double>(); }

}  // namespace

BroydenScaling broyden_scaling(SelfScaling rule, double ys, double yHy, double sBs, std::int64_t parameters) {
  const double b = sBs / ys;
  if (rule == SelfScaling::ssbfgs) return {1, std::min(1.0, 1 / b)};
  const double h = yHy / ys;
  // b h >= 1 by Cauchy and Schwarz; rounding may say otherwise.
  const double a = std::max(std::abs(b * h - 1), std::numeric_limits<double>::epsilon());
  const double c = std::sqrt(a / (1 + a));
  const double rho_minus = std::min(1.0, h * (1 - c));
  const double theta_minus = (rho_minus - 1) / a;
  const double theta_plus = 1 / rho_minus;
  const double theta = std::max(theta_minus, std::min(theta_plus, (1 - b) / b));
  const double rho = std::min(1.0, 1 / b);
  const double sigma = 1 + theta * a;
  const double sigma_n = parameters > 1 ? std::pow(std::abs(sigma), 1.0 / (1.0 - static_cast<double>(parameters))) : 1;
  const double tau = theta <= 0 ? std::min(rho * sigma_n, sigma) : rho * std::min(sigma_n, 1 / theta);
  return {(1 - theta) / (1 + a * theta), tau};
}

void SelfScaledBroyden::start_from(torch::Tensor inverse_hessian) {
  start_from_identity();
  matrix_ = std::move(inverse_hessian);
}

void SelfScaledBroyden::start_from_identity() {
  matrix_.reset();
  pending_ = {};
  direction_.reset();
  gradient_.reset();
  learned_ = false;
}

void SelfScaledBroyden::choose_direction(const Differentiable& function, const torch::Tensor& theta) {
  const torch::Tensor& gradient = latest_.of(function, theta).gradient;
  for (torch::Tensor* kept : {&matrix_, &gradient_, &direction_, &pending_.u, &pending_.v}) {
    if (kept->defined()) *kept = kept->to(theta.options());
  }
  first_length_ = 1;
  if (!matrix_.defined()) {
    matrix_ = at::eye(theta.numel(), theta.options());
    first_length_ = std::min(1.0, 1 / gradient.norm().item<double>());
    direction_.reset();
  }
  if (direction_.defined() && at::equal(gradient_, gradient)) return;
  direction_ = -update_and_multiply(matrix_, std::exchange(pending_, {}), gradient);
  gradient_ = gradient;
}

OptimizerStep SelfScaledBroyden::step(const Differentiable& function, torch::Tensor& theta) {
  const at::NoGradGuard no_gradient;
  choose_direction(function, theta);
  const LeastSquares::Gradient start = latest_.of(function, theta);
  auto descent = descend(function, theta, start, direction_, first_length_);
  if (!descent) return {start.loss, start.loss, false, 0, 0};
  learn(descent->theta - theta, start.gradient, descent->end.gradient, descent->length);
  theta = descent->theta;
  latest_.set(function, theta, descent->end);
  return {descent->end.loss, start.loss, true, 0, descent->length};
}

void SelfScaledBroyden::learn(const torch::Tensor& step, const torch::Tensor& old_gradient,
                              const torch::Tensor& gradient, double length) {
  const torch::Tensor y = gradient - old_gradient;
  const torch::Tensor product = update_and_multiply(matrix_, std::exchange(pending_, {}), gradient);
  const torch::Tensor Hy = product + direction_;
  const double ys = along(y, step);
  const double yHy = along(y, Hy);
  const double sBs = -length * along(step, old_gradient);
  gradient_ = gradient;
  const double smallest = std::numeric_limits<double>::epsilon() * y.norm().item<double>() * step.norm().item<double>();
  if (!(ys > smallest && yHy > 0 && sBs > 0)) {
    direction_ = -product;
    return;
  }
  const auto [phi, tau] = broyden_scaling(rule_, ys, yHy, sBs, step.numel());
  pending_.scale = 1 / tau;
  pending_.uu = (phi - 1) / (yHy * tau);
  pending_.uv = -phi / (ys * tau);
  pending_.vv = phi * yHy / (ys * ys * tau) + 1 / ys;
  pending_.u = Hy;
  pending_.v = step;
  const double along_u = along(Hy, gradient);
  const double along_v = along(step, gradient);
  direction_ = -(pending_.scale * product + (pending_.uu * along_u + pending_.uv * along_v) * Hy +
                 (pending_.uv * along_u + pending_.vv * along_v) * step);
  learned_ = true;
}

torch::Tensor SelfScaledBroyden::inverse_hessian() const {
  torch::Tensor matrix = matrix_.clone();
  if (pending_.u.defined()) update_and_multiply(matrix, pending_, direction_);
  return matrix;
}

OptimizerState SelfScaledBroyden::state() const {
  OptimizerState state = {{"learned", at::full({1}, learned_ ? 1 : 0, at::kDouble)}};
  if (!matrix_.defined()) return state;
  state["inverse_hessian"] = matrix_.detach().cpu().clone();
  if (direction_.defined()) {
    state["direction"] = direction_.detach().cpu().clone();
    state["gradient"] = gradient_.detach().cpu().clone();
  }
  if (pending_.u.defined()) {
    state["pending"] = at::tensor({pending_.scale, pending_.uu, pending_.uv, pending_.vv}, at::kDouble);
    state["pending_u"] = pending_.u.detach().cpu().clone();
    state["pending_v"] = pending_.v.detach().cpu().clone();
  }
  return state;
}

void SelfScaledBroyden::restore(const OptimizerState& state) {
  start_from_identity();
  learned_ = state.at("learned").item<double>() != 0;
  const auto tensor = [&](const char* name) {
    const auto found = state.find(name);
    return found == state.end() ? torch::Tensor() : found->second.clone();
  };
  matrix_ = tensor("inverse_hessian");
  direction_ = tensor("direction");
  gradient_ = tensor("gradient");
  if (const torch::Tensor numbers = tensor("pending"); numbers.defined()) {
    pending_ = {numbers[0].item<double>(), numbers[1].item<double>(), numbers[2].item<double>(),
                numbers[3].item<double>(), tensor("pending_u"),       tensor("pending_v")};
  }
}

namespace {

/// On its own: from the identity, and from there again when a step fails.
class SelfScaledBroydenOptimizer final : public Optimizer {
 public:
  explicit SelfScaledBroydenOptimizer(SelfScaling rule) : broyden_(rule) {}

  OptimizerStep step(const LeastSquares& objective, torch::Tensor& theta) override {
    const OptimizerStep result = broyden_.step(differentiable(objective), theta);
    if (!result.accepted) broyden_.start_from_identity();
    return result;
  }
  int iterations_per_step(const LeastSquares& objective) const override {
    return nusselt::iterations_per_step(objective, true);
  }
  OptimizerState state() const override { return broyden_.state(); }
  void restore(const OptimizerState& state) override { broyden_.restore(state); }

 private:
  SelfScaledBroyden broyden_;
};

const RegisterOptimizer broyden_entry({"ssbroyden", [](const Settings&) {
                                         return std::make_unique<SelfScaledBroydenOptimizer>(SelfScaling::ssbroyden);
                                       }});
const RegisterOptimizer bfgs_entry({"ssbfgs", [](const Settings&) {
                                      return std::make_unique<SelfScaledBroydenOptimizer>(SelfScaling::ssbfgs);
                                    }});

}  // namespace
}  // namespace nusselt
