// SOAP: Adam in the eigenbasis of Shampoo's preconditioner (N. Vyas et al., ICLR 2025, arXiv:2409.11321, algorithm 3;
// for physics-informed networks S. Wang et al., arXiv:2502.00604).
//
// Every weight matrix W [m, n] with gradient G has running means L of G G^T and R of G^T G. Adam's second moment V is
// taken of the gradient rotated into their eigenvectors, G' = Q_L^T G Q_R:
//     W -= rate * Q_L (M' / (sqrt(V) + eps)) Q_R^T,   M' = Q_L^T M Q_R .
// One step of QR power iteration keeps Q_L and Q_R close to the eigenvectors. Biases and other vectors go by Adam. The
// first gradient only starts the averages. The rate rises linearly over the warm-up and falls to a hundredth along half
// a cosine until the last step of the case.
#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "solver/layer_rates.hpp"
#include "solver/optimizer.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

constexpr double first_decay = 0.95;
constexpr double second_decay = 0.99;
constexpr double shampoo_decay = 0.99;
constexpr double epsilon = 1e-8;
constexpr int refresh = 2;  // steps between power iterations
constexpr int longest_warm_up = 100;
constexpr double final_rate = 0.01;

/// Running mean of G G^T or G^T G, and its approximate eigenvectors as columns, largest eigenvalue first.
struct Side {
  Tensor mean;
  Tensor basis;

  void start(const Tensor& square) {
    mean = square * (1 - shampoo_decay);
    basis = std::get<1>(at::linalg_eigh(square)).flip(1).contiguous();
  }
  void add(const Tensor& square) { mean.mul_(shampoo_decay).add_(square, 1 - shampoo_decay); }
  /// One power iteration; the order in which old columns became the new ones.
  Tensor iterate() {
    const Tensor image = at::mm(mean, basis);
    const Tensor order = at::mul(basis, image).sum(0).argsort(/*dim=*/0, /*descending=*/true);
    // Row-major, as a checkpoint keeps it: products then have the same bits after a restart.
    basis = std::get<0>(at::linalg_qr(image.index_select(1, order))).contiguous();
    return order;
  }
};

class Soap final : public Optimizer {
 public:
  Soap(double rate, std::string rule, int steps) : rate_(rate), rule_(std::move(rule)), steps_(steps) {}

  OptimizerStep step(const LeastSquares& objective, Tensor& theta) override {
    const at::NoGradGuard no_gradient;
    const auto [loss, gradient] = objective.gradient(theta);
    const auto& slices = objective.network().slices();
    if (!rates_) rates_.emplace(rule_, objective.network());
    if (count_ == 0) {
      // Their eigenvectors would be asked for.
      if (!std::isfinite(loss) || !at::isfinite(gradient).all().item<bool>()) return {NAN, loss, false, 0, 0};
      first_ = at::zeros_like(theta);
      second_ = at::zeros_like(theta);
      sides_.clear();
      for (const ParameterSlice& slice : slices) {
        if (slice.shape.size() != 2) continue;
        const Tensor g = gradient.narrow(0, slice.offset, slice.size()).view(slice.shape);
        sides_.emplace_back();
        sides_.back().first.start(at::mm(g, g.t()));
        sides_.back().second.start(at::mm(g.t(), g));
      }
      ++count_;
      return {loss, loss, true, 0, 0};
    }
    to_device_of(theta);
    first_.mul_(first_decay).add_(gradient, 1 - first_decay);
    const double corrections = std::sqrt(1 - std::pow(second_decay, count_)) / (1 - std::pow(first_decay, count_));
    const double rate = scheduled_rate();
    const Tensor small = rates_->epsilon(theta, epsilon);
    Tensor step = at::empty_like(theta);
    std::size_t matrix = 0;
    for (const ParameterSlice& slice : slices) {
      if (slice.offset >= theta.size(0)) break;  // statistics of a norm: not trained
      const auto part = [&](const Tensor& of) { return of.narrow(0, slice.offset, slice.size()).view(slice.shape); };
      const Tensor g = part(gradient);
      Tensor v = part(second_);
      if (slice.shape.size() != 2) {
        v.mul_(second_decay).addcmul_(g, g, 1 - second_decay);
        part(step).copy_(part(first_)).div_(v.sqrt().add_(part(small)));
        continue;
      }
      auto& [left, right] = sides_[matrix++];
      left.add(at::mm(g, g.t()));
      right.add(at::mm(g.t(), g));
      const auto rotated = [&](const Tensor& t) { return at::mm(at::mm(left.basis.t(), t), right.basis); };
      const Tensor rotated_gradient = rotated(g);
      v.mul_(second_decay).addcmul_(rotated_gradient, rotated_gradient, 1 - second_decay);
      const Tensor direction = rotated(part(first_)).div_(v.sqrt().add_(part(small)));
      part(step).copy_(at::mm(at::mm(left.basis, direction), right.basis.t()));
      if (count_ % refresh == 0) {
        const Tensor rows = left.iterate(), columns = right.iterate();
        v.copy_(v.index_select(0, rows).index_select(1, columns));
      }
    }
    step.mul_(-rate * corrections);
    if (rates_->active()) step.mul_(rates_->of_step(theta, step, rate));
    theta.add_(step);
    ++count_;
    // A rate far too large overflows the moments before the loss shows it.
    if (!at::isfinite(second_).all().item<bool>()) return {NAN, loss, false, 0, rate};
    return {loss, loss, true, 0, rate};
  }

  bool follows_statistics() const override { return true; }

  OptimizerState state() const override {
    OptimizerState state = {{"count", at::full({1}, count_, at::kDouble)}};
    if (count_ == 0) return state;
    state["first"] = copy(first_);
    state["second"] = copy(second_);
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      state[name("left_mean", i)] = copy(sides_[i].first.mean);
      state[name("left_basis", i)] = copy(sides_[i].first.basis);
      state[name("right_mean", i)] = copy(sides_[i].second.mean);
      state[name("right_basis", i)] = copy(sides_[i].second.basis);
    }
    return state;
  }

  void restore(const OptimizerState& state) override {
    count_ = static_cast<std::int64_t>(state.at("count").item<double>());
    sides_.clear();
    if (count_ == 0) return;
    first_ = state.at("first").clone();
    second_ = state.at("second").clone();
    for (std::size_t i = 0; state.count(name("left_mean", i)) > 0; ++i) {
      sides_.push_back({{state.at(name("left_mean", i)).clone(), state.at(name("left_basis", i)).clone()},
                        {state.at(name("right_mean", i)).clone(), state.at(name("right_basis", i)).clone()}});
    }
  }

 private:
  static std::string name(const char* what, std::size_t index) { return what + std::to_string(index); }
  static Tensor copy(const Tensor& tensor) { return tensor.detach().cpu().clone(); }

  /// A restored state lies on the CPU.
  void to_device_of(const Tensor& theta) {
    first_ = first_.to(theta.options());
    second_ = second_.to(theta.options());
    for (auto& [left, right] : sides_) {
      for (Tensor* tensor : {&left.mean, &left.basis, &right.mean, &right.basis}) *tensor = tensor->to(theta.options());
    }
  }

  double scheduled_rate() const {
    const double warm_up = std::min(longest_warm_up, steps_ / 10 + 1);
    const double here = static_cast<double>(count_);
    if (here <= warm_up) return rate_ * here / warm_up;
    const double fraction = std::min(1.0, (here - warm_up) / std::max(1.0, steps_ - warm_up));
    return rate_ * (final_rate + (1 - final_rate) * 0.5 * (1 + std::cos(M_PI * fraction)));
  }

  double rate_;
  std::string rule_;
  int steps_;
  std::optional<LayerRates> rates_;  // of the network of the first step
  std::int64_t count_ = 0;
  Tensor first_;
  Tensor second_;
  std::vector<std::pair<Side, Side>> sides_;  // of every weight matrix
};

const RegisterOptimizer entry({"soap", [](const Settings& settings) {
                                 return std::make_unique<Soap>(settings.optimizer.rate, settings.optimizer.layer_lr,
                                                               settings.optimizer.steps);
                               }});

}  // namespace
}  // namespace nusselt
