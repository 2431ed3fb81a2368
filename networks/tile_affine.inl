// Normalization by statistics that are given: batch and instance normalization as the coordinates see them. With
// r = (variance + eps)^(-1/2) per feature
//     y_0 = gamma r (a_0 - mean) + beta,   y_c = gamma r a_c ,
// and mean and variance are parameters like gamma and beta. `w` keeps r (a_0 - mean) and r a_c.
// Part of tile_kernels.inl.
#pragma once

#include "networks/tile_kernels.hpp"
#include "networks/tile_vector.inl"

namespace nusselt {
namespace {

template <class Real>
void standardize(const NormPass<Real>& pass) {
  using T = Full<Real>;
  const int channels = pass.shape->channels;
  for (int p = 0; p < pass.points; ++p) {
    for (int j = 0; j < pass.width; j += T::count) {
      const auto r = T::load(pass.scale + j), gamma = T::load(pass.gamma + j);
      std::ptrdiff_t at = p * channels * pass.stride + j;
      for (int c = 0; c < channels; ++c, at += pass.stride) {
        auto a = T::load(pass.z + at);
        if (c == 0) a += T::load(pass.bias + j) - T::load(pass.mean + j);
        const auto w = r * a;
        T::store(pass.w + at, w);
        T::store(pass.z + at, c == 0 ? gamma * w + T::load(pass.beta + j) : gamma * w);
      }
    }
  }
}

template <class Real>
void standardize_adjoint(const NormPass<Real>& pass) {
  using T = Full<Real>;
  const int channels = pass.shape->channels;
  const int padded = (pass.width + T::count - 1) / T::count * T::count;
  // Without rows the gradients of all points are summed in registers, feature by feature.
  for (int j = 0; j < padded; j += T::count) {
    const auto r = T::load(pass.scale + j), gamma = T::load(pass.gamma + j);
    typename T::V gains{}, shifts{};
    for (int p = 0; p < pass.points; ++p) {
      for (int e = 0; e < pass.repeat; ++e) {
        const std::ptrdiff_t jet = p * pass.repeat + e;
        typename T::V gain{};
        std::ptrdiff_t at = jet * channels * pass.stride + j, kept = p * channels * pass.stride + j;
        const auto shift = T::load(pass.g + at);
        for (int c = 0; c < channels; ++c, at += pass.stride, kept += pass.stride) {
          const auto seed = T::load(pass.g + at);
          gain += seed * T::load(pass.w + kept);
          T::store(pass.g + at, gamma * r * seed);
        }
        gains += gain;
        shifts += shift;
        if (!pass.rows_mean) continue;
        const auto mean = -gamma * r * shift, variance = Real(-0.5) * gamma * r * r * gain;
        const std::ptrdiff_t row = jet * pass.row_stride + j;
        for (int l = 0; l < T::count && j + l < pass.width; ++l) {
          if (pass.rows_gamma) pass.rows_gamma[row + l] = gain[l];
          if (pass.rows_beta) pass.rows_beta[row + l] = shift[l];
          pass.rows_mean[row + l] = mean[l];
          pass.rows_variance[row + l] = variance[l];
        }
      }
    }
    if (pass.rows_mean) continue;
    const auto add = [&](Real* sum, typename T::V value) { T::store(sum + j, T::load(sum + j) + value); };
    add(pass.gamma_gradient, gains);
    add(pass.beta_gradient, shifts);
    add(pass.mean_gradient, -gamma * r * shifts);
    add(pass.variance_gradient, Real(-0.5) * gamma * r * r * gains);
  }
}

template <class Real>
void standardize_tangent(const NormPass<Real>& pass) {
  using T = Full<Real>;
  const int channels = pass.shape->channels;
  for (int p = 0; p < pass.points; ++p) {
    for (int j = 0; j < pass.width; j += T::count) {
      const auto r = T::load(pass.scale + j), gamma = T::load(pass.gamma + j);
      const auto growth =
          T::load(pass.gamma_tangent + j) - Real(0.5) * gamma * r * r * T::load(pass.variance_tangent + j);
      std::ptrdiff_t at = p * channels * pass.stride + j;
      for (int c = 0; c < channels; ++c, at += pass.stride) {
        auto a = T::load(pass.g + at);
        if (c == 0) a += T::load(pass.bias_tangent + j) - T::load(pass.mean_tangent + j);
        auto out = gamma * r * a + growth * T::load(pass.w + at);
        if (c == 0) out += T::load(pass.beta_tangent + j);
        T::store(pass.g + at, out);
      }
    }
  }
}

}  // namespace
}  // namespace nusselt
