// Layer normalization on jets, point by point; the algebra and the names are those of norm_layer.cpp.
//
// `statistics` of a point: [0] the scale s, [c] q_c, [max_jet_channels + c] the coefficient of w_0 in channel c.
// Part of tile_kernels.inl.
#pragma once

#include "networks/tile_kernels.hpp"
#include "networks/tile_vector.inl"

namespace nusselt {
namespace {

template <class Real>
struct NormRows {
  using T = Full<Real>;
  using V = typename T::V;
  const NormPass<Real>& pass;
  int padded;  ///< whole vectors
  Real per_feature;

  explicit NormRows(const NormPass<Real>& p)
      : pass(p), padded((p.width + T::count - 1) / T::count * T::count), per_feature(Real(1) / Real(p.width)) {}

  // Padding holds zeros: panels and packed parameters have them there, and all else here is multiplied by those.
  Real sum(const Real* row) const {
    V total{};
    for (int j = 0; j < padded; j += T::count) total += T::load(row + j);
    return T::sum(total);
  }
  Real dot(const Real* one, const Real* other) const {
    V total{};
    for (int j = 0; j < padded; j += T::count) total += T::load(one + j) * T::load(other + j);
    return T::sum(total);
  }
  /// out = factor * (row - shift)
  void centre(const Real* row, Real shift, Real factor, Real* out) const {
    for (int j = 0; j < padded; j += T::count) T::store(out + j, factor * (T::load(row + j) - shift));
    for (int j = pass.width; j < padded; ++j) out[j] = 0;
  }
  void add(Real* out, Real factor, const Real* row) const {
    for (int j = 0; j < padded; j += T::count) T::store(out + j, T::load(out + j) + factor * T::load(row + j));
  }
  void copy(Real* out, const Real* row) const {
    for (int j = 0; j < padded; j += T::count) T::store(out + j, T::load(row + j));
  }
  /// Calls visit(k, i, j, weight), channels all three.
  template <class Visit>
  void for_each_term(const Visit& visit) const {
    const JetShape<Real>& shape = *pass.shape;
    for (int k = 0; k < shape.seconds; ++k) {
      for (int t = shape.term_begin[k]; t < shape.term_begin[k + 1]; ++t) {
        visit(1 + shape.axes + k, shape.terms[t].i, shape.terms[t].j, shape.terms[t].weight);
      }
    }
  }
  /// y_c of the file norm_layer.cpp from w
  void normalized(const Real* w, const Real* statistics, Real* y) const {
    const std::ptrdiff_t stride = pass.stride;
    copy(y, w);
    for (int c = 1; c < pass.shape->channels; ++c) {
      copy(y + c * stride, w + c * stride);
      add(y + c * stride, statistics[max_jet_channels + c], w);
    }
    for_each_term([&](int k, int i, int j, Real weight) {
      add(y + k * stride, -weight * statistics[i], w + j * stride);
      add(y + k * stride, -weight * statistics[j], w + i * stride);
    });
  }
};

template <class Real>
void normalize(const NormPass<Real>& pass) {
  using T = Full<Real>;
  const NormRows<Real> rows(pass);
  const int channels = pass.shape->channels;
  const std::ptrdiff_t stride = pass.stride;
  for (int p = 0; p < pass.points; ++p) {
    Real* z = pass.z + p * channels * stride;
    Real* w = pass.w + p * channels * stride;
    Real* statistics = pass.statistics + p * norm_statistics;
    rows.add(z, 1, pass.bias);
    rows.centre(z, rows.sum(z) * rows.per_feature, 1, w);
    const Real scale = Real(1) / static_cast<Real>(__builtin_sqrt(rows.dot(w, w) * rows.per_feature + pass.eps));
    statistics[0] = scale;
    for (int j = 0; j < rows.padded; j += T::count) T::store(w + j, scale * T::load(w + j));
    for (int c = 1; c < channels; ++c) {
      rows.centre(z + c * stride, rows.sum(z + c * stride) * rows.per_feature, scale, w + c * stride);
      statistics[c] = rows.dot(w, w + c * stride) * rows.per_feature;
      statistics[max_jet_channels + c] = -statistics[c];
    }
    rows.for_each_term([&](int k, int i, int j, Real weight) {
      statistics[max_jet_channels + k] +=
          weight * (3 * statistics[i] * statistics[j] - rows.dot(w + i * stride, w + j * stride) * rows.per_feature);
    });
    rows.normalized(w, statistics, z);
    for (int j = 0; j < rows.padded; j += T::count) {
      const auto gamma = T::load(pass.gamma + j);
      T::store(z + j, T::load(z + j) * gamma + T::load(pass.beta + j));
      for (int c = 1; c < channels; ++c) T::store(z + c * stride + j, T::load(z + c * stride + j) * gamma);
    }
  }
}

template <class Real>
void normalize_adjoint(const NormPass<Real>& pass) {
  using T = Full<Real>;
  const NormRows<Real> rows(pass);
  const int channels = pass.shape->channels;
  const std::ptrdiff_t stride = pass.stride;
  Real* y = pass.scratch;
  Real* wbar = pass.scratch + channels * stride;
  for (int p = 0; p < pass.points; ++p) {
    const Real* w = pass.w + p * channels * stride;
    const Real* statistics = pass.statistics + p * norm_statistics;
    const Real* value_part = statistics + max_jet_channels;
    rows.normalized(w, statistics, y);
    for (int e = 0; e < pass.repeat; ++e) {
      const std::ptrdiff_t jet = p * pass.repeat + e;
      Real* g = pass.g + jet * channels * stride;
      Real* gamma_gradient = pass.rows_gamma ? pass.rows_gamma + jet * pass.row_stride : pass.gamma_gradient;
      Real* beta_gradient = pass.rows_beta ? pass.rows_beta + jet * pass.row_stride : pass.beta_gradient;
      for (int j = 0; j < rows.padded; j += T::count) {
        typename T::V gain{};
        const auto gamma = T::load(pass.gamma + j);
        const auto shift = T::load(g + j);
        for (int c = 0; c < channels; ++c) {
          const auto seed = T::load(g + c * stride + j);
          gain += seed * T::load(y + c * stride + j);
          T::store(g + c * stride + j, seed * gamma);
        }
        if (pass.rows_gamma) {
          for (int l = 0; l < T::count && j + l < pass.width; ++l) {
            gamma_gradient[j + l] = gain[l];
            beta_gradient[j + l] = shift[l];
          }
        } else {
          T::store(gamma_gradient + j, T::load(gamma_gradient + j) + gain);
          T::store(beta_gradient + j, T::load(beta_gradient + j) + shift);
        }
      }
      Real part_bar[max_jet_channels], qbar[max_jet_channels];
      rows.copy(wbar, g);
      for (int c = 1; c < channels; ++c) {
        rows.copy(wbar + c * stride, g + c * stride);
        part_bar[c] = rows.dot(g + c * stride, w);
        qbar[c] = -part_bar[c];
        rows.add(wbar, value_part[c], g + c * stride);
      }
      rows.for_each_term([&](int k, int i, int j, Real weight) {
        const Real* seed = g + k * stride;
        for (int side = 0; side < 2; ++side) {
          const int one = side ? j : i, other = side ? i : j;
          qbar[one] += weight * (3 * statistics[other] * part_bar[k] - rows.dot(seed, w + other * stride));
          rows.add(wbar + one * stride, -weight * statistics[other], seed);
          rows.add(wbar + one * stride, -weight * rows.per_feature * part_bar[k], w + other * stride);
        }
      });
      Real projection = 0;
      for (int c = 1; c < channels; ++c) {
        rows.add(wbar, qbar[c] * rows.per_feature, w + c * stride);
        rows.add(wbar + c * stride, qbar[c] * rows.per_feature, w);
      }
      for (int c = 0; c < channels; ++c) projection += rows.dot(wbar + c * stride, w + c * stride);
      rows.add(wbar, -projection * rows.per_feature, w);
      for (int c = 0; c < channels; ++c) {
        rows.centre(wbar + c * stride, rows.sum(wbar + c * stride) * rows.per_feature, statistics[0], g + c * stride);
      }
    }
  }
}

template <class Real>
void normalize_tangent(const NormPass<Real>& pass) {
  using T = Full<Real>;
  const NormRows<Real> rows(pass);
  const int channels = pass.shape->channels;
  const std::ptrdiff_t stride = pass.stride;
  Real* y = pass.scratch;
  Real* wdot = pass.scratch + channels * stride;
  for (int p = 0; p < pass.points; ++p) {
    const Real* w = pass.w + p * channels * stride;
    const Real* q = pass.statistics + p * norm_statistics;
    const Real* value_part = q + max_jet_channels;
    Real* g = pass.g + p * channels * stride;
    Real qdot[max_jet_channels], value_part_dot[max_jet_channels];
    rows.add(g, 1, pass.bias_tangent);
    for (int c = 0; c < channels; ++c) {
      rows.centre(g + c * stride, rows.sum(g + c * stride) * rows.per_feature, q[0], wdot + c * stride);
    }
    const Real shrink = rows.dot(w, wdot) * rows.per_feature;  // -(ds)/s
    for (int c = 0; c < channels; ++c) rows.add(wdot + c * stride, -shrink, w + c * stride);
    for (int c = 1; c < channels; ++c) {
      qdot[c] = (rows.dot(wdot, w + c * stride) + rows.dot(w, wdot + c * stride)) * rows.per_feature;
      value_part_dot[c] = -qdot[c];
    }
    rows.for_each_term([&](int k, int i, int j, Real weight) {
      const Real inner = rows.dot(wdot + i * stride, w + j * stride) + rows.dot(w + i * stride, wdot + j * stride);
      value_part_dot[k] += weight * (3 * (qdot[i] * q[j] + q[i] * qdot[j]) - inner * rows.per_feature);
    });
    rows.normalized(w, q, y);
    rows.copy(g, wdot);
    for (int c = 1; c < channels; ++c) {
      rows.copy(g + c * stride, wdot + c * stride);
      rows.add(g + c * stride, value_part[c], wdot);
      rows.add(g + c * stride, value_part_dot[c], w);
    }
    rows.for_each_term([&](int k, int i, int j, Real weight) {
      Real* out = g + k * stride;
      rows.add(out, -weight * q[i], wdot + j * stride);
      rows.add(out, -weight * qdot[i], w + j * stride);
      rows.add(out, -weight * q[j], wdot + i * stride);
      rows.add(out, -weight * qdot[j], w + i * stride);
    });
    for (int j = 0; j < rows.padded; j += T::count) {
      const auto gamma = T::load(pass.gamma + j), gamma_tangent = T::load(pass.gamma_tangent + j);
      for (int c = 0; c < channels; ++c) {
        auto out = gamma * T::load(g + c * stride + j) + gamma_tangent * T::load(y + c * stride + j);
        if (c == 0) out += T::load(pass.beta_tangent + j);
        T::store(g + c * stride + j, out);
      }
    }
  }
}

}  // namespace
}  // namespace nusselt
