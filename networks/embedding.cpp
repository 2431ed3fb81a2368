#include "networks/embedding.hpp"

#include <mutex>
#include <numbers>
#include <utility>

#include "networks/activation.hpp"
#include "networks/normal_generator.hpp"

namespace nusselt {

using torch::Tensor;

/// Copies of the frequencies: one from the host at every call would stop a GPU, and cannot be part of a CUDA graph.
struct Embedding::Cache {
  std::mutex mutex;
  std::vector<Tensor> copies;
};

namespace {

/// Filled where they are used, for the same reason.
Tensor row(const std::vector<double>& numbers, const Tensor& like) {
  Tensor result = at::empty({static_cast<std::int64_t>(numbers.size())}, like.options());
  for (std::size_t i = 0; i < numbers.size(); ++i) result.select(0, static_cast<std::int64_t>(i)).fill_(numbers[i]);
  return result;
}

Tensor cosine_jet(const Tensor& z, const JetSpec& spec) {
  const Tensor c = at::cos(z.select(0, 0)), s = at::sin(z.select(0, 0));
  return activation_jet({c, at::neg(s), at::neg(c), s}, z, spec);
}

Tensor sine_jet(const Tensor& z, const JetSpec& spec) {
  const Tensor c = at::cos(z.select(0, 0)), s = at::sin(z.select(0, 0));
  return activation_jet({s, c, at::neg(s), at::neg(c)}, z, spec);
}

}  // namespace

Embedding::Embedding(const NetworkSettings& settings)
    : settings_(settings), is_periodic_(settings.inputs, false), cache_(std::make_shared<Cache>()) {
  for (int axis : settings.periodic) is_periodic_[axis] = true;
  for (int axis = 0; axis < settings.inputs; ++axis) {
    scale_.push_back((is_periodic_[axis] ? 2.0 * std::numbers::pi : 2.0) /
                     (settings.upper[axis] - settings.lower[axis]));
    offset_.push_back(is_periodic_[axis] ? 0.0 : 1.0);
  }
  if (settings.fourier == 0) return;
  const auto features = settings.inputs + static_cast<std::int64_t>(settings.periodic.size());
  frequencies_ = at::empty({settings.fourier, features}, at::kDouble);
  NormalGenerator normal(settings.fourier_seed, /*stream=*/1);
  double* numbers = frequencies_.data_ptr<double>();
  for (std::int64_t i = 0; i < frequencies_.numel(); ++i) numbers[i] = settings.fourier_scale * normal();
}

Tensor Embedding::frequencies(const Tensor& x) const {
  const std::lock_guard lock(cache_->mutex);
  for (const Tensor& copy : cache_->copies) {
    if (copy.scalar_type() == x.scalar_type() && copy.device() == x.device()) return copy;
  }
  cache_->copies.push_back(frequencies_.to(x.options().requires_grad(false)));
  return cache_->copies.back();
}

/// The phase of a periodic axis, the place in [-1, 1] of any other.
Tensor Embedding::affine(const Tensor& x) const {
  return (x - row(settings_.lower, x)) * row(scale_, x) - row(offset_, x);
}

Tensor Embedding::reference(const Tensor& x) const {
  Tensor e = affine(x);
  if (!settings_.periodic.empty()) {
    std::vector<Tensor> columns;
    for (int axis = 0; axis < settings_.inputs; ++axis) {
      const Tensor column = e.narrow(1, axis, 1);
      if (is_periodic_[axis]) {
        columns.insert(columns.end(), {at::cos(column), at::sin(column)});
      } else {
        columns.push_back(column);
      }
    }
    e = at::cat(columns, 1);
  }
  if (settings_.fourier == 0) return e;
  const Tensor z = at::mm(e, frequencies(x).t());
  return at::cat({at::cos(z), at::sin(z)}, 1);
}

Tensor Embedding::jet(const Tensor& x, const JetSpec& spec) const {
  Tensor e = at::zeros({spec.channels(), x.size(0), x.size(1)}, x.options());
  e.select(0, 0).copy_(affine(x));
  for (int axis = 0; spec.first && axis < spec.axes; ++axis) {
    e.select(0, spec.first_channel(axis)).select(1, axis).fill_(scale_[axis]);
  }
  if (!settings_.periodic.empty()) {
    std::vector<Tensor> columns;
    for (int axis = 0; axis < settings_.inputs; ++axis) {
      const Tensor column = e.narrow(2, axis, 1);
      if (is_periodic_[axis]) {
        columns.insert(columns.end(), {cosine_jet(column, spec), sine_jet(column, spec)});
      } else {
        columns.push_back(column);
      }
    }
    e = at::cat(columns, 2);
  }
  if (settings_.fourier == 0) return e;
  const Tensor z = at::mm(e.view({-1, e.size(2)}), frequencies(x).t()).view({e.size(0), e.size(1), settings_.fourier});
  return at::cat({cosine_jet(z, spec), sine_jet(z, spec)}, 2);
}

}  // namespace nusselt
