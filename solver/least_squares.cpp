#include "solver/least_squares.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "solver/dense.hpp"

namespace nusselt {

namespace {

// Points per adjoint sweep: the sweep's working memory is a multiple of points * equations * channels * width.
constexpr std::int64_t tile = 1024;

std::uint64_t next_identity() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

LeastSquares::LeastSquares(const Problem& problem, std::vector<WeightedPoints> points, std::vector<double> balance)
    : identity_(next_identity()), problem_(problem), points_(std::move(points)) {
  std::size_t residual = 0;
  for (std::size_t s = 0; s < problem_.sets().size(); ++s) {
    const ResidualSet& set = problem_.sets()[s];
    std::vector<torch::Tensor> columns;
    for (double weight : set.weights) columns.push_back((points_[s].weights * (weight * balance[residual++])).sqrt());
    row_factors_.push_back(at::stack(columns, 1));
    rows_ += row_factors_.back().numel();
  }
}

torch::Tensor LeastSquares::weighted(std::size_t set, const torch::Tensor& residuals) const {
  return residuals * row_factors_[set];
}

torch::Tensor LeastSquares::residual(const torch::Tensor& theta) const {
  std::vector<torch::Tensor> rows;
  for (std::size_t s = 0; s < points_.size(); ++s) {
    rows.push_back(weighted(s, problem_.evaluate(s, theta, points_[s].points)).reshape({-1}));
  }
  return at::cat(rows);
}

double LeastSquares::loss(const torch::Tensor& theta) const {
  return 0.5 * residual(theta).square().sum().item<double>();
}

LeastSquares::Gradient LeastSquares::gradient(const torch::Tensor& theta) const {
  const at::NoGradGuard no_gradient;
  Gradient result{0, at::zeros_like(theta)};
  for (std::size_t s = 0; s < points_.size(); ++s) {
    const CompiledResidual& residual = problem_.sets()[s].residual;
    const Points& points = points_[s].points;
    const Linearization network = problem_.network().linearize(theta, points.x, residual.spec());
    const torch::Tensor r = weighted(s, residual.values(points, network.jet()));
    result.loss += 0.5 * r.square().sum().item<double>();
    const torch::Tensor pull = (r * row_factors_[s]).unsqueeze(-1).unsqueeze(-1);  // [N, E, 1, 1]
    result.gradient += network.adjoint((residual.seeds(points, network.jet()) * pull).sum(1));
  }
  return result;
}

template <class Where, class Visit>
void LeastSquares::sweep(const torch::Tensor& theta, const Where& where, const Visit& visit) const {
  std::int64_t row = 0;
  for (std::size_t s = 0; s < points_.size(); ++s) {
    const CompiledResidual& residual = problem_.sets()[s].residual;
    const std::int64_t count = points_[s].weights.size(0);
    for (std::int64_t begin = 0; begin < count; begin += tile) {
      const std::int64_t size = std::min(tile, count - begin);
      Points points{points_[s].points.x.narrow(0, begin, size), {}};
      if (points_[s].points.normal.defined()) points.normal = points_[s].points.normal.narrow(0, begin, size);
      const torch::Tensor factors = row_factors_[s].narrow(0, begin, size);
      const Linearization network = problem_.network().linearize(theta, points.x, residual.spec());
      const torch::Tensor seeds = residual.seeds(points, network.jet()) * factors.unsqueeze(-1).unsqueeze(-1);
      const std::int64_t rows = size * residual.size();
      const torch::Tensor jacobian = where(row, rows);
      network.jacobian(seeds, jacobian.view({size, residual.size(), parameters()}));
      visit(row, (residual.values(points, network.jet()) * factors).reshape({rows}), jacobian);
      row += rows;
    }
  }
}

LeastSquares::Linear LeastSquares::linearize(const torch::Tensor& theta) const {
  const at::NoGradGuard no_gradient;
  if (!jacobian_.defined()) jacobian_ = at::empty({rows_, parameters()}, theta.options());
  Linear result{0, at::empty({rows_}, theta.options()), jacobian_};
  sweep(
      theta, [&](std::int64_t first, std::int64_t rows) { return jacobian_.narrow(0, first, rows); },
      [&](std::int64_t first, const torch::Tensor& residual, const torch::Tensor&) {
        result.residual.narrow(0, first, residual.size(0)).copy_(residual);
      });
  result.loss = 0.5 * result.residual.square().sum().item<double>();
  return result;
}

LeastSquares::NormalEquations LeastSquares::normal_equations(const torch::Tensor& theta) const {
  const at::NoGradGuard no_gradient;
  NormalEquations result{0, at::empty({rows_}, theta.options()), at::zeros({parameters()}, theta.options()),
                         at::zeros({parameters(), parameters()}, theta.options())};
  torch::Tensor memory;
  sweep(
      theta,
      [&](std::int64_t, std::int64_t rows) {
        if (!memory.defined() || memory.size(0) < rows) memory = at::empty({rows, parameters()}, theta.options());
        return memory.narrow(0, 0, rows);
      },
      [&](std::int64_t first, const torch::Tensor& residual, const torch::Tensor& jacobian) {
        result.residual.narrow(0, first, residual.size(0)).copy_(residual);
        result.gradient += at::mv(jacobian.t(), residual);
        add_gram(result.matrix, jacobian);
      });
  result.loss = 0.5 * result.residual.square().sum().item<double>();
  return result;
}

torch::Tensor LeastSquares::pull(const torch::Tensor& theta, const torch::Tensor& w) const {
  const at::NoGradGuard no_gradient;
  torch::Tensor result = at::zeros_like(theta);
  std::int64_t row = 0;
  for (std::size_t s = 0; s < points_.size(); ++s) {
    const CompiledResidual& residual = problem_.sets()[s].residual;
    const Points& points = points_[s].points;
    const Linearization network = problem_.network().linearize(theta, points.x, residual.spec());
    const torch::Tensor here = w.narrow(0, row, row_factors_[s].numel()).view_as(row_factors_[s]) * row_factors_[s];
    result += network.adjoint((residual.seeds(points, network.jet()) * here.unsqueeze(-1).unsqueeze(-1)).sum(1));
    row += row_factors_[s].numel();
  }
  return result;
}

std::vector<double> LeastSquares::mean_squares(const torch::Tensor& theta) const {
  std::vector<double> means;
  for (std::size_t s = 0; s < points_.size(); ++s) {
    const torch::Tensor r = problem_.evaluate(s, theta, points_[s].points);
    const torch::Tensor mean = (r.square() * points_[s].weights.unsqueeze(1)).sum(0).to(at::kCPU, at::kDouble);
    for (std::int64_t e = 0; e < mean.size(0); ++e) means.push_back(mean[e].item<double>());
  }
  return means;
}

}  // namespace nusselt
