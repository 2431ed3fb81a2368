#include "solver/residual_criteria.hpp"

#include <algorithm>
#include <cmath>

namespace nusselt {

namespace {

double smallest_coefficient(const DimensionlessResidual& equation) {
  double smallest = 1;
  for (const DimensionlessResidual::Term& term : equation.terms()) {
    smallest = std::min(smallest, std::abs(term.coefficient));
  }
  return smallest;
}

/// Adds points on the faces of a region, each for half a cell in front of it, a cell being as wide as the points inside
/// are apart.
WeightedPoints with_faces(const WeightedPoints& inside, const Region& region, const Problem& problem, const Case& c) {
  constexpr double share = 0.15;  // on the faces, of the number of points
  const int dimensions = c.box.dimensions();
  const auto count = static_cast<double>(inside.weights.size(0));
  const std::vector<Face> faces = c.domain.boundary(region);
  const int per_face =
      dimensions == 1 ? 1 : std::max(1, static_cast<int>(share * count / static_cast<double>(faces.size())));
  const double half_a_cell = 0.5 / (1 + std::pow(count, 1.0 / dimensions));  // of the extent of the region
  double layer = 0;                                                          // part of it that the faces stand for
  std::vector<torch::Tensor> x = {inside.points.x}, weights = {inside.weights};
  for (const Face& face : faces) {
    const Draw draw{c.settings.seed, "held out on " + face.name(), 0};
    const WeightedPoints on_face =
        problem.on_device(problem.over_inputs(problem.sample(face, "sobol", per_face, draw), draw));
    const double extent = region.box.upper[face.axis] - region.box.lower[face.axis];
    const double part = half_a_cell * extent * c.domain.measure(face) / c.domain.measure(region);
    layer += part;
    x.push_back(on_face.points.x);
    weights.push_back(on_face.weights * part);
  }
  return {{at::cat(x), {}}, at::cat(weights) / (1 + layer)};
}

/// Takes points beyond the first `inside`, which lie on faces, from the mean where a residual of `r` [N, E] has no
/// value.
void leave_out_undefined(WeightedPoints& points, torch::Tensor& r, std::int64_t inside) {
  torch::Tensor defined = at::isfinite(r).all(1);
  defined.narrow(0, 0, inside).fill_(true);
  r = at::where(defined.unsqueeze(1), r, at::zeros_like(r));
  points.weights = points.weights * defined.to(points.weights.dtype());
  points.weights = points.weights / points.weights.sum();
}

}  // namespace

Criterion criterion_of(const std::string& name, double value, double limit) {
  return {name, value, limit, std::isfinite(value) && value <= limit, false};
}

Evaluation judge_residuals(const Case& c, const TermBudget& budget, const Solution& solution) {
  Evaluation evaluation;
  const Problem& problem = solution.problem();
  const Settings& settings = c.settings;
  std::vector<WeightedPoints> held_out =
      problem.draw("sobol", settings.points.held_out, settings.points.boundary, "held out", settings.seed, 0);
  std::size_t index = 0;
  for (std::size_t s = 0; s < problem.sets().size(); ++s) {
    const std::int64_t inside = held_out[s].weights.size(0);
    const bool of_a_region = s < problem.interiors();
    if (of_a_region) held_out[s] = with_faces(held_out[s], c.domain.regions()[s], problem, c);
    torch::Tensor r = problem.evaluate(s, solution.parameters(), held_out[s].points);
    if (of_a_region) leave_out_undefined(held_out[s], r, inside);
    r = held_out[s].means(r);
    const torch::Tensor rms = (r.square() * held_out[s].mean_weights().unsqueeze(1)).sum(0).sqrt().cpu();
    const torch::Tensor largest = r.abs().amax(0).cpu();
    for (std::int64_t e = 0; e < rms.size(0); ++e, ++index) {
      const DimensionlessResidual& residual = problem.residuals()[index];
      evaluation.residuals.push_back({residual.name(), problem.sets()[s].name, rms[e].item<double>(),
                                      largest[e].item<double>(), NAN, residual.scale(), residual.dimension().unit()});
    }
  }
  for (std::size_t i = 0; i < problem.physical_residuals(); ++i) {  // sensors keep their noise
    const ResidualReport& r = evaluation.residuals[i];
    evaluation.criteria.push_back(criterion_of("residual of " + r.name, r.rms, settings.criteria.residual));
  }
  // A residual is measured in its largest reference term. Where the references are far too large all terms that matter
  // are small, and so is the residual of any field: it must be small beside the terms of the solution itself as well,
  // or beside the smallest coefficient where the solution has no such terms.
  std::vector<torch::Tensor> by_region;
  std::int64_t equation = 0;
  for (std::size_t set = 0; set < problem.interiors(); ++set) {
    const auto count = static_cast<std::int64_t>(problem.sets()[set].names.size());
    const torch::Tensor all = budget.sizes(solution, held_out[set].points).narrow(1, equation, count);
    const torch::Tensor weights = held_out[set].weights.unsqueeze(1);
    const torch::Tensor counted = at::where(weights > 0, all, at::zeros_like(all));
    by_region.push_back((counted.square() * weights).sum(0).sqrt());
    equation += count;
  }
  const torch::Tensor sizes = at::cat(by_region).to(at::kCPU);
  for (std::size_t e = 0; e < c.equations.size(); ++e) {
    const auto size = sizes[static_cast<std::int64_t>(e)].item<double>();
    evaluation.residuals[e].term_budget = size > 0 ? evaluation.residuals[e].rms / size : 0;
    const double yardstick = std::max(size, smallest_coefficient(c.equations[e]));
    evaluation.criteria.push_back(criterion_of("residual/terms of " + c.equations[e].name(),
                                               evaluation.residuals[e].rms / yardstick, settings.criteria.terms));
  }
  return evaluation;
}

}  // namespace nusselt
