#include "solver/batch_statistics.hpp"

#include <torch/csrc/autograd/autograd.h>

#include <utility>
#include <vector>

namespace nusselt {

using torch::Tensor;

namespace {

/// Where a derivative is zero LibTorch leaves it undefined.
Tensor gradient_of(const Tensor& of, const Tensor& leaf, const Tensor& seed, bool graph = false) {
  const Tensor result =
      torch::autograd::grad({of}, {leaf}, {seed}, /*retain_graph=*/true, graph, /*allow_unused=*/true)[0];
  return result.defined() ? result : at::zeros_like(leaf);
}

}  // namespace

BatchStatistics::BatchStatistics(const Network& network, Tensor reference, Tensor values)
    : network_(&network), reference_(std::move(reference)), values_(std::move(values)) {}

BatchStatistics BatchStatistics::live(const Network& network, const Tensor& reference) {
  return BatchStatistics(network, reference.detach(), {});
}

BatchStatistics BatchStatistics::frozen(const Network& network, const Tensor& values) {
  return BatchStatistics(network, {}, values.detach().clone());
}

Tensor BatchStatistics::graph(const Tensor& leaf) const {
  // The network's statistics in theta are not read where statistics are made.
  const Tensor unread = at::zeros({network_->statistics_count()}, leaf.options().requires_grad(false));
  return network_->batch_statistics(at::cat({leaf, unread}), reference_);
}

Tensor BatchStatistics::all(const Tensor& theta) const {
  if (is_identity()) return theta;
  const at::NoGradGuard no_gradient;
  return at::cat({theta, is_live() ? graph(theta) : values_.to(theta.options())});
}

BatchStatistics::Linear BatchStatistics::at(const Tensor& theta) const {
  Linear linear;
  linear.identity_ = is_identity();
  linear.trained_ = theta.size(0);
  if (!is_live()) {
    linear.all_ = all(theta);
    return linear;
  }
  const at::AutoGradMode with_gradient(true);
  linear.leaf_ = theta.detach().clone().requires_grad_(true);
  linear.statistics_ = graph(linear.leaf_);
  linear.all_ = at::cat({theta.detach(), linear.statistics_.detach()});
  return linear;
}

Tensor BatchStatistics::Linear::pull(const Tensor& g) const {
  if (identity_) return g;
  const Tensor own = g.narrow(0, 0, trained_);
  if (!leaf_.defined()) return own.clone();
  const at::AutoGradMode with_gradient(true);
  return own + gradient_of(statistics_, leaf_, g.narrow(0, trained_, g.size(0) - trained_));
}

Tensor BatchStatistics::Linear::push(const Tensor& v) const {
  if (identity_) return v;
  if (!leaf_.defined()) return at::cat({v, at::zeros({all_.size(0) - trained_}, v.options())});
  const at::AutoGradMode with_gradient(true);
  // The reverse derivative is linear in its seed, and its own reverse derivative is the forward one.
  const Tensor seed = at::zeros_like(statistics_).requires_grad_(true);
  const Tensor reverse = gradient_of(statistics_, leaf_, seed, /*graph=*/true);
  return at::cat({v, gradient_of(reverse, seed, v)});
}

Tensor BatchStatistics::Linear::pull_rows(const Tensor& rows) const {
  if (identity_) return rows;
  const Tensor own = rows.narrow(1, 0, trained_);
  if (!leaf_.defined()) return own;
  if (!slopes_.defined()) {
    const at::AutoGradMode with_gradient(true);
    std::vector<Tensor> slopes;
    for (std::int64_t s = 0; s < statistics_.size(0); ++s) {
      Tensor seed = at::zeros({statistics_.size(0)}, rows.options());
      seed[s] = 1;
      slopes.push_back(gradient_of(statistics_, leaf_, seed).detach());
    }
    slopes_ = at::stack(slopes);
  }
  return own + at::mm(rows.narrow(1, trained_, slopes_.size(0)), slopes_);
}

}  // namespace nusselt
