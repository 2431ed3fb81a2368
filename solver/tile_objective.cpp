#include "solver/tile_objective.hpp"

#include <algorithm>
#include <utility>

#include "networks/tile_engine.hpp"
#include "solver/lane_residual.hpp"
#include "solver/row_sums.hpp"

namespace nusselt {

namespace {

/// What an engine computes: some of the sets of a problem, by a network with some of the outputs of the problem's.
struct Share {
  Network network;
  std::vector<std::size_t> sets;
  std::vector<int> outputs;                       // of the problem's network, constants included; empty for all
  std::vector<NetworkLayout::Stretch> stretches;  // of the problem's theta that make the network's; empty for all
};

/// The residual of a set by a network that has only the outputs which it reads.
template <class Real>
class NarrowResidual final : public TileResidual<Real> {
 public:
  NarrowResidual(LaneResidual<Real> whole, int channels, int whole_outputs, std::vector<int> outputs)
      : whole_(std::move(whole)), channels_(channels), whole_outputs_(whole_outputs), outputs_(std::move(outputs)) {
    for (const auto& slot : whole_.slots()) {
      const auto own = std::find(outputs_.begin(), outputs_.end(), slot.output) - outputs_.begin();
      slots_.push_back({slot.equation, slot.channel, static_cast<int>(own)});
    }
  }

  int equations() const override { return whole_.equations(); }
  const std::vector<typename TileResidual<Real>::Slot>& slots() const override { return slots_; }
  std::size_t scratch_size(int stride) const override { return jets_size(stride) + whole_.scratch_size(stride); }
  void values(const JetTile<Real>& tile, Real* residual, Real* scratch) const override {
    whole_.values(in_whole(tile, scratch), residual, scratch + jets_size(tile.stride));
  }
  void linearize(const JetTile<Real>& tile, Real* residual, Real* slopes, Real* scratch) const override {
    whole_.linearize(in_whole(tile, scratch), residual, slopes, scratch + jets_size(tile.stride));
  }

 private:
  std::size_t jets_size(int stride) const {
    return static_cast<std::size_t>(channels_) * whole_outputs_ * static_cast<std::size_t>(stride);
  }
  /// The jets where the whole network would have them; those of other outputs nobody reads.
  JetTile<Real> in_whole(const JetTile<Real>& tile, Real* jets) const {
    const auto stride = static_cast<std::size_t>(tile.stride);
    for (int channel = 0; channel < channels_; ++channel) {
      for (std::size_t h = 0; h < outputs_.size(); ++h) {
        std::copy_n(tile.jet + (channel * outputs_.size() + h) * stride, stride,
                    jets + (channel * whole_outputs_ + outputs_[h]) * stride);
      }
    }
    return {tile.first, tile.points, tile.stride, jets};
  }

  LaneResidual<Real> whole_;
  int channels_;
  int whole_outputs_;
  std::vector<int> outputs_;
  std::vector<typename TileResidual<Real>::Slot> slots_;
};

template <class Real>
class Tiles final : public TileObjective {
 public:
  Tiles(const Problem& problem, const Share& share, const std::vector<WeightedPoints>& points,
        const std::vector<std::vector<double>>& weights, int threads)
      : options_(problem.options()), network_(share.network), effective_(network_.layout().effective_count) {
    std::vector<TileSet<Real>> sets;
    for (const std::size_t s : share.sets) {
      const CompiledResidual& residual = problem.sets()[s].residual;
      x_.push_back(points[s].points.x.contiguous());
      WeightedPoints weighted = points[s];
      weighted.weights = weighted.row_weights().contiguous();
      LaneResidual<Real> whole(residual, weighted, weights[s]);
      blocks_.push_back({x_.back().size(0), static_cast<std::int64_t>(weights[s].size()), points[s].per_mean});
      has_means_ = has_means_ || points[s].per_mean > 1;
      if (share.outputs.empty()) {
        residuals_.push_back(std::make_unique<LaneResidual<Real>>(std::move(whole)));
      } else {
        const NetworkSettings& all = problem.network().settings();
        residuals_.push_back(std::make_unique<NarrowResidual<Real>>(std::move(whole), residual.spec().channels(),
                                                                    all.outputs + all.constants, share.outputs));
      }
      sets.push_back({numbers(x_.back()), x_.back().size(0), residual.spec(), residuals_.back().get()});
    }
    typename TileEngine<Real>::Options options;
    options.instructions = instruction_set_named(problem.engine().instructions);
    options.threads = threads;
    engine_ = std::make_unique<TileEngine<Real>>(network_, sets, options);
  }

  torch::Tensor residual(const torch::Tensor& theta) override {
    torch::Tensor r = at::empty({engine_->rows()}, options_);
    engine_->residual(numbers(effective(theta)), numbers(r));
    return rows_of(r);
  }
  double loss(const torch::Tensor& theta) override {
    if (has_means_) return half_square(residual(theta));
    return engine_->loss(numbers(effective(theta)));
  }
  double gradient(const torch::Tensor& theta, torch::Tensor& gradient) override {
    if (has_means_) {
      const torch::Tensor r = residual(theta);
      gradient = pull(theta, r);
      return half_square(r);
    }
    const torch::Tensor all = at::empty({effective_}, options_);
    const double loss = engine_->gradient(numbers(effective(theta)), numbers(all));
    gradient = network_.pull_back(theta, all);
    return loss;
  }
  torch::Tensor push(const torch::Tensor& theta, const torch::Tensor& v) override {
    torch::Tensor out = at::empty({engine_->rows()}, options_);
    engine_->push(numbers(effective(theta)), numbers(network_.push_forward(theta, v).contiguous()), numbers(out));
    return rows_of(out);
  }
  torch::Tensor pull(const torch::Tensor& theta, const torch::Tensor& w) override {
    const torch::Tensor out = at::empty({effective_}, options_);
    engine_->pull(numbers(effective(theta)), numbers(at_points(w).contiguous()), numbers(out));
    return network_.pull_back(theta, out);
  }
  torch::Tensor product(const torch::Tensor& theta, const torch::Tensor& v) override {
    if (has_means_) return pull(theta, push(theta, v));
    const torch::Tensor out = at::empty({effective_}, options_);
    engine_->product(numbers(effective(theta)), numbers(network_.push_forward(theta, v).contiguous()), numbers(out));
    return network_.pull_back(theta, out);
  }
  torch::Tensor jacobian(const torch::Tensor& theta, std::size_t set, std::int64_t begin, std::int64_t count,
                         const torch::Tensor& rows) override {
    const auto [points, equations, per_mean] = blocks_[set];
    torch::Tensor r = at::empty({count * equations}, options_);
    if (network_.plain() && per_mean == 1) {
      engine_->jacobian(numbers(theta.contiguous()), set, begin, count, numbers(r), numbers(rows));
      return r;
    }
    const torch::Tensor all = at::empty({count * equations, effective_}, options_);
    engine_->jacobian(numbers(effective(theta)), set, begin, count, numbers(r), numbers(all));
    network_.pull_back(theta, summed(all, per_mean, equations), rows);
    return summed(r, per_mean, equations);
  }
  std::size_t memory() const override { return engine_->memory(); }

 private:
  static Real* numbers(const torch::Tensor& tensor) { return tensor.data_ptr<Real>(); }
  torch::Tensor effective(const torch::Tensor& theta) const {
    const at::NoGradGuard no_gradient;
    return network_.effective(theta).contiguous();
  }

  static double half_square(const torch::Tensor& r) {
    return 0.5 * r.to(at::kDouble).square().sum().template item<double>();
  }
  /// The rows of the objective from those at points, and the transpose.
  torch::Tensor rows_of(const torch::Tensor& r) const {
    return has_means_ ? by_block(r, &summed, [](const Block& b) { return b.points * b.equations; }) : r;
  }
  torch::Tensor at_points(const torch::Tensor& w) const {
    return has_means_ ? by_block(w, &spread, [](const Block& b) { return b.points / b.per_mean * b.equations; }) : w;
  }

  struct Block {
    std::int64_t points, equations, per_mean;
  };
  template <class Map, class Size>
  torch::Tensor by_block(const torch::Tensor& numbers, const Map& map, const Size& size) const {
    std::vector<torch::Tensor> parts;
    std::int64_t first = 0;
    for (const Block& block : blocks_) {
      parts.push_back(map(numbers.narrow(0, first, size(block)), block.per_mean, block.equations));
      first += size(block);
    }
    return at::cat(parts);
  }

  torch::TensorOptions options_;
  Network network_;
  std::int64_t effective_;     // parameters of the engine
  std::vector<Block> blocks_;  // of rows, one for each set
  bool has_means_ = false;
  std::vector<torch::Tensor> x_;
  std::vector<std::unique_ptr<TileResidual<Real>>> residuals_;
  std::unique_ptr<TileEngine<Real>> engine_;
};

/// Several engines, each with the sets that read the same parts of the network: what a set does not read costs nothing.
template <class Real>
class DividedTiles final : public TileObjective {
 public:
  DividedTiles(const Problem& problem, std::vector<Share> shares, const std::vector<WeightedPoints>& points,
               const std::vector<std::vector<double>>& weights, int threads)
      : options_(problem.options()), shares_(std::move(shares)), places_(points.size()) {
    for (std::size_t s = 0; s < points.size(); ++s) {
      places_[s].row = rows_;
      places_[s].rows = points[s].weights.size(0) / points[s].per_mean * static_cast<std::int64_t>(weights[s].size());
      rows_ += places_[s].rows;
    }
    for (std::size_t k = 0; k < shares_.size(); ++k) {
      tiles_.push_back(std::make_unique<Tiles<Real>>(problem, shares_[k], points, weights, threads));
      for (std::size_t i = 0; i < shares_[k].sets.size(); ++i) {
        places_[shares_[k].sets[i]].share = k;
        places_[shares_[k].sets[i]].number = i;
      }
    }
  }

  torch::Tensor residual(const torch::Tensor& theta) override {
    return joined([&](std::size_t k) { return tiles_[k]->residual(own(k, theta)); });
  }
  double loss(const torch::Tensor& theta) override {
    double sum = 0;
    for (std::size_t k = 0; k < tiles_.size(); ++k) sum += tiles_[k]->loss(own(k, theta));
    return sum;
  }
  double gradient(const torch::Tensor& theta, torch::Tensor& gradient) override {
    double loss = 0;
    gradient = summed(theta, [&](std::size_t k) {
      torch::Tensor part;
      loss += tiles_[k]->gradient(own(k, theta), part);
      return part;
    });
    return loss;
  }
  torch::Tensor push(const torch::Tensor& theta, const torch::Tensor& v) override {
    return joined([&](std::size_t k) { return tiles_[k]->push(own(k, theta), own(k, v)); });
  }
  torch::Tensor pull(const torch::Tensor& theta, const torch::Tensor& w) override {
    return summed(theta, [&](std::size_t k) { return tiles_[k]->pull(own(k, theta), rows_of(k, w)); });
  }
  torch::Tensor product(const torch::Tensor& theta, const torch::Tensor& v) override {
    return summed(theta, [&](std::size_t k) { return tiles_[k]->product(own(k, theta), own(k, v)); });
  }
  torch::Tensor jacobian(const torch::Tensor& theta, std::size_t set, std::int64_t begin, std::int64_t count,
                         const torch::Tensor& rows) override {
    const auto& [row, number_of_rows, k, number] = places_[set];
    const torch::Tensor here = own(k, theta);
    if (shares_[k].stretches.empty()) return tiles_[k]->jacobian(here, number, begin, count, rows);
    const torch::Tensor part = at::empty({rows.size(0), here.size(0)}, options_);
    const torch::Tensor r = tiles_[k]->jacobian(here, number, begin, count, part);
    rows.zero_();
    std::int64_t column = 0;
    for (const auto& [offset, size] : shares_[k].stretches) {
      rows.narrow(1, offset, size).copy_(part.narrow(1, column, size));
      column += size;
    }
    return r;
  }
  std::size_t memory() const override {
    std::size_t sum = 0;
    for (const auto& tiles : tiles_) sum += tiles->memory();
    return sum;
  }

 private:
  /// Of a set: its rows, the share that computes them, and its number there.
  struct Place {
    std::int64_t row = 0, rows = 0;
    std::size_t share = 0, number = 0;
  };

  torch::Tensor own(std::size_t k, const torch::Tensor& all) const {
    if (shares_[k].stretches.empty()) return all;
    std::vector<torch::Tensor> parts;
    for (const auto& [offset, size] : shares_[k].stretches) parts.push_back(all.narrow(0, offset, size));
    return parts.size() == 1 ? parts.front() : at::cat(parts);
  }
  torch::Tensor rows_of(std::size_t k, const torch::Tensor& all) const {
    std::vector<torch::Tensor> parts;
    for (const std::size_t s : shares_[k].sets) parts.push_back(all.narrow(0, places_[s].row, places_[s].rows));
    return at::cat(parts);
  }
  template <class Part>
  torch::Tensor joined(const Part& part) const {
    torch::Tensor all = at::empty({rows_}, options_);
    for (std::size_t k = 0; k < tiles_.size(); ++k) {
      const torch::Tensor rows = part(k);
      std::int64_t row = 0;
      for (const std::size_t s : shares_[k].sets) {
        all.narrow(0, places_[s].row, places_[s].rows).copy_(rows.narrow(0, row, places_[s].rows));
        row += places_[s].rows;
      }
    }
    return all;
  }
  template <class Part>
  torch::Tensor summed(const torch::Tensor& theta, const Part& part) const {
    torch::Tensor all = at::zeros_like(theta);
    for (std::size_t k = 0; k < tiles_.size(); ++k) {
      const torch::Tensor numbers = part(k);
      std::int64_t first = 0;
      if (shares_[k].stretches.empty()) all += numbers;
      for (const auto& [offset, size] : shares_[k].stretches) {
        all.narrow(0, offset, size) += numbers.narrow(0, first, size);
        first += size;
      }
    }
    return all;
  }

  torch::TensorOptions options_;
  std::vector<Share> shares_;
  std::vector<std::unique_ptr<Tiles<Real>>> tiles_;
  std::vector<Place> places_;
  std::int64_t rows_ = 0;
};

/// The problem's network with these of its parts alone.
Share share_of(const Network& network, const std::vector<int>& parts) {
  NetworkSettings settings = network.settings();
  std::vector<Subnetwork> own;
  Share share{network, {}, {}, {}};
  for (const int part : parts) {
    own.push_back(network.subnetworks()[part]);
    share.stretches.push_back(network.layout().stretch_of(part));
    for (int output = 0; output < settings.outputs; ++output) {
      if (network.layout().part_of(output) == part) share.outputs.push_back(output);
    }
  }
  if (settings.constants > 0) {
    const ParameterSlice& constants = network.slices().back();
    share.stretches.push_back({constants.offset, constants.size()});
  }
  for (int k = 0; k < settings.constants; ++k) share.outputs.push_back(settings.outputs + k);
  settings.outputs = static_cast<int>(share.outputs.size()) - settings.constants;
  if (own.size() == 1 && settings.periodic.empty() && settings.fourier == 0) {
    // Its own box says the same as the way from the network's box to it.
    if (!own.front().lower.empty()) {
      settings.lower = own.front().lower;
      settings.upper = own.front().upper;
    }
    own.clear();
  }
  share.network = Network(settings, own);
  return share;
}

std::vector<Share> shares_of(const Problem& problem) {
  const Network& network = problem.network();
  const std::size_t all = network.subnetworks().size();
  std::vector<Share> shares;
  std::vector<std::vector<int>> known;
  for (std::size_t s = 0; s < problem.sets().size(); ++s) {
    std::vector<int> parts = problem.parts_of(s);
    if (parts.size() >= all) parts.clear();  // as where nothing is read
    const auto found = std::find(known.begin(), known.end(), parts) - known.begin();
    if (found == static_cast<std::ptrdiff_t>(known.size())) {
      shares.push_back(parts.empty() ? Share{network, {}, {}, {}} : share_of(network, parts));
      known.push_back(std::move(parts));
    }
    shares[found].sets.push_back(s);
  }
  return shares;
}

template <class Real>
std::unique_ptr<TileObjective> make(const Problem& problem, const std::vector<WeightedPoints>& points,
                                    const std::vector<std::vector<double>>& weights, int threads) {
  std::vector<Share> shares = shares_of(problem);
  if (shares.size() == 1) return std::make_unique<Tiles<Real>>(problem, shares.front(), points, weights, threads);
  return std::make_unique<DividedTiles<Real>>(problem, std::move(shares), points, weights, threads);
}

}  // namespace

std::unique_ptr<TileObjective> make_tile_objective(const Problem& problem, const std::vector<WeightedPoints>& points,
                                                   const std::vector<std::vector<double>>& weights, int threads) {
  return problem.options().dtype() == at::kFloat ? make<float>(problem, points, weights, threads)
                                                 : make<double>(problem, points, weights, threads);
}

}  // namespace nusselt
