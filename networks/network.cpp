// What a network is: its parts, its initial parameters, and the reference evaluation.
#include "networks/network.hpp"

#include <cmath>
#include <stdexcept>
#include <utility>

#include "networks/layout/reference_points.hpp"
#include "networks/network_parts.hpp"
#include "networks/normal_generator.hpp"
#include "networks/registry.hpp"

namespace nusselt {

using torch::Tensor;

namespace {

void require_box(const NetworkSettings& settings, const std::string& of, const std::vector<double>& lower,
                 const std::vector<double>& upper) {
  const auto inputs = static_cast<std::size_t>(settings.inputs);
  if (lower.size() != inputs || upper.size() != inputs) {
    throw std::invalid_argument("the box of " + of + " with " + std::to_string(inputs) + " inputs has " +
                                std::to_string(lower.size()) + " lower and " + std::to_string(upper.size()) +
                                " upper bounds");
  }
  for (std::size_t axis = 0; axis < inputs; ++axis) {
    const double extent = upper[axis] - lower[axis];
    if (!(extent > 0.0) || !std::isfinite(extent)) {
      throw std::invalid_argument("the box of " + of + " must have a positive extent along each axis; along axis " +
                                  std::to_string(axis) + " it runs from " + std::to_string(lower[axis]) + " to " +
                                  std::to_string(upper[axis]));
    }
  }
}

const NetworkSettings& checked(const NetworkSettings& settings, const std::vector<Subnetwork>& parts) {
  require_sensible(settings);
  require_box(settings, "a network", settings.lower, settings.upper);
  for (const Subnetwork& part : parts) {
    if (!part.lower.empty() || !part.upper.empty())
      require_box(settings, "the part " + part.name + " of a network", part.lower, part.upper);
  }
  return settings;
}

}  // namespace

NetworkParts::NetworkParts(const NetworkSettings& given, const std::vector<Subnetwork>& parts)
    : settings(checked(given, parts)),
      subnetworks(parts),
      activation(find_activation(settings.activation)),
      norm(make_norm(settings.norm, {settings.norm_eps, settings.norm_groups})),
      layout(settings, parts),
      parametrization(settings, parts, layout, find_reparam(settings.reparam)),
      embedding(settings),
      last_use(layout.steps.size() + 1, 0) {
  for (std::size_t step = 0; step < layout.steps.size(); ++step) {
    operations.push_back(make_operation(layout, layout.steps[step], activation, norm));
    for (int input : layout.steps[step].inputs) last_use[input] = step;
  }
}

Network::Network(NetworkSettings settings) : Network(std::move(settings), {}) {}

Network::Network(NetworkSettings settings, std::vector<Subnetwork> parts)
    : parts_(std::make_shared<NetworkParts>(settings, parts)) {}

const NetworkSettings& Network::settings() const { return parts_->settings; }

const NetworkLayout& Network::layout() const { return parts_->layout; }

const std::vector<Subnetwork>& Network::subnetworks() const { return parts_->subnetworks; }

Tensor Network::initial_parameters(std::uint64_t seed) const {
  const NetworkLayout& layout = parts_->layout;
  Tensor theta = at::zeros({layout.parameter_count}, at::kDouble);
  double* numbers = theta.data_ptr<double>();
  NormalGenerator normal(seed);
  NormalGenerator normal_bias(seed, /*stream=*/3);
  for (const NetworkLayout::Matrix& matrix : layout.matrices) {
    const NetworkLayout::Map& map = layout.maps[matrix.map];
    const double gain = map.activated ? parts_->activation.gain : 1.0;
    const double deviation = gain * std::sqrt(2.0 / (matrix.columns + matrix.rows));
    for (std::int64_t i = 0; i < std::int64_t{matrix.rows} * matrix.columns; ++i) {
      numbers[matrix.weight + i] = deviation * normal();
    }
    if (!map.reads_coordinates || !map.activated) continue;
    for (int i = 0; i < matrix.rows; ++i) numbers[matrix.bias + i] = parts_->settings.first_bias * normal_bias();
  }
  for (const ParameterSlice& slice : layout.slices) {
    if (slice.name.ends_with(".gamma") || slice.name.ends_with(".variance")) {
      theta.narrow(0, slice.offset, slice.size()).fill_(1.0);
    }
  }
  parts_->parametrization.start(theta, parts_->settings, seed);
  return theta;
}

void Network::check_arguments(const Tensor& theta, const Tensor& x, int axes) const {
  if (theta.dim() != 1 || theta.size(0) != parameter_count()) {
    throw std::invalid_argument("this network has " + std::to_string(parameter_count()) +
                                " parameters in one flat tensor; theta has " + std::to_string(theta.numel()) + " in " +
                                std::to_string(theta.dim()) + " dimensions");
  }
  if (x.dim() != 2 || x.size(1) != settings().inputs) {
    throw std::invalid_argument("points must be a tensor [N, " + std::to_string(settings().inputs) + "], got " +
                                std::to_string(x.dim()) + " dimensions, the last of size " +
                                std::to_string(x.dim() > 0 ? x.size(-1) : 0));
  }
  if (axes != settings().inputs) {
    throw std::invalid_argument("the jet has " + std::to_string(axes) + " axes, the network " +
                                std::to_string(settings().inputs) + " inputs");
  }
  if (theta.scalar_type() != x.scalar_type() || theta.device() != x.device()) {
    throw std::invalid_argument(std::string("theta and x must share precision and device: theta is ") +
                                toString(theta.scalar_type()) + " on " + theta.device().str() + ", x is " +
                                toString(x.scalar_type()) + " on " + x.device().str());
  }
  if (theta.scalar_type() != at::kDouble && theta.scalar_type() != at::kFloat) {
    throw std::invalid_argument(std::string("networks run in Float or Double, not in ") +
                                toString(theta.scalar_type()));
  }
}

Tensor Network::effective(const Tensor& theta) const { return parts_->parametrization.effective(theta); }

Tensor Network::pull_back(const Tensor& theta, const Tensor& rows) const {
  return parts_->parametrization.pull_back(theta, rows);
}

void Network::pull_back(const Tensor& theta, const Tensor& rows, const Tensor& out) const {
  parts_->parametrization.pull_back(theta, rows, out);
}

Tensor Network::push_forward(const Tensor& theta, const Tensor& v) const {
  return parts_->parametrization.push_forward(theta, v);
}

bool Network::plain() const { return parts_->parametrization.identity(); }

bool Network::factorable() const { return parts_->parametrization.factorable(); }

Tensor Network::values(const Tensor& theta, const Tensor& x) const {
  check_arguments(theta, x, settings().inputs);
  const Tensor parameters = effective(theta);
  std::vector<Tensor> values{parts_->embedding.reference(x)};
  for (std::size_t step = 0; step < parts_->operations.size(); ++step) {
    values.push_back(parts_->operations[step]->reference(parts_->inputs_of(step, values), parameters));
  }
  return values.back();
}

Tensor Network::batch_statistics(const Tensor& theta, const Tensor& x) const {
  check_arguments(theta, x, settings().inputs);
  const NetworkLayout& layout = parts_->layout;
  if (statistics_count() == 0) return at::empty({0}, theta.options());
  const std::string refusal =
      too_few_reference_points(settings().norm, layout.norms.front().name, settings().norm_reference, x.size(0));
  if (!refusal.empty()) throw std::invalid_argument(refusal);

  Tensor parameters = effective(theta);
  std::vector<Tensor> found;
  std::vector<Tensor> values{parts_->embedding.reference(x)};
  for (std::size_t step = 0; step < parts_->operations.size(); ++step) {
    const std::vector<Tensor> inputs = parts_->inputs_of(step, values);
    if (layout.steps[step].kind == NetworkLayout::Step::Kind::norm) {
      const std::int64_t begin = layout.norms[layout.steps[step].index].statistics;
      const Tensor mean = inputs[0].mean(0);
      const Tensor deviation = inputs[0] - mean;
      found.push_back(at::cat({mean, (deviation * deviation).mean(0)}));
      const std::int64_t end = begin + found.back().size(0);
      parameters =
          at::cat({parameters.narrow(0, 0, begin), found.back(), parameters.narrow(0, end, parameters.size(0) - end)});
    }
    values.push_back(parts_->operations[step]->reference(inputs, parameters));
  }
  return at::cat(found);
}

}  // namespace nusselt
