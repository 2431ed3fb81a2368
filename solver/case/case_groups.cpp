#include "solver/case/case_groups.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace nusselt {

namespace {

/// The letters of the table of groups: constants of the physics play themselves, references the role of their
/// dimension.
std::map<std::string, Monomial> roles(const System& system, const Scales& scales) {
  std::map<std::string, Monomial> played;
  for (const System::Constant& constant : system.constants()) played[constant.name] = {{constant.name, Rational(1)}};
  for (const Reference& reference : scales.references()) {
    const Monomial itself = {{reference.name, Rational(1)}};
    if (reference.dimension == dimension_of<Length>()) played["L"] = itself;
    if (reference.dimension == dimension_of<Velocity>()) played["U"] = itself;
    if (reference.dimension == dimension_of<Temperature>()) played["dT"] = itself;
    if (reference.dimension == dimension_of<Time>()) played["t"] = itself;
  }
  return played;
}

std::map<std::string, Monomial> dependent_references(const System& system, const Scales& scales,
                                                     const Constants& constants) {
  std::set<std::string> variables;
  for (const System::Constant& constant : system.constants()) variables.insert(constant.name);
  for (const Reference& reference : scales.references()) variables.insert(reference.name);
  std::map<std::string, Monomial> definitions;
  for (const Reference& reference : scales.references()) {
    const Expression formula = parse_formula(reference.formula, constants.scope()).expression;
    const std::vector<Expression> factors =
        formula.kind() == Expression::Kind::product ? formula.children() : std::vector<Expression>{formula};
    Monomial powers;
    const bool is_product = std::all_of(factors.begin(), factors.end(), [&](const Expression& factor) {
      const bool raised = factor.kind() == Expression::Kind::power;
      const Expression base = raised ? factor.children().front() : factor;
      if (base.kind() != Expression::Kind::parameter || !variables.contains(base.name())) return false;
      powers[base.name()] += raised ? factor.exponent() : Rational(1);
      return true;
    });
    if (is_product && !powers.contains(reference.name)) definitions[reference.name] = powers;
  }
  return definitions;
}

}  // namespace

CaseGroups::CaseGroups(const System& system, const Scales& scales, const Constants& constants,
                       const std::vector<DimensionlessResidual>& equations)
    : definitions_(dependent_references(system, scales, constants)) {
  std::vector<Monomial> relevant;
  for (const DimensionlessResidual& equation : equations) {
    for (const DimensionlessResidual::Term& term : equation.terms()) {
      if (!term.ratio) continue;
      const Monomial ratio = reduced(*term.ratio);
      if (!ratio.empty()) relevant.push_back(ratio);
    }
  }
  std::map<std::string, Monomial> played = roles(system, scales);
  for (auto& [role, monomial] : played) monomial = reduced(monomial);
  groups_ = named_groups(relevant, played, constants.values());
}

Monomial CaseGroups::reduced(const Monomial& monomial) const {
  Monomial result;
  for (const auto& [name, exponent] : monomial) {
    const auto definition = definitions_.find(name);
    result = result * (definition == definitions_.end() ? Monomial{{name, exponent}}
                                                        : power(reduced(definition->second), exponent));
  }
  return result;
}

std::optional<Monomial> CaseGroups::exponents_of(const DimensionlessResidual::Term& term) const {
  if (!term.ratio) return std::nullopt;
  return in_groups(reduced(*term.ratio), groups_);
}

double CaseGroups::value_of(const Monomial& exponents) const {
  double value = 1;
  for (const Group& group : groups_) {
    const auto exponent = exponents.find(group.name);
    if (exponent != exponents.end()) value *= std::pow(group.value, to_double(exponent->second));
  }
  return value;
}

}  // namespace nusselt
