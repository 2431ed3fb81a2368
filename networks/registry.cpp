#include "networks/registry.hpp"

#include <map>
#include <stdexcept>
#include <utility>

namespace nusselt {

namespace {

using NormFactory = std::shared_ptr<const Norm> (*)(const NormOptions& options);

// Function-local, so that they exist before any registration in another file.
std::map<std::string, Activation>& activations() {
  static std::map<std::string, Activation> table;
  return table;
}

std::map<std::string, NormFactory>& norms() {
  static std::map<std::string, NormFactory> table{
      {"none", [](const NormOptions&) { return std::shared_ptr<const Norm>(); }}};
  return table;
}

std::map<std::string, std::shared_ptr<const Reparam>>& reparams() {
  static std::map<std::string, std::shared_ptr<const Reparam>> table{{"none", nullptr}};
  return table;
}

template <typename Value>
std::vector<std::string> names_of(const std::map<std::string, Value>& table) {
  std::vector<std::string> names;
  for (const auto& [name, value] : table) names.push_back(name);
  return names;
}

template <typename Value>
const Value& find_in(const std::map<std::string, Value>& table, const std::string& what, const std::string& name) {
  const auto found = table.find(name);
  if (found != table.end()) return found->second;
  std::string known;
  for (const std::string& other : names_of(table)) known += (known.empty() ? "" : ", ") + other;
  throw std::invalid_argument("unknown " + what + " \"" + name + "\"; known are: " + known);
}

}  // namespace

std::vector<std::string> activation_names() { return names_of(activations()); }

std::vector<std::string> norm_names() { return names_of(norms()); }

std::vector<std::string> reparam_names() { return names_of(reparams()); }

const Activation& find_activation(const std::string& name) { return find_in(activations(), "activation", name); }

std::shared_ptr<const Norm> make_norm(const std::string& name, const NormOptions& options) {
  return find_in(norms(), "normalization", name)(options);
}

std::shared_ptr<const Reparam> find_reparam(const std::string& name) {
  return find_in(reparams(), "reparametrization", name);
}

RegisterActivation::RegisterActivation(Activation activation) { activations().emplace(activation.name, activation); }

RegisterNorm::RegisterNorm(const char* name, NormFactory make) { norms().emplace(name, make); }

RegisterReparam::RegisterReparam(const char* name, std::shared_ptr<const Reparam> reparam) {
  reparams().emplace(name, std::move(reparam));
}

}  // namespace nusselt
