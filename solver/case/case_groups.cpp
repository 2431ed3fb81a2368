#include "solver/case/case_groups.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "solver/case/roles.hpp"

namespace nusselt {

namespace {

/// The letters of the table of groups: constants of the equations, and references by their dimension.
std::map<std::string, Monomial> roles(const System& system, const Scales& scales) {
  std::map<std::string, Monomial> played = constant_roles(system);
  for (const Reference& reference : scales.references()) {
    if (reference.definition && reference.definition->empty()) continue;
    for (const char* letter : {"L", "U", "dT", "t"}) {
      if (reference.dimension == role_dimension(letter)) played[letter] = {{reference.name, Rational(1)}};
    }
  }
  // Concentrations come in moles, in kilograms and as fractions: their expansion coefficient goes by its name, and says
  // which difference is meant.
  for (const System::Constant& constant : system.constants()) {
    const Dimension concentration = constant.dimension.power(-1);
    if (constant.name != "beta_C" || !scales.reaches(concentration)) continue;
    played["beta_C"] = {{constant.name, Rational(1)}};
    const PowerProduct difference = scales.exponents(concentration);
    played["dC"] = Monomial(difference.begin(), difference.end());
  }
  return played;
}

std::map<std::string, Monomial> dependent_references(const System& system, const Scales& scales) {
  std::set<std::string> variables;
  for (const System::Equation& equation : system.equations()) {
    for (const Expression& leaf : leaves(equation.residual)) {
      if (leaf.kind() == Expression::Kind::parameter) variables.insert(leaf.name());
    }
  }
  for (const Reference& reference : scales.all()) variables.insert(reference.name);
  std::map<std::string, Monomial> definitions;
  for (const Reference& reference : scales.all()) {
    if (!reference.definition || reference.definition->empty()) continue;
    const Monomial& powers = *reference.definition;
    const bool is_own =
        std::all_of(powers.begin(), powers.end(), [&](const auto& entry) { return variables.contains(entry.first); });
    if (is_own && !powers.contains(reference.name)) definitions[reference.name] = powers;
  }
  return definitions;
}

}  // namespace

CaseGroups::CaseGroups(const System& system, const Scales& scales, const Constants& constants,
                       const std::vector<DimensionlessResidual>& equations)
    : definitions_(dependent_references(system, scales)) {
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
  ConstantValues values = constants.values();
  for (const Reference& reference : scales.all()) values.emplace(reference.name, reference.si);
  groups_ = named_groups(relevant, played, values);
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

std::string CaseGroups::text_of(const DimensionlessResidual::Term& term) const {
  const auto exponents = exponents_of(term);
  if (!exponents || exponents->empty()) return "";
  std::string text;
  for (const auto& [name, exponent] : *exponents) {
    if (!text.empty()) text += " ";
    text += name;
    if (exponent == Rational(1)) continue;
    const bool plain = exponent.denominator() == 1 && exponent > Rational(0);
    text += plain ? "^" + to_string(exponent) : "^(" + to_string(exponent) + ")";
  }
  const double number = std::abs(term.coefficient) / value_of(*exponents);
  return std::abs(number - 1) < 1e-9 ? text : to_string(number) + " " + text;
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
