// Products of small matrices: c[m, j] = (or +=) sum_k a[m, k] b[k, j].
//
// A micro-tile of MR rows times NV vectors of columns stays in registers over all k; each k costs NV loads of b and MR
// broadcasts of a for MR * NV multiply-adds. Rows are shared out evenly to micro-tiles, so that 64 rows are 11 + 11 +
// 11 + 11 + 10 + 10 and not 12 * 5 + 4. Part of tile_kernels.inl.
#pragma once

#include "networks/tile_kernels.hpp"
#include "networks/tile_vector.inl"

namespace nusselt {
namespace {

#if NUSSELT_VECTOR_BYTES == 64
constexpr int accumulators = 24;  // of 32 registers
constexpr int widest_block = 4;
#else
constexpr int accumulators = 12;  // of 16 registers
constexpr int widest_block = 3;
#endif

/// Columns [begin, begin + vectors * lanes), or half a vector.
struct Block {
  int begin;
  int vectors;
  bool half;
};

/// How a width falls into blocks of vectors of about the same number; the last may be half a vector.
template <class Real>
struct Blocks {
  int full, half, blocks;
  explicit Blocks(int width) {
    constexpr int lanes = Full<Real>::count, half_lanes = Half<Real>::count;
    full = width / lanes;
    half = 0;
    const int rest = width - full * lanes;
    if (rest > 0 && rest <= half_lanes && half_lanes < lanes) {
      half = 1;
    } else if (rest > 0) {
      ++full;
    }
    blocks = (full + widest_block - 1) / widest_block;
  }
  int count() const { return blocks + half; }
  int columns(const Block& block) const { return block.half ? Half<Real>::count : block.vectors * Full<Real>::count; }
  Block operator[](int index) const {
    if (index == blocks) return {full * Full<Real>::count, 1, true};
    const int begin = static_cast<int>(static_cast<long>(full) * index / blocks);
    const int end = static_cast<int>(static_cast<long>(full) * (index + 1) / blocks);
    return {begin * Full<Real>::count, end - begin, false};
  }
};

/// Calls f(lanes type, offset) for every vector of a width.
template <class Real, class F>
inline void for_each_vector(int width, const F& f) {
  const Blocks<Real> blocks(width);
  for (int v = 0; v < blocks.full; ++v) f(Full<Real>{}, v * Full<Real>::count);
  if (blocks.half) f(Half<Real>{}, blocks.full * Full<Real>::count);
}

/// Keeps the compiler from working out the addresses of all rows ahead, for which there are no registers.
#define NUSSELT_STEP_BY_STEP(pointer) asm("" : "+r"(pointer))

/// transposed: a[m, k] at a + k * a_stride + m, else at a + m * a_stride + k.
template <class T, int NV, int MR, bool transposed>
void micro_tile(const typename T::Real* a, std::ptrdiff_t a_stride, const typename T::Real* b, std::ptrdiff_t b_stride,
                typename T::Real* c, std::ptrdiff_t c_stride, int depth, bool accumulate) {
  using V = typename T::V;
  V sum[MR][NV];
  if (accumulate) {
    const typename T::Real* row = c;
#pragma GCC unroll 32
    for (int m = 0; m < MR; ++m, row += c_stride) {
      NUSSELT_STEP_BY_STEP(row);
#pragma GCC unroll 8
      for (int v = 0; v < NV; ++v) sum[m][v] = T::load(row + v * T::count);
    }
  } else {
#pragma GCC unroll 32
    for (int m = 0; m < MR; ++m) {
#pragma GCC unroll 8
      for (int v = 0; v < NV; ++v) sum[m][v] = V{};
    }
  }
#pragma GCC unroll 1
  for (int k = 0; k < depth; ++k) {
    V right[NV];
#pragma GCC unroll 8
    for (int v = 0; v < NV; ++v) right[v] = T::load(b + v * T::count);
#pragma GCC unroll 32
    for (int m = 0; m < MR; ++m) {
      const V left = T::all(transposed ? a[m] : a[m * a_stride]);
#pragma GCC unroll 8
      for (int v = 0; v < NV; ++v) sum[m][v] += left * right[v];
    }
    a += transposed ? a_stride : 1;
    b += b_stride;
  }
#pragma GCC unroll 32
  for (int m = 0; m < MR; ++m, c += c_stride) {
    NUSSELT_STEP_BY_STEP(c);
#pragma GCC unroll 8
    for (int v = 0; v < NV; ++v) T::store(c + v * T::count, sum[m][v]);
  }
}

template <class Real>
using MicroTile = void (*)(const Real*, std::ptrdiff_t, const Real*, std::ptrdiff_t, Real*, std::ptrdiff_t, int, bool);

/// Micro-tiles of 1 .. most rows.
template <class T, int NV, bool transposed>
struct MicroTiles {
  static constexpr int most = NV == 1 ? (accumulators < 16 ? accumulators : 16) : accumulators / NV;
  MicroTile<typename T::Real> of_rows[most + 1] = {};
  constexpr MicroTiles() { fill<most>(); }
  template <int MR>
  constexpr void fill() {
    of_rows[MR] = &micro_tile<T, NV, MR, transposed>;
    if constexpr (MR > 1) fill<MR - 1>();
  }
};

template <class T, int NV, bool transposed>
constexpr MicroTiles<T, NV, transposed> micro_tiles{};

template <class T, int NV, bool transposed>
void block_product(const TileProduct<typename T::Real>& p, const Block& block, const typename T::Real* b,
                   std::ptrdiff_t b_stride) {
  constexpr int most = MicroTiles<T, NV, transposed>::most;
  const int pieces = (p.rows + most - 1) / most;
  int row = 0;
  for (int piece = 0; piece < pieces; ++piece) {
    const int rows = (p.rows - row + pieces - piece - 1) / (pieces - piece);
    micro_tiles<T, NV, transposed>.of_rows[rows](p.a + (transposed ? row : row * p.a_stride), p.a_stride, b, b_stride,
                                                 p.c + row * p.c_stride + block.begin, p.c_stride, p.depth,
                                                 p.accumulate);
    row += rows;
  }
}

template <class Real>
void multiply(const TileProduct<Real>& p) {
  const Blocks<Real> blocks(p.width);
  for (int index = 0; index < blocks.count(); ++index) {
    const Block block = blocks[index];
    // The panels of the blocks before hold depth * begin numbers.
    const Real* panel = p.b + static_cast<std::ptrdiff_t>(p.depth) * block.begin;
    const int columns = blocks.columns(block);
    if (block.half) {
      block_product<Half<Real>, 1, false>(p, block, panel, columns);
    } else if (block.vectors == 1) {
      block_product<Full<Real>, 1, false>(p, block, panel, columns);
    } else if (block.vectors == 2) {
      block_product<Full<Real>, 2, false>(p, block, panel, columns);
    } else if (block.vectors == 3) {
      block_product<Full<Real>, 3, false>(p, block, panel, columns);
    } else {
      block_product<Full<Real>, widest_block, false>(p, block, panel, columns);
    }
  }
}

/// One vector of columns at a time: a column of b then stays in the first-level cache for all rows, and the broadcasts
/// of neighbouring a[m] are operands of the multiply-adds.
template <class Real>
void multiply_transposed(const TileProduct<Real>& p) {
  for_each_vector<Real>(p.width, [&](auto lanes, int offset) {
    block_product<decltype(lanes), 1, true>(p, {offset, 1, false}, p.b + offset, p.b_stride);
  });
}

template <class Real>
std::size_t panel_size(int width, int depth) {
  const Blocks<Real> blocks(width);
  const int columns = blocks.full * Full<Real>::count + blocks.half * Half<Real>::count;
  return static_cast<std::size_t>(columns) * depth;
}

template <class Real, bool transposed>
void pack_panels(const Real* w, int width, int depth, Real* panels) {
  const Blocks<Real> blocks(width);
  for (int index = 0; index < blocks.count(); ++index) {
    const Block block = blocks[index];
    const int columns = blocks.columns(block);
    Real* panel = panels + static_cast<std::ptrdiff_t>(depth) * block.begin;
    const int inside = width - block.begin < columns ? width - block.begin : columns;
    // A few k at a time, so that the lines of w and of the panel are each read and written once.
    constexpr int few = 16;
    for (int first = 0; first < depth; first += few) {
      const int last = first + few < depth ? first + few : depth;
      for (int j = 0; j < columns; ++j) {
        const std::ptrdiff_t column = block.begin + j;
        for (int k = first; k < last; ++k) {
          panel[static_cast<std::ptrdiff_t>(k) * columns + j] =
              j >= inside  ? Real(0)
              : transposed ? w[column * depth + k]
                           : w[static_cast<std::ptrdiff_t>(k) * width + column];
        }
      }
    }
  }
}

}  // namespace
}  // namespace nusselt
