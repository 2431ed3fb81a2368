// The first and the last layer, which are too narrow for matrix products, and rows of a Jacobian.
// Part of tile_kernels.inl.

namespace nusselt {
namespace {

template <class Real>
void input(const InputPass<Real>& pass) {
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
void input_adjoint(const InputPass<Real>& pass) {
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
void input_rows(const InputPass<Real>& pass) {
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

template <class Real>
void output(const OutputPass<Real>& pass) {
  using T = Full<Real>;
  for (int p = 0; p < pass.points; ++p) {
    for (int c = 0; c < pass.channels; ++c) {
      const Real* row = pass.a + (static_cast<std::ptrdiff_t>(p) * pass.channels + c) * pass.stride;
      for (int h = 0; h < pass.outputs; ++h) {
        const Real* weights = pass.weights + h * pass.stride;
        typename T::V total{};
        for (int j = 0; j < pass.width; j += T::count) total += T::load(row + j) * T::load(weights + j);
        Real* jet = pass.jet + static_cast<std::ptrdiff_t>(c * pass.outputs + h) * pass.columns + p;
        const Real sum = T::sum(total) + (c == 0 && pass.bias ? pass.bias[h] : Real(0));
        *jet = pass.accumulate ? *jet + sum : sum;
      }
    }
  }
}

template <class Real>
void output_adjoint(const OutputPass<Real>& pass) {
  using T = Full<Real>;
  constexpr int most = 4;  // outputs whose weights and sums stay in registers
  const int rows = pass.points * pass.repeat;
  for (int begin = 0; begin < pass.outputs; begin += most) {
    const int outputs = pass.outputs - begin < most ? pass.outputs - begin : most;
    for (int j = 0; j < pass.width; j += T::count) {
      typename T::V weights[most] = {}, sums[most] = {};
      for (int h = 0; h < outputs; ++h) weights[h] = T::load(pass.weights + (begin + h) * pass.stride + j);
      for (int n = 0; n < rows; ++n) {
        const int p = n / pass.repeat, e = n % pass.repeat;
        for (int c = 0; c < pass.channels; ++c) {
          Real* g = pass.g + (static_cast<std::ptrdiff_t>(n) * pass.channels + c) * pass.stride + j;
          const typename T::V a =
              T::load(pass.a + (static_cast<std::ptrdiff_t>(p) * pass.channels + c) * pass.stride + j);
          const Real* seeds =
              pass.seeds + static_cast<std::ptrdiff_t>((e * pass.channels + c) * pass.outputs + begin) * pass.columns +
              p;
          typename T::V back = begin > 0 ? T::load(g) : typename T::V{};
          for (int h = 0; h < outputs; ++h) {
            const Real seed = seeds[static_cast<std::ptrdiff_t>(h) * pass.columns];
            back += weights[h] * seed;
            sums[h] += a * seed;
          }
          T::store(g, back);
        }
      }
      if (!pass.weight_gradient) continue;
      for (int h = 0; h < outputs; ++h) {
        Real* sum = pass.weight_gradient + (begin + h) * pass.stride + j;
        T::store(sum, T::load(sum) + sums[h]);
      }
    }
  }
}

template <class Real>
void rows(const RowsPass<Real>& pass) {
  using T = Full<Real>;
  const int channels = pass.channels;
  for (int n = 0; n < pass.points * pass.repeat; ++n) {
    const Real* g = pass.g + static_cast<std::ptrdiff_t>(n) * channels * pass.g_stride;
    const Real* a = pass.a + static_cast<std::ptrdiff_t>(n / pass.repeat) * channels * pass.a_stride;
    Real* block = pass.out + n * pass.row_stride;
    const std::ptrdiff_t size = static_cast<std::ptrdiff_t>(pass.height) * pass.width;
    for (int o = 0; o < pass.height; ++o) {
      for (int j = 0; j < pass.width; j += T::count) {
        typename T::V total{};
        for (int c = 0; c < channels; ++c) total += T::load(a + c * pass.a_stride + j) * g[c * pass.g_stride + o];
        const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(o) * pass.width + j;
        // What a vector writes beyond its row belongs to the next row, which comes later.
        if (at + T::count <= size) {
          T::store(block + at, total);
        } else {
          for (int l = 0; at + l < size; ++l) block[at + l] = total[l];
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
