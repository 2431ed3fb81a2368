// What a case may ask for between its residuals: which conditioning and balancing go with which optimizer and points,
// and at which moments weights are new.
#pragma once

#include <string>

#include "solver/case/case.hpp"

namespace nusselt {

/// What a balancing method looks at, and what follows for its case.
struct BalancingMethod {
  std::string name;
  enum class LooksAt { nothing, residuals, gradients, directions } looks_at;
  bool remembers_points;  // a state for every training point
  double rate;            // of its weights, where the case states none
};

/// Throws std::invalid_argument for an unknown name.
const BalancingMethod& balancing_method(const std::string& name);
/// Whether an optimizer looks at one gradient at a time: its loss may change at any step.
bool is_first_order(const std::string& optimizer);

/// Of residuals in different units: what is said to whoever would average them.
std::string cannot_average(const std::string& one, const Dimension& its_dimension, const std::string& other,
                           const Dimension& other_dimension);

Settings::Balancing read_balancing(const Node& root);

/// Refuses what cannot be done or has no meaning. Throws InputError.
void require_possible_balancing(const Case& the_case);

/// For `check`: which weights are new at which steps, a line each; empty where there are none.
std::string weight_moments(const Settings& settings);

}  // namespace nusselt
