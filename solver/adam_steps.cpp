#include "solver/adam_steps.hpp"

#include <cmath>

namespace nusselt {

using torch::Tensor;

namespace {

constexpr double first_decay = 0.9;
constexpr double second_decay = 0.999;
constexpr double epsilon = 1e-8;

}  // namespace

void adam_update(const Tensor& gradient, const Tensor& factor, const Tensor& correction, Tensor& first, Tensor& second,
                 Tensor& theta, const LayerRates& rates, double rate) {
  first.mul_(first_decay).add_(gradient, 1 - first_decay);
  second.mul_(second_decay).addcmul_(gradient, gradient, 1 - second_decay);
  Tensor root = second.sqrt().div_(correction);
  if (!rates.active()) {
    theta.add_(at::mul(first, factor).div_(root.add_(epsilon)));
    return;
  }
  const Tensor step = at::mul(first, factor).div_(root.add_(rates.epsilon(theta, epsilon)));
  theta.add_(step * rates.of_step(theta, step, rate));
}

Tensor adam_factor(double rate, std::int64_t count) {
  return at::scalar_tensor(-rate / (1 - std::pow(first_decay, count)), at::kDouble);
}

Tensor adam_correction(std::int64_t count) {
  return at::scalar_tensor(std::sqrt(1 - std::pow(second_decay, count)), at::kDouble);
}

AdamSteps::AdamSteps(const LeastSquares& objective, const Tensor& theta, double rate, const LayerRates& rates)
    : objective_(objective),
      rate_(rate),
      rates_(rates),
      theta_(at::empty_like(theta)),
      first_(at::empty_like(theta)),
      second_(at::empty_like(theta)),
      gradient_(at::empty_like(theta)),
      loss_(at::empty({}, theta.options().dtype(at::kDouble))),
      count_(at::empty_like(loss_)),
      losses_(at::empty({most}, loss_.options())),
      taken_(at::empty({1}, theta.options().dtype(at::kLong))),
      graph_([this] { step(); }, theta.device()) {}

void AdamSteps::step() {
  const at::NoGradGuard no_gradient;
  loss_.zero_();
  gradient_.zero_();
  objective_.add_gradient(theta_, loss_, gradient_);
  count_.add_(1);
  const Tensor factor = at::rsub(at::pow(first_decay, count_), 1).reciprocal_().mul_(-rate_);
  const Tensor correction = at::rsub(at::pow(second_decay, count_), 1).sqrt_();
  adam_update(gradient_, factor, correction, first_, second_, theta_, rates_, rate_);
  // A rate far too large overflows the moments before the loss shows it.
  const Tensor loss = at::where(at::isfinite(second_).all(), loss_, at::full_like(loss_, NAN));
  losses_.index_copy_(0, taken_, loss.view({1}));
  taken_.add_(1);
}

std::vector<double> AdamSteps::run(int count, Tensor& theta, AdamState& state) {
  const at::NoGradGuard no_gradient;
  theta_.copy_(theta);
  first_.copy_(state.first);
  second_.copy_(state.second);
  count_.fill_(static_cast<double>(state.count));
  taken_.zero_();
  graph_.run(count);
  theta.copy_(theta_);
  state.first.copy_(first_);
  state.second.copy_(second_);
  state.count += count;
  const Tensor losses = losses_.narrow(0, 0, count).cpu();
  return {losses.data_ptr<double>(), losses.data_ptr<double>() + count};
}

}  // namespace nusselt
