#include "solver/gram_kernel.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "networks/tile_kernels.hpp"
#include "networks/tile_memory.hpp"
#include "solver/dense.hpp"
#include "solver/gram_block.hpp"

namespace nusselt {

namespace {

using torch::Tensor;
using Tiles = std::vector<std::vector<RowFactors>>;

// A multiplication of the Gram form against one of dsyrk: its products are small, and there is the sum over channels.
constexpr double price = 1.3;
// Adjoint vectors of one point are multiples of each other when they are so to rounding, relative to their length.
constexpr double rounding = 1e-14;

/// A matrix at the points of a tile.
struct Matrix {
  const RowFactors* factors;
  GramRows rows;
  std::vector<double> scales;  // [pairs, N]: what the vector of a pair is multiplied by
  bool with_bias;              // its bias goes with it, as a constant input
};

/// Finds s with  other = s * vector ; nothing when they are not parallel.
std::optional<double> ratio_of(const double* other, const double* vector, std::int64_t size) {
  double dot = 0, square = 0, length = 0, largest = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    dot += other[i] * vector[i];
    square += vector[i] * vector[i];
    length += other[i] * other[i];
  }
  const double ratio = square > 0 ? dot / square : 0;
  for (std::int64_t i = 0; i < size; ++i) largest = std::max(largest, std::abs(other[i] - ratio * vector[i]));
  if (!(largest <= rounding * std::sqrt(length))) return std::nullopt;
  return ratio;
}

/// The (channel, equation) pairs of zbar [C, E, N, H] that are not zero at all points, and which vectors they share.
/// The highest derivative's channel of every equation carries the plain adjoint of an output: that of u_xx + u_yy in
/// momentum is one of u_x in continuity.
Matrix matrix_of(const RowFactors& factors, bool with_bias) {
  const Tensor zbar = factors.zbar.contiguous();
  Matrix matrix{&factors, {{}, {0}, {}, 0}, {}, with_bias};
  if (!factors.a.defined() || !zbar.is_cpu()) return matrix;  // a vector's rows are written out
  GramRows& rows = matrix.rows;
  const std::int64_t equations = zbar.size(1), points = zbar.size(2), height = zbar.size(3);
  const double* data = zbar.data_ptr<double>();
  std::vector<const double*> vectors;
  std::vector<double> scales(points);
  for (std::int64_t e = 0; e < equations; ++e) {
    for (std::int64_t c = 0; c < zbar.size(0); ++c) {
      const double* here = data + (c * equations + e) * points * height;
      if (std::all_of(here, here + points * height, [](double x) { return x == 0; })) continue;
      const auto shared = std::find_if(vectors.begin(), vectors.end(), [&](const double* vector) {
        for (std::int64_t n = 0; n < points; ++n) {
          const auto ratio = ratio_of(here + n * height, vector + n * height, height);
          if (!ratio) return false;
          scales[n] = *ratio;
        }
        return true;
      });
      rows.channel.push_back(static_cast<int>(c));
      rows.vector.push_back(static_cast<int>(shared - vectors.begin()));
      if (shared == vectors.end()) {
        vectors.push_back(here);
        std::fill(scales.begin(), scales.end(), 1.0);
      }
      matrix.scales.insert(matrix.scales.end(), scales.begin(), scales.end());
    }
    rows.first.push_back(rows.pairs());
  }
  rows.vectors = static_cast<int>(vectors.size());
  return matrix;
}

/// Vectors of a block as both factors of a product.
struct Factor {
  int rows = 0, columns = 0;
  double* left = nullptr;   // [rows, columns]
  double* right = nullptr;  // panels of its transpose
};

/// One matrix of the network at up to 16 points; points that are not there are zero.
struct Layer {
  const GramRows* rows;
  int channels;
  Factor inputs;    // [C, 16, Hi], with a column for the bias
  Factor adjoints;  // [V, 16, Ho]
  std::vector<double> scales;
  TileMemory memory;
};

struct Block {
  std::int64_t row;
  int points, equations;
  std::vector<Layer> layers;
};

/// Places all factors in `memory`, or only counts its bytes where there is none.
void carve(const TileKernels<double>& kernels, Layer& layer, std::byte* memory, std::size_t& used) {
  TileCarver carver(memory);
  for (Factor* factor : {&layer.inputs, &layer.adjoints}) {
    factor->left = carver.array<double>(static_cast<std::size_t>(factor->rows) * factor->columns);
    factor->right = carver.array<double>(kernels.panel_size(factor->rows, factor->columns));
  }
  used = carver.used();
}

Layer layer_of(const TileKernels<double>& kernels, const Matrix& matrix, std::int64_t begin, std::int64_t points) {
  const Tensor a = matrix.factors->a.contiguous(), zbar = matrix.factors->zbar.contiguous();
  const GramRows& rows = matrix.rows;
  const std::int64_t count = a.size(1), width = a.size(2), height = zbar.size(3);
  const std::int64_t columns = width + (matrix.with_bias ? 1 : 0);
  Layer layer{&rows, static_cast<int>(a.size(0)), {}, {}, {}, {}};
  layer.inputs.rows = layer.channels * gram_points;
  layer.inputs.columns = static_cast<int>(columns);
  layer.adjoints.rows = rows.vectors * gram_points;
  layer.adjoints.columns = static_cast<int>(height);
  layer.scales.assign(static_cast<std::size_t>(rows.pairs()) * gram_points, 0);
  std::size_t bytes = 0;
  carve(kernels, layer, nullptr, bytes);
  layer.memory = TileMemory(bytes);
  carve(kernels, layer, layer.memory.data(), bytes);

  double* inputs = layer.inputs.left;
  const double* from = a.data_ptr<double>();
  for (std::int64_t c = 0; c < layer.channels; ++c) {
    for (std::int64_t n = 0; n < points; ++n) {
      double* row = inputs + (c * gram_points + n) * columns;
      std::copy_n(from + (c * count + begin + n) * width, width, row);
      if (matrix.with_bias) row[width] = c == 0 ? 1 : 0;
    }
  }
  double* adjoints = layer.adjoints.left;
  from = zbar.data_ptr<double>();
  int next = 0;
  for (int e = 0; e < rows.equations(); ++e) {
    for (int p = rows.first[e]; p < rows.first[e + 1]; ++p) {
      std::copy_n(matrix.scales.data() + p * count + begin, points, layer.scales.data() + p * gram_points);
      if (rows.vector[p] < next) continue;
      std::copy_n(from + ((rows.channel[p] * rows.equations() + e) * count + begin) * height, points * height,
                  adjoints + next++ * gram_points * height);
    }
  }
  for (const Factor* factor : {&layer.inputs, &layer.adjoints}) {
    kernels.pack_transposed(factor->left, factor->rows, factor->columns, factor->right);
  }
  return layer;
}

/// The matrices for which the Gram form is cheaper.
std::vector<bool> cheaper(const Tiles& tiles, const std::vector<std::vector<Matrix>>& matrices) {
  std::vector<bool> result(tiles.front().size(), false);
  for (std::size_t l = 0; l < result.size(); ++l) {
    const RowFactors& first = tiles.front()[l];
    if (!first.a.defined() || !first.a.is_cpu()) continue;
    double all = 0, inputs = 0, adjoints = 0;
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      const Tensor& zbar = tiles[t][l].zbar;
      const double points = static_cast<double>(zbar.size(2));
      all += points * static_cast<double>(zbar.size(1));
      inputs += points * static_cast<double>(zbar.size(0));
      adjoints += points * matrices[t][l].rows.vectors;
    }
    const double height = static_cast<double>(first.zbar.size(3)), width = static_cast<double>(first.a.size(2));
    result[l] = price * (inputs * inputs * width + adjoints * adjoints * height) < all * all * height * width;
  }
  return result;
}

/// A bias has the adjoints of its matrix's values, and comes right before it.
bool is_bias(const std::vector<RowFactors>& tile, std::size_t l) {
  return !tile[l].a.defined() && l + 1 < tile.size() && tile[l + 1].a.defined() &&
         tile[l].zbar.sizes().slice(1) == tile[l + 1].zbar.sizes().slice(1) &&
         tile[l].zbar.data_ptr() == tile[l + 1].zbar.data_ptr();
}

/// What is written out of J, [R, columns].
Tensor narrow_jacobian(const Tiles& tiles, const std::vector<bool>& left_out, std::int64_t rows) {
  std::int64_t columns = 0;
  for (std::size_t l = 0; l < left_out.size(); ++l) columns += left_out[l] ? 0 : tiles.front()[l].columns();
  Tensor jacobian = at::empty({rows, columns}, tiles.front().front().zbar.options());
  std::int64_t row = 0;
  for (const std::vector<RowFactors>& tile : tiles) {
    const auto equations = tile.front().zbar.size(1), points = tile.front().zbar.size(2);
    const Tensor block = jacobian.narrow(0, row, points * equations).view({points, equations, columns});
    std::int64_t column = 0;
    for (std::size_t l = 0; l < tile.size(); ++l) {
      if (left_out[l]) continue;
      tile[l].write(block.narrow(2, column, tile[l].columns()));
      column += tile[l].columns();
    }
    row += points * equations;
  }
  return jacobian;
}

/// Memory of one thread.
class Workspace {
 public:
  /// For products and sums of any two of the blocks.
  explicit Workspace(const std::vector<Block>& blocks) {
    std::size_t inputs = 0, adjoints = 0, equations = 0;
    for (const Block& block : blocks) {
      equations = std::max<std::size_t>(equations, block.equations);
      for (const Layer& layer : block.layers) {
        inputs = std::max<std::size_t>(inputs, layer.inputs.rows);
        adjoints = std::max<std::size_t>(adjoints, layer.adjoints.rows);
      }
    }
    const std::size_t sums = gram_points * equations * equations * gram_points;
    memory_ = TileMemory((inputs * inputs + adjoints * adjoints + sums) * sizeof(double) + 3 * 64);
    TileCarver carver(memory_.data());
    inputs_ = carver.array<double>(inputs * inputs);
    adjoints_ = carver.array<double>(adjoints * adjoints);
    sum_ = carver.array<double>(sums);
  }
  double* inputs() const { return inputs_; }
  double* adjoints() const { return adjoints_; }
  double* sum() const { return sum_; }

 private:
  TileMemory memory_;
  double* inputs_;
  double* adjoints_;
  double* sum_;
};

void multiply(const TileKernels<double>& kernels, const Factor& left, const Factor& right, double* product) {
  kernels.multiply({left.rows, right.rows, left.columns, left.left, left.columns, right.right, 0, product, right.rows,
                    /*accumulate=*/false});
}

void add_product(const TileKernels<double>& kernels, const Block& left, const Block& right, const Workspace& work,
                 double* kernel, std::int64_t stride) {
  double* sum = work.sum();
  std::fill_n(sum, gram_points * left.equations * right.equations * gram_points, 0.0);
  for (std::size_t l = 0; l < left.layers.size(); ++l) {
    const Layer& one = left.layers[l];
    const Layer& other = right.layers[l];
    if (one.adjoints.rows == 0 || other.adjoints.rows == 0) continue;
    multiply(kernels, one.inputs, other.inputs, work.inputs());
    multiply(kernels, one.adjoints, other.adjoints, work.adjoints());
    add_gram_block(*one.rows, *other.rows, other.channels, one.scales.data(), other.scales.data(), work.inputs(),
                   work.adjoints(), sum);
  }
  for (int n = 0; n < left.points; ++n) {
    for (int e = 0; e < left.equations; ++e) {
      double* row = kernel + (left.row + n * left.equations + e) * stride + right.row;
      for (int f = 0; f < right.equations; ++f, sum += gram_points) {
        for (int m = 0; m < right.points; ++m) row[m * right.equations + f] += sum[m];
      }
    }
  }
}

}  // namespace

Tensor gram_kernel(const Tiles& tiles) {
  const bool on_cpu = tiles.front().front().zbar.is_cpu();
  std::vector<std::vector<Matrix>> matrices;
  std::int64_t count = 0;
  for (const std::vector<RowFactors>& tile : tiles) {
    matrices.emplace_back();
    for (std::size_t l = 0; on_cpu && l < tile.size(); ++l) {
      matrices.back().push_back(matrix_of(tile[l], l > 0 && is_bias(tile, l - 1)));
    }
    count += tile.front().zbar.size(1) * tile.front().zbar.size(2);
  }
  if (!on_cpu) {
    // There J J^T is one product of matrices.
    return gram(narrow_jacobian(tiles, std::vector<bool>(tiles.front().size(), false), count), /*of_columns=*/false);
  }
  const std::vector<bool> by_gram = cheaper(tiles, matrices);
  std::vector<bool> left_out = by_gram;
  for (std::size_t l = 0; l + 1 < by_gram.size(); ++l) {
    if (by_gram[l + 1] && matrices.front()[l + 1].with_bias) left_out[l] = true;
  }
  Tensor kernel = gram(narrow_jacobian(tiles, left_out, count), /*of_columns=*/false);
  if (std::find(by_gram.begin(), by_gram.end(), true) == by_gram.end()) return kernel;

  const TileKernels<double>& kernels = *tile_kernels<double>(best_instruction_set());
  std::vector<Block> blocks;
  std::int64_t row = 0;
  for (std::size_t t = 0; t < tiles.size(); ++t) {
    const std::int64_t equations = tiles[t].front().zbar.size(1), points = tiles[t].front().zbar.size(2);
    for (std::int64_t begin = 0; begin < points; begin += gram_points) {
      const std::int64_t size = std::min<std::int64_t>(gram_points, points - begin);
      Block block{row, static_cast<int>(size), static_cast<int>(equations), {}};
      for (std::size_t l = 0; l < by_gram.size(); ++l) {
        if (by_gram[l]) block.layers.push_back(layer_of(kernels, matrices[t][l], begin, size));
      }
      blocks.push_back(std::move(block));
      row += size * equations;
    }
  }

  double* memory = kernel.data_ptr<double>();
  const std::int64_t blocks_count = static_cast<std::int64_t>(blocks.size());
  // Rows of blocks have unlike lengths, so they are dealt out as threads ask for them: each element is written by one
  // pair of blocks, whichever thread has it.
#pragma omp parallel num_threads(at::get_num_threads())
  {
    const Workspace work(blocks);
#pragma omp for schedule(dynamic, 1)
    for (std::int64_t i = 0; i < blocks_count; ++i) {
      for (std::int64_t j = i; j < blocks_count; ++j) {
        add_product(kernels, blocks[i], blocks[j], work, memory, count);
      }
    }
  }
  return kernel;
}

}  // namespace nusselt
