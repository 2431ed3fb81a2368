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
      : options_(problem.options()), parameters_(problem.network().parameter_count()) {
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
    engine_->residual(numbers(theta.contiguous()), numbers(r));
    return r;
  }
  double loss(const torch::Tensor& theta) override { return engine_->loss(numbers(theta.contiguous())); }
  double gradient(const torch::Tensor& theta, torch::Tensor& gradient) override {
    gradient = at::empty({parameters_}, options_);
    return engine_->gradient(numbers(theta.contiguous()), numbers(gradient));
  }
  torch::Tensor push(const torch::Tensor& theta, const torch::Tensor& v) override {
    torch::Tensor out = at::empty({engine_->rows()}, options_);
    engine_->push(numbers(theta.contiguous()), numbers(v.contiguous()), numbers(out));
    return out;
  }
  torch::Tensor pull(const torch::Tensor& theta, const torch::Tensor& w) override {
    torch::Tensor out = at::empty({parameters_}, options_);
    engine_->pull(numbers(theta.contiguous()), numbers(w.contiguous()), numbers(out));
    return out;
  }
  torch::Tensor product(const torch::Tensor& theta, const torch::Tensor& v) override {
    torch::Tensor out = at::empty({parameters_}, options_);
    engine_->product(numbers(theta.contiguous()), numbers(v.contiguous()), numbers(out));
    return out;
  }
  torch::Tensor jacobian(const torch::Tensor& theta, std::size_t set, std::int64_t begin, std::int64_t count,
                         const torch::Tensor& rows) override {
    torch::Tensor r = at::empty({rows.size(0)}, options_);
    engine_->jacobian(numbers(theta.contiguous()), set, begin, count, numbers(r), numbers(rows));
    return r;
  }
  std::size_t memory() const override { return engine_->memory(); }

 private:
  static Real* numbers(const torch::Tensor& tensor) { return tensor.data_ptr<Real>(); }

  torch::TensorOptions options_;
  std::int64_t parameters_;
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
