#include "solver/case/optimizer_choice.hpp"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>

#include "networks/layout/network_layout.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

// The normal matrix of so many takes 72 MB and a second to factorise.
constexpr std::int64_t most_for_dense = 3000;

/// The first of these that can be named in a case.
std::string first_offered(std::initializer_list<const char*> names) {
  const std::vector<Choice>& choices = find_key("optimizer.name")->choices;
  for (const char* name : names) {
    if (std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) { return choice.name == name; })) {
      return name;
    }
  }
  throw std::logic_error("the table of keys offers none of the optimizers that auto chooses from");
}

}  // namespace

std::int64_t trained_count(const NetworkSettings& network, const std::vector<Subnetwork>& parts) {
  const NetworkLayout layout(network, parts);
  return layout.parameter_count - layout.statistics_count;
}

OptimizerChoice choose_optimizer(const Settings& settings, std::int64_t parameters) {
  if (settings.optimizer.name != "auto") return {settings.optimizer.name, "named in the case"};
  const std::string count = std::to_string(parameters) + " parameters";
  if (settings.precision == "float32") {
    return {first_offered({"soap", "adam"}), "auto: float32 has too few digits for second-order steps"};
  }
  if (settings.points.redraw == 1) {
    return {first_offered({"soap", "adam"}), "auto: points that are fresh at every step suit a stochastic method"};
  }
  if (parameters > most_for_dense) {
    return {first_offered({"gauss_newton_cg", "lbfgs"}),
            "auto: " + count + " are too many for a dense matrix, which suits up to " + std::to_string(most_for_dense)};
  }
  return {"hybrid", "auto: " + count + " in float64 are few enough for a dense matrix"};
}

}  // namespace nusselt
