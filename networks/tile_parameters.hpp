// How the parameters of a plain network lie in the memory of the tile engine: which part of theta is which layer's,
// what the kernels read in its place, and where a gradient's numbers go back to. theta here is Network::effective.
//
// Reads of features beyond the width find zeros. A norm without gain and shift has ones and zeros packed in their
// place, and its gradient's are not handed back.
#pragma once

#include <cstdint>
#include <vector>

#include "networks/network.hpp"
#include "networks/tile_kernels.hpp"

namespace nusselt {

enum class TileNorm {
  none,
  features,  ///< over the features of a point, in groups: layer, group, rms
  given      ///< by statistics that are part of theta: batch, instance
};

/// A vector over the features of a layer.
struct TileVector {
  std::int64_t offset = -1;  ///< in theta, -1 where it has none
  std::size_t packed = 0;    ///< in a packed gradient
};

/// A linear map of the network and the norm behind it.
struct TileLayer {
  int inputs = 0;
  int outputs = 0;
  std::int64_t weight = 0;
  std::int64_t bias = 0;
  std::size_t packed_weight = 0;  ///< [inputs, stride] first layer, else [outputs, stride]; only in gradients inside
  std::size_t packed_bias = 0;
  bool normed = false;
  TileVector gamma, beta, mean, variance;
};

/// Parameters, or a direction of them, in the layout of the kernels; one entry per layer.
template <class Real>
struct TilePacked {
  std::vector<Real*> forward;   ///< panels (hidden) or rows (first and last layer)
  std::vector<Real*> backward;  ///< panels for the adjoint, hidden layers of parameters only
  std::vector<Real*> bias, gamma, beta, mean;
  std::vector<Real*> spread;  ///< of parameters (variance + eps)^(-1/2), of a direction that of the variance
  Real* zeros = nullptr;      ///< [stride]
};

enum class TileRole { parameters, direction };

template <class Real>
class TileParameters {
 public:
  TileParameters(const Network& network, const TileKernels<Real>& kernels);

  const std::vector<TileLayer>& layers() const { return layers_; }
  std::int64_t count() const { return count_; }
  int inputs() const { return layers_.front().inputs; }
  int outputs() const { return layers_.back().outputs; }
  int width() const { return width_; }
  int stride() const { return stride_; }
  TileNorm norm() const { return norm_; }
  int groups() const { return groups_; }
  bool centred() const { return centred_; }
  Real eps() const { return eps_; }
  /// Numbers in a packed gradient.
  std::size_t packed_size() const { return packed_size_; }

  /// Bytes that `packed` needs; sets its pointers if there is memory. The memory must hold zeros.
  std::size_t carve(TilePacked<Real>& packed, std::byte* data, TileRole role) const;
  void pack(const Real* theta, std::size_t layer, const TilePacked<Real>& packed, TileRole role) const;

  /// visit(first in theta, first in a packed gradient, count, distance in theta) for all parameters of a layer.
  template <class Visit>
  void for_each_run(std::size_t index, const Visit& visit) const {
    const TileLayer& layer = layers_[index];
    if (index == 0) {
      for (int i = 0; i < layer.inputs; ++i) {
        visit(layer.weight + i, layer.packed_weight + static_cast<std::size_t>(i) * stride_, width_, layer.inputs);
      }
    } else {
      for (int o = 0; o < layer.outputs; ++o) {
        visit(layer.weight + static_cast<std::int64_t>(o) * width_,
              layer.packed_weight + static_cast<std::size_t>(o) * stride_, width_, 1);
      }
    }
    visit(layer.bias, layer.packed_bias, layer.outputs, 1);
    for (const TileVector* vector : {&layer.gamma, &layer.beta, &layer.mean, &layer.variance}) {
      if (vector->offset >= 0) visit(vector->offset, vector->packed, width_, 1);
    }
  }

 private:
  void read_layer(const NetworkLayout& layout, int index);

  const TileKernels<Real>& kernels_;
  std::vector<TileLayer> layers_;
  std::int64_t count_ = 0;
  int width_ = 0, stride_ = 0, groups_ = 1;
  TileNorm norm_ = TileNorm::none;
  bool centred_ = true;
  Real eps_ = 0;
  std::size_t packed_size_ = 0;
};

extern template class TileParameters<float>;
extern template class TileParameters<double>;

}  // namespace nusselt
