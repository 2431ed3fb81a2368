// What a network is: its shapes, the layout of its parameters, their initial values, and the reference evaluation.
#include "networks/network.hpp"

#include <cmath>
#include <numbers>
#include <random>
#include <stdexcept>
#include <utility>

#include "networks/registry.hpp"

namespace nusselt {

using torch::Tensor;

namespace {

void require_positive(const char* what, int number) {
  if (number < 1) {
    throw std::invalid_argument(std::string("a network needs at least one ") + what + ", got " +
                                std::to_string(number));
  }
}

/// Standard normal numbers, the same for every standard library (Box & Muller 1958).
class NormalGenerator {
 public:
  explicit NormalGenerator(std::uint64_t seed) : engine_(seed) {}

  double operator()() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    const double angle = 2.0 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
  }

 private:
  /// In the open interval (0, 1), 53 bits.
  double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }

  std::mt19937_64 engine_;
  double spare_ = 0.0;
  bool has_spare_ = false;
};

}  // namespace

std::int64_t ParameterSlice::size() const {
  std::int64_t product = 1;
  for (std::int64_t extent : shape) product *= extent;
  return product;
}

Network::Network(NetworkSettings settings) : settings_(std::move(settings)) {
  require_positive("input", settings_.inputs);
  require_positive("output", settings_.outputs);
  require_positive("hidden layer (depth)", settings_.depth);
  require_positive("neuron per layer (width)", settings_.width);
  if (!(settings_.norm_eps >= 0.0) || !std::isfinite(settings_.norm_eps)) {
    throw std::invalid_argument("norm_eps must be zero or positive, got " + std::to_string(settings_.norm_eps));
  }
  const auto inputs = static_cast<std::size_t>(settings_.inputs);
  if (settings_.lower.size() != inputs || settings_.upper.size() != inputs) {
    throw std::invalid_argument("the box of a network with " + std::to_string(inputs) + " inputs has " +
                                std::to_string(settings_.lower.size()) + " lower and " +
                                std::to_string(settings_.upper.size()) + " upper bounds");
  }
  for (std::size_t axis = 0; axis < inputs; ++axis) {
    const double extent = settings_.upper[axis] - settings_.lower[axis];
    if (!(extent > 0.0) || !std::isfinite(extent)) {
      throw std::invalid_argument("the box of a network must have a positive extent along each axis; along axis " +
                                  std::to_string(axis) + " it runs from " + std::to_string(settings_.lower[axis]) +
                                  " to " + std::to_string(settings_.upper[axis]));
    }
  }
  activation_ = &find_activation(settings_.activation);
  norm_ = make_norm(settings_.norm, settings_.norm_eps);

  const auto add_slice = [this](std::string name, std::vector<std::int64_t> shape) {
    slices_.push_back({std::move(name), parameter_count_, std::move(shape)});
    parameter_count_ += slices_.back().size();
    return slices_.back().offset;
  };
  for (int index = 0; index <= settings_.depth; ++index) {
    const bool last = index == settings_.depth;
    Layer layer;
    layer.inputs = index == 0 ? settings_.inputs : settings_.width;
    layer.outputs = last ? settings_.outputs : settings_.width;
    layer.activated = !last;
    const std::string number = std::to_string(index);
    layer.weight = add_slice("layer" + number + ".weight", {layer.outputs, layer.inputs});
    layer.bias = add_slice("layer" + number + ".bias", {layer.outputs});
    // Not on the first layer: with zero bias the network would see only the direction of its input.
    if (norm_ && index > 0 && !last) {
      layer.norm = parameter_count_;
      for (const Norm::Parameter& parameter : norm_->parameters()) {
        add_slice("norm" + number + "." + parameter.name, {layer.outputs});
      }
    }
    layers_.push_back(layer);
  }
}

Tensor Network::initial_parameters(std::uint64_t seed) const {
  Tensor theta = at::zeros({parameter_count_}, at::kDouble);
  double* numbers = theta.data_ptr<double>();
  NormalGenerator normal(seed);
  for (const Layer& layer : layers_) {
    const double gain = layer.activated ? activation_->gain : 1.0;
    const double deviation = gain * std::sqrt(2.0 / (layer.inputs + layer.outputs));
    for (std::int64_t i = 0; i < std::int64_t{layer.outputs} * layer.inputs; ++i) {
      numbers[layer.weight + i] = deviation * normal();
    }
    if (layer.norm < 0) continue;
    std::int64_t offset = layer.norm;
    for (const Norm::Parameter& parameter : norm_->parameters()) {
      for (int i = 0; i < layer.outputs; ++i) numbers[offset++] = parameter.initial;
    }
  }
  return theta;
}

void Network::check_arguments(const Tensor& theta, const Tensor& x, int axes) const {
  if (theta.dim() != 1 || theta.size(0) != parameter_count_) {
    throw std::invalid_argument("this network has " + std::to_string(parameter_count_) +
                                " parameters in one flat tensor; theta has " + std::to_string(theta.numel()) + " in " +
                                std::to_string(theta.dim()) + " dimensions");
  }
  if (x.dim() != 2 || x.size(1) != settings_.inputs) {
    throw std::invalid_argument("points must be a tensor [N, " + std::to_string(settings_.inputs) + "], got " +
                                std::to_string(x.dim()) + " dimensions, the last of size " +
                                std::to_string(x.dim() > 0 ? x.size(-1) : 0));
  }
  if (axes != settings_.inputs) {
    throw std::invalid_argument("the jet has " + std::to_string(axes) + " axes, the network " +
                                std::to_string(settings_.inputs) + " inputs");
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

Tensor Network::weight(const Tensor& theta, const Layer& layer) {
  return theta.narrow(0, layer.weight, std::int64_t{layer.outputs} * layer.inputs).view({layer.outputs, layer.inputs});
}

Tensor Network::bias(const Tensor& theta, const Layer& layer) { return theta.narrow(0, layer.bias, layer.outputs); }

Tensor Network::norm_parameters(const Tensor& theta, const Layer& layer) const {
  const auto count = static_cast<std::int64_t>(norm_->parameters().size());
  return theta.narrow(0, layer.norm, count * layer.outputs).view({count, layer.outputs});
}

Tensor Network::mapped(const Tensor& x) const {
  // Filled where they are used: a copy from the host would stop the device, and cannot be part of a CUDA graph.
  const auto row = [&](const std::vector<double>& values) {
    Tensor result = at::empty({x.size(1)}, x.options());
    for (std::size_t i = 0; i < values.size(); ++i) result.select(0, static_cast<std::int64_t>(i)).fill_(values[i]);
    return result;
  };
  const Tensor lower = row(settings_.lower);
  const Tensor scale = 2.0 / (row(settings_.upper) - lower);
  return (x - lower) * scale - 1.0;
}

Tensor Network::values(const Tensor& theta, const Tensor& x) const {
  check_arguments(theta, x, settings_.inputs);
  Tensor a = mapped(x);
  for (const Layer& layer : layers_) {
    a = at::mm(a, weight(theta, layer).t()) + bias(theta, layer);
    if (layer.norm >= 0) a = norm_->reference(a, norm_parameters(theta, layer));
    if (layer.activated) a = activation_->value(a);
  }
  return a;
}

}  // namespace nusselt
