#include "networks/tile_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "networks/tile_memory.hpp"

namespace nusselt {

namespace {

int round_up(int number, int multiple) { return (number + multiple - 1) / multiple * multiple; }

}  // namespace

template <class Real>
TileParameters<Real>::TileParameters(const Network& network, const TileKernels<Real>& kernels)
    : kernels_(kernels), count_(network.layout().effective_count) {
  const NetworkSettings& settings = network.settings();
  width_ = network.layout().width;
  stride_ = round_up(width_, kernels.lanes);
  // Rows a power of two apart would meet in the same few lines of the first-level cache.
  if (stride_ * sizeof(Real) % 1024 == 0) stride_ += 64 / static_cast<int>(sizeof(Real));
  if (settings.norm != "none") norm_ = normalizes_over_points(settings.norm) ? TileNorm::given : TileNorm::features;
  if (settings.norm == "group") groups_ = settings.norm_groups;
  centred_ = settings.norm != "rms";
  eps_ = static_cast<Real>(settings.norm_eps);
  for (int index = 0; index <= settings.depth; ++index) read_layer(network.layout(), index);
}

template <class Real>
void TileParameters<Real>::read_layer(const NetworkLayout& layout, int index) {
  const NetworkLayout::Map& map = layout.maps[index];
  TileLayer layer{map.inputs, map.outputs, map.weight, map.bias};
  for (const NetworkLayout::Norm& norm : layout.norms) {
    if (norm.name != "norm" + std::to_string(index)) continue;
    layer.normed = true;
    if (norm.affine >= 0) {
      layer.gamma.offset = norm.affine;
      layer.beta.offset = norm.affine + norm.features;
    }
    if (norm.statistics >= 0) {
      layer.mean.offset = norm.statistics;
      layer.variance.offset = norm.statistics + norm.features;
    }
  }
  const auto reserve = [&](std::size_t numbers) {
    const std::size_t begin = packed_size_;
    packed_size_ += (numbers + 15) / 16 * 16;
    return begin;
  };
  layer.packed_weight = reserve(static_cast<std::size_t>(index == 0 ? layer.inputs : layer.outputs) * stride_);
  layer.packed_bias = reserve(std::max(layer.outputs, stride_));
  if (layer.normed) {
    layer.gamma.packed = reserve(stride_);
    layer.beta.packed = reserve(stride_);
  }
  if (layer.normed && norm_ == TileNorm::given) {
    layer.mean.packed = reserve(stride_);
    layer.variance.packed = reserve(stride_);
  }
  layers_.push_back(layer);
}

template <class Real>
std::size_t TileParameters<Real>::carve(TilePacked<Real>& packed, std::byte* data, TileRole role) const {
  TileCarver carver(data);
  packed = {};
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    const TileLayer& layer = layers_[index];
    const bool hidden = index > 0 && index + 1 < layers_.size();
    const bool adjoint = role == TileRole::parameters;
    const bool given = layer.normed && norm_ == TileNorm::given;
    const std::size_t panel = hidden ? kernels_.panel_size(width_, width_)
                                     : static_cast<std::size_t>(index == 0 ? layer.inputs : layer.outputs) * stride_;
    packed.forward.push_back(carver.array<Real>(panel));
    packed.backward.push_back(hidden && adjoint ? carver.array<Real>(panel) : nullptr);
    packed.bias.push_back(carver.array<Real>(std::max(layer.outputs, stride_)));
    packed.gamma.push_back(layer.normed ? carver.array<Real>(stride_) : nullptr);
    packed.beta.push_back(layer.normed ? carver.array<Real>(stride_) : nullptr);
    packed.mean.push_back(given ? carver.array<Real>(stride_) : nullptr);
    packed.spread.push_back(given ? carver.array<Real>(stride_) : nullptr);
  }
  packed.zeros = carver.array<Real>(stride_);
  return carver.used();
}

template <class Real>
void TileParameters<Real>::pack(const Real* theta, std::size_t index, const TilePacked<Real>& packed,
                                TileRole role) const {
  const TileLayer& layer = layers_[index];
  const Real* w = theta + layer.weight;
  if (index == 0) {
    for (int j = 0; j < layer.outputs; ++j) {
      for (int i = 0; i < layer.inputs; ++i) packed.forward[index][i * stride_ + j] = w[j * layer.inputs + i];
    }
  } else if (index + 1 == layers_.size()) {
    for (int h = 0; h < layer.outputs; ++h) std::copy_n(w + h * width_, width_, packed.forward[index] + h * stride_);
  } else {
    kernels_.pack_transposed(w, width_, width_, packed.forward[index]);
    if (packed.backward[index]) kernels_.pack(w, width_, width_, packed.backward[index]);
  }
  std::copy_n(theta + layer.bias, layer.outputs, packed.bias[index]);
  if (!layer.normed) return;
  if (layer.gamma.offset >= 0) {
    std::copy_n(theta + layer.gamma.offset, width_, packed.gamma[index]);
    std::copy_n(theta + layer.beta.offset, width_, packed.beta[index]);
  } else if (role == TileRole::parameters) {
    std::fill_n(packed.gamma[index], width_, Real(1));
  }
  if (norm_ != TileNorm::given) return;
  std::copy_n(theta + layer.mean.offset, width_, packed.mean[index]);
  for (int j = 0; j < width_; ++j) {
    const Real variance = theta[layer.variance.offset + j];
    packed.spread[index][j] = role == TileRole::direction ? variance : 1 / std::sqrt(variance + eps_);
  }
}

template class TileParameters<float>;
template class TileParameters<double>;

}  // namespace nusselt
