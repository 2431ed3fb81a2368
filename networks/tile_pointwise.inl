// Activations on jets: forward, adjoint and tangent; the algebra of activation.hpp, whose names are used.
//
// Loops run over vectors of features outside and over points inside. The usual channel sets have kernels of their own,
// in which the numbers of axes and of second-order channels are known. Part of tile_kernels.inl.
#pragma once

#include "networks/tile_kernels.hpp"
#include "networks/tile_product.inl"

namespace nusselt {
namespace {

template <class T>
struct Slopes {
  typename T::V s1, s2, s3;
};

/// `keep` is what the adjoint needs beside y.
struct Tanh {
  static constexpr bool keeps = false;
  template <class T>
  static typename T::V value(typename T::V z, typename T::V&) {
    return tanh_of<T>(z);
  }
  template <class T>
  static Slopes<T> slopes(typename T::V y, typename T::V) {
    using Real = typename T::Real;
    const typename T::V square = y * y, s1 = Real(1) - square;
    return {s1, Real(-2) * y * s1, (Real(6) * square - Real(2)) * s1};
  }
};

struct Sin {
  static constexpr bool keeps = true;
  template <class T>
  static typename T::V value(typename T::V z, typename T::V& keep) {
    typename T::V y;
    sine_cosine<T>(z, y, keep);
    return y;
  }
  template <class T>
  static Slopes<T> slopes(typename T::V y, typename T::V keep) {
    return {keep, -y, -keep};
  }
};

/// y = z S; f^(k) = z S^(k) + k S^(k-1), S' = S (1 - S), S'' = S' (1 - 2 S), S''' = S' (1 - 6 S').
struct Swish {
  static constexpr bool keeps = true;
  template <class T>
  static typename T::V value(typename T::V z, typename T::V& keep) {
    keep = sigmoid_of<T>(z);
    return z * keep;
  }
  template <class T>
  static Slopes<T> slopes(typename T::V y, typename T::V keep) {
    using Real = typename T::Real;
    using V = typename T::V;
    const V rest = Real(1) - keep, first = keep * rest, bend = Real(1) - Real(2) * keep, product = y * rest;
    return {keep + product, product * bend + Real(2) * first,
            product * (Real(1) - Real(6) * first) + Real(3) * first * bend};
  }
};

/// f(0) ... f(N - 1)
template <int N, class F>
NUSSELT_INLINE inline void unrolled(const F& f) {
  if constexpr (N > 0) {
    unrolled<N - 1>(f);
    f(N - 1);
  }
}

/// D axes and K pure second-order sums, or D = -1 for any set.
template <class T, int D, int K>
struct JetAlgebra {
  using Real = typename T::Real;
  using V = typename T::V;
  static constexpr bool fixed = D >= 0;
  static constexpr int room = fixed ? 1 + D + K : max_jet_channels;

  const JetShape<Real>& shape;
  int axes() const { return fixed ? D : shape.axes; }
  int seconds() const { return fixed ? K : shape.seconds; }
  int channels() const { return fixed ? room : shape.channels; }

  /// Calls f(channel) for the first-order channels.
  template <class F>
  NUSSELT_INLINE void each_first(const F& f) const {
    each<D, 1>(axes(), f);
  }
  /// Calls f(channel) for all channels but the value.
  template <class F>
  NUSSELT_INLINE void each_tangent(const F& f) const {
    each<room - 1, 1>(channels() - 1, f);
  }
  /// Calls f(k)
  template <class F>
  NUSSELT_INLINE void each_second(const F& f) const {
    each<K, 0>(seconds(), f);
  }

  /// q_k = sum over terms of weight z_i z_j
  V quadratic(const V* z, int k) const {
    V q{};
    if constexpr (fixed) {
      unrolled<D>([&](int i) NUSSELT_INLINE { q += shape.weights[k][i] * (z[1 + i] * z[1 + i]); });
    } else {
      for (int t = shape.term_begin[k]; t < shape.term_begin[k + 1]; ++t) {
        q += shape.terms[t].weight * z[shape.terms[t].i] * z[shape.terms[t].j];
      }
    }
    return q;
  }

  /// The same with one factor differentiated: sum of weight (z_i d_j + d_i z_j)
  V quadratic_tangent(const V* z, const V* d, int k) const {
    V q{};
    if constexpr (fixed) {
      unrolled<D>([&](int i) NUSSELT_INLINE { q += (Real(2) * shape.weights[k][i]) * (z[1 + i] * d[1 + i]); });
    } else {
      for (int t = shape.term_begin[k]; t < shape.term_begin[k + 1]; ++t) {
        const auto& term = shape.terms[t];
        q += term.weight * (z[term.i] * d[term.j] + d[term.i] * z[term.j]);
      }
    }
    return q;
  }

  /// out_i += seed dq_k/dz_i
  void quadratic_adjoint(const V* z, V seed, int k, V* out) const {
    if constexpr (fixed) {
      unrolled<D>([&](int i) NUSSELT_INLINE { out[1 + i] += (Real(2) * shape.weights[k][i]) * (z[1 + i] * seed); });
    } else {
      for (int t = shape.term_begin[k]; t < shape.term_begin[k + 1]; ++t) {
        const auto& term = shape.terms[t];
        out[term.i] += term.weight * (z[term.j] * seed);
        out[term.j] += term.weight * (z[term.i] * seed);
      }
    }
  }

 private:
  template <int N, int first, class F>
  NUSSELT_INLINE void each(int count, const F& f) const {
    if constexpr (fixed) {
      unrolled<N>([&](int i) NUSSELT_INLINE { f(first + i); });
    } else {
      for (int i = 0; i < count; ++i) f(first + i);
    }
  }
};

template <class T, class A, int D, int K>
void activate_vector(const ActivationPass<typename T::Real>& pass, int offset) {
  using V = typename T::V;
  const JetAlgebra<T, D, K> jet{*pass.shape};
  const int channels = jet.channels();
  const std::ptrdiff_t stride = pass.stride;
  auto* row = pass.z + offset;
  auto* out = pass.a + offset;
  const V bias = T::load(pass.bias + offset);
  for (int p = 0; p < pass.points; ++p, row += channels * stride, out += channels * stride) {
    V z[JetAlgebra<T, D, K>::room];
    jet.each_tangent([&](int c) NUSSELT_INLINE { z[c] = T::load(row + c * stride); });
    V keep{};
    const V y = A::template value<T>(T::load(row) + bias, keep);
    const Slopes<T> s = A::template slopes<T>(y, keep);
    if constexpr (A::keeps) T::store(row, keep);
    T::store(out, y);
    jet.each_first([&](int i) NUSSELT_INLINE { T::store(out + i * stride, s.s1 * z[i]); });
    jet.each_second([&](int k) NUSSELT_INLINE {
      const int c = 1 + jet.axes() + k;
      T::store(out + c * stride, s.s1 * z[c] + s.s2 * jet.quadratic(z, k));
    });
  }
}

template <class T, class A, int D, int K>
void activate_adjoint_vector(const ActivationPass<typename T::Real>& pass, int offset) {
  using V = typename T::V;
  const JetAlgebra<T, D, K> jet{*pass.shape};
  const int channels = jet.channels();
  const std::ptrdiff_t stride = pass.stride;
  const auto* row = pass.z + offset;
  const auto* value = pass.a + offset;
  auto* g = pass.g + offset;
  for (int p = 0; p < pass.points; ++p, row += channels * stride, value += channels * stride) {
    V z[JetAlgebra<T, D, K>::room];
    jet.each_tangent([&](int c) NUSSELT_INLINE { z[c] = T::load(row + c * stride); });
    const V keep = A::keeps ? T::load(row) : V{};
    const Slopes<T> s = A::template slopes<T>(T::load(value), keep);
    for (int e = 0; e < pass.repeat; ++e, g += channels * stride) {
      V out[JetAlgebra<T, D, K>::room] = {};
      V curved{}, cubic{};
      jet.each_first([&](int i) NUSSELT_INLINE { curved += T::load(g + i * stride) * z[i]; });
      jet.each_second([&](int k) NUSSELT_INLINE {
        const int c = 1 + jet.axes() + k;
        const V seed = T::load(g + c * stride);
        curved += seed * z[c];
        cubic += seed * jet.quadratic(z, k);
        jet.quadratic_adjoint(z, seed, k, out);
        T::store(g + c * stride, s.s1 * seed);
      });
      T::store(g, s.s1 * T::load(g) + s.s2 * curved + s.s3 * cubic);
      jet.each_first([&](int i)
                         NUSSELT_INLINE { T::store(g + i * stride, s.s1 * T::load(g + i * stride) + s.s2 * out[i]); });
    }
  }
}

template <class T, class A, int D, int K>
void activate_tangent_vector(const ActivationPass<typename T::Real>& pass, int offset) {
  using V = typename T::V;
  const JetAlgebra<T, D, K> jet{*pass.shape};
  const int channels = jet.channels();
  const std::ptrdiff_t stride = pass.stride;
  const auto* row = pass.z + offset;
  const auto* value = pass.a + offset;
  auto* g = pass.g + offset;
  for (int p = 0; p < pass.points; ++p, row += channels * stride, value += channels * stride, g += channels * stride) {
    V z[JetAlgebra<T, D, K>::room], d[JetAlgebra<T, D, K>::room];
    jet.each_tangent([&](int c) NUSSELT_INLINE { z[c] = T::load(row + c * stride); });
    d[0] = T::load(g);
    jet.each_tangent([&](int c) NUSSELT_INLINE { d[c] = T::load(g + c * stride); });
    const V keep = A::keeps ? T::load(row) : V{};
    const Slopes<T> s = A::template slopes<T>(T::load(value), keep);
    T::store(g, s.s1 * d[0]);
    const V along = s.s2 * d[0];
    jet.each_first([&](int i) NUSSELT_INLINE { T::store(g + i * stride, s.s1 * d[i] + along * z[i]); });
    jet.each_second([&](int k) NUSSELT_INLINE {
      const int c = 1 + jet.axes() + k;
      T::store(g + c * stride,
               s.s1 * d[c] + along * z[c] + s.s2 * jet.quadratic_tangent(z, d, k) + s.s3 * d[0] * jet.quadratic(z, k));
    });
  }
}

/// Calls f.template with<D, K>() for the channel set of a shape.
template <class Real, class F>
inline void with_channels(const JetShape<Real>& shape, const F& f) {
  const int set = shape.diagonal ? 10 * shape.axes + shape.seconds : -1;
  switch (set) {
    case 0:
      return f.template with<0, 0>();
    case 10:
      return f.template with<1, 0>();
    case 11:
      return f.template with<1, 1>();
    case 20:
      return f.template with<2, 0>();
    case 21:
      return f.template with<2, 1>();
    case 22:
      return f.template with<2, 2>();
    case 31:
      return f.template with<3, 1>();
    default:
      return f.template with<-1, 0>();
  }
}

template <class Real, class A>
struct Activate {
  const ActivationPass<Real>& pass;
  template <int D, int K>
  void with() const {
    for_each_vector<Real>(pass.width,
                          [&](auto lanes, int offset) { activate_vector<decltype(lanes), A, D, K>(pass, offset); });
  }
};

template <class Real, class A>
struct ActivateAdjoint {
  const ActivationPass<Real>& pass;
  template <int D, int K>
  void with() const {
    for_each_vector<Real>(
        pass.width, [&](auto lanes, int offset) { activate_adjoint_vector<decltype(lanes), A, D, K>(pass, offset); });
  }
};

template <class Real, class A>
struct ActivateTangent {
  const ActivationPass<Real>& pass;
  template <int D, int K>
  void with() const {
    for_each_vector<Real>(
        pass.width, [&](auto lanes, int offset) { activate_tangent_vector<decltype(lanes), A, D, K>(pass, offset); });
  }
};

template <class Real, class A>
void activate(const ActivationPass<Real>& pass) {
  with_channels(*pass.shape, Activate<Real, A>{pass});
}

template <class Real, class A>
void activate_adjoint(const ActivationPass<Real>& pass) {
  with_channels(*pass.shape, ActivateAdjoint<Real, A>{pass});
}

template <class Real, class A>
void activate_tangent(const ActivationPass<Real>& pass) {
  with_channels(*pass.shape, ActivateTangent<Real, A>{pass});
}

template <class Real, class A>
void derivatives(const Real* z, int count, Real* y, Real* first, Real* second, Real* third) {
  using T = Full<Real>;
  for (int i = 0; i < count; ++i) {
    typename T::V keep{};
    const typename T::V value = A::template value<T>(T::all(z[i]), keep);
    const Slopes<T> s = A::template slopes<T>(value, keep);
    y[i] = value[0];
    first[i] = s.s1[0];
    second[i] = s.s2[0];
    third[i] = s.s3[0];
  }
}

}  // namespace
}  // namespace nusselt
