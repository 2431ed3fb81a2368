#include "solver/gram_kernel.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <utility>

#include "solver/dense.hpp"
#include "solver/gram_block.hpp"

namespace nusselt {

namespace {

using torch::Tensor;
using Tiles = std::vector<std::vector<RowFactors>>;

// A multiplication of the Gram form against one of dsyrk: its products are small, and there is the sum over channels
// (35 against 42 GFLOP/s, and 5 %, measured on Zen 4).
constexpr double price = 1.3;

struct Matrix {
  const RowFactors* factors;
  GramRows rows;
};

/// The (channel, equation) pairs of zbar [C, E, N, H] that are not zero at all points.
GramRows rows_of(const Tensor& zbar) {
  const Tensor there = zbar.ne(0).flatten(2).any(2).cpu();
  GramRows rows{{}, {0}};
  for (std::int64_t e = 0; e < zbar.size(1); ++e) {
    for (std::int64_t c = 0; c < zbar.size(0); ++c) {
      if (there[c][e].item<bool>()) rows.channel.push_back(static_cast<int>(c));
    }
    rows.first.push_back(rows.pairs());
  }
  return rows;
}

/// One matrix of the network at up to 16 points; points that are not there are zero.
struct Layer {
  const GramRows* rows;
  int channels, height, width;
  std::vector<double> inputs;    // [C, 16, Hi]
  std::vector<double> adjoints;  // [pairs, 16, Ho]
};

struct Block {
  std::int64_t row;
  int points, equations;
  std::vector<Layer> layers;
};

Layer layer_of(const Matrix& matrix, std::int64_t begin, std::int64_t points) {
  const Tensor a = matrix.factors->a.contiguous(), zbar = matrix.factors->zbar.contiguous();
  const GramRows& rows = matrix.rows;
  Layer layer{&rows, static_cast<int>(a.size(0)), static_cast<int>(zbar.size(3)), static_cast<int>(a.size(2)), {}, {}};
  const std::int64_t count = a.size(1);
  const std::int64_t width = layer.width, height = layer.height;
  layer.inputs.assign(layer.channels * gram_points * width, 0);
  layer.adjoints.assign(rows.pairs() * gram_points * height, 0);
  const double* from = a.data_ptr<double>();
  for (int c = 0; c < layer.channels; ++c) {
    std::copy_n(from + (c * count + begin) * width, points * width, layer.inputs.data() + c * gram_points * width);
  }
  from = zbar.data_ptr<double>();
  for (int e = 0; e < rows.equations(); ++e) {
    for (int p = rows.first[e]; p < rows.first[e + 1]; ++p) {
      std::copy_n(from + ((rows.channel[p] * rows.equations() + e) * count + begin) * height, points * height,
                  layer.adjoints.data() + p * gram_points * height);
    }
  }
  return layer;
}

/// The matrices for which the Gram form is cheaper.
std::vector<bool> cheaper(const Tiles& tiles, const std::vector<std::vector<GramRows>>& rows) {
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
      adjoints += points * rows[t][l].pairs();
    }
    const double height = static_cast<double>(first.zbar.size(3)), width = static_cast<double>(first.a.size(2));
    result[l] = price * (inputs * inputs * width + adjoints * adjoints * height) < all * all * height * width;
  }
  return result;
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
struct Workspace {
  std::vector<double> inputs, adjoints, sum;
  double* of(std::vector<double>& memory, std::size_t size) {
    if (memory.size() < size) memory.resize(size);
    return memory.data();
  }
};

void add_product(const Block& left, const Block& right, Workspace& work, double* kernel, std::int64_t stride) {
  const int size = gram_points * left.equations * right.equations * gram_points;
  double* sum = work.of(work.sum, size);
  std::fill_n(sum, size, 0.0);
  for (std::size_t l = 0; l < left.layers.size(); ++l) {
    const Layer& one = left.layers[l];
    const Layer& other = right.layers[l];
    const int one_inputs = one.channels * gram_points, other_inputs = other.channels * gram_points;
    const int one_adjoints = one.rows->pairs() * gram_points, other_adjoints = other.rows->pairs() * gram_points;
    if (one_adjoints == 0 || other_adjoints == 0) continue;
    double* inputs = work.of(work.inputs, static_cast<std::size_t>(one_inputs) * other_inputs);
    double* adjoints = work.of(work.adjoints, static_cast<std::size_t>(one_adjoints) * other_adjoints);
    multiply_transposed(one_inputs, other_inputs, one.width, one.inputs.data(), other.inputs.data(), inputs);
    multiply_transposed(one_adjoints, other_adjoints, one.height, one.adjoints.data(), other.adjoints.data(), adjoints);
    add_gram_block(*one.rows, *other.rows, other.channels, inputs, adjoints, sum);
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
  std::vector<std::vector<GramRows>> rows;
  std::int64_t count = 0;
  for (const std::vector<RowFactors>& tile : tiles) {
    rows.emplace_back();
    // Elsewhere J J^T is one product of matrices, and asking would stop the GPU.
    for (const RowFactors& factors : tile) {
      rows.back().push_back(factors.zbar.is_cpu() ? rows_of(factors.zbar) : GramRows{});
    }
    count += tile.front().zbar.size(1) * tile.front().zbar.size(2);
  }
  const std::vector<bool> by_gram = cheaper(tiles, rows);
  Tensor kernel = gram(narrow_jacobian(tiles, by_gram, count), /*of_columns=*/false);
  if (std::find(by_gram.begin(), by_gram.end(), true) == by_gram.end()) return kernel;

  std::vector<Block> blocks;
  std::vector<std::vector<Matrix>> matrices(tiles.size());
  std::int64_t row = 0;
  for (std::size_t t = 0; t < tiles.size(); ++t) {
    for (std::size_t l = 0; l < by_gram.size(); ++l) {
      if (by_gram[l]) matrices[t].push_back({&tiles[t][l], rows[t][l]});
    }
    const std::int64_t equations = tiles[t].front().zbar.size(1), points = tiles[t].front().zbar.size(2);
    for (std::int64_t begin = 0; begin < points; begin += gram_points) {
      const std::int64_t size = std::min<std::int64_t>(gram_points, points - begin);
      Block block{row, static_cast<int>(size), static_cast<int>(equations), {}};
      for (const Matrix& matrix : matrices[t]) block.layers.push_back(layer_of(matrix, begin, size));
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
    Workspace work;
#pragma omp for schedule(dynamic, 1)
    for (std::int64_t i = 0; i < blocks_count; ++i) {
      for (std::int64_t j = i; j < blocks_count; ++j) add_product(blocks[i], blocks[j], work, memory, count);
    }
  }
  return kernel;
}

}  // namespace nusselt
