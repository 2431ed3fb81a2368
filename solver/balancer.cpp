#include "solver/balancer.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

namespace nusselt {

namespace {

const std::string point_weights_prefix = "point_weights.";

std::map<std::string, BalancerEntry>& registry() {
  static std::map<std::string, BalancerEntry> entries;
  return entries;
}

}  // namespace

OptimizerState Balancer::state() const {
  OptimizerState state = {{"weights", to_tensor(weights_)}};
  if (!point_weights_.empty()) state["sets"] = at::full({1}, static_cast<double>(point_weights_.size()), at::kDouble);
  for (std::size_t s = 0; s < point_weights_.size(); ++s) {
    if (point_weights_[s].defined()) state[point_weights_prefix + std::to_string(s)] = point_weights_[s].clone();
  }
  return state;
}

void Balancer::restore(const OptimizerState& state) {
  weights_ = to_numbers(state.at("weights"));
  point_weights_.clear();
  if (!state.contains("sets")) return;
  point_weights_.resize(static_cast<std::size_t>(state.at("sets").item<double>()));
  for (std::size_t s = 0; s < point_weights_.size(); ++s) {
    const auto found = state.find(point_weights_prefix + std::to_string(s));
    if (found != state.end()) point_weights_[s] = found->second.clone();
  }
}

void Balancer::approach(const std::vector<double>& target, double average) {
  for (std::size_t e = 0; e < weights_.size(); ++e) {
    if (std::isfinite(target[e])) weights_[e] = average * weights_[e] + (1 - average) * target[e];
  }
}

std::vector<double> to_numbers(const torch::Tensor& tensor) {
  const torch::Tensor host = tensor.to(at::kCPU, at::kDouble).contiguous();
  return {host.data_ptr<double>(), host.data_ptr<double>() + host.numel()};
}

torch::Tensor to_tensor(const std::vector<double>& values) {
  return at::tensor(values, at::TensorOptions().dtype(at::kDouble));
}

std::vector<double> softmax(std::vector<double> x) {
  const double largest = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (double& value : x) sum += value = std::exp(value - largest);
  for (double& value : x) value /= sum;
  return x;
}

void save(const AdamState& moments, const std::string& suffix, OptimizerState& state) {
  state["count" + suffix] = at::full({1}, static_cast<double>(moments.count), at::kDouble);
  state["first" + suffix] = moments.first.clone();
  state["second" + suffix] = moments.second.clone();
}

AdamState load(const std::string& suffix, const OptimizerState& state) {
  return {static_cast<std::int64_t>(state.at("count" + suffix).item<double>()), state.at("first" + suffix).clone(),
          state.at("second" + suffix).clone()};
}

RegisterBalancer::RegisterBalancer(BalancerEntry entry) {
  const std::string name = entry.name;
  if (!registry().emplace(name, std::move(entry)).second) {
    throw std::logic_error("balancer '" + name + "' is registered twice");
  }
}

std::unique_ptr<Balancer> make_balancer(const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
  const auto found = registry().find(settings.balancing.name);
  if (found == registry().end()) throw std::invalid_argument("unknown balancer '" + settings.balancing.name + "'");
  return found->second.make(residuals, settings);
}

std::vector<std::string> balancer_names() {
  std::vector<std::string> names;
  for (const auto& [name, entry] : registry()) names.push_back(name);
  return names;
}

}  // namespace nusselt
