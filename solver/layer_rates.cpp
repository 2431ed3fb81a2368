#include "solver/layer_rates.hpp"

#include <cmath>
#include <stdexcept>

#include "networks/layout/normalized_maps.hpp"

namespace nusselt {

namespace {

// A gain that training drives to zero would send the rate to infinity.
constexpr double smallest_gain = 1e-3;

}  // namespace

LayerRates::LayerRates(const std::string& rule, const Network& network) {
  if (rule == "none") return;
  const NetworkLayout& layout = network.layout();
  const auto layer_of = [](const NetworkLayout::Matrix& matrix) {
    return Layer{matrix.weight, matrix.bias, matrix.rows, matrix.columns};
  };
  if (rule == "lars") {
    rule_ = Rule::lars;
    for (const NetworkLayout::Matrix& matrix : layout.matrices) layers_.push_back(layer_of(matrix));
    return;
  }
  if (rule != "normalization") throw std::invalid_argument("unknown rule of layer rates '" + rule + "'");
  rule_ = Rule::normalization;
  if (network.settings().reparam != "none") {
    throw std::invalid_argument("layer rates by normalization measure plain weights, not reparametrized ones");
  }
  for (const NormalizedMap& pair : normalized_maps(layout)) {
    layers_.push_back(layer_of(layout.matrices[pair.map]));
    layers_.back().gamma = layout.norms[pair.norm].affine;
  }
  if (layers_.empty()) throw std::invalid_argument("no layer of this network is directly followed by a norm");
}

void LayerRates::spread(const torch::Tensor& value, const Layer& layer, torch::Tensor& factors) {
  factors.narrow(0, layer.weight, layer.rows * layer.columns).copy_(value);
  factors.narrow(0, layer.bias, layer.rows).copy_(value);
}

torch::Tensor LayerRates::sizes(const torch::Tensor& theta) const {
  torch::Tensor result = at::ones_like(theta);
  for (const Layer& layer : layers_) {
    const torch::Tensor weight = theta.narrow(0, layer.weight, layer.rows * layer.columns);
    spread(weight.norm().div_(std::sqrt(static_cast<double>(layer.rows))), layer, result);
  }
  return result;
}

torch::Tensor LayerRates::trust(const torch::Tensor& theta, const torch::Tensor& direction, double rate) const {
  torch::Tensor result = at::ones_like(theta);
  for (const Layer& layer : layers_) {
    const auto size = [&](const torch::Tensor& of) {
      return of.narrow(0, layer.weight, layer.rows * layer.columns).norm();
    };
    const torch::Tensor weight = size(theta), step = size(direction);
    const torch::Tensor ratio = weight * rate / step;
    spread(at::where((weight > 0).logical_and(step > 0), ratio, at::ones_like(ratio)), layer, result);
  }
  return result;
}

torch::Tensor LayerRates::of_gradient(const torch::Tensor& theta, const torch::Tensor& gradient) const {
  if (rule_ == Rule::none) return at::ones_like(theta);
  if (rule_ == Rule::lars) return trust(theta, gradient, 1);
  torch::Tensor gains = at::ones_like(theta);
  for (const Layer& layer : layers_) {
    if (layer.gamma < 0) continue;
    const torch::Tensor rms = theta.narrow(0, layer.gamma, layer.rows).square().mean().sqrt();
    spread(rms.clamp_min(smallest_gain), layer, gains);
  }
  return sizes(theta).square_().div_(gains);
}

torch::Tensor LayerRates::of_step(const torch::Tensor& theta, const torch::Tensor& direction, double rate) const {
  if (rule_ == Rule::none) return at::ones_like(theta);
  return rule_ == Rule::lars ? trust(theta, direction, rate) : sizes(theta);
}

torch::Tensor LayerRates::epsilon(const torch::Tensor& theta, double epsilon) const {
  if (rule_ != Rule::normalization) return at::full_like(theta, epsilon);
  return sizes(theta).reciprocal_().mul_(epsilon);
}

}  // namespace nusselt
