#include "solver/problem.hpp"

#include <algorithm>

#include "networks/tile_engine.hpp"
#include "solver/device.hpp"

namespace nusselt {

namespace {

std::vector<Expression> expressions_of(const std::vector<DimensionlessResidual>& residuals) {
  std::vector<Expression> expressions;
  for (const DimensionlessResidual& residual : residuals) expressions.push_back(residual.expression());
  return expressions;
}

std::vector<std::string> names_of(const std::vector<DimensionlessResidual>& residuals) {
  std::vector<std::string> names;
  for (const DimensionlessResidual& residual : residuals) names.push_back(residual.name());
  return names;
}

/// Why the tile engine cannot serve; empty where it can.
std::string refusal(const NetworkSettings& network, const std::vector<ResidualSet>& sets,
                    const torch::TensorOptions& options) {
  if (options.device().is_cuda()) return "the tile engine computes on a processor, not on a GPU";
  const auto why = options.dtype() == at::kFloat ? TileEngine<float>::refusal : TileEngine<double>::refusal;
  for (const ResidualSet& set : sets) {
    const std::string reason = why(network, set.residual.spec());
    if (!reason.empty()) return reason;
  }
  return {};
}

Engine choose_engine(const Case& c, const std::string& refusal) {
  const std::string& wanted = c.settings.engine;
  if (wanted == "libtorch") return {"libtorch", "", "the case asks for it"};
  if (refusal.empty()) {
    return {"tile", resolve_instructions(c.settings.instructions),
            wanted == "tile" ? "the case asks for it" : "it serves this network"};
  }
  if (wanted == "auto") return {"libtorch", "", refusal};
  const Node* const key = c.document.root().find("engine");
  throw InputError(key != nullptr ? key->place : c.document.root().place,
                   "engine: the tile engine cannot serve this case: " + refusal, "use engine=auto or engine=libtorch");
}

}  // namespace

Problem::Problem(const Case& c, const torch::TensorOptions& options)
    : options_(options), axes_(c.box.axes), box_{c.scaled_lower(), c.scaled_upper()}, network_(c.settings.network) {
  std::vector<Expression> equations = expressions_of(c.equations);
  for (std::size_t e = 0; e < equations.size(); ++e) equations[e] = c.residual_factors[e] * equations[e];
  sets_.push_back({"interior", std::nullopt, CompiledResidual(equations, c.trials, axes_), names_of(c.equations),
                   std::vector<double>(c.equations.size(), 1.0)});
  residuals_ = c.equations;
  for (const Face& face : c.box.faces()) {
    std::vector<DimensionlessResidual> here;
    std::vector<double> weights;
    for (const SoftCondition& soft : c.soft_conditions) {
      if (soft.face != face) continue;
      here.push_back(soft.residual);
      weights.push_back(soft.weight);
    }
    if (here.empty()) continue;
    sets_.push_back(
        {face.name(), face, CompiledResidual(expressions_of(here), c.trials, axes_), names_of(here), weights});
    residuals_.insert(residuals_.end(), here.begin(), here.end());
  }
  engine_ = choose_engine(c, refusal(network_.settings(), sets_, options_));
}

WeightedPoints Problem::on_device(const PointSet& set, const std::optional<Face>& face) const {
  const auto cpu = at::TensorOptions().dtype(at::kDouble);
  WeightedPoints result;
  result.points.x = at::tensor(set.x, cpu).view({set.size(), set.dimensions}).to(options_);
  result.weights = at::tensor(set.weights, cpu).to(options_);
  if (face) {
    torch::Tensor normal = at::zeros({set.size(), set.dimensions}, options_);
    for (int axis = 0, active = 0; axis < axis_count; ++axis) {
      if (!axes_[axis]) continue;
      if (axis == face->axis) normal.select(1, active).fill_(face->sign());
      ++active;
    }
    result.points.normal = normal;
  }
  return result;
}

std::vector<WeightedPoints> Problem::draw(const std::string& sampler, int interior, int boundary,
                                          const std::string& purpose, std::uint64_t seed, std::uint64_t number,
                                          double on_boundary) const {
  std::vector<WeightedPoints> drawn;
  for (const ResidualSet& set : sets_) {
    const Draw how{seed, purpose + " " + set.name, number};
    if (!set.face) {
      drawn.push_back(on_device(sample_closed_box(sampler, box_, interior, on_boundary, how), std::nullopt));
      continue;
    }
    int active = 0;
    for (int axis = 0; axis < set.face->axis; ++axis) active += axes_[axis] ? 1 : 0;
    drawn.push_back(on_device(sample_face(sampler, box_, active, set.face->upper, boundary, how), set.face));
  }
  return drawn;
}

torch::Tensor Problem::evaluate(std::size_t set, const torch::Tensor& theta, const Points& points) const {
  const at::NoGradGuard no_gradient;
  const CompiledResidual& residual = sets_[set].residual;
  return residual.values(points, network_.jet(theta, points.x, residual.spec()));
}

}  // namespace nusselt
