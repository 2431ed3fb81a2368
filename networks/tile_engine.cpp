// The sweeps of the tile engine: which kernel runs on which part of a tile, and how tiles are dealt to threads.
//
// Longer than a file should be: forward, tangent and adjoint sweep each hand the same memory to the same dozen kernels,
// and are read side by side.
#include "networks/tile_engine.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "networks/tile_kernels.hpp"
#include "networks/tile_memory.hpp"

namespace nusselt {
namespace {

constexpr std::size_t tile_bytes = std::size_t{384} << 10;  ///< less than half of a core's second-level cache
constexpr std::int64_t worth_a_thread = 50000;              ///< parameters to pack or to add up

constexpr int few_tiles = 64;  ///< whose float32 gradients are added in float32 before they are added in float64

int round_up(int number, int multiple) { return (number + multiple - 1) / multiple * multiple; }

template <class Real>
JetShape<Real> shape_of(const JetSpec& spec, std::vector<typename JetShape<Real>::Term>& terms) {
  JetShape<Real> shape;
  shape.channels = spec.channels();
  shape.axes = spec.first ? spec.axes : 0;
  shape.seconds = static_cast<int>(spec.second.size());
  for (int k = 0; k < shape.seconds; ++k) {
    shape.term_begin[k] = static_cast<int>(terms.size());
    for (const SecondOrder::Term& term : spec.second[k].terms) {
      terms.push_back({spec.first_channel(term.i), spec.first_channel(term.j), static_cast<Real>(term.weight)});
      if (term.i != term.j) shape.diagonal = false;
      if (term.i == term.j) shape.weights[k][term.i] += static_cast<Real>(term.weight);
    }
    shape.term_begin[k + 1] = static_cast<int>(terms.size());
  }
  return shape;
}

/// A linear map of the network: where it lies in theta, in the packed parameters and in a packed gradient.
struct Linear {
  int inputs = 0;
  int outputs = 0;
  std::int64_t weight = 0;
  std::int64_t bias = 0;
  std::int64_t gamma = -1;  ///< of the norm behind it, -1 where there is none
  std::int64_t beta = -1;
  std::size_t packed_weight = 0;  ///< [inputs, stride] first layer, else [outputs, stride]; only in gradients inside
  std::size_t packed_bias = 0;
  std::size_t packed_gamma = 0;
  std::size_t packed_beta = 0;
};

}  // namespace

template <class Real>
struct TileEngine<Real>::Implementation {
  /// Parameters in the layout of the kernels.
  struct Packed {
    std::vector<Real*> forward;   ///< by layer: panels (hidden) or rows (first and last layer)
    std::vector<Real*> backward;  ///< panels for the adjoint, hidden layers only
    std::vector<Real*> bias, gamma, beta;
    Real* zeros = nullptr;  ///< [stride]
  };

  struct Set {
    TileSet<Real> given;
    std::vector<typename JetShape<Real>::Term> terms;
    JetShape<Real> shape;
    int equations = 0;
    int tile = 0;          ///< points
    int columns = 0;       ///< stride of columns
    std::int64_t row = 0;  ///< first row of its residuals
    std::int64_t tiles = 0;
  };

  /// What one thread works in.
  struct Worker {
    std::vector<Real*> z, a, w, statistics;  ///< by hidden layer
    Real *g0 = nullptr, *g1 = nullptr;       ///< rows of adjoints or tangents
    Real *norm_scratch = nullptr, *x = nullptr;
    Real *jet = nullptr, *jet_tangent = nullptr, *residual = nullptr, *slopes = nullptr, *seeds = nullptr;
    Real *scratch = nullptr, *gradient = nullptr;
    double* total = nullptr;  ///< of the gradients of many tiles, in float32 only; null where tiles are few
    double loss = 0.0;
  };

  Implementation(const Network& network, const std::vector<TileSet<Real>>& given, const Options& options);

  void read_layers(const Network& network);
  void choose_tiles(int wanted);
  std::size_t carve_worker(Worker& worker, std::byte* data) const;
  std::size_t carve_packed(Packed& packed, std::byte* data, bool adjoint) const;
  void pack_layer(const Real* theta, std::size_t layer, const Packed& packed) const;
  template <class Work>
  void in_parallel(const Work& work, bool alone = false);
  void pack(const Real* theta, const Packed& packed);

  /// What the passes of all sweeps have in common.
  InputPass<Real> input_pass(const Set& set, int points, const Worker& worker) const;
  NormPass<Real> norm_pass(const Set& set, int points, std::size_t layer, const Worker& worker) const;
  OutputPass<Real> output_pass(const Set& set, int points) const;

  void load_points(const Set& set, std::int64_t first, int points, Worker& worker) const;
  void forward(const Set& set, int points, Worker& worker) const;
  void tangent(const Set& set, int points, Worker& worker) const;
  JetTile<Real> evaluate(const Set& set, std::int64_t first, int points, bool slopes, Worker& worker) const;
  /// seeds = J_r^T factor, factor in columns
  void seed(const Set& set, int points, const Real* factor, Worker& worker) const;
  /// The residual's change along the tangent, into the columns of the residual.
  void residual_tangent(const Set& set, int points, Worker& worker) const;
  /// rows null: sums into worker.gradient
  void backward(const Set& set, int points, int repeat, Real* rows, Worker& worker) const;
  double half_square(const Set& set, int points, const Worker& worker) const;
  double total_loss() const;
  void pack_direction(const Real* v);
  void reduce(Real* out);
  void flush(Worker& worker) const;
  template <class Visit>
  void for_each_tile(bool sums, const Visit& visit);

  const TileKernels<Real>& kernels;
  int threads;
  TileActivation activation = TileActivation::tanh;
  int width = 0, stride = 0, outputs = 0, inputs = 0;
  Real norm_eps = 0;
  std::int64_t parameters = 0, rows = 0;
  std::vector<Linear> layers;
  std::size_t packed_size = 0;  ///< numbers in a packed gradient
  std::vector<Real> lower, scale;
  std::vector<Set> sets;
  int most_rows = 0, most_columns = 0, most_equations = 0, most_slots = 0, most_channels = 0, most_tile = 0;
  std::size_t most_scratch = 0;
  bool many_tiles = false;

  Packed weights, direction;
  TileMemory packed_memory, direction_memory;
  std::vector<TileMemory> worker_memory;
  std::vector<Worker> workers;
};

template <class Real>
TileEngine<Real>::Implementation::Implementation(const Network& network, const std::vector<TileSet<Real>>& given,
                                                 const Options& options)
    : kernels([&]() -> const TileKernels<Real>& {
        const auto available = available_instruction_sets();
        if (std::find(available.begin(), available.end(), options.instructions) == available.end()) {
          throw std::invalid_argument(std::string("this processor or build has no ") + name_of(options.instructions) +
                                      " instructions");
        }
        return *tile_kernels<Real>(options.instructions);
      }()),
      threads(options.threads) {
  if (threads < 1) throw std::invalid_argument("the tile engine needs at least one thread");
  if (options.tile < 0) throw std::invalid_argument("a tile cannot have a negative number of points");
  for (const TileSet<Real>& set : given) {
    const std::string reason = refusal(network.settings(), set.spec);
    if (!reason.empty()) throw std::invalid_argument(reason);
    if (!set.residual || set.points < 0 || (set.points > 0 && !set.x)) {
      throw std::invalid_argument("a set of the tile engine needs points and a residual");
    }
    sets.emplace_back();
    sets.back().given = set;
  }
  read_layers(network);
  choose_tiles(options.tile);

  packed_memory = TileMemory(carve_packed(weights, nullptr, true));
  carve_packed(weights, packed_memory.data(), true);
  workers.resize(threads);
  for (Worker& worker : workers) {
    worker_memory.emplace_back(carve_worker(worker, nullptr));
    carve_worker(worker, worker_memory.back().data());
  }
}

template <class Real>
void TileEngine<Real>::Implementation::read_layers(const Network& network) {
  const NetworkSettings& settings = network.settings();
  inputs = settings.inputs;
  outputs = settings.outputs;
  width = settings.width;
  norm_eps = static_cast<Real>(settings.norm_eps);
  parameters = network.parameter_count();
  activation = settings.activation == "tanh"  ? TileActivation::tanh
               : settings.activation == "sin" ? TileActivation::sin
                                              : TileActivation::swish;
  stride = round_up(width, kernels.lanes);
  // Rows a power of two apart would meet in the same few lines of the first-level cache.
  if (stride * sizeof(Real) % 1024 == 0) stride += 64 / static_cast<int>(sizeof(Real));
  for (int axis = 0; axis < inputs; ++axis) {
    lower.push_back(static_cast<Real>(settings.lower[axis]));
    scale.push_back(Real(2) / (static_cast<Real>(settings.upper[axis]) - lower.back()));
  }
  const auto reserve = [&](std::size_t count) {
    const std::size_t begin = packed_size;
    packed_size += (count + 15) / 16 * 16;
    return begin;
  };
  for (int index = 0; index <= settings.depth; ++index) {
    Linear layer;
    const std::string number = std::to_string(index);
    for (const ParameterSlice& slice : network.slices()) {
      if (slice.name == "layer" + number + ".weight") {
        layer.weight = slice.offset;
        layer.outputs = static_cast<int>(slice.shape[0]);
        layer.inputs = static_cast<int>(slice.shape[1]);
      }
      if (slice.name == "layer" + number + ".bias") layer.bias = slice.offset;
      if (slice.name == "norm" + number + ".gamma") layer.gamma = slice.offset;
      if (slice.name == "norm" + number + ".beta") layer.beta = slice.offset;
    }
    layer.packed_weight = reserve(static_cast<std::size_t>(index == 0 ? inputs : layer.outputs) * stride);
    layer.packed_bias = reserve(std::max(layer.outputs, stride));
    if (layer.gamma >= 0) {
      layer.packed_gamma = reserve(stride);
      layer.packed_beta = reserve(stride);
    }
    layers.push_back(layer);
  }
}

template <class Real>
void TileEngine<Real>::Implementation::choose_tiles(int wanted) {
  const std::size_t hidden = layers.size() - 1;
  std::int64_t tiles = 0;
  for (Set& set : sets) {
    set.shape = shape_of<Real>(set.given.spec, set.terms);
    set.shape.terms = set.terms.data();
    set.equations = set.given.residual->equations();
    int tile = wanted;
    if (tile == 0) {
      const std::size_t rows_of_point = set.shape.channels * (2 * hidden + 2);
      const std::size_t fitting = tile_bytes / (rows_of_point * stride * sizeof(Real));
      // The gradient of a wide layer is read and written once a tile, from a cache further away.
      tile = static_cast<int>(std::clamp<std::size_t>(fitting, width > 256 ? 48 : 24, 96));
      // Every thread should have some tiles.
      const std::int64_t share = (set.given.points + threads - 1) / threads;
      tile = static_cast<int>(std::clamp<std::int64_t>(share, 1, tile));
      const std::int64_t pieces = (share + tile - 1) / tile;
      tile = static_cast<int>((share + pieces - 1) / pieces);
      const int unit = 24 / std::gcd(24, set.shape.channels);  // points whose rows fill micro-tiles of any size
      if (tile > unit) tile = round_up(tile, unit);
    }
    set.tile = std::max(tile, 1);
    set.columns = round_up(set.tile, kernels.lanes);
    set.tiles = (set.given.points + set.tile - 1) / set.tile;
    set.row = rows;
    rows += set.given.points * set.equations;
    most_rows = std::max(most_rows, std::max(set.tile, set.equations) * set.shape.channels);
    most_tile = std::max(most_tile, set.tile);
    most_columns = std::max(most_columns, set.columns);
    most_equations = std::max(most_equations, set.equations);
    most_slots = std::max(most_slots, static_cast<int>(set.given.residual->slots().size()));
    most_channels = std::max(most_channels, set.shape.channels);
    most_scratch = std::max(most_scratch, set.given.residual->scratch_size(set.columns));
    tiles += set.tiles;
  }
  many_tiles = sizeof(Real) == sizeof(float) && tiles > std::int64_t{few_tiles} * threads;
}

template <class Real>
std::size_t TileEngine<Real>::Implementation::carve_worker(Worker& worker, std::byte* data) const {
  TileCarver carver(data);
  const std::size_t hidden = layers.size() - 1;
  const std::size_t block = static_cast<std::size_t>(most_rows) * stride;
  const std::size_t columns = most_columns;
  worker.z.clear(), worker.a.clear(), worker.w.clear(), worker.statistics.clear();
  for (std::size_t layer = 0; layer < hidden; ++layer) {
    const bool normed = layers[layer].gamma >= 0;
    worker.z.push_back(carver.array<Real>(block));
    worker.a.push_back(carver.array<Real>(block));
    worker.w.push_back(normed ? carver.array<Real>(block) : nullptr);
    worker.statistics.push_back(normed ? carver.array<Real>(static_cast<std::size_t>(most_tile) * norm_statistics)
                                       : nullptr);
  }
  worker.g0 = carver.array<Real>(block);
  worker.g1 = carver.array<Real>(block);
  worker.norm_scratch = carver.array<Real>(2 * max_jet_channels * static_cast<std::size_t>(stride));
  worker.x = carver.array<Real>(columns * inputs);
  worker.jet = carver.array<Real>(columns * most_channels * outputs);
  worker.jet_tangent = carver.array<Real>(columns * most_channels * outputs);
  worker.residual = carver.array<Real>(columns * most_equations);
  worker.slopes = carver.array<Real>(columns * most_slots);
  worker.seeds = carver.array<Real>(columns * most_channels * outputs * std::max(most_equations, 1));
  worker.scratch = carver.array<Real>(most_scratch);
  worker.gradient = carver.array<Real>(packed_size);
  worker.total = many_tiles ? carver.array<double>(packed_size) : nullptr;
  return carver.used();
}

template <class Real>
std::size_t TileEngine<Real>::Implementation::carve_packed(Packed& packed, std::byte* data, bool adjoint) const {
  TileCarver carver(data);
  packed = {};
  for (std::size_t index = 0; index < layers.size(); ++index) {
    const Linear& layer = layers[index];
    const bool hidden = index > 0 && index + 1 < layers.size();
    const std::size_t panel = hidden ? kernels.panel_size(width, width)
                                     : static_cast<std::size_t>(index == 0 ? layer.inputs : layer.outputs) * stride;
    packed.forward.push_back(carver.array<Real>(panel));
    packed.backward.push_back(hidden && adjoint ? carver.array<Real>(panel) : nullptr);
    packed.bias.push_back(carver.array<Real>(std::max(layer.outputs, stride)));
    packed.gamma.push_back(layer.gamma >= 0 ? carver.array<Real>(stride) : nullptr);
    packed.beta.push_back(layer.gamma >= 0 ? carver.array<Real>(stride) : nullptr);
  }
  packed.zeros = carver.array<Real>(stride);
  return carver.used();
}

template <class Real>
void TileEngine<Real>::Implementation::pack_layer(const Real* theta, std::size_t index, const Packed& packed) const {
  const Linear& layer = layers[index];
  const Real* w = theta + layer.weight;
  if (index == 0) {
    for (int j = 0; j < layer.outputs; ++j) {
      for (int i = 0; i < inputs; ++i) packed.forward[index][i * stride + j] = w[j * inputs + i];
    }
  } else if (index + 1 == layers.size()) {
    for (int h = 0; h < outputs; ++h) std::copy_n(w + h * width, width, packed.forward[index] + h * stride);
  } else {
    kernels.pack_transposed(w, width, width, packed.forward[index]);
    if (packed.backward[index]) kernels.pack(w, width, width, packed.backward[index]);
  }
  std::copy_n(theta + layer.bias, layer.outputs, packed.bias[index]);
  if (layer.gamma >= 0) {
    std::copy_n(theta + layer.gamma, width, packed.gamma[index]);
    std::copy_n(theta + layer.beta, width, packed.beta[index]);
  }
}

/// work(worker number) for all workers, whatever number of threads OpenMP grants, or alone one after the other.
template <class Real>
template <class Work>
void TileEngine<Real>::Implementation::in_parallel(const Work& work, bool alone) {
#ifdef _OPENMP
  if (threads > 1 && !alone) {
#pragma omp parallel num_threads(threads)
    for (int worker = omp_get_thread_num(); worker < threads; worker += omp_get_num_threads()) work(worker);
    return;
  }
#endif
  for (int worker = 0; worker < threads; ++worker) work(worker);
}

template <class Real>
void TileEngine<Real>::Implementation::pack(const Real* theta, const Packed& packed) {
  const auto share = [&](int worker) {
    for (std::size_t layer = worker; layer < layers.size(); layer += threads) pack_layer(theta, layer, packed);
  };
  in_parallel(share, parameters < worth_a_thread);
}

template <class Real>
InputPass<Real> TileEngine<Real>::Implementation::input_pass(const Set& set, int points, const Worker& worker) const {
  InputPass<Real> pass{};
  pass.shape = &set.shape;
  pass.points = points;
  pass.inputs = inputs;
  pass.width = width;
  pass.stride = stride;
  pass.x = worker.x;
  pass.scale = scale.data();
  return pass;
}

template <class Real>
NormPass<Real> TileEngine<Real>::Implementation::norm_pass(const Set& set, int points, std::size_t layer,
                                                           const Worker& worker) const {
  NormPass<Real> pass{};
  pass.shape = &set.shape;
  pass.points = points;
  pass.width = width;
  pass.stride = stride;
  pass.w = worker.w[layer];
  pass.statistics = worker.statistics[layer];
  pass.scratch = worker.norm_scratch;
  pass.gamma = weights.gamma[layer];
  return pass;
}

template <class Real>
OutputPass<Real> TileEngine<Real>::Implementation::output_pass(const Set& set, int points) const {
  OutputPass<Real> pass{};
  pass.channels = set.shape.channels;
  pass.points = points;
  pass.outputs = outputs;
  pass.width = width;
  pass.stride = stride;
  pass.columns = set.columns;
  return pass;
}

template <class Real>
void TileEngine<Real>::Implementation::load_points(const Set& set, std::int64_t first, int points,
                                                   Worker& worker) const {
  const Real* x = set.given.x + first * inputs;
  for (int p = 0; p < points; ++p) {
    for (int i = 0; i < inputs; ++i) worker.x[p * inputs + i] = (x[p * inputs + i] - lower[i]) * scale[i] - Real(1);
  }
}

template <class Real>
void TileEngine<Real>::Implementation::forward(const Set& set, int points, Worker& worker) const {
  const int channels = set.shape.channels;
  const std::size_t last = layers.size() - 1;
  for (std::size_t index = 0; index < last; ++index) {
    const bool normed = layers[index].gamma >= 0;
    if (index == 0) {
      InputPass<Real> pass = input_pass(set, points, worker);
      pass.weights = weights.forward[0];
      pass.z = worker.z[0];
      kernels.input(pass);
    } else {
      kernels.multiply({points * channels, width, width, worker.a[index - 1], stride, weights.forward[index], 0,
                        worker.z[index], stride, false});
    }
    if (normed) {
      NormPass<Real> pass = norm_pass(set, points, index, worker);
      pass.eps = norm_eps;
      pass.z = worker.z[index];
      pass.bias = weights.bias[index];
      pass.beta = weights.beta[index];
      kernels.normalize(pass);
    }
    kernels.activate[static_cast<int>(activation)]({&set.shape, points, width, stride, worker.z[index], worker.a[index],
                                                    normed ? weights.zeros : weights.bias[index], nullptr, 1});
  }
  OutputPass<Real> pass = output_pass(set, points);
  pass.weights = weights.forward[last];
  pass.bias = weights.bias[last];
  pass.a = worker.a[last - 1];
  pass.jet = worker.jet;
  kernels.output(pass);
}

template <class Real>
void TileEngine<Real>::Implementation::tangent(const Set& set, int points, Worker& worker) const {
  const int channels = set.shape.channels;
  const std::size_t last = layers.size() - 1;
  Real *from = worker.g0, *to = worker.g1;
  for (std::size_t index = 0; index < last; ++index) {
    const bool normed = layers[index].gamma >= 0;
    if (index == 0) {
      InputPass<Real> pass = input_pass(set, points, worker);
      pass.weights = direction.forward[0];
      pass.bias = direction.bias[0];
      pass.z = to;
      kernels.input(pass);
    } else {
      kernels.multiply({points * channels, width, width, from, stride, weights.forward[index], 0, to, stride, false});
      kernels.multiply({points * channels, width, width, worker.a[index - 1], stride, direction.forward[index], 0, to,
                        stride, true});
    }
    if (normed) {
      NormPass<Real> pass = norm_pass(set, points, index, worker);
      pass.g = to;
      pass.bias_tangent = direction.bias[index];
      pass.gamma_tangent = direction.gamma[index];
      pass.beta_tangent = direction.beta[index];
      kernels.normalize_tangent(pass);
    } else if (index > 0) {
      for (int p = 0; p < points; ++p) {
        Real* row = to + static_cast<std::ptrdiff_t>(p) * channels * stride;
        for (int j = 0; j < width; ++j) row[j] += direction.bias[index][j];
      }
    }
    kernels.activate_tangent[static_cast<int>(activation)](
        {&set.shape, points, width, stride, worker.z[index], worker.a[index], nullptr, to, 1});
    std::swap(from, to);
  }
  OutputPass<Real> pass = output_pass(set, points);
  pass.jet = worker.jet_tangent;
  pass.weights = weights.forward[last];
  pass.a = from;
  kernels.output(pass);
  pass.weights = direction.forward[last];
  pass.bias = direction.bias[last];
  pass.a = worker.a[last - 1];
  pass.accumulate = true;
  kernels.output(pass);
}

template <class Real>
JetTile<Real> TileEngine<Real>::Implementation::evaluate(const Set& set, std::int64_t first, int points, bool slopes,
                                                         Worker& worker) const {
  load_points(set, first, points, worker);
  forward(set, points, worker);
  const JetTile<Real> tile{first, points, set.columns, worker.jet};
  if (slopes) {
    set.given.residual->linearize(tile, worker.residual, worker.slopes, worker.scratch);
  } else {
    set.given.residual->values(tile, worker.residual, worker.scratch);
  }
  return tile;
}

template <class Real>
void TileEngine<Real>::Implementation::seed(const Set& set, int points, const Real* factor, Worker& worker) const {
  const int count = set.shape.channels * outputs;
  std::memset(worker.seeds, 0, sizeof(Real) * count * set.columns);
  const auto& slots = set.given.residual->slots();
  for (std::size_t s = 0; s < slots.size(); ++s) {
    const Real* __restrict slope = worker.slopes + s * set.columns;
    const Real* __restrict weight = factor + slots[s].equation * set.columns;
    Real* __restrict seeds = worker.seeds + (slots[s].channel * outputs + slots[s].output) * set.columns;
    for (int p = 0; p < points; ++p) seeds[p] += slope[p] * weight[p];
  }
}

template <class Real>
void TileEngine<Real>::Implementation::residual_tangent(const Set& set, int points, Worker& worker) const {
  std::memset(worker.residual, 0, sizeof(Real) * set.equations * set.columns);
  const auto& slots = set.given.residual->slots();
  for (std::size_t s = 0; s < slots.size(); ++s) {
    const Real* __restrict slope = worker.slopes + s * set.columns;
    const Real* __restrict jet = worker.jet_tangent + (slots[s].channel * outputs + slots[s].output) * set.columns;
    Real* __restrict change = worker.residual + slots[s].equation * set.columns;
    for (int p = 0; p < points; ++p) change[p] += slope[p] * jet[p];
  }
}

template <class Real>
void TileEngine<Real>::Implementation::backward(const Set& set, int points, int repeat, Real* rows,
                                                Worker& worker) const {
  const int channels = set.shape.channels;
  const std::size_t last = layers.size() - 1;
  const int jets = points * repeat;
  Real *g = worker.g0, *next = worker.g1;

  OutputPass<Real> output = output_pass(set, points);
  output.weights = weights.forward[last];
  output.a = worker.a[last - 1];
  output.seeds = worker.seeds;
  output.repeat = repeat;
  output.g = g;
  output.weight_gradient = rows ? nullptr : worker.gradient + layers[last].packed_weight;
  kernels.output_adjoint(output);
  if (rows) {
    kernels.output_rows(output, rows + layers[last].weight, parameters);
    for (int n = 0; n < jets; ++n) {
      const Real* seeds = worker.seeds + (n % repeat) * channels * outputs * set.columns + n / repeat;
      for (int h = 0; h < outputs; ++h) rows[n * parameters + layers[last].bias + h] = seeds[h * set.columns];
    }
  }
  for (int h = 0; h < outputs && !rows; ++h) {
    Real sum = 0;
    for (int p = 0; p < points; ++p) sum += worker.seeds[h * set.columns + p];
    worker.gradient[layers[last].packed_bias + h] += sum;
  }

  for (std::size_t index = last; index-- > 0;) {
    const Linear& layer = layers[index];
    kernels.activate_adjoint[static_cast<int>(activation)](
        {&set.shape, points, width, stride, worker.z[index], worker.a[index], nullptr, g, repeat});
    if (layer.gamma >= 0) {
      NormPass<Real> pass = norm_pass(set, points, index, worker);
      pass.g = g;
      pass.repeat = repeat;
      if (rows) {
        pass.rows_gamma = rows + layer.gamma;
        pass.rows_beta = rows + layer.beta;
        pass.row_stride = parameters;
      } else {
        pass.gamma_gradient = worker.gradient + layer.packed_gamma;
        pass.beta_gradient = worker.gradient + layer.packed_beta;
      }
      kernels.normalize_adjoint(pass);
    }
    if (rows) {
      for (int n = 0; n < jets; ++n) {
        std::copy_n(g + static_cast<std::ptrdiff_t>(n) * channels * stride, width, rows + n * parameters + layer.bias);
      }
    } else {
      kernels.add_values(g, jets, channels, width, stride, worker.gradient + layer.packed_bias);
    }
    if (index == 0) {
      InputPass<Real> pass = input_pass(set, points, worker);
      pass.g = g;
      pass.repeat = repeat;
      if (rows) {
        pass.rows = rows + layer.weight;
        pass.row_stride = parameters;
        kernels.input_rows(pass);
      } else {
        pass.weight_gradient = worker.gradient + layer.packed_weight;
        kernels.input_adjoint(pass);
      }
      return;
    }
    if (rows) {
      kernels.rows({channels, points, repeat, width, width, g, stride, worker.a[index - 1], stride, rows + layer.weight,
                    parameters});
    } else {
      kernels.multiply_transposed({width, width, jets * channels, g, stride, worker.a[index - 1], stride,
                                   worker.gradient + layer.packed_weight, stride, true});
    }
    kernels.multiply({jets * channels, width, width, g, stride, weights.backward[index], 0, next, stride, false});
    std::swap(g, next);
  }
}

template <class Real>
double TileEngine<Real>::Implementation::half_square(const Set& set, int points, const Worker& worker) const {
  double sum = 0.0;
  for (int e = 0; e < set.equations; ++e) {
    const Real* r = worker.residual + e * set.columns;
    for (int p = 0; p < points; ++p) sum += static_cast<double>(r[p]) * r[p];
  }
  return 0.5 * sum;
}

template <class Real>
double TileEngine<Real>::Implementation::total_loss() const {
  double sum = 0.0;
  for (const Worker& worker : workers) sum += worker.loss;
  return sum;
}

template <class Real>
void TileEngine<Real>::Implementation::pack_direction(const Real* v) {
  if (direction_memory.bytes() == 0) {
    direction_memory = TileMemory(carve_packed(direction, nullptr, false));
    carve_packed(direction, direction_memory.data(), false);
  }
  pack(v, direction);
}

template <class Real>
void TileEngine<Real>::Implementation::flush(Worker& worker) const {
  for (std::size_t i = 0; i < packed_size; ++i) worker.total[i] += worker.gradient[i];
  std::memset(worker.gradient, 0, packed_size * sizeof(Real));
}

/// out = sum over workers, in their order.
template <class Real>
void TileEngine<Real>::Implementation::reduce(Real* out) {
  const auto add = [&](std::int64_t to, std::size_t from, int count, int step) {
    for (int i = 0; i < count; ++i) {
      double sum = 0.0;
      for (const Worker& worker : workers) sum += many_tiles ? worker.total[from + i] : worker.gradient[from + i];
      out[to + static_cast<std::int64_t>(i) * step] = static_cast<Real>(sum);
    }
  };
  const auto share = [&](int worker) {
    for (std::size_t index = worker; index < layers.size(); index += threads) {
      const Linear& layer = layers[index];
      if (index == 0) {
        for (int i = 0; i < inputs; ++i) add(layer.weight + i, layer.packed_weight + i * stride, width, inputs);
      } else {
        for (int o = 0; o < layer.outputs; ++o) {
          add(layer.weight + static_cast<std::int64_t>(o) * width,
              layer.packed_weight + static_cast<std::size_t>(o) * stride, width, 1);
        }
      }
      add(layer.bias, layer.packed_bias, layer.outputs, 1);
      if (layer.gamma >= 0) {
        add(layer.gamma, layer.packed_gamma, width, 1);
        add(layer.beta, layer.packed_beta, width, 1);
      }
    }
  };
  in_parallel(share, parameters < worth_a_thread);
}

/// visit(set, first point, number of points, worker), tiles dealt out in turn. With `sums`, the workers' gradients are
/// cleared before, and complete after.
template <class Real>
template <class Visit>
void TileEngine<Real>::Implementation::for_each_tile(bool sums, const Visit& visit) {
  in_parallel([&](int number) {
    Worker& worker = workers[number];
    if (sums) std::memset(worker.gradient, 0, packed_size * sizeof(Real));
    if (sums && many_tiles) std::memset(worker.total, 0, packed_size * sizeof(double));
    worker.loss = 0.0;
    std::int64_t dealt = 0;
    int unflushed = 0;
    for (const Set& set : sets) {
      for (std::int64_t tile = 0; tile < set.tiles; ++tile, ++dealt) {
        if (dealt % threads != number) continue;
        const std::int64_t first = tile * set.tile;
        visit(set, first, static_cast<int>(std::min<std::int64_t>(set.tile, set.given.points - first)), worker);
        if (sums && many_tiles && ++unflushed == few_tiles) {
          flush(worker);
          unflushed = 0;
        }
      }
    }
    if (sums && many_tiles) flush(worker);
  });
}

template <class Real>
TileEngine<Real>::TileEngine(const Network& network, const std::vector<TileSet<Real>>& sets, const Options& options)
    : implementation_(std::make_unique<Implementation>(network, sets, options)) {}

template <class Real>
TileEngine<Real>::~TileEngine() = default;

template <class Real>
std::string TileEngine<Real>::refusal(const NetworkSettings& settings, const JetSpec& spec) {
  if (settings.activation != "tanh" && settings.activation != "sin" && settings.activation != "swish") {
    return "the tile engine has no activation '" + settings.activation + "'";
  }
  if (settings.norm != "none" && settings.norm != "layer") {
    return "the tile engine has no normalization '" + settings.norm + "'";
  }
  if (settings.norm != "none" && (settings.norm_first || !settings.norm_affine)) {
    return "the tile engine normalizes from the second hidden layer on, with gain and shift";
  }
  if (settings.reparam != "none") return "the tile engine has no reparametrization '" + settings.reparam + "'";
  if (settings.block != "plain") return "the tile engine has no blocks '" + settings.block + "'";
  if (settings.fourier > 0) return "the tile engine has no random frequencies";
  if (!settings.periodic.empty()) return "the tile engine has no periodic axes";
  if (settings.inputs > max_jet_axes) {
    return "the tile engine serves up to " + std::to_string(max_jet_axes) + " inputs, this network has " +
           std::to_string(settings.inputs);
  }
  if (spec.channels() > max_jet_channels) {
    return "the tile engine serves up to " + std::to_string(max_jet_channels) + " jet channels, this one has " +
           std::to_string(spec.channels());
  }
  return "";
}

template <class Real>
std::int64_t TileEngine<Real>::rows() const {
  return implementation_->rows;
}

template <class Real>
std::size_t TileEngine<Real>::memory() const {
  std::size_t bytes = implementation_->packed_memory.bytes() + implementation_->direction_memory.bytes();
  for (const TileMemory& memory : implementation_->worker_memory) bytes += memory.bytes();
  return bytes;
}

namespace {

template <class Real, class Set>
void scatter_columns(const Set& set, std::int64_t first, int points, const Real* columns, Real* r) {
  Real* out = r + set.row + first * set.equations;
  for (int p = 0; p < points; ++p) {
    for (int e = 0; e < set.equations; ++e) out[p * set.equations + e] = columns[e * set.columns + p];
  }
}

}  // namespace

template <class Real>
void TileEngine<Real>::residual(const Real* theta, Real* r) {
  Implementation& self = *implementation_;
  self.pack(theta, self.weights);
  self.for_each_tile(false, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.evaluate(set, first, points, false, worker);
    scatter_columns(set, first, points, worker.residual, r);
  });
}

template <class Real>
double TileEngine<Real>::loss(const Real* theta) {
  Implementation& self = *implementation_;
  self.pack(theta, self.weights);
  self.for_each_tile(false, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.evaluate(set, first, points, false, worker);
    worker.loss += self.half_square(set, points, worker);
  });
  return self.total_loss();
}

template <class Real>
double TileEngine<Real>::gradient(const Real* theta, Real* gradient) {
  Implementation& self = *implementation_;
  self.pack(theta, self.weights);
  self.for_each_tile(true, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.evaluate(set, first, points, true, worker);
    worker.loss += self.half_square(set, points, worker);
    self.seed(set, points, worker.residual, worker);
    self.backward(set, points, 1, nullptr, worker);
  });
  self.reduce(gradient);
  return self.total_loss();
}

template <class Real>
void TileEngine<Real>::pull(const Real* theta, const Real* w, Real* out) {
  Implementation& self = *implementation_;
  self.pack(theta, self.weights);
  self.for_each_tile(true, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.evaluate(set, first, points, true, worker);
    const Real* in = w + set.row + first * set.equations;
    for (int p = 0; p < points; ++p) {
      for (int e = 0; e < set.equations; ++e) worker.residual[e * set.columns + p] = in[p * set.equations + e];
    }
    self.seed(set, points, worker.residual, worker);
    self.backward(set, points, 1, nullptr, worker);
  });
  self.reduce(out);
}

template <class Real>
void TileEngine<Real>::push(const Real* theta, const Real* v, Real* out) {
  Implementation& self = *implementation_;
  self.pack(theta, self.weights);
  self.pack_direction(v);
  self.for_each_tile(false, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.evaluate(set, first, points, true, worker);
    self.tangent(set, points, worker);
    self.residual_tangent(set, points, worker);
    scatter_columns(set, first, points, worker.residual, out);
  });
}

template <class Real>
void TileEngine<Real>::product(const Real* theta, const Real* v, Real* out) {
  Implementation& self = *implementation_;
  self.pack(theta, self.weights);
  self.pack_direction(v);
  self.for_each_tile(true, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.evaluate(set, first, points, true, worker);
    self.tangent(set, points, worker);
    self.residual_tangent(set, points, worker);
    self.seed(set, points, worker.residual, worker);
    self.backward(set, points, 1, nullptr, worker);
  });
  self.reduce(out);
}

template <class Real>
void TileEngine<Real>::jacobian(const Real* theta, std::size_t index, std::int64_t begin, std::int64_t count, Real* r,
                                Real* rows) {
  Implementation& self = *implementation_;
  if (index >= self.sets.size() || begin < 0 || count < 0 || begin + count > self.sets[index].given.points) {
    throw std::invalid_argument("the tile engine has no such points");
  }
  const auto& set = self.sets[index];
  if (count == 0 || set.equations == 0) return;
  self.pack(theta, self.weights);
  // The adjoints of all equations of a point lie side by side in the rows that a gradient needs for a whole tile.
  const std::int64_t tile = std::max(1, set.tile / set.equations);
  const std::int64_t tiles = (count + tile - 1) / tile;
  self.in_parallel([&](int number) {
    auto& worker = self.workers[number];
    for (std::int64_t t = number; t < tiles; t += self.threads) {
      const std::int64_t first = t * tile;
      const int points = static_cast<int>(std::min(tile, count - first));
      self.evaluate(set, begin + first, points, true, worker);
      Real* out = r + first * set.equations;
      for (int p = 0; p < points; ++p) {
        for (int e = 0; e < set.equations; ++e) out[p * set.equations + e] = worker.residual[e * set.columns + p];
      }
      const int count_of_one = set.shape.channels * self.outputs;
      std::memset(worker.seeds, 0, sizeof(Real) * count_of_one * set.equations * set.columns);
      const auto& slots = set.given.residual->slots();
      for (std::size_t s = 0; s < slots.size(); ++s) {
        const int column = slots[s].equation * count_of_one + slots[s].channel * self.outputs + slots[s].output;
        for (int p = 0; p < points; ++p) worker.seeds[column * set.columns + p] += worker.slopes[s * set.columns + p];
      }
      self.backward(set, points, set.equations, rows + first * set.equations * self.parameters, worker);
    }
  });
}

template class TileEngine<float>;
template class TileEngine<double>;

}  // namespace nusselt
