#include "solver/least_squares.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "solver/dense.hpp"
#include "solver/gram_kernel.hpp"
#include "solver/row_sums.hpp"
#include "solver/term_gradients.hpp"

namespace nusselt {

namespace {

// Points per adjoint sweep of all rows: its working memory is a multiple of points * equations * channels * width.
constexpr std::int64_t sweep_points = 1024;
// Points per tile of products with J: a layer's jets stay in the cache from one layer to the next.
constexpr std::int64_t product_points = 256;
// A GPU needs many points to be busy.
constexpr std::int64_t product_points_on_gpu = 8192;

std::int64_t points_per_product(const Problem& problem) {
  return problem.options().device().is_cuda() ? product_points_on_gpu : product_points;
}

/// Memory for the Jacobian of so many rows at a time, of the same block after block.
struct ReusedRows {
  torch::TensorOptions options;
  std::int64_t parameters;
  mutable torch::Tensor memory = {};
  torch::Tensor operator()(std::int64_t /*first*/, std::int64_t rows) const {
    if (!memory.defined() || memory.size(0) < rows) memory = at::empty({rows, parameters}, options);
    return memory.narrow(0, 0, rows);
  }
};

std::uint64_t next_identity() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

LeastSquares::LeastSquares(const Problem& problem, std::vector<WeightedPoints> points, std::vector<double> balance,
                           BatchStatistics statistics)
    : identity_(next_identity()),
      problem_(problem),
      statistics_(std::move(statistics)),
      balance_(std::move(balance)),
      points_(std::move(points)) {
  std::size_t residual = 0;
  for (std::size_t s = 0; s < problem_.sets().size(); ++s) {
    std::vector<double> weights = problem_.sets()[s].weights;
    for (double& weight : weights) weight *= balance_[residual++];
    rows_ += points_[s].weights.size(0) / points_[s].per_mean * static_cast<std::int64_t>(weights.size());
    weights_.push_back(std::move(weights));
  }
  if (problem_.engine().name == "tile")
    tiles_ = make_tile_objective(problem_, points_, weights_, at::get_num_threads());
}

torch::Tensor LeastSquares::row_factors(std::size_t set, std::int64_t begin, std::int64_t size) const {
  const torch::Tensor quadrature = points_[set].row_weights().narrow(0, begin, size);
  std::vector<torch::Tensor> columns;
  for (std::size_t e = 0; e < weights_[set].size(); ++e) {
    torch::Tensor square = quadrature * weights_[set][e];
    if (points_[set].balance.defined()) {
      square = square * points_[set].balance.narrow(0, begin, size).select(1, static_cast<std::int64_t>(e));
    }
    columns.push_back(square.sqrt());
  }
  return at::stack(columns, 1);
}

LeastSquares LeastSquares::reduced(std::int64_t every) const {
  std::vector<WeightedPoints> chosen;
  for (const WeightedPoints& set : points_) {
    if (set.per_mean > 1) {  // a few rows, none of them like another
      chosen.push_back(set);
      continue;
    }
    const std::int64_t count = set.weights.size(0);
    std::vector<std::int64_t> kept;
    // Multiples of the golden ratio, taken modulo 1, are spread evenly: every k-th point of a grid would lie on lines.
    constexpr double golden = 0.6180339887498949;
    for (std::int64_t i = 0; i < count; ++i) {
      if (std::fmod(golden * static_cast<double>(i), 1.0) * static_cast<double>(every) < 1) kept.push_back(i);
    }
    const torch::Tensor index = at::tensor(kept, at::kLong).to(set.weights.device());
    const torch::Tensor weights = set.weights.index_select(0, index);
    chosen.push_back({set.points.index_select(index), weights * (set.weights.sum() / weights.sum())});
    if (set.balance.defined()) chosen.back().balance = set.balance.index_select(0, index);
  }
  return LeastSquares(problem_, std::move(chosen), balance_, statistics_);
}

LeastSquares LeastSquares::unweighted() const {
  std::vector<double> against_the_case;
  for (const ResidualSet& set : problem_.sets()) {
    for (const double weight : set.weights) against_the_case.push_back(1 / weight);
  }
  std::vector<WeightedPoints> points = points_;
  for (WeightedPoints& set : points) set.balance = torch::Tensor();
  return LeastSquares(problem_, std::move(points), std::move(against_the_case), statistics_);
}

torch::Tensor LeastSquares::residual(const torch::Tensor& theta) const {
  const torch::Tensor all = statistics_.all(theta);
  if (tiles_) return tiles_->residual(all);
  std::vector<torch::Tensor> rows;
  for (std::size_t s = 0; s < points_.size(); ++s) {
    const torch::Tensor values = problem_.evaluate(s, all, points_[s].points);
    rows.push_back(summed((values * row_factors(s, 0, values.size(0))).reshape({-1}), points_[s].per_mean,
                          static_cast<std::int64_t>(weights_[s].size())));
  }
  return at::cat(rows);
}

double LeastSquares::loss(const torch::Tensor& theta) const {
  return tiles_ ? tiles_->loss(statistics_.all(theta)) : 0.5 * residual(theta).square().sum().item<double>();
}

LeastSquares::Gradient LeastSquares::gradient(const torch::Tensor& theta) const {
  const at::NoGradGuard no_gradient;
  if (combine_) {
    const TermGradients terms = term_gradients(*this, theta);
    return {std::accumulate(terms.losses.begin(), terms.losses.end(), 0.0), combine_(terms.gradients)};
  }
  Gradient result{0, at::zeros_like(theta)};
  if (tiles_) {
    const BatchStatistics::Linear map = statistics_.at(theta);
    result.loss = tiles_->gradient(map.all(), result.gradient);
    result.gradient = map.pull(result.gradient);
    return result;
  }
  torch::Tensor loss = at::zeros({}, theta.options().dtype(at::kDouble));
  add_gradient(theta, loss, result.gradient);
  result.loss = loss.item<double>();
  return result;
}

void LeastSquares::add_gradient(const torch::Tensor& theta, torch::Tensor& loss, torch::Tensor& gradient) const {
  const at::NoGradGuard no_gradient;
  if (tiles_) throw std::logic_error("the tile engine computes on the host");
  const BatchStatistics::Linear map = statistics_.at(theta);
  torch::Tensor sum = statistics_.is_identity() ? gradient : at::zeros_like(map.all());
  for (std::size_t s = 0; s < points_.size(); ++s) {
    const CompiledResidual& residual = problem_.sets()[s].residual;
    const Points& points = points_[s].points;
    const Linearization network = problem_.network().linearize(map.all(), points.x, residual.spec());
    const torch::Tensor factors = row_factors(s, 0, points.x.size(0));
    const std::int64_t per_mean = points_[s].per_mean, equations = factors.size(1);
    const torch::Tensor rows = (residual.values(points, network.jet()) * factors).reshape({-1});
    const torch::Tensor r = summed(rows, per_mean, equations);
    loss.add_(r.square().sum().to(at::kDouble), 0.5);
    const torch::Tensor at_points = spread(r, per_mean, equations).view(factors.sizes());
    const torch::Tensor pull = (at_points * factors).unsqueeze(-1).unsqueeze(-1);  // [N, E, 1, 1]
    sum += network.adjoint((residual.seeds(points, network.jet()) * pull).sum(1));
  }
  if (!statistics_.is_identity()) gradient += map.pull(sum);
}

std::vector<LeastSquares::Range> LeastSquares::ranges(std::int64_t points) const {
  std::vector<Range> ranges;
  std::int64_t row = 0;
  for (std::size_t s = 0; s < points_.size(); ++s) {
    const std::int64_t count = points_[s].weights.size(0);
    const std::int64_t together = points_[s].per_mean;
    const std::int64_t most = std::max<std::int64_t>(1, points / together) * together;
    for (std::int64_t begin = 0; begin < count; begin += most) {
      const std::int64_t size = std::min(most, count - begin);
      ranges.push_back({s, begin, size, row});
      row += size / together * problem_.sets()[s].residual.size();
    }
  }
  return ranges;
}

LeastSquares::Tile LeastSquares::tile(const torch::Tensor& all, const Range& range) const {
  const CompiledResidual& residual = problem_.sets()[range.set].residual;
  const Points points = points_[range.set].points.narrow(range.begin, range.size);
  const torch::Tensor factors = row_factors(range.set, range.begin, range.size);
  Linearization network = problem_.network().linearize(all, points.x, residual.spec());
  const torch::Tensor weighted =
      summed((residual.values(points, network.jet()) * factors).reshape({-1}), per_mean(range), residual.size());
  const torch::Tensor seeds = residual.seeds(points, network.jet()) * factors.unsqueeze(-1).unsqueeze(-1);
  return {range.row, weighted, seeds, std::move(network), per_mean(range)};
}

torch::Tensor LeastSquares::Tile::push(const torch::Tensor& v) const {
  const torch::Tensor rows = (seeds * network.tangent(v).unsqueeze(1)).sum(at::IntArrayRef({2, 3})).reshape({-1});
  return summed(rows, per_mean, seeds.size(1));
}

torch::Tensor LeastSquares::Tile::pull(const torch::Tensor& w) const {
  const torch::Tensor at_points = spread(w, per_mean, seeds.size(1));
  return network.adjoint((seeds * at_points.view({seeds.size(0), seeds.size(1), 1, 1})).sum(1));
}

template <class Where, class Visit>
void LeastSquares::sweep(const torch::Tensor& theta, const Where& where, const Visit& visit) const {
  const BatchStatistics::Linear map = statistics_.at(theta);
  const std::int64_t columns = network().parameter_count();
  for (const Range& range : ranges(sweep_points)) {
    const auto equations = static_cast<std::int64_t>(weights_[range.set].size());
    const torch::Tensor jacobian = where(range.row, range.size / per_mean(range) * equations);
    const torch::Tensor rows =
        statistics_.is_identity() ? jacobian : at::empty({jacobian.size(0), columns}, jacobian.options());
    torch::Tensor residual;
    if (tiles_) {
      residual = tiles_->jacobian(map.all(), range.set, range.begin, range.size, rows);
    } else {
      const Tile here = tile(map.all(), range);
      const torch::Tensor at_points =
          here.per_mean == 1 ? rows : at::empty({range.size * equations, columns}, rows.options());
      here.network.jacobian(here.seeds, at_points.view({range.size, equations, columns}));
      if (here.per_mean > 1) rows.copy_(summed(at_points, here.per_mean, equations));
      residual = here.residual;
    }
    if (!statistics_.is_identity()) jacobian.copy_(map.pull_rows(rows));
    visit(range, residual, jacobian);
  }
}

LeastSquares::Linear LeastSquares::linearize(const torch::Tensor& theta) const {
  const at::NoGradGuard no_gradient;
  if (!jacobian_.defined()) jacobian_ = at::empty({rows_, parameters()}, theta.options());
  Linear result{0, at::empty({rows_}, theta.options()), jacobian_};
  sweep(
      theta, [&](std::int64_t first, std::int64_t rows) { return jacobian_.narrow(0, first, rows); },
      [&](const Range& range, const torch::Tensor& residual, const torch::Tensor&) {
        result.residual.narrow(0, range.row, residual.size(0)).copy_(residual);
      });
  result.loss = tiles_ ? loss(theta) : 0.5 * result.residual.square().sum().item<double>();
  return result;
}

LeastSquares::NormalEquations LeastSquares::normal_equations(const torch::Tensor& theta) const {
  const at::NoGradGuard no_gradient;
  NormalEquations result{0, at::empty({rows_}, theta.options()), at::zeros({parameters()}, theta.options()),
                         at::zeros({parameters(), parameters()}, theta.options())};
  sweep(theta, ReusedRows{theta.options(), parameters()},
        [&](const Range& range, const torch::Tensor& residual, const torch::Tensor& jacobian) {
          result.residual.narrow(0, range.row, residual.size(0)).copy_(residual);
          result.gradient += at::mv(jacobian.t(), residual);
          add_gram(result.matrix, jacobian);
        });
  result.loss = tiles_ ? loss(theta) : 0.5 * result.residual.square().sum().item<double>();
  return result;
}

void LeastSquares::for_each_block(const torch::Tensor& theta, const BlockVisitor& visit) const {
  const at::NoGradGuard no_gradient;
  sweep(theta, ReusedRows{theta.options(), parameters()},
        [&](const Range& range, const torch::Tensor& residual, const torch::Tensor& jacobian) {
          const auto equations = static_cast<std::int64_t>(weights_[range.set].size());
          visit(range.set, residual.view({-1, equations}), jacobian.view({-1, equations, parameters()}));
        });
}

torch::Tensor LeastSquares::push(const torch::Tensor& theta, const torch::Tensor& v) const {
  const at::NoGradGuard no_gradient;
  const BatchStatistics::Linear map = statistics_.at(theta);
  const torch::Tensor direction = map.push(v);
  if (tiles_) return tiles_->push(map.all(), direction);
  std::vector<torch::Tensor> rows;
  for (const Range& range : ranges(points_per_product(problem_)))
    rows.push_back(tile(map.all(), range).push(direction));
  return at::cat(rows);
}

torch::Tensor LeastSquares::pull(const torch::Tensor& theta, const torch::Tensor& w) const {
  const at::NoGradGuard no_gradient;
  const BatchStatistics::Linear map = statistics_.at(theta);
  if (tiles_) return map.pull(tiles_->pull(map.all(), w));
  torch::Tensor result = at::zeros_like(map.all());
  for (const Range& range : ranges(points_per_product(problem_))) {
    const Tile here = tile(map.all(), range);
    result += here.pull(w.narrow(0, range.row, here.residual.size(0)));
  }
  return map.pull(result);
}

torch::Tensor LeastSquares::product(const torch::Tensor& theta, const torch::Tensor& v) const {
  const at::NoGradGuard no_gradient;
  const BatchStatistics::Linear map = statistics_.at(theta);
  const torch::Tensor direction = map.push(v);
  if (tiles_) return map.pull(tiles_->product(map.all(), direction));
  torch::Tensor result = at::zeros_like(map.all());
  for (const Range& range : ranges(points_per_product(problem_))) {
    const Tile here = tile(map.all(), range);
    result += here.pull(here.push(direction));
  }
  return map.pull(result);
}

LeastSquares::Operator LeastSquares::jacobian(const torch::Tensor& theta) const { return Operator(*this, theta); }

LeastSquares::Operator::Operator(const LeastSquares& objective, const torch::Tensor& theta, std::int64_t memory)
    : objective_(objective),
      theta_(theta.detach()),
      map_(objective.statistics_.at(theta_)),
      ranges_(objective.ranges(points_per_product(objective.problem_))),
      kept_(ranges_.size()),
      gradient_(at::zeros_like(theta_)) {
  const at::NoGradGuard no_gradient;
  if (objective_.tiles_) {
    residual_ = objective_.tiles_->residual(map_.all());
    loss_ = objective_.tiles_->gradient(map_.all(), gradient_);
    gradient_ = map_.pull(gradient_);
    return;
  }
  gradient_ = at::zeros_like(map_.all());
  std::vector<torch::Tensor> residuals;
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    Tile tile = objective.tile(map_.all(), ranges_[i]);
    residuals.push_back(tile.residual);
    gradient_ += tile.pull(tile.residual);
    const auto bytes = tile.network.bytes() + static_cast<std::int64_t>(tile.seeds.nbytes());
    if (bytes_ + bytes > memory) continue;
    bytes_ += bytes;
    kept_[i] = std::move(tile);
  }
  gradient_ = map_.pull(gradient_);
  residual_ = at::cat(residuals);
  loss_ = 0.5 * residual_.square().sum().item<double>();
}

void LeastSquares::Operator::for_each_tile(const std::function<void(const Tile&)>& visit) const {
  const at::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    visit(kept_[i] ? *kept_[i] : objective_.tile(map_.all(), ranges_[i]));
  }
}

torch::Tensor LeastSquares::Operator::push(const torch::Tensor& v) const {
  const at::NoGradGuard no_gradient;
  const torch::Tensor direction = map_.push(v);
  if (objective_.tiles_) return objective_.tiles_->push(map_.all(), direction);
  std::vector<torch::Tensor> rows;
  for_each_tile([&](const Tile& tile) { rows.push_back(tile.push(direction)); });
  return at::cat(rows);
}

torch::Tensor LeastSquares::Operator::pull(const torch::Tensor& w) const {
  const at::NoGradGuard no_gradient;
  if (objective_.tiles_) return map_.pull(objective_.tiles_->pull(map_.all(), w));
  torch::Tensor result = at::zeros_like(map_.all());
  for_each_tile([&](const Tile& tile) { result += tile.pull(w.narrow(0, tile.row, tile.residual.size(0))); });
  return map_.pull(result);
}

torch::Tensor LeastSquares::Operator::product(const torch::Tensor& v) const {
  const at::NoGradGuard no_gradient;
  const torch::Tensor direction = map_.push(v);
  if (objective_.tiles_) return map_.pull(objective_.tiles_->product(map_.all(), direction));
  torch::Tensor result = at::zeros_like(map_.all());
  for_each_tile([&](const Tile& tile) { result += tile.pull(tile.push(direction)); });
  return map_.pull(result);
}

torch::Tensor LeastSquares::Operator::kernel() const {
  // The factors are those of the trained parameters with the statistics held.
  const bool at_points = std::ranges::all_of(objective_.points_, [](const auto& set) { return set.per_mean == 1; });
  const bool held = objective_.network().statistics_count() == 0 ||
                    !(objective_.statistics_.is_identity() || objective_.statistics_.is_live());
  if (!at_points || !held || !objective_.network().factorable()) {
    return gram(objective_.linearize(theta_).jacobian.to(at::kDouble), /*of_columns=*/false);
  }
  std::vector<std::vector<RowFactors>> tiles;
  for_each_tile([&](const Tile& tile) { tiles.push_back(tile.network.factors(tile.seeds)); });
  return gram_kernel(tiles);
}

std::vector<double> LeastSquares::mean_squares(const torch::Tensor& all) const {
  // With the balance in it the last bits would follow the conditioning, and a resumed run judge differently.
  std::vector<WeightedPoints> points = points_;
  for (WeightedPoints& set : points) set.balance = torch::Tensor();
  const LeastSquares plain(problem_, std::move(points), std::vector<double>(problem_.residuals().size(), 1.0));
  const torch::Tensor squares = plain.residual(all).square();
  std::vector<double> means;
  std::int64_t row = 0;
  for (std::size_t s = 0; s < points_.size(); ++s) {
    const std::int64_t points = points_[s].weights.size(0) / points_[s].per_mean;
    const auto equations = static_cast<std::int64_t>(weights_[s].size());
    const torch::Tensor sums =
        squares.narrow(0, row, points * equations).view({points, equations}).sum(0).to(at::kCPU, at::kDouble);
    for (std::int64_t e = 0; e < equations; ++e) means.push_back(sums[e].item<double>() / plain.weights_[s][e]);
    row += points * equations;
  }
  return means;
}

}  // namespace nusselt
