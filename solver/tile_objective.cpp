#include "solver/tile_objective.hpp"

#include <utility>

#include "networks/tile_engine.hpp"
#include "solver/lane_residual.hpp"
#include "solver/row_sums.hpp"

namespace nusselt {

namespace {

template <class Real>
class Tiles final : public TileObjective {
 public:
  Tiles(const Problem& problem, const std::vector<WeightedPoints>& points,
        const std::vector<std::vector<double>>& weights, int threads)
      : options_(problem.options()), network_(problem.network()), effective_(network_.layout().effective_count) {
    std::vector<TileSet<Real>> sets;
    for (std::size_t s = 0; s < points.size(); ++s) {
      const CompiledResidual& residual = problem.sets()[s].residual;
      x_.push_back(points[s].points.x.contiguous());
      WeightedPoints weighted = points[s];
      weighted.weights = weighted.row_weights().contiguous();
      residuals_.push_back(std::make_unique<LaneResidual<Real>>(residual, weighted, weights[s]));
      blocks_.push_back({x_.back().size(0), static_cast<std::int64_t>(weights[s].size()), points[s].per_mean});
      has_means_ = has_means_ || points[s].per_mean > 1;
      sets.push_back({numbers(x_.back()), x_.back().size(0), residual.spec(), residuals_.back().get()});
    }
    typename TileEngine<Real>::Options options;
    options.instructions = instruction_set_named(problem.engine().instructions);
    options.threads = threads;
    engine_ = std::make_unique<TileEngine<Real>>(problem.network(), sets, options);
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
    rows.copy_(network_.pull_back(theta, summed(all, per_mean, equations)));
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
  const Network& network_;
  std::int64_t effective_;     // parameters of the engine
  std::vector<Block> blocks_;  // of rows, one for each set
  bool has_means_ = false;
  std::vector<torch::Tensor> x_;
  std::vector<std::unique_ptr<LaneResidual<Real>>> residuals_;
  std::unique_ptr<TileEngine<Real>> engine_;
};

}  // namespace

std::unique_ptr<TileObjective> make_tile_objective(const Problem& problem, const std::vector<WeightedPoints>& points,
                                                   const std::vector<std::vector<double>>& weights, int threads) {
  if (problem.options().dtype() == at::kFloat) {
    return std::make_unique<Tiles<float>>(problem, points, weights, threads);
  }
  return std::make_unique<Tiles<double>>(problem, points, weights, threads);
}

}  // namespace nusselt
