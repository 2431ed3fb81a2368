#include "solver/trivial_state.hpp"

#include <algorithm>
#include <cmath>

#include "solver/case/key_table.hpp"
#include "solver/residual_criteria.hpp"

namespace nusselt {

namespace {

const std::string beginning = "limit/residual with ";

/// Velocities, and all fields that mean more than a derivative: those whose absence makes a state of rest.
std::vector<std::vector<std::string>> fields_that_vanish_together(const Case& c) {
  const std::vector<std::string> gauges = c.gauge_fields();
  std::vector<std::string> velocities, all;
  for (const System::Field& field : c.system.fields()) {
    if (std::ranges::find(gauges, field.name) != gauges.end()) continue;
    all.push_back(field.name);
    if (field.symbol.dimension() == dimension_of<Velocity>()) velocities.push_back(field.name);
  }
  std::vector<std::vector<std::string>> groups;
  if (!velocities.empty()) groups.push_back(velocities);
  if (!all.empty() && all != velocities) groups.push_back(all);
  return groups;
}

/// The same case with some fields zero everywhere (temperatures at their level), and the conditions that these met
/// exactly as residuals.
Case without(const Case& c, const std::vector<std::string>& fields) {
  Case rest = c;
  rest.settings.engine = "libtorch";  // that serves whatever is left
  for (TrialField& trial : rest.trials) {
    if (std::ranges::none_of(fields, [&](const std::string& field) { return trial.stands_for(field); })) continue;
    for (const Condition& condition : c.conditions) {
      if (condition.field != trial.field || !trial.is_hard(condition.face)) continue;
      rest.soft_conditions.push_back({nondimensionalize(condition.name + " at " + condition.face.name(),
                                                        condition.residual, c.scales, c.constants.values()),
                                      condition.face, 1});
    }
    trial.lift = Expression::zero();
    trial.distance = Expression::zero();
    trial.hard_faces.clear();
  }
  return rest;
}

}  // namespace

std::vector<Criterion> trivial_state_criteria(const Case& c, const Solution& solution) {
  if (read_choice(c.document.root(), "criteria.trivial") == "allowed") return {};
  std::vector<Criterion> criteria;
  for (const std::vector<std::string>& fields : fields_that_vanish_together(c)) {
    const Case trivial = without(c, fields);
    double furthest = 0;  // in limits
    for (const Criterion& one :
         judge_residuals(trivial, TermBudget(trivial), Solution(trivial, solution.parameters())).criteria) {
      furthest = std::isfinite(one.value) ? std::max(furthest, one.value / one.limit) : INFINITY;
      if (!std::isfinite(furthest)) break;
    }
    constexpr double least = 1e-9;
    std::string names;
    for (const std::string& field : fields) names += (names.empty() ? "" : ", ") + field;
    Criterion one = criterion_of(beginning + names + " = 0", 1 / std::max(furthest, least), 1);
    one.independent = true;
    criteria.push_back(std::move(one));
  }
  return criteria;
}

std::string trivial_state_advice(const std::string& criterion) {
  if (!criterion.starts_with(beginning)) return "";
  return "the equations and conditions hold as well with " + criterion.substr(beginning.size()) +
         ": training has found nothing, or there is nothing to find; start elsewhere (see `ladder`), or say "
         "`criteria.trivial: allowed`";
}

}  // namespace nusselt
