// One element of an activation's jet and of its adjoint: the algebra of activation.hpp without intermediate tensors.
// Plain memory and no header of LibTorch: the CUDA kernels of activation_kernel.cu and the tests on a processor run the
// same functions.
//
// Jets are channel-major [C, N, H], adjoints [C, E, N, H]; neighbours in memory are neighbouring threads.
#pragma once

#include <cmath>
#include <cstdint>

#if defined(__CUDACC__)
#define NUSSELT_HOST_DEVICE __host__ __device__
#else
#define NUSSELT_HOST_DEVICE
#endif

namespace nusselt {

enum class PointwiseFunction { tanh, sin, swish };

/// The second-order channels of a jet, by the channels they join. Passed to a kernel by value.
struct JetTerms {
  static constexpr int most_second = 24;
  static constexpr int most_terms = 64;
  struct Term {
    int i, j;  ///< channels of the first derivatives
    double weight;
  };
  struct Slope {
    int k, j;  ///< dq_k/dz_i = sum of weight z_j
    double weight;
  };
  int channels;
  int first_second;            ///< channel of the first second-order one; 1 where there are no derivatives
  int term[most_second + 1];   ///< where the terms of each second-order channel begin
  int slope[most_second + 1];  ///< where the slopes along each first-order channel begin
  Term terms[most_terms];
  Slope slopes[2 * most_terms];

  NUSSELT_HOST_DEVICE int seconds() const { return channels - first_second; }
  NUSSELT_HOST_DEVICE int firsts() const { return first_second - 1; }
};

template <class T>
struct ActivationArguments {
  JetTerms jet;
  std::int64_t elements;   ///< N * H, of one channel
  std::int64_t equations;  ///< E; 1 for a jet
  const T* z;
  const T* ybar;  ///< of an adjoint only
  T* result;      ///< y, or zbar
};

/// d[k] = f^(k)(z) for k <= highest <= 3.
template <PointwiseFunction f, int highest, class T>
NUSSELT_HOST_DEVICE inline void pointwise_derivatives(T z, T (&d)[4]) {
  using std::cos;
  using std::exp;
  using std::sin;
  using std::tanh;
  if constexpr (f == PointwiseFunction::tanh) {
    const T t = tanh(z);
    const T square = t * t, slope = T(1) - square;
    d[0] = t;
    d[1] = slope;
    d[2] = T(-2) * t * slope;
    d[3] = (T(6) * square - T(2)) * slope;
  } else if constexpr (f == PointwiseFunction::sin) {
    const T s = sin(z);
    const T c = highest >= 1 ? cos(z) : T(0);
    d[0] = s;
    d[1] = c;
    d[2] = -s;
    d[3] = -c;
  } else {
    // With S = sigmoid(z): f^(k) = z S^(k) + k S^(k-1), as in activation_swish.cpp.
    const T s = T(1) / (T(1) + exp(-z));
    const T s1 = s * (T(1) - s);
    const T s2 = s1 * (T(1) - T(2) * s);
    const T s3 = s1 * (T(1) - T(6) * s1);
    d[0] = z * s;
    d[1] = z * s1 + s;
    d[2] = z * s2 + T(2) * s1;
    d[3] = z * s3 + T(3) * s2;
  }
}

/// q_k at one element.
template <class T>
NUSSELT_HOST_DEVICE inline T quadratic_form(const ActivationArguments<T>& a, const T* z, int k) {
  T q = 0;
  for (int t = a.jet.term[k]; t < a.jet.term[k + 1]; ++t) {
    const JetTerms::Term& term = a.jet.terms[t];
    q += T(term.weight) * z[term.i * a.elements] * z[term.j * a.elements];
  }
  return q;
}

/// y = f(z), all channels, at one of `elements`.
template <PointwiseFunction f, class T>
NUSSELT_HOST_DEVICE inline void jet_element(const ActivationArguments<T>& a, std::int64_t index) {
  const T* z = a.z + index;
  T* y = a.result + index;
  T d[4];
  pointwise_derivatives<f, 2>(z[0], d);
  y[0] = d[0];
  for (int c = 1; c < a.jet.first_second; ++c) y[c * a.elements] = d[1] * z[c * a.elements];
  for (int k = 0; k < a.jet.seconds(); ++k) {
    const std::int64_t at = (a.jet.first_second + k) * a.elements;
    y[at] = d[1] * z[at] + d[2] * quadratic_form(a, z, k);
  }
}

/// zbar, all channels, at one of `equations * elements`.
template <PointwiseFunction f, class T>
NUSSELT_HOST_DEVICE inline void adjoint_element(const ActivationArguments<T>& a, std::int64_t index) {
  const std::int64_t stride = a.equations * a.elements;
  const T* z = a.z + (a.equations == 1 ? index : index % a.elements);
  const T* ybar = a.ybar + index;
  T* zbar = a.result + index;
  T d[4];
  pointwise_derivatives<f, 3>(z[0], d);
  T value = d[1] * ybar[0];
  for (int c = 1; c < a.jet.channels; ++c) value += d[2] * z[c * a.elements] * ybar[c * stride];
  for (int k = 0; k < a.jet.seconds(); ++k) {
    const T seed = ybar[(a.jet.first_second + k) * stride];
    value += d[3] * quadratic_form(a, z, k) * seed;
    zbar[(a.jet.first_second + k) * stride] = d[1] * seed;
  }
  zbar[0] = value;
  for (int i = 0; i < a.jet.firsts(); ++i) {
    T sum = 0;
    for (int s = a.jet.slope[i]; s < a.jet.slope[i + 1]; ++s) {
      const JetTerms::Slope& slope = a.jet.slopes[s];
      sum += T(slope.weight) * z[slope.j * a.elements] * ybar[slope.k * stride];
    }
    zbar[(1 + i) * stride] = d[1] * ybar[(1 + i) * stride] + d[2] * sum;
  }
}

/// On a CUDA stream (cudaStream_t), without waiting; activation_kernel.cu. Throws std::runtime_error with CUDA's words.
template <class T>
void launch_activation_jet(PointwiseFunction f, const ActivationArguments<T>& arguments, void* stream);
template <class T>
void launch_activation_adjoint(PointwiseFunction f, const ActivationArguments<T>& arguments, void* stream);

}  // namespace nusselt
