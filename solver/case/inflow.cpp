#include "solver/case/inflow.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "solver/case/condition_count.hpp"

namespace nusselt {

namespace {

bool contains(const Expression& expression, const std::string& field, int least_order) {
  const std::vector<Expression> all = leaves(expression);
  return std::any_of(all.begin(), all.end(), [&](const Expression& leaf) {
    return leaf.kind() == Expression::Kind::field && leaf.name() == field && leaf.order() >= least_order;
  });
}

bool contains_value(const Expression& expression, const std::string& field) {
  return std::ranges::any_of(leaves(expression), [&](const Expression& leaf) {
    return leaf.kind() == Expression::Kind::field && leaf.name() == field && leaf.order() == 0;
  });
}

/// Gives `field` an equation of `candidates`, moving others to another of theirs where they must (augmenting paths).
bool give_equation(std::size_t field, const std::vector<std::vector<std::size_t>>& candidates,
                   std::vector<std::optional<std::size_t>>& owner, std::vector<bool>& tried) {
  for (const std::size_t equation : candidates[field]) {
    if (tried[equation]) continue;
    tried[equation] = true;
    if (owner[equation] && !give_equation(*owner[equation], candidates, owner, tried)) continue;
    owner[equation] = field;
    return true;
  }
  return false;
}

/// The equation that determines a field, where that is plain: one with its second derivatives, or one in which it is
/// the only field that no other equation determines. For each equation the number of its field. The pressure of an
/// incompressible flow has none: continuity does not contain it.
std::vector<std::optional<std::size_t>> determined_fields(const System& system) {
  const std::vector<System::Field>& fields = system.fields();
  const std::vector<System::Equation>& equations = system.equations();
  std::vector<std::vector<std::size_t>> candidates(fields.size());
  for (std::size_t f = 0; f < fields.size(); ++f) {
    for (std::size_t e = 0; e < equations.size(); ++e) {
      if (contains(equations[e].residual, fields[f].name, 2)) candidates[f].push_back(e);
    }
  }
  std::vector<std::optional<std::size_t>> owner(equations.size());
  for (std::size_t f = 0; f < fields.size(); ++f) {
    std::vector<bool> tried(equations.size(), false);
    give_equation(f, candidates, owner, tried);
  }
  const auto is_determined = [&](std::size_t f) {
    return std::any_of(owner.begin(), owner.end(), [&](const auto& known) { return known == f; });
  };
  for (bool found = true; found;) {
    found = false;
    for (std::size_t e = 0; e < equations.size(); ++e) {
      if (owner[e]) continue;
      std::vector<std::size_t> open;
      for (std::size_t f = 0; f < fields.size(); ++f) {
        if (contains(equations[e].residual, fields[f].name, 0) && !is_determined(f)) open.push_back(f);
      }
      if (open.size() != 1) continue;
      owner[e] = open.front();
      found = true;
    }
  }
  return owner;
}

/// Whether a coefficient is zero all over one of the ends of an axis, like the radius on the axis of a pipe: no
/// condition belongs there. One that contains a field is not.
bool vanishes_at_an_end(const Expression& coefficient, Axis axis, const Box& box, const Constants& constants) {
  for (const Expression& leaf : leaves(coefficient)) {
    if (leaf.kind() == Expression::Kind::field) return false;
  }
  constexpr double negligible = 1e-12;
  constexpr int samples = 5;
  const auto size = [&](double along, int i) {
    return std::abs(evaluate(coefficient, [&](const Expression& leaf) {
      if (leaf.kind() != Expression::Kind::coordinate) return constant_value(leaf, constants);
      const Axis a = leaf.axis();
      const double s = a == axis ? along : (i + 0.5) / samples;
      return box.lower[a] + s * (box.upper[a] - box.lower[a]);
    }));
  };
  for (const double end : {0.0, 1.0}) {
    bool zero = true;
    for (int i = 0; i < samples; ++i) zero = zero && size(end, i) <= negligible * size(0.5, i);
    if (zero) return true;
  }
  return false;
}

bool is_named(const Node* names, const std::string& name) {
  if (names == nullptr) return false;
  return names->text == name || std::ranges::any_of(names->items, [&](const Node& n) { return n.text == name; });
}

}  // namespace

void require_inflow(const Node& root, const System& system, const Domain& domain, const Constants& constants,
                    const std::vector<Condition>& conditions) {
  const std::vector<ConditionCount> counts = count_conditions(system, domain, conditions);
  const std::vector<std::optional<std::size_t>> determined = determined_fields(system);
  const Node* periodic = root.find_path("network.periodic");
  for (std::size_t e = 0; e < determined.size(); ++e) {
    if (!determined[e]) continue;
    const System::Equation& equation = system.equations()[e];
    const System::Field& field = system.fields()[*determined[e]];
    const Region& region = domain.region_named(field.region);
    if (region.shape) continue;
    const Box& box = region.box;
    for (const Axis axis : space_axes(box.axes)) {
      if (highest_derivative(system, field.name, axis) != 1) continue;
      const Expression slope = differentiated(field.symbol, axis);
      const Expression coefficient = partial(equation.residual, slope);
      if (coefficient.is_zero() || vanishes_at_an_end(coefficient, axis, box, constants)) continue;
      const bool given = std::any_of(counts.begin(), counts.end(), [&](const ConditionCount& count) {
        return count.field == field.name && count.face.axis == axis && count.given > 0;
      });
      // On a line the solver itself fixes what is known up to a constant.
      const bool only_up_to_a_constant =
          box.dimensions() == 1 && std::ranges::none_of(system.equations(), [&](const System::Equation& other) {
            return contains_value(other.residual, field.name);
          });
      if (given || only_up_to_a_constant || is_named(periodic, axis_names[axis])) continue;
      const Node* section = root.find("conditions");
      const std::string low = Face{axis, false}.name(), high = Face{axis, true}.name();
      throw InputError(section != nullptr ? section->place : root.place,
                       "conditions: nothing is said about " + field.name + " on face " + low + " or " + high +
                           ", and " + equation.name +
                           " carries it from one to the other: whatever enters is a solution",
                       "give what enters, for example `- {at: " + low + ", " + field.name + ": ...}`");
    }
  }
}

}  // namespace nusselt
