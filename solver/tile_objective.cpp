#include "solver/tile_objective.hpp"

#include <utility>

#include "networks/tile_engine.hpp"
#include "solver/lane_residual.hpp"

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
      residuals_.push_back(std::make_unique<LaneResidual<Real>>(residual, points[s], weights[s]));
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
    return r;
  }
  double loss(const torch::Tensor& theta) override { return engine_->loss(numbers(effective(theta))); }
  double gradient(const torch::Tensor& theta, torch::Tensor& gradient) override {
    const torch::Tensor all = at::empty({effective_}, options_);
    const double loss = engine_->gradient(numbers(effective(theta)), numbers(all));
    gradient = network_.pull_back(theta, all);
    return loss;
  }
  torch::Tensor push(const torch::Tensor& theta, const torch::Tensor& v) override {
    torch::Tensor out = at::empty({engine_->rows()}, options_);
    engine_->push(numbers(effective(theta)), numbers(network_.push_forward(theta, v).contiguous()), numbers(out));
    return out;
  }
  torch::Tensor pull(const torch::Tensor& theta, const torch::Tensor& w) override {
    const torch::Tensor out = at::empty({effective_}, options_);
    engine_->pull(numbers(effective(theta)), numbers(w.contiguous()), numbers(out));
    return network_.pull_back(theta, out);
  }
  torch::Tensor product(const torch::Tensor& theta, const torch::Tensor& v) override {
    const torch::Tensor out = at::empty({effective_}, options_);
    engine_->product(numbers(effective(theta)), numbers(network_.push_forward(theta, v).contiguous()), numbers(out));
    return network_.pull_back(theta, out);
  }
  torch::Tensor jacobian(const torch::Tensor& theta, std::size_t set, std::int64_t begin, std::int64_t count,
                         const torch::Tensor& rows) override {
    torch::Tensor r = at::empty({rows.size(0)}, options_);
    if (network_.plain()) {
      engine_->jacobian(numbers(theta.contiguous()), set, begin, count, numbers(r), numbers(rows));
      return r;
    }
    const torch::Tensor all = at::empty({rows.size(0), effective_}, options_);
    engine_->jacobian(numbers(effective(theta)), set, begin, count, numbers(r), numbers(all));
    rows.copy_(network_.pull_back(theta, all));
    return r;
  }
  std::size_t memory() const override { return engine_->memory(); }

 private:
  static Real* numbers(const torch::Tensor& tensor) { return tensor.data_ptr<Real>(); }
  torch::Tensor effective(const torch::Tensor& theta) const {
    const at::NoGradGuard no_gradient;
    return network_.effective(theta).contiguous();
  }

  torch::TensorOptions options_;
  const Network& network_;
  std::int64_t effective_;  // parameters of the engine
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
