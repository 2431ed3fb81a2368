#include "solver/compiled_residual.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>

namespace nusselt {

namespace {

using Kind = Expression::Kind;

// Leaves of the compiled expressions: columns whose name says which slot of the jet they are.
std::string slot_name(int channel, int output) { return std::to_string(channel) + ":" + std::to_string(output); }

Expression slot(int channel, int output) { return Expression::column(slot_name(channel, output), Dimension()); }

/// The axes of a derivative, numbered among the active axes, ascending: one entry per order of differentiation.
using AxisList = std::vector<int>;

struct OutputLeaf {
  int output;
  AxisList axes;
};

class Outputs {
 public:
  Outputs(const std::vector<TrialField>& trials, const std::vector<Axis>& axes) : axes_(axes) {
    for (const TrialField& trial : trials) names_.push_back("N_" + trial.field);
  }
  const std::string& name(std::size_t output) const { return names_[output]; }

  std::optional<OutputLeaf> leaf(const Expression& e) const {
    if (e.kind() != Kind::field) return std::nullopt;
    const auto found = std::find(names_.begin(), names_.end(), e.name());
    if (found == names_.end()) return std::nullopt;
    OutputLeaf leaf{static_cast<int>(found - names_.begin()), {}};
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      for (int n = 0; n < e.index()[axes_[i]]; ++n) leaf.axes.push_back(static_cast<int>(i));
    }
    return leaf;
  }

 private:
  std::vector<Axis> axes_;
  std::vector<std::string> names_;
};

/// The derivatives of the highest order of one output in one expression, by their coefficients.
using Coefficients = std::map<AxisList, Expression>;

/// A channel of the highest order: derivatives with constant weights.
using Channel = std::map<AxisList, double>;

/// Constant ratios of the coefficients to the first of them; nothing where they vary from point to point.
std::optional<Channel> constant_ratios(const Coefficients& coefficients) {
  Channel ratios;
  const Expression& reference = coefficients.begin()->second;
  for (const auto& [axes, coefficient] : coefficients) {
    const Expression ratio = coefficient / reference;
    if (!ratio.is_number()) return std::nullopt;
    ratios[axes] = ratio.value();
  }
  return ratios;
}

template <class Element>
int position(std::vector<Element>& elements, const Element& wanted) {
  const auto found = std::find(elements.begin(), elements.end(), wanted);
  if (found != elements.end()) return static_cast<int>(found - elements.begin());
  elements.push_back(wanted);
  return static_cast<int>(elements.size()) - 1;
}

/// `highest`: the channels of the order `order`. `second`: second derivatives below a third order.
JetSpec spec_of(int dimensions, int order, const std::vector<Channel>& highest, const std::vector<AxisList>& second) {
  if (order == 0) return JetSpec::values(dimensions);
  if (order == 1) return JetSpec::first_order(dimensions);
  std::vector<SecondOrder> seconds;
  std::vector<ThirdOrder> thirds;
  for (const AxisList& axes : second) seconds.push_back(SecondOrder::derivative(axes[0], axes[1]));
  for (const Channel& channel : highest) {
    if (order == 2) seconds.emplace_back();
    if (order == 3) thirds.emplace_back();
    for (const auto& [axes, weight] : channel) {
      if (order == 2) seconds.back().terms.push_back({axes[0], axes[1], weight});
      if (order == 3) thirds.back().terms.push_back({axes[0], axes[1], axes[2], weight});
    }
  }
  return order == 2 ? JetSpec::second_order(dimensions, seconds) : JetSpec::third_order(dimensions, seconds, thirds);
}

}  // namespace

Points Points::narrow(std::int64_t begin, std::int64_t size) const {
  const auto part = [&](const torch::Tensor& all) { return all.defined() ? all.narrow(0, begin, size) : all; };
  return {part(x), part(normal), part(data)};
}

Points Points::index_select(const torch::Tensor& index) const {
  const auto part = [&](const torch::Tensor& all) { return all.defined() ? all.index_select(0, index) : all; };
  return {part(x), part(normal), part(data)};
}

CompiledResidual::CompiledResidual(const std::vector<Expression>& expressions, const std::vector<TrialField>& trials,
                                   const Axes& axes, std::vector<std::string> inputs, std::vector<std::string> data)
    : inputs_(std::move(inputs)),
      data_(std::move(data)),
      size_(static_cast<int>(expressions.size())),
      outputs_(static_cast<int>(trials.size())) {
  for (int axis = 0; axis < axis_count; ++axis) {
    if (axes[axis]) axes_.push_back(static_cast<Axis>(axis));
  }
  const Outputs outputs(trials, axes_);
  std::vector<Expression> in_outputs;
  for (const Expression& expression : expressions) {
    Expression result = in_trial_fields(expression, trials);
    for (std::size_t i = 0; i < trials.size(); ++i) {
      const Expression output =
          Expression::field(outputs.name(i), Dimension(), trials[i].is_constant ? Axes{} : axes, true);
      result = substitute_field(result, trials[i].field, trials[i].lift + trials[i].distance * output);
    }
    in_outputs.push_back(result);
  }

  // Which derivatives of the highest order occur, with which coefficients: per expression and output.
  int order = 0;
  std::vector<AxisList> below;  // second derivatives below a third order
  const auto for_each_leaf = [&](const auto& visit) {
    for (int e = 0; e < size_; ++e) {
      for (const Expression& leaf : leaves(in_outputs[e])) {
        if (const auto output = outputs.leaf(leaf)) visit(e, leaf, *output);
      }
    }
  };
  for_each_leaf([&](int, const Expression& leaf, const OutputLeaf& output) {
    order = std::max(order, static_cast<int>(output.axes.size()));
    if (output.axes.size() > 3) {
      throw std::invalid_argument("derivatives beyond the third order are not supported: " + to_string(leaf));
    }
  });
  const auto highest = static_cast<std::size_t>(std::max(order, 2));
  bool collapsible = true;
  std::vector<Channel> single;
  std::vector<Channel> collapsed;
  std::map<std::pair<int, int>, Coefficients> members_of;
  for_each_leaf([&](int e, const Expression& leaf, const OutputLeaf& output) {
    if (output.axes.size() == 2 && highest == 3) position(below, output.axes);
    if (output.axes.size() != highest) return;
    position(single, Channel{{output.axes, 1.0}});
    const Expression coefficient = partial(in_outputs[e], leaf);
    for (const Expression& inner : leaves(coefficient)) {
      const auto nested = outputs.leaf(inner);
      if (nested && nested->axes.size() == highest) collapsible = false;  // a product of derivatives
    }
    members_of[{e, output.output}].emplace(output.axes, coefficient);
  });
  std::map<std::pair<int, int>, int> channel_of_output;
  for (const auto& [where, coefficients] : members_of) {
    const auto ratios = constant_ratios(coefficients);
    if (!ratios) collapsible = false;
    if (!collapsible) break;
    channel_of_output[where] = position(collapsed, *ratios);
  }
  const bool collapse = collapsible && collapsed.size() < single.size();
  const int dimensions = static_cast<int>(axes_.size() + inputs_.size());
  spec_ = spec_of(dimensions, order, collapse ? collapsed : single, below);
  const auto highest_channel = [&](int index) {
    return order == 2 ? spec_.second_channel(index) : spec_.third_channel(index);
  };

  // Leaves of the outputs become slots of the jet. A collapsed channel stands for its first member, the others vanish:
  // A * (w_1 d_1 + w_2 d_2 + ...) with w_1 = 1 is A * channel.
  for (int e = 0; e < size_; ++e) {
    const Expression compiled = transform(in_outputs[e], [&](const Expression& leaf) -> std::optional<Expression> {
      const auto output = outputs.leaf(leaf);
      if (!output) return std::nullopt;
      if (output->axes.empty()) return slot(0, output->output);
      if (output->axes.size() == 1) return slot(spec_.first_channel(output->axes[0]), output->output);
      if (output->axes.size() < highest) {
        return slot(spec_.second_channel(output->axes[0], output->axes[1]), output->output);
      }
      if (!collapse) {
        return slot(highest_channel(position(single, Channel{{output->axes, 1.0}})), output->output);
      }
      const Coefficients& members = members_of.at({e, output->output});
      if (output->axes != members.begin()->first) return Expression::zero();
      return slot(highest_channel(channel_of_output.at({e, output->output})), output->output);
    });
    values_.add(compiled);
    for (int channel = 0; channel < spec_.channels(); ++channel) {
      for (int output = 0; output < outputs_; ++output) {
        const Expression sensitivity = partial(compiled, slot(channel, output));
        if (sensitivity.is_zero()) continue;
        derivatives_.add(sensitivity);
        slots_.push_back({e, channel, output});
      }
    }
  }
  value_sources_ = resolve(values_);
  derivative_sources_ = resolve(derivatives_);

  std::vector<int> every_equation(size_);
  std::iota(every_equation.begin(), every_equation.end(), 0);
  std::vector<int> slot_equations;
  for (const Slot& slot : slots_) slot_equations.push_back(slot.equation);
  const LaneProgram::Part values{values_, value_sources_, every_equation};
  value_program_ = LaneProgram({values});
  linear_program_ = LaneProgram({values, {derivatives_, derivative_sources_, slot_equations}});
}

std::vector<CompiledResidual::Source> CompiledResidual::resolve(const Tape& tape) const {
  std::vector<Source> sources;
  for (const Expression& leaf : tape.inputs()) {
    const auto input = std::find(inputs_.begin(), inputs_.end(), leaf.kind() == Kind::column ? leaf.name() : "");
    if (input != inputs_.end()) {
      sources.push_back(
          {Source::From::coordinate, static_cast<int>(axes_.size()) + static_cast<int>(input - inputs_.begin())});
      continue;
    }
    const auto data = std::find(data_.begin(), data_.end(), leaf.kind() == Kind::column ? leaf.name() : "");
    if (data != data_.end()) {
      sources.push_back({Source::From::data, static_cast<int>(data - data_.begin())});
    } else if (leaf.kind() == Kind::column) {
      const std::size_t colon = leaf.name().find(':');
      const int channel = std::stoi(leaf.name().substr(0, colon));
      sources.push_back({Source::From::jet, channel * outputs_ + std::stoi(leaf.name().substr(colon + 1))});
    } else if (leaf.kind() == Kind::coordinate || leaf.kind() == Kind::normal) {
      const auto axis = std::find(axes_.begin(), axes_.end(), leaf.axis());
      sources.push_back({leaf.kind() == Kind::normal ? Source::From::normal : Source::From::coordinate,
                         static_cast<int>(axis - axes_.begin())});
    } else {
      throw std::invalid_argument("no value at the points is known for " + to_string(leaf));
    }
  }
  return sources;
}

std::vector<torch::Tensor> CompiledResidual::gather(const std::vector<Source>& sources, const Points& points,
                                                    const torch::Tensor& jet) const {
  std::vector<torch::Tensor> inputs;
  inputs.reserve(sources.size());
  for (const Source& source : sources) {
    if (source.from == Source::From::jet) {
      inputs.push_back(jet.select(1, source.index / outputs_).select(1, source.index % outputs_));
    } else {
      inputs.push_back((source.from == Source::From::normal ? points.normal
                        : source.from == Source::From::data ? points.data
                                                            : points.x)
                           .select(1, source.index));
    }
  }
  return inputs;
}

torch::Tensor CompiledResidual::values(const Points& points, const torch::Tensor& jet) const {
  const auto results = values_.run(gather(value_sources_, points, jet));
  std::vector<torch::Tensor> columns;
  for (const auto& result : results) {
    columns.push_back(std::holds_alternative<double>(result)
                          ? at::full({jet.size(0)}, std::get<double>(result), jet.options())
                          : std::get<torch::Tensor>(result));
  }
  return at::stack(columns, 1);
}

torch::Tensor CompiledResidual::seeds(const Points& points, const torch::Tensor& jet) const {
  const auto results = derivatives_.run(gather(derivative_sources_, points, jet));
  torch::Tensor seeds = at::zeros({jet.size(0), size_, spec_.channels(), outputs_}, jet.options());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    torch::Tensor target = seeds.select(1, slots_[i].equation).select(1, slots_[i].channel).select(1, slots_[i].output);
    if (std::holds_alternative<double>(results[i])) {
      target.fill_(std::get<double>(results[i]));
    } else {
      target.copy_(std::get<torch::Tensor>(results[i]));
    }
  }
  return seeds;
}

}  // namespace nusselt
