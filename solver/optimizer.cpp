#include "solver/optimizer.hpp"

#include <stdexcept>

namespace nusselt {

namespace {

std::map<std::string, OptimizerEntry>& registry() {
  static std::map<std::string, OptimizerEntry> entries;
  return entries;
}

}  // namespace

std::vector<OptimizerStep> Optimizer::steps(const LeastSquares& objective, torch::Tensor& theta, int) {
  return {step(objective, theta)};
}

RegisterOptimizer::RegisterOptimizer(OptimizerEntry entry) {
  const std::string name = entry.name;
  if (!registry().emplace(name, std::move(entry)).second) {
    throw std::logic_error("optimizer '" + name + "' is registered twice");
  }
}

std::unique_ptr<Optimizer> make_optimizer(const Settings& settings) {
  const auto found = registry().find(settings.optimizer.name);
  if (found == registry().end()) throw std::invalid_argument("unknown optimizer '" + settings.optimizer.name + "'");
  return found->second.make(settings);
}

std::vector<std::string> optimizer_names() {
  std::vector<std::string> names;
  for (const auto& [name, entry] : registry()) names.push_back(name);
  return names;
}

}  // namespace nusselt
