// How points become tiles, how tiles are dealt to threads, and what becomes of the sums.
//
// A little longer than a file should be: every product with the Jacobian deals out tiles in its own words.
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
#include "networks/tile_sweeps.hpp"

namespace nusselt {
namespace {

constexpr std::size_t tile_bytes = std::size_t{384} << 10;  ///< less than half of a core's second-level cache
constexpr std::int64_t worth_a_thread = 50000;              ///< parameters to pack or to add up

constexpr int few_tiles = 64;  ///< whose float32 gradients are added in float32 before they are added in float64

int round_up(int number, int multiple) { return (number + multiple - 1) / multiple * multiple; }

}  // namespace

template <class Real>
struct TileEngine<Real>::Implementation {
  using Set = TileTask<Real>;
  using Worker = TileWorker<Real>;

  Implementation(const Network& network, const std::vector<TileSet<Real>>& given, const Options& options);

  void choose_tiles(int wanted);
  std::size_t carve_worker(Worker& worker, std::byte* data) const;
  template <class Work>
  void in_parallel(const Work& work, bool alone = false);
  void pack(const Real* theta, const TilePacked<Real>& packed, TileRole role);

  double total_loss() const;
  void pack_direction(const Real* v);
  void reduce(Real* out);
  void flush(Worker& worker) const;
  template <class Visit>
  void for_each_tile(bool sums, const Visit& visit);

  const TileKernels<Real>& kernels;
  TileSweeps<Real> sweeps;
  const TileParameters<Real>& layout;
  const std::vector<TileLayer>& layers;
  const int threads, inputs, outputs, width, stride;
  const std::int64_t parameters;
  std::int64_t rows = 0;
  std::vector<Set> sets;
  int most_rows = 0, most_columns = 0, most_equations = 0, most_slots = 0, most_channels = 0, most_tile = 0;
  std::size_t most_scratch = 0;
  bool many_tiles = false;

  TileMemory packed_memory, direction_memory;
  std::vector<TileMemory> worker_memory;
  std::vector<Worker> workers;
};

template <class Real>
TileEngine<Real>::Implementation::Implementation(const Network& network, const std::vector<TileSet<Real>>& given,
                                                 const Options& options)
    : kernels([&]() -> const TileKernels<Real>& {
        for (const TileSet<Real>& set : given) {
          const std::string reason = refusal(network.settings(), set.spec);
          if (!reason.empty()) throw std::invalid_argument(reason);
        }
        const auto available = available_instruction_sets();
        if (std::find(available.begin(), available.end(), options.instructions) == available.end()) {
          throw std::invalid_argument(std::string("this processor or build has no ") + name_of(options.instructions) +
                                      " instructions");
        }
        return *tile_kernels<Real>(options.instructions);
      }()),
      sweeps(network, kernels),
      layout(sweeps.layout),
      layers(layout.layers()),
      threads(options.threads),
      inputs(layout.inputs()),
      outputs(layout.outputs()),
      width(layout.width()),
      stride(layout.stride()),
      parameters(layout.count()) {
  if (threads < 1) throw std::invalid_argument("the tile engine needs at least one thread");
  if (options.tile < 0) throw std::invalid_argument("a tile cannot have a negative number of points");
  for (const TileSet<Real>& set : given) {
    if (!set.residual || set.points < 0 || (set.points > 0 && !set.x)) {
      throw std::invalid_argument("a set of the tile engine needs points and a residual");
    }
    sets.emplace_back();
    sets.back().given = set;
  }
  choose_tiles(options.tile);

  packed_memory = TileMemory(layout.carve(sweeps.weights, nullptr, TileRole::parameters));
  layout.carve(sweeps.weights, packed_memory.data(), TileRole::parameters);
  workers.resize(threads);
  for (Worker& worker : workers) {
    worker_memory.emplace_back(carve_worker(worker, nullptr));
    carve_worker(worker, worker_memory.back().data());
  }
}

template <class Real>
void TileEngine<Real>::Implementation::choose_tiles(int wanted) {
  const std::size_t hidden = layers.size() - 1;
  std::int64_t tiles = 0;
  for (Set& set : sets) {
    set.read_shape();
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
    const bool normed = layers[layer].normed;
    const std::size_t statistics = static_cast<std::size_t>(most_tile) * layout.groups() * norm_statistics;
    worker.z.push_back(carver.array<Real>(block));
    worker.a.push_back(carver.array<Real>(block));
    worker.w.push_back(normed ? carver.array<Real>(block) : nullptr);
    worker.statistics.push_back(normed && layout.norm() == TileNorm::features ? carver.array<Real>(statistics)
                                                                              : nullptr);
  }
  worker.g0 = carver.array<Real>(block);
  worker.g1 = carver.array<Real>(block);
  worker.norm_scratch = carver.array<Real>(2 * max_jet_channels * static_cast<std::size_t>(stride));
  for (Real** features : {&worker.x, &worker.first, &worker.second}) {
    if (features == &worker.x || sweeps.embedded()) *features = carver.array<Real>(columns * inputs);
  }
  worker.jet = carver.array<Real>(columns * most_channels * outputs);
  worker.jet_tangent = carver.array<Real>(columns * most_channels * outputs);
  worker.residual = carver.array<Real>(columns * most_equations);
  worker.slopes = carver.array<Real>(columns * most_slots);
  worker.seeds = carver.array<Real>(columns * most_channels * outputs * std::max(most_equations, 1));
  worker.scratch = carver.array<Real>(most_scratch);
  worker.gradient = carver.array<Real>(layout.packed_size());
  worker.total = many_tiles ? carver.array<double>(layout.packed_size()) : nullptr;
  return carver.used();
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
void TileEngine<Real>::Implementation::pack(const Real* theta, const TilePacked<Real>& packed, TileRole role) {
  const auto share = [&](int worker) {
    for (std::size_t layer = worker; layer < layers.size(); layer += threads) layout.pack(theta, layer, packed, role);
  };
  in_parallel(share, parameters < worth_a_thread);
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
    direction_memory = TileMemory(layout.carve(sweeps.direction, nullptr, TileRole::direction));
    layout.carve(sweeps.direction, direction_memory.data(), TileRole::direction);
  }
  pack(v, sweeps.direction, TileRole::direction);
}

template <class Real>
void TileEngine<Real>::Implementation::flush(Worker& worker) const {
  for (std::size_t i = 0; i < layout.packed_size(); ++i) worker.total[i] += worker.gradient[i];
  std::memset(worker.gradient, 0, layout.packed_size() * sizeof(Real));
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
    for (std::size_t index = worker; index < layers.size(); index += threads) layout.for_each_run(index, add);
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
    if (sums) std::memset(worker.gradient, 0, layout.packed_size() * sizeof(Real));
    if (sums && many_tiles) std::memset(worker.total, 0, layout.packed_size() * sizeof(double));
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
  if (settings.block != "plain") return "the tile engine has no " + settings.block + " blocks";
  if (settings.fourier > 0) return "the tile engine has no random Fourier features";
  if (!spec.third.empty()) return "the tile engine has no third derivatives";
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
  self.pack(theta, self.sweeps.weights, TileRole::parameters);
  self.for_each_tile(false, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.sweeps.evaluate(set, first, points, false, worker);
    scatter_columns(set, first, points, worker.residual, r);
  });
}

template <class Real>
double TileEngine<Real>::loss(const Real* theta) {
  Implementation& self = *implementation_;
  self.pack(theta, self.sweeps.weights, TileRole::parameters);
  self.for_each_tile(false, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.sweeps.evaluate(set, first, points, false, worker);
    worker.loss += self.sweeps.half_square(set, points, worker);
  });
  return self.total_loss();
}

template <class Real>
double TileEngine<Real>::gradient(const Real* theta, Real* gradient) {
  Implementation& self = *implementation_;
  self.pack(theta, self.sweeps.weights, TileRole::parameters);
  self.for_each_tile(true, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.sweeps.evaluate(set, first, points, true, worker);
    worker.loss += self.sweeps.half_square(set, points, worker);
    self.sweeps.seed(set, points, worker.residual, worker);
    self.sweeps.backward(set, points, 1, nullptr, worker);
  });
  self.reduce(gradient);
  return self.total_loss();
}

template <class Real>
void TileEngine<Real>::pull(const Real* theta, const Real* w, Real* out) {
  Implementation& self = *implementation_;
  self.pack(theta, self.sweeps.weights, TileRole::parameters);
  self.for_each_tile(true, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.sweeps.evaluate(set, first, points, true, worker);
    const Real* in = w + set.row + first * set.equations;
    for (int p = 0; p < points; ++p) {
      for (int e = 0; e < set.equations; ++e) worker.residual[e * set.columns + p] = in[p * set.equations + e];
    }
    self.sweeps.seed(set, points, worker.residual, worker);
    self.sweeps.backward(set, points, 1, nullptr, worker);
  });
  self.reduce(out);
}

template <class Real>
void TileEngine<Real>::push(const Real* theta, const Real* v, Real* out) {
  Implementation& self = *implementation_;
  self.pack(theta, self.sweeps.weights, TileRole::parameters);
  self.pack_direction(v);
  self.for_each_tile(false, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.sweeps.evaluate(set, first, points, true, worker);
    self.sweeps.tangent(set, points, worker);
    self.sweeps.residual_tangent(set, points, worker);
    scatter_columns(set, first, points, worker.residual, out);
  });
}

template <class Real>
void TileEngine<Real>::product(const Real* theta, const Real* v, Real* out) {
  Implementation& self = *implementation_;
  self.pack(theta, self.sweeps.weights, TileRole::parameters);
  self.pack_direction(v);
  self.for_each_tile(true, [&](const auto& set, std::int64_t first, int points, auto& worker) {
    self.sweeps.evaluate(set, first, points, true, worker);
    self.sweeps.tangent(set, points, worker);
    self.sweeps.residual_tangent(set, points, worker);
    self.sweeps.seed(set, points, worker.residual, worker);
    self.sweeps.backward(set, points, 1, nullptr, worker);
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
  self.pack(theta, self.sweeps.weights, TileRole::parameters);
  // The adjoints of all equations of a point lie side by side in the rows that a gradient needs for a whole tile.
  const std::int64_t tile = std::max(1, set.tile / set.equations);
  const std::int64_t tiles = (count + tile - 1) / tile;
  self.in_parallel([&](int number) {
    auto& worker = self.workers[number];
    for (std::int64_t t = number; t < tiles; t += self.threads) {
      const std::int64_t first = t * tile;
      const int points = static_cast<int>(std::min(tile, count - first));
      self.sweeps.evaluate(set, begin + first, points, true, worker);
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
      self.sweeps.backward(set, points, set.equations, rows + first * set.equations * self.parameters, worker);
    }
  });
}

template class TileEngine<float>;
template class TileEngine<double>;

}  // namespace nusselt
