#include "solver/case/condition_count.hpp"

#include <algorithm>

#include "solver/case/periodicity.hpp"

namespace nusselt {

namespace {

bool mentions_field(const Expression& expression, const std::string& field) {
  const std::vector<Expression> all = leaves(expression);
  return std::any_of(all.begin(), all.end(), [&](const Expression& leaf) {
    return leaf.kind() == Expression::Kind::field && leaf.name() == field;
  });
}

int needed_on(const Face& face, int order) { return face.axis == axis_t ? order : order / 2; }

/// Why a field needs a condition on a face, with an example.
std::string reason(const std::string& field, const Face& face, int needed) {
  if (face.axis == axis_t) {
    return needed == 1
               ? "it changes in time and needs an initial state, for example `- {at: t-, " + field + ": ...}`"
               : "its second derivative in time needs its value and its rate at the start, for example `- {at: t-, " +
                     field + ": ..., at_rest: dt(" + field + ") = 0}`";
  }
  const std::string example = "for example `- {at: " + face.name() + ", " + field +
                              ": ...}` or `- {at: " + face.name() + ", insulated: dn(" + field + ") = 0}`";
  if (needed == 1) return "second derivatives of " + field + " need one condition per face, " + example;
  return "fourth derivatives of " + field + " need two conditions per face, " + example;
}

}  // namespace

int highest_derivative(const System& system, const std::string& field, Axis axis) {
  int highest = 0;
  for (const System::Equation& equation : system.equations()) {
    for (const Expression& leaf : leaves(equation.residual)) {
      if (leaf.kind() == Expression::Kind::field && leaf.name() == field) {
        highest = std::max(highest, leaf.index()[axis]);
      }
    }
  }
  return highest;
}

namespace {

/// The highest derivative across a face: along its axis, on a curved one along any.
int order_across(const System& system, const std::string& field, const Face& face, const Domain& domain) {
  if (!domain.geometry(face).surface || face.label.empty()) return highest_derivative(system, field, face.axis);
  int highest = 0;
  for (const Axis axis : {axis_x, axis_y, axis_z}) highest = std::max(highest, highest_derivative(system, field, axis));
  return highest;
}

}  // namespace

std::vector<NeededDerivatives> needed_derivatives(const System& system) {
  std::vector<NeededDerivatives> needed;
  for (const System::Field& field : system.fields()) {
    std::vector<std::string> operators;
    for (const System::Equation& equation : system.equations()) {
      for (const Expression& leaf : leaves(equation.residual)) {
        if (leaf.kind() != Expression::Kind::field || leaf.name() != field.name || leaf.order() == 0) continue;
        std::string name = "d";
        for (int axis = 0; axis < axis_count; ++axis) {
          for (int i = 0; i < leaf.index()[axis]; ++i) name += axis_names[axis];
        }
        if (std::find(operators.begin(), operators.end(), name) == operators.end()) operators.push_back(name);
      }
    }
    needed.push_back({field.name, operators});
  }
  return needed;
}

std::vector<ConditionCount> count_conditions(const System& system, const Domain& domain,
                                             const std::vector<Condition>& conditions) {
  std::vector<ConditionCount> counts;
  for (const Region& region : domain.regions()) {
    for (const Face& face : domain.boundary(region)) {
      if (face.axis == axis_t && face.upper && !domain.geometry(face).surface) continue;
      if (is_periodic(face, domain.box())) continue;
      for (const System::Field& field : system.fields()) {
        if (field.region != region.name) continue;
        const auto given = std::count_if(conditions.begin(), conditions.end(), [&](const Condition& condition) {
          return !condition.of_mean &&
                 (condition.field == field.name || mentions_field(condition.residual, field.name)) &&
                 domain.meet(condition.face, face);
        });
        counts.push_back({field.name, face, needed_on(face, order_across(system, field.name, face, domain)),
                          static_cast<int>(given)});
      }
    }
  }
  return counts;
}

void require_conditions(const Node& root, const System& system, const Domain& domain,
                        const std::vector<Condition>& conditions) {
  for (const ConditionCount& count : count_conditions(system, domain, conditions)) {
    if (count.given >= count.needed) continue;
    const Node* section = root.find("conditions");
    const std::string what =
        count.given == 0 ? "nothing is said about " + count.field : "too little is said about " + count.field;
    throw InputError(section != nullptr ? section->place : root.place,
                     "conditions: " + what + " on face " + count.face.name(),
                     reason(count.field, count.face, count.needed));
  }
}

}  // namespace nusselt
