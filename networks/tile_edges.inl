// The first and the last layer, which are too narrow for matrix products, and rows of a Jacobian.
// Part of tile_kernels.inl.
#pragma once

#include "networks/tile_kernels.hpp"
#include "networks/tile_product.inl"

namespace nusselt {
namespace {

template <class Real>
void plain_input(const InputPass<Real>& pass) {
  using T = Full<Real>;
  const JetShape<Real>& shape = *pass.shape;
  for (int j = 0; j < pass.width; j += T::count) {
    typename T::V weights[max_jet_axes], slopes[max_jet_axes];
    for (int i = 0; i < pass.inputs; ++i) {
      weights[i] = T::load(pass.weights + i * pass.stride + j);
      slopes[i] = weights[i] * pass.scale[i];
    }
    const typename T::V bias = pass.bias ? T::load(pass.bias + j) : typename T::V{};
    Real* z = pass.z + j;
    for (int p = 0; p < pass.points; ++p) {
      typename T::V value = bias;
      for (int i = 0; i < pass.inputs; ++i) value += weights[i] * pass.x[p * pass.inputs + i];
      T::store(z, value);
      z += pass.stride;
      for (int i = 0; i < shape.axes; ++i, z += pass.stride) T::store(z, slopes[i]);
      for (int k = 0; k < shape.seconds; ++k, z += pass.stride) T::store(z, typename T::V{});
    }
  }
}

template <class Real>
void plain_input_adjoint(const InputPass<Real>& pass) {
  using T = Full<Real>;
  const JetShape<Real>& shape = *pass.shape;
  for (int j = 0; j < pass.width; j += T::count) {
    typename T::V values[max_jet_axes] = {}, tangents[max_jet_axes] = {};
    const Real* g = pass.g + j;
    for (int p = 0; p < pass.points; ++p, g += shape.channels * pass.stride) {
      const typename T::V value = T::load(g);
      for (int i = 0; i < pass.inputs; ++i) values[i] += value * pass.x[p * pass.inputs + i];
      for (int i = 0; i < shape.axes; ++i) tangents[i] += T::load(g + (1 + i) * pass.stride);
    }
    for (int i = 0; i < pass.inputs; ++i) {
      Real* sum = pass.weight_gradient + i * pass.stride + j;
      typename T::V total = T::load(sum) + values[i];
      if (i < shape.axes) total += tangents[i] * pass.scale[i];
      T::store(sum, total);
    }
  }
}

template <class Real>
void plain_input_rows(const InputPass<Real>& pass) {
  const JetShape<Real>& shape = *pass.shape;
  for (int p = 0; p < pass.points; ++p) {
    for (int e = 0; e < pass.repeat; ++e) {
      const std::ptrdiff_t jet = p * pass.repeat + e;
      const Real* g = pass.g + jet * shape.channels * pass.stride;
      Real* row = pass.rows + jet * pass.row_stride;
      for (int j = 0; j < pass.width; ++j) {
        for (int i = 0; i < pass.inputs; ++i) {
          Real total = g[j] * pass.x[p * pass.inputs + i];
          if (i < shape.axes) total += g[(1 + i) * pass.stride + j] * pass.scale[i];
          row[j * pass.inputs + i] = total;
        }
      }
    }
  }
}

/// The part of channel k of second order that feature i of point p has; mixed derivatives of a function of one
/// coordinate are zero.
template <class Real>
Real second_of(const InputPass<Real>& pass, int p, int i, int k) {
  return pass.shape->weights[k][pass.axis[i]] * pass.second[p * pass.inputs + i];
}

template <class Real>
void embedded_input(const InputPass<Real>& pass) {
  using T = Full<Real>;
  const JetShape<Real>& shape = *pass.shape;
  for (int j = 0; j < pass.width; j += T::count) {
    typename T::V weights[max_features];
    for (int i = 0; i < pass.inputs; ++i) weights[i] = T::load(pass.weights + i * pass.stride + j);
    const typename T::V bias = pass.bias ? T::load(pass.bias + j) : typename T::V{};
    Real* z = pass.z + j;
    for (int p = 0; p < pass.points; ++p) {
      typename T::V value = bias;
      for (int i = 0; i < pass.inputs; ++i) value += weights[i] * pass.x[p * pass.inputs + i];
      T::store(z, value);
      z += pass.stride;
      for (int axis = 0; axis < shape.axes; ++axis, z += pass.stride) {
        typename T::V slope{};
        for (int i = 0; i < pass.inputs; ++i) {
          if (pass.axis[i] == axis) slope += weights[i] * pass.first[p * pass.inputs + i];
        }
        T::store(z, slope);
      }
      for (int k = 0; k < shape.seconds; ++k, z += pass.stride) {
        typename T::V curvature{};
        for (int i = 0; i < pass.inputs; ++i) curvature += weights[i] * second_of(pass, p, i, k);
        T::store(z, curvature);
      }
    }
  }
}

template <class Real>
void embedded_input_adjoint(const InputPass<Real>& pass) {
  using T = Full<Real>;
  const JetShape<Real>& shape = *pass.shape;
  for (int j = 0; j < pass.width; j += T::count) {
    typename T::V sums[max_features] = {};
    const Real* g = pass.g + j;
    for (int p = 0; p < pass.points; ++p, g += shape.channels * pass.stride) {
      for (int i = 0; i < pass.inputs; ++i) {
        sums[i] += T::load(g) * pass.x[p * pass.inputs + i];
        if (pass.axis[i] < shape.axes) {
          sums[i] += T::load(g + (1 + pass.axis[i]) * pass.stride) * pass.first[p * pass.inputs + i];
        }
        for (int k = 0; k < shape.seconds; ++k) {
          sums[i] += T::load(g + (1 + shape.axes + k) * pass.stride) * second_of(pass, p, i, k);
        }
      }
    }
    for (int i = 0; i < pass.inputs; ++i) {
      Real* sum = pass.weight_gradient + i * pass.stride + j;
      T::store(sum, T::load(sum) + sums[i]);
    }
  }
}

template <class Real>
void embedded_input_rows(const InputPass<Real>& pass) {
  const JetShape<Real>& shape = *pass.shape;
  for (int p = 0; p < pass.points; ++p) {
    for (int e = 0; e < pass.repeat; ++e) {
      const std::ptrdiff_t jet = p * pass.repeat + e;
      const Real* g = pass.g + jet * shape.channels * pass.stride;
      Real* row = pass.rows + jet * pass.row_stride;
      for (int j = 0; j < pass.width; ++j) {
        for (int i = 0; i < pass.inputs; ++i) {
          Real total = g[j] * pass.x[p * pass.inputs + i];
          if (pass.axis[i] < shape.axes) {
            total += g[(1 + pass.axis[i]) * pass.stride + j] * pass.first[p * pass.inputs + i];
          }
          for (int k = 0; k < shape.seconds; ++k) {
            total += g[(1 + shape.axes + k) * pass.stride + j] * second_of(pass, p, i, k);
          }
          row[j * pass.inputs + i] = total;
        }
      }
    }
  }
}

template <class Real>
void input(const InputPass<Real>& pass) {
  pass.axis ? embedded_input(pass) : plain_input(pass);
}

template <class Real>
void input_adjoint(const InputPass<Real>& pass) {
  pass.axis ? embedded_input_adjoint(pass) : plain_input_adjoint(pass);
}

template <class Real>
void input_rows(const InputPass<Real>& pass) {
  pass.axis ? embedded_input_rows(pass) : plain_input_rows(pass);
}

/// Sums over the lanes of T::count vectors at once: lane l of the result is the sum of v[l].
template <class T, int N = T::count>
NUSSELT_INLINE inline typename T::V sums_of(typename T::V* v) {
  if constexpr (N == 1) {
    return v[0];
  } else {
    typename T::I even, odd;
    for (int l = 0; l < T::count; ++l) even[l] = 2 * l, odd[l] = 2 * l + 1;
#pragma GCC unroll 16
    for (int n = 0; n < N / 2; ++n) {
      v[n] = __builtin_shuffle(v[2 * n], v[2 * n + 1], even) + __builtin_shuffle(v[2 * n], v[2 * n + 1], odd);
    }
    return sums_of<T, N / 2>(v);
  }
}

/// Outputs [begin, begin + H) of all rows, as many rows at once as their sums fill a vector.
template <class T, int H>
void output_block(const OutputPass<typename T::Real>& pass, int begin) {
  using Real = typename T::Real;
  using V = typename T::V;
  constexpr int room = T::count / H;
  const int rows = pass.points * pass.channels;
  const Real* weights = pass.weights + begin * pass.stride;
  int point = 0, channel = 0;
  for (int first = 0; first < rows; first += room) {
    const int inside = rows - first < room ? rows - first : room;
    const Real* row[room];
#pragma GCC unroll 16
    for (int r = 0; r < room; ++r) {
      row[r] = pass.a + static_cast<std::ptrdiff_t>(first + (r < inside ? r : 0)) * pass.stride;
    }
    V sum[T::count] = {};
    for (int j = 0; j < pass.width; j += T::count) {
      V w[H];
#pragma GCC unroll 4
      for (int h = 0; h < H; ++h) w[h] = T::load(weights + h * pass.stride + j);
#pragma GCC unroll 16
      for (int r = 0; r < room; ++r) {
        const V a = T::load(row[r] + j);
#pragma GCC unroll 4
        for (int h = 0; h < H; ++h) sum[r * H + h] += a * w[h];
      }
    }
    const V total = sums_of<T>(sum);
    Real numbers[T::count];
    T::store(numbers, total);
    for (int r = 0; r < inside; ++r) {
      for (int h = 0; h < H; ++h) {
        Real value = numbers[r * H + h];
        if (channel == 0 && pass.bias) value += pass.bias[begin + h];
        Real* jet = pass.jet + static_cast<std::ptrdiff_t>(channel * pass.outputs + begin + h) * pass.columns + point;
        *jet = pass.accumulate ? *jet + value : value;
      }
      if (++channel == pass.channels) channel = 0, ++point;
    }
  }
}

template <class Real>
void output(const OutputPass<Real>& pass) {
  using T = Full<Real>;
  int begin = 0;
  if constexpr (T::count >= 4) {
    for (; pass.outputs - begin >= 4 || pass.outputs - begin == 3; begin += pass.outputs - begin == 3 ? 3 : 4) {
      pass.outputs - begin == 3 ? output_block<T, 3>(pass, begin) : output_block<T, 4>(pass, begin);
    }
  }
  for (; pass.outputs - begin >= 2; begin += 2) output_block<T, 2>(pass, begin);
  if (pass.outputs - begin == 1) output_block<T, 1>(pass, begin);
}

/// Outputs [begin, begin + H), which add to the rows of g if begin > 0.
template <class T, int H>
void output_adjoint_block(const OutputPass<typename T::Real>& pass, int begin) {
  using Real = typename T::Real;
  const std::ptrdiff_t next = static_cast<std::ptrdiff_t>(pass.outputs) * pass.columns;  // from channel to channel
  for_each_vector<Real>(pass.width, [&](auto lanes, int j) {
    using U = decltype(lanes);
    typename U::V weights[H], sums[H] = {};
#pragma GCC unroll 4
    for (int h = 0; h < H; ++h) weights[h] = U::load(pass.weights + (begin + h) * pass.stride + j);
    Real* g = pass.g + j;
    const Real* a = pass.a + j;
    for (int p = 0; p < pass.points; ++p, a += pass.channels * pass.stride) {
      for (int e = 0; e < pass.repeat; ++e) {
        const Real* seeds =
            pass.seeds + e * pass.channels * next + static_cast<std::ptrdiff_t>(begin) * pass.columns + p;
        for (int c = 0; c < pass.channels; ++c, g += pass.stride, seeds += next) {
          const typename U::V input = U::load(a + c * pass.stride);
          typename U::V back = begin > 0 ? U::load(g) : typename U::V{};
#pragma GCC unroll 4
          for (int h = 0; h < H; ++h) {
            const typename U::V seed = U::all(seeds[h * pass.columns]);
            back += weights[h] * seed;
            sums[h] += input * seed;
          }
          U::store(g, back);
        }
      }
    }
    if (!pass.weight_gradient) return;
#pragma GCC unroll 4
    for (int h = 0; h < H; ++h) {
      Real* sum = pass.weight_gradient + (begin + h) * pass.stride + j;
      U::store(sum, U::load(sum) + sums[h]);
    }
  });
}

template <class Real>
void output_adjoint(const OutputPass<Real>& pass) {
  using T = Full<Real>;
  int begin = 0;
  for (; pass.outputs - begin >= 4; begin += 4) output_adjoint_block<T, 4>(pass, begin);
  switch (pass.outputs - begin) {
    case 3:
      return output_adjoint_block<T, 3>(pass, begin);
    case 2:
      return output_adjoint_block<T, 2>(pass, begin);
    case 1:
      return output_adjoint_block<T, 1>(pass, begin);
    default:
      return;
  }
}

/// C channels, or any number for C = 0. The last vector of a row reaches back over the one before it instead of ahead
/// into the next row.
template <class T, int C>
void rows_of_channels(const RowsPass<typename T::Real>& pass) {
  using Real = typename T::Real;
  const int channels = C > 0 ? C : pass.channels;
  for (int n = 0; n < pass.points * pass.repeat; ++n) {
    const Real* g = pass.g + static_cast<std::ptrdiff_t>(n) * channels * pass.g_stride;
    const Real* a = pass.a + static_cast<std::ptrdiff_t>(n / pass.repeat) * channels * pass.a_stride;
    Real* block = pass.out + n * pass.row_stride;
    for (int begin = 0; begin < pass.width; begin += T::count) {
      const int j = begin + T::count <= pass.width ? begin : pass.width - T::count;
      typename T::V inputs[C > 0 ? C : max_jet_channels] = {};
#pragma GCC unroll 10
      for (int c = 0; c < channels; ++c) inputs[c] = T::load(a + c * pass.a_stride + j);
      for (int o = 0; o < pass.height; ++o) {
        typename T::V total = inputs[0] * g[o];
#pragma GCC unroll 10
        for (int c = 1; c < channels; ++c) total += inputs[c] * g[c * pass.g_stride + o];
        T::store(block + static_cast<std::ptrdiff_t>(o) * pass.width + j, total);
      }
    }
  }
}

template <class Real>
void narrow_rows(const RowsPass<Real>& pass) {
  for (int n = 0; n < pass.points * pass.repeat; ++n) {
    const Real* g = pass.g + static_cast<std::ptrdiff_t>(n) * pass.channels * pass.g_stride;
    const Real* a = pass.a + static_cast<std::ptrdiff_t>(n / pass.repeat) * pass.channels * pass.a_stride;
    Real* block = pass.out + n * pass.row_stride;
    for (int o = 0; o < pass.height; ++o) {
      for (int j = 0; j < pass.width; ++j) {
        Real total = 0;
        for (int c = 0; c < pass.channels; ++c) total += a[c * pass.a_stride + j] * g[c * pass.g_stride + o];
        block[o * pass.width + j] = total;
      }
    }
  }
}

template <class Real>
void rows(const RowsPass<Real>& pass) {
  using T = Full<Real>;
  if (pass.width < T::count) return narrow_rows(pass);
  switch (pass.channels) {
    case 1:
      return rows_of_channels<T, 1>(pass);
    case 3:
      return rows_of_channels<T, 3>(pass);
    case 4:
      return rows_of_channels<T, 4>(pass);
    case 5:
      return rows_of_channels<T, 5>(pass);
    default:
      return rows_of_channels<T, 0>(pass);
  }
}

/// The same for the last layer, whose g are the seeds of an OutputPass; most of them are zero.
template <class Real>
void output_rows(const OutputPass<Real>& pass, Real* out, std::ptrdiff_t row_stride) {
  const std::ptrdiff_t next = static_cast<std::ptrdiff_t>(pass.outputs) * pass.columns;
  for (int p = 0; p < pass.points; ++p) {
    const Real* a = pass.a + static_cast<std::ptrdiff_t>(p) * pass.channels * pass.stride;
    for (int e = 0; e < pass.repeat; ++e) {
      Real* row = out + (static_cast<std::ptrdiff_t>(p) * pass.repeat + e) * row_stride;
      for (int h = 0; h < pass.outputs; ++h, row += pass.width) {
        const Real* seed = pass.seeds + e * pass.channels * next + static_cast<std::ptrdiff_t>(h) * pass.columns + p;
        for (int j = 0; j < pass.width; ++j) row[j] = a[j] * seed[0];
        for (int c = 1; c < pass.channels; ++c) {
          const Real factor = seed[c * next];
          if (factor == Real(0)) continue;
          for (int j = 0; j < pass.width; ++j) row[j] += a[c * pass.stride + j] * factor;
        }
      }
    }
  }
}

template <class Real>
void add_values(const Real* g, int points, int channels, int width, std::ptrdiff_t stride, Real* sum) {
  using T = Full<Real>;
  for (int j = 0; j < width; j += T::count) {
    typename T::V total = T::load(sum + j);
    const Real* row = g + j;
    for (int p = 0; p < points; ++p, row += channels * stride) total += T::load(row);
    T::store(sum + j, total);
  }
}

}  // namespace
}  // namespace nusselt
