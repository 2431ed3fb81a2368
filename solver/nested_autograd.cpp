#include "solver/nested_autograd.hpp"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace nusselt {

namespace {

using Kind = Expression::Kind;

torch::Tensor as_tensor(const Tape::Value<torch::Tensor>& value, const torch::Tensor& like) {
  if (std::holds_alternative<torch::Tensor>(value)) return std::get<torch::Tensor>(value);
  return at::full_like(like, std::get<double>(value));
}

bool is_number(const Tape::Value<torch::Tensor>& value, double number) {
  return std::holds_alternative<double>(value) && std::get<double>(value) == number;
}

}  // namespace

/// The fields at some points and those of their derivatives that were asked for.
class NestedAutograd::Fields {
 public:
  Fields(const NestedAutograd& nested, const torch::Tensor& theta, const Points& points)
      : nested_(nested), normal_(points.normal), x_(points.x.detach().clone().requires_grad_(true)) {
    for (int axis = 0; axis < axis_count; ++axis) {
      position_[axis] = axis == 0 ? 0 : position_[axis - 1] + (nested.problem_.axes()[axis - 1] ? 1 : 0);
    }
    const torch::Tensor outputs = nested.problem_.network().values(theta, x_);
    for (std::size_t h = 0; h < nested.trials_.size(); ++h) {
      const Tape& tape = nested.trials_[h].tape;
      const auto parts = tape.run(inputs(tape));
      torch::Tensor field = outputs.select(1, static_cast<std::int64_t>(h));
      if (!is_number(parts[1], 1)) field = field * as_tensor(parts[1], field);
      if (!is_number(parts[0], 0)) field = field + as_tensor(parts[0], field);
      fields_.push_back(field);
    }
  }

  std::vector<torch::Tensor> inputs(const Tape& tape) {
    std::vector<torch::Tensor> values;
    for (const Expression& leaf : tape.inputs()) values.push_back(value(leaf));
    return values;
  }

 private:
  torch::Tensor value(const Expression& leaf) {
    switch (leaf.kind()) {
      case Kind::coordinate:
        return x_.select(1, position_[leaf.axis()]);
      case Kind::normal:
        return normal_.select(1, position_[leaf.axis()]);
      case Kind::field: {
        const auto trial = std::find_if(nested_.trials_.begin(), nested_.trials_.end(),
                                        [&](const Trial& t) { return t.field == leaf.name(); });
        return derivative(static_cast<std::size_t>(trial - nested_.trials_.begin()), leaf.index());
      }
      default:
        throw std::invalid_argument("no value at the points is known for " + to_string(leaf));
    }
  }

  torch::Tensor derivative(std::size_t field, MultiIndex index) {
    int axis = axis_count - 1;
    while (axis >= 0 && index[axis] == 0) --axis;
    if (axis < 0) return fields_[field];
    --index[axis];
    torch::Tensor& gradient = gradients_[{field, index}];
    // One point knows nothing of another: the gradient of the sum holds every point's own.
    if (!gradient.defined()) {
      const torch::Tensor y = derivative(field, index);
      gradient = torch::autograd::grad({y}, {x_}, {at::ones_like(y)}, /*retain_graph=*/true, /*create_graph=*/true)[0];
    }
    return gradient.select(1, position_[axis]);
  }

  const NestedAutograd& nested_;
  torch::Tensor normal_;
  torch::Tensor x_;
  std::array<int, axis_count> position_{};  // of an axis among the active ones
  std::vector<torch::Tensor> fields_;
  std::map<std::pair<std::size_t, MultiIndex>, torch::Tensor> gradients_;
};

NestedAutograd::NestedAutograd(const Case& the_case, const Problem& problem) : problem_(problem) {
  std::size_t residual = 0;
  for (const ResidualSet& set : problem.sets()) {
    sets_.push_back({set.weights, {}});
    for (int e = 0; e < set.residual.size(); ++e) {
      sets_.back().tape.add(in_trial_fields(problem.residuals()[residual++].expression(), the_case.trials));
    }
  }
  for (const TrialField& trial : the_case.trials) {
    trials_.push_back({trial.field, {}});
    trials_.back().tape.add(trial.lift);
    trials_.back().tape.add(trial.distance);
  }
}

torch::Tensor NestedAutograd::residuals(std::size_t set, const torch::Tensor& theta, const Points& points) const {
  const at::AutoGradMode grad_mode(true);
  const Tape& tape = sets_[set].tape;
  Fields fields(*this, theta, points);
  const auto results = tape.run(fields.inputs(tape));
  std::vector<torch::Tensor> columns;
  for (const auto& result : results) columns.push_back(as_tensor(result, points.x.select(1, 0)));
  return at::stack(columns, 1);
}

NestedAutograd::Gradient NestedAutograd::gradient(const torch::Tensor& theta, const std::vector<WeightedPoints>& points,
                                                  std::int64_t chunk) const {
  const at::AutoGradMode grad_mode(true);
  const torch::Tensor leaf = theta.detach().clone().requires_grad_(true);
  Gradient result{0, at::zeros_like(theta)};
  for (std::size_t s = 0; s < sets_.size(); ++s) {
    const torch::Tensor weights = at::tensor(sets_[s].weights, theta.options());
    const std::int64_t count = points[s].weights.size(0);
    const std::int64_t together = points[s].per_mean == 1 ? chunk : count;  // means in one piece
    for (std::int64_t begin = 0; begin < count; begin += together) {
      const std::int64_t size = std::min(together, count - begin);
      Points here{points[s].points.x.narrow(0, begin, size), {}};
      if (points[s].points.normal.defined()) here.normal = points[s].points.normal.narrow(0, begin, size);
      const WeightedPoints part{here, points[s].weights.narrow(0, begin, size), {}, points[s].per_mean};
      const torch::Tensor r = part.means(residuals(s, leaf, here));
      const torch::Tensor w = part.mean_weights().unsqueeze(1) * weights;
      const torch::Tensor loss = 0.5 * (r.square() * w).sum();
      result.gradient += torch::autograd::grad({loss}, {leaf})[0];
      result.loss += loss.item<double>();
    }
  }
  return result;
}

}  // namespace nusselt
