// Vectors of numbers in GCC's vector extensions, and the elementary functions over them.
//
// Part of tile_kernels.inl; NUSSELT_VECTOR_BYTES is the size of a register.
#pragma once

#include "networks/tile_kernels.hpp"

#define NUSSELT_INLINE __attribute__((always_inline))

namespace nusselt {
namespace {

template <class Real>
struct Format;
template <>
struct Format<float> {
  using Integer = std::int32_t;
  using Word = std::int64_t;
  static constexpr int mantissa = 23;
  static constexpr int bias = 127;
  static constexpr float magic = 0x1.8p23f;  ///< adding it rounds to an integer, which then stands in the low bits
};
template <>
struct Format<double> {
  using Integer = std::int64_t;
  using Word = std::int64_t;
  static constexpr int mantissa = 52;
  static constexpr int bias = 1023;
  static constexpr double magic = 0x1.8p52;
};

template <class Number, int bytes>
struct Lanes {
  using Real = Number;
  using Integer = typename Format<Real>::Integer;
  typedef Real V __attribute__((vector_size(bytes)));
  typedef Integer I __attribute__((vector_size(bytes)));
  typedef typename Format<Real>::Word Words __attribute__((vector_size(bytes)));
  typedef Real Loose __attribute__((vector_size(bytes), aligned(sizeof(Real)), may_alias));
  static constexpr int count = bytes / static_cast<int>(sizeof(Real));

  static V load(const Real* p) { return *reinterpret_cast<const Loose*>(p); }
  static void store(Real* p, V v) { *reinterpret_cast<Loose*>(p) = v; }
  static V all(Real x) { return x - V{}; }  // x + 0 would turn -0 into 0, and cost an addition
  static Real sum(V v) {
#pragma GCC unroll 4
    for (int step = count / 2; step > 0; step /= 2) {
      I other;
      for (int l = 0; l < count; ++l) other[l] = l ^ step;
      v += __builtin_shuffle(v, other);
    }
    return v[0];
  }
};

template <class Real>
using Full = Lanes<Real, NUSSELT_VECTOR_BYTES>;
/// For the last columns of a width; Full where half a register would hold one number only.
template <class Real>
using Half = Lanes<Real, (Full<Real>::count >= 4 ? NUSSELT_VECTOR_BYTES / 2 : NUSSELT_VECTOR_BYTES)>;

template <class T>
inline bool any_of(typename T::I mask) {
  const typename T::Words words = reinterpret_cast<typename T::Words>(mask);
  std::int64_t any = 0;
  for (int l = 0; l < static_cast<int>(sizeof(mask) / 8); ++l) any |= words[l];
  return any != 0;
}

/// e^x = scale (d + n) / d.
template <class T>
struct Exponential {
  typename T::V scale, n, d;
};

/// x = k ln 2 + r, and with c(r) = r coth(r/2), e^r = (c + r) / (c - r). The series of c has the coefficients
/// 2 B_2k / (2k)! (Abramowitz & Stegun 4.5.67); |r| < 0.35, so that it ends below half a unit in the last place.
template <class T>
inline Exponential<T> exponential(typename T::V x) {
  using Real = typename T::Real;
  using V = typename T::V;
  using I = typename T::I;
  using F = Format<Real>;
  const V shifted = x * Real(1.442695040888963407359924681L) + F::magic;
  const V k = shifted - F::magic;
  const I bits = (reinterpret_cast<I>(shifted) + F::bias) << F::mantissa;
  V r, c;
  if constexpr (sizeof(Real) == 8) {
    r = x - k * 0x1.62e42feep-1;
    r = r - k * 0x1.a39ef35793c76p-33;
    const V s = r * r;
    c = s * -1.0568380277374986e-09 + 4.1753513975736200e-08;
    c = c * s - 1.6534391534391534e-06;
    c = c * s + 6.6137566137566142e-05;
    c = c * s - 2.7777777777777779e-03;
    c = c * s + 1.6666666666666666e-01;
    c = c * s + 2.0;
  } else {
    r = x - k * 0x1.62ep-1f;
    r = r - k * 0x1.0bfbe8p-15f;
    const V s = r * r;
    c = s * 6.6137566e-05f - 2.7777778e-03f;
    c = c * s + 1.6666667e-01f;
    c = c * s + 2.0f;
  }
  return {reinterpret_cast<V>(bits), r + r, c - r};
}

/// Relative accuracy down to x = 0, where scale = 1 leaves n / (n + 2 d).
template <class T>
inline typename T::V tanh_of(typename T::V x) {
  using Real = typename T::Real;
  using V = typename T::V;
  using I = typename T::I;
  const I sign = reinterpret_cast<I>(x) & reinterpret_cast<I>(T::all(Real(-0.0)));
  V magnitude = reinterpret_cast<V>(reinterpret_cast<I>(x) ^ sign);
  const V limit = T::all(sizeof(Real) == 8 ? Real(20) : Real(10));
  magnitude = magnitude > limit ? limit : magnitude;  // a NaN stays one
  const Exponential<T> e = exponential<T>(magnitude + magnitude);
  const V grown = e.scale * e.n;
  const V t = (grown + (e.scale - Real(1)) * e.d) / (grown + (e.scale + Real(1)) * e.d);
  return reinterpret_cast<V>(reinterpret_cast<I>(t) | sign);
}

template <class T>
inline typename T::V sigmoid_of(typename T::V x) {
  using Real = typename T::Real;
  using V = typename T::V;
  const V limit = T::all(sizeof(Real) == 8 ? Real(700) : Real(85));
  x = x > limit ? limit : x;
  x = x < -limit ? -limit : x;
  const Exponential<T> e = exponential<T>(x);
  const V grown = e.scale * (e.d + e.n);
  return grown / (e.d + grown);
}

/// Taylor series on [-pi/4, pi/4] after a reduction by pi/2 in parts whose products with the quadrant are exact.
template <class T>
inline void sine_cosine(typename T::V x, typename T::V& sine, typename T::V& cosine) {
  using Real = typename T::Real;
  using V = typename T::V;
  using I = typename T::I;
  using F = Format<Real>;
  constexpr Real farthest = sizeof(Real) == 8 ? Real(5e5) : Real(3e3);
  const V shifted = x * Real(0.636619772367581343075535053L) + F::magic;
  const V k = shifted - F::magic;
  const I quadrant = reinterpret_cast<I>(shifted);
  V r, s, c;
  if constexpr (sizeof(Real) == 8) {
    r = x - k * 0x1.921fb544p0;
    r = r - k * 0x1.0b4611a6p-34;
    r = r - k * 0x1.3198a2e037073p-69;
    const V q = r * r;
    s = q * -7.6471637318198164e-13 + 1.6059043836821613e-10;
    s = s * q - 2.5052108385441720e-08;
    s = s * q + 2.7557319223985893e-06;
    s = s * q - 1.9841269841269841e-04;
    s = s * q + 8.3333333333333332e-03;
    s = s * q - 1.6666666666666666e-01;
    s = s * q * r + r;
    c = q * 4.7794773323873853e-14 - 1.1470745597729725e-11;
    c = c * q + 2.0876756987868100e-09;
    c = c * q - 2.7557319223985888e-07;
    c = c * q + 2.4801587301587302e-05;
    c = c * q - 1.3888888888888889e-03;
    c = c * q + 4.1666666666666664e-02;
    c = c * q - 0.5;
    c = c * q + 1.0;
  } else {
    r = x - k * 0x1.92p0f;
    r = r - k * 0x1.fb4p-12f;
    r = r - k * 0x1.4442d2p-24f;
    const V q = r * r;
    s = q * 2.7557319e-06f - 1.9841270e-04f;
    s = s * q + 8.3333333e-03f;
    s = s * q - 1.6666667e-01f;
    s = s * q * r + r;
    c = q * -2.7557319e-07f + 2.4801587e-05f;
    c = c * q - 1.3888889e-03f;
    c = c * q + 4.1666667e-02f;
    c = c * q - 0.5f;
    c = c * q + 1.0f;
  }
  const I swapped = (quadrant & 1) != 0;
  const I top = reinterpret_cast<I>(T::all(Real(-0.0)));
  const I sine_sign = (quadrant & 2) != 0;
  const I cosine_sign = ((quadrant + 1) & 2) != 0;
  sine = swapped ? c : s;
  cosine = swapped ? s : c;
  sine = reinterpret_cast<V>(reinterpret_cast<I>(sine) ^ (sine_sign & top));
  cosine = reinterpret_cast<V>(reinterpret_cast<I>(cosine) ^ (cosine_sign & top));

  const I far = (x > farthest) | (x < -farthest);
  if (any_of<T>(far)) {
    for (int l = 0; l < T::count; ++l) {
      if (!far[l]) continue;
      sine[l] = static_cast<Real>(__builtin_sin(x[l]));
      cosine[l] = static_cast<Real>(__builtin_cos(x[l]));
    }
  }
}

}  // namespace
}  // namespace nusselt
