// Layer, group and root-mean-square normalization on jets, point by point; the algebra and the names are those of
// norm_layer.cpp. A group is a run of features that is normalized on its own; without centring the projection P is the
// identity.
//
// `statistics` of a point and group: [0] the scale s, [c] q_c, [max_jet_channels + c] the coefficient of w_0 in channel
// c.
// Part of tile_kernels.inl.
#pragma once

#include "networks/tile_kernels.hpp"
#include "networks/tile_vector.inl"

namespace nusselt {
namespace {

/// A lane of its own, for the features of a group beyond its last whole vector.
template <class Number>
struct Single {
  using V = Number;
  static constexpr int count = 1;
  static V load(const Number* p) { return *p; }
  static void store(Number* p, V v) { *p = v; }
};

/// Sums over one group of features; rows are pointers to its first feature.
template <class Real>
struct NormRows {
  using T = Full<Real>;
  using V = typename T::V;
  const NormPass<Real>& pass;
  int begin;     ///< of the group
  int features;  ///< of the group
  /// Where a group is the whole row its padding counts: it holds zeros, because panels and packed parameters have them
  /// there, and all else here is multiplied by those.
  int padded;
  int vectors;  ///< features in whole vectors
  Real per_feature;

  NormRows(const NormPass<Real>& p, int group)
      : pass(p),
        begin(group * (p.width / p.groups)),
        features(p.width / p.groups),
        padded(p.groups == 1 ? (features + T::count - 1) / T::count * T::count : features),
        vectors(padded / T::count * T::count),
        per_feature(Real(1) / Real(features)) {}

  /// body(lanes, first feature) over all features.
  template <class Body>
  NUSSELT_INLINE void each(const Body& body) const {
    for (int j = 0; j < vectors; j += T::count) body(T{}, j);
    for (int j = vectors; j < padded; ++j) body(Single<Real>{}, j);
  }
  Real sum(const Real* row) const {
    V total{};
    for (int j = 0; j < vectors; j += T::count) total += T::load(row + j);
    Real rest = T::sum(total);
    for (int j = vectors; j < padded; ++j) rest += row[j];
    return rest;
  }
  Real dot(const Real* one, const Real* other) const {
    V total{};
    for (int j = 0; j < vectors; j += T::count) total += T::load(one + j) * T::load(other + j);
    Real rest = T::sum(total);
    for (int j = vectors; j < padded; ++j) rest += one[j] * other[j];
    return rest;
  }
  /// out = factor * P row
  void project(const Real* row, Real factor, Real* out) const {
    const Real shift = pass.centred ? sum(row) * per_feature : Real(0);
    each([&](auto lanes, int j) { lanes.store(out + j, factor * (lanes.load(row + j) - shift)); });
    for (int j = features; j < padded; ++j) out[j] = 0;
  }
  void add(Real* out, Real factor, const Real* row) const {
    each([&](auto lanes, int j) { lanes.store(out + j, lanes.load(out + j) + factor * lanes.load(row + j)); });
  }
  void copy(Real* out, const Real* row) const {
    each([&](auto lanes, int j) { lanes.store(out + j, lanes.load(row + j)); });
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

/// Writes the features of a Jacobian's row that these lanes hold; `end`: the group's last feature is before it.
template <class Real>
inline void write_features(Single<Real>, Real* row, int j, int, Real value) {
  row[j] = value;
}
template <class Real>
inline void write_features(Full<Real>, Real* row, int j, int end, typename Full<Real>::V value) {
  for (int l = 0; l < Full<Real>::count && j + l < end; ++l) row[j + l] = value[l];
}

template <class Real>
void normalize_group(const NormPass<Real>& pass, const NormRows<Real>& rows, Real* z, Real* w, Real* statistics) {
  const int channels = pass.shape->channels;
  const std::ptrdiff_t stride = pass.stride;
  rows.add(z, 1, pass.bias + rows.begin);
  rows.project(z, 1, w);
  const Real scale = Real(1) / static_cast<Real>(__builtin_sqrt(rows.dot(w, w) * rows.per_feature + pass.eps));
  statistics[0] = scale;
  rows.each([&](auto lanes, int j) { lanes.store(w + j, scale * lanes.load(w + j)); });
  for (int c = 1; c < channels; ++c) {
    rows.project(z + c * stride, scale, w + c * stride);
    statistics[c] = rows.dot(w, w + c * stride) * rows.per_feature;
    statistics[max_jet_channels + c] = -statistics[c];
  }
  rows.for_each_term([&](int k, int i, int j, Real weight) {
    statistics[max_jet_channels + k] +=
        weight * (3 * statistics[i] * statistics[j] - rows.dot(w + i * stride, w + j * stride) * rows.per_feature);
  });
  rows.normalized(w, statistics, z);
  rows.each([&](auto lanes, int j) {
    const auto gamma = lanes.load(pass.gamma + rows.begin + j);
    lanes.store(z + j, lanes.load(z + j) * gamma + lanes.load(pass.beta + rows.begin + j));
    for (int c = 1; c < channels; ++c) lanes.store(z + c * stride + j, lanes.load(z + c * stride + j) * gamma);
  });
}

template <class Real>
void normalize(const NormPass<Real>& pass) {
  const std::ptrdiff_t point = pass.shape->channels * pass.stride;
  for (int group = 0; group < pass.groups; ++group) {
    const NormRows<Real> rows(pass, group);
    for (int p = 0; p < pass.points; ++p) {
      normalize_group(pass, rows, pass.z + p * point + rows.begin, pass.w + p * point + rows.begin,
                      pass.statistics + (p * pass.groups + group) * norm_statistics);
    }
  }
}

/// g of one jet, in place; y are the normalized jets before gain and shift.
template <class Real>
void adjoint_of_group(const NormPass<Real>& pass, const NormRows<Real>& rows, const Real* w, const Real* statistics,
                      const Real* y, Real* wbar, Real* g, std::ptrdiff_t jet) {
  const int channels = pass.shape->channels;
  const std::ptrdiff_t stride = pass.stride;
  const Real* value_part = statistics + max_jet_channels;
  rows.each([&](auto lanes, int j) {
    typename decltype(lanes)::V gain{};
    const auto gamma = lanes.load(pass.gamma + rows.begin + j);
    const auto shift = lanes.load(g + j);
    for (int c = 0; c < channels; ++c) {
      const auto seed = lanes.load(g + c * stride + j);
      gain += seed * lanes.load(y + c * stride + j);
      lanes.store(g + c * stride + j, seed * gamma);
    }
    if (pass.rows_gamma) {
      write_features<Real>(lanes, pass.rows_gamma + jet * pass.row_stride + rows.begin, j, rows.features, gain);
      write_features<Real>(lanes, pass.rows_beta + jet * pass.row_stride + rows.begin, j, rows.features, shift);
    } else {
      Real* gamma_gradient = pass.gamma_gradient + rows.begin + j;
      Real* beta_gradient = pass.beta_gradient + rows.begin + j;
      lanes.store(gamma_gradient, lanes.load(gamma_gradient) + gain);
      lanes.store(beta_gradient, lanes.load(beta_gradient) + shift);
    }
  });
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
  for (int c = 0; c < channels; ++c) rows.project(wbar + c * stride, statistics[0], g + c * stride);
}

template <class Real>
void normalize_adjoint(const NormPass<Real>& pass) {
  const std::ptrdiff_t point = pass.shape->channels * pass.stride;
  for (int group = 0; group < pass.groups; ++group) {
    const NormRows<Real> rows(pass, group);
    Real* y = pass.scratch + rows.begin;
    Real* wbar = y + point;
    for (int p = 0; p < pass.points; ++p) {
      const Real* w = pass.w + p * point + rows.begin;
      const Real* statistics = pass.statistics + (p * pass.groups + group) * norm_statistics;
      rows.normalized(w, statistics, y);
      for (int e = 0; e < pass.repeat; ++e) {
        const std::ptrdiff_t jet = p * pass.repeat + e;
        adjoint_of_group(pass, rows, w, statistics, y, wbar, pass.g + jet * point + rows.begin, jet);
      }
    }
  }
}

template <class Real>
void tangent_of_group(const NormPass<Real>& pass, const NormRows<Real>& rows, const Real* w, const Real* q, Real* y,
                      Real* wdot, Real* g) {
  const int channels = pass.shape->channels;
  const std::ptrdiff_t stride = pass.stride;
  const Real* value_part = q + max_jet_channels;
  Real qdot[max_jet_channels], value_part_dot[max_jet_channels];
  rows.add(g, 1, pass.bias_tangent + rows.begin);
  for (int c = 0; c < channels; ++c) rows.project(g + c * stride, q[0], wdot + c * stride);
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
  rows.each([&](auto lanes, int j) {
    const auto gamma = lanes.load(pass.gamma + rows.begin + j);
    const auto gamma_tangent = lanes.load(pass.gamma_tangent + rows.begin + j);
    for (int c = 0; c < channels; ++c) {
      auto out = gamma * lanes.load(g + c * stride + j) + gamma_tangent * lanes.load(y + c * stride + j);
      if (c == 0) out += lanes.load(pass.beta_tangent + rows.begin + j);
      lanes.store(g + c * stride + j, out);
    }
  });
}

template <class Real>
void normalize_tangent(const NormPass<Real>& pass) {
  const std::ptrdiff_t point = pass.shape->channels * pass.stride;
  for (int group = 0; group < pass.groups; ++group) {
    const NormRows<Real> rows(pass, group);
    Real* y = pass.scratch + rows.begin;
    for (int p = 0; p < pass.points; ++p) {
      tangent_of_group(pass, rows, pass.w + p * point + rows.begin,
                       pass.statistics + (p * pass.groups + group) * norm_statistics, y, y + point,
                       pass.g + p * point + rows.begin);
    }
  }
}

}  // namespace
}  // namespace nusselt
