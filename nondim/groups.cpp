#include "nondim/groups.hpp"

#include <cmath>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <utility>

#include "nondim/rational_matrix.hpp"

namespace nusselt {
namespace {

struct RolePower {
  const char* role;
  int exponent;
};

struct NamedGroup {
  const char* name;
  std::vector<RolePower> powers;
  const char* meaning;
};

// In the order of choice: what characterises a flow comes before what it implies. Definitions as in Incropera et al.,
// Fundamentals of Heat and Mass Transfer, table 6.2; Da is the Darcy number, St the Stanton number. Nu is not here: it
// is the product of Bi with another meaning, an answer of a case and no coefficient of its equations.
const std::vector<NamedGroup>& table() {
  static const std::vector<NamedGroup> groups = {
      {"Ra",
       {{"g", 1}, {"beta", 1}, {"dT", 1}, {"L", 3}, {"nu", -1}, {"alpha", -1}},
       "buoyancy against diffusion of momentum and heat"},
      {"Pr", {{"nu", 1}, {"alpha", -1}}, "diffusion of momentum against diffusion of heat"},
      {"Le", {{"alpha", 1}, {"D", -1}}, "diffusion of heat against diffusion of a species"},
      {"Sc", {{"nu", 1}, {"D", -1}}, "diffusion of momentum against diffusion of a species"},
      {"N",
       {{"beta_C", 1}, {"dC", 1}, {"beta", -1}, {"dT", -1}},
       "buoyancy from composition against buoyancy from temperature"},
      {"Re", {{"U", 1}, {"L", 1}, {"nu", -1}}, "inertia against viscosity"},
      {"Pe", {{"U", 1}, {"L", 1}, {"alpha", -1}}, "advection against diffusion of heat"},
      {"Gr", {{"g", 1}, {"beta", 1}, {"dT", 1}, {"L", 3}, {"nu", -2}}, "buoyancy against viscosity"},
      {"Ri", {{"g", 1}, {"beta", 1}, {"dT", 1}, {"L", 1}, {"U", -2}}, "buoyancy against inertia"},
      {"Ec", {{"U", 2}, {"cp", -1}, {"dT", -1}}, "kinetic energy against heat content"},
      {"Br", {{"mu", 1}, {"U", 2}, {"k", -1}, {"dT", -1}}, "viscous heating against heat conduction"},
      {"Bi", {{"h", 1}, {"L", 1}, {"k", -1}}, "heat transfer at the surface against conduction inside"},
      {"Fo", {{"alpha", 1}, {"t", 1}, {"L", -2}}, "time against the time of heat diffusion"},
      {"Da", {{"K", 1}, {"L", -2}}, "permeability against the size of the body"},
      {"St", {{"h", 1}, {"rho", -1}, {"cp", -1}, {"U", -1}}, "heat transfer at the surface against advection of heat"},
      {"We", {{"rho", 1}, {"U", 2}, {"L", 1}, {"sigma", -1}}, "inertia against surface tension"},
      {"Ma", {{"U", 1}, {"a", -1}}, "velocity against the speed of sound"},
      {"Sr", {{"L", 1}, {"t", -1}, {"U", -1}}, "unsteadiness against advection"},
      {"Po", {{"q", 1}, {"L", 2}, {"k", -1}, {"dT", -1}}, "heat source against heat conduction"},
  };
  return groups;
}

std::optional<Monomial> in_variables(const NamedGroup& group, const std::map<std::string, Monomial>& roles) {
  Monomial product;
  for (const auto& [name, exponent] : group.powers) {
    const std::optional<Monomial> variables = played_by(name, roles);
    if (!variables) return std::nullopt;
    product = product * power(*variables, exponent);
  }
  return product;
}

// Exponents x with product of basis[i]^x[i] = monomial.
std::optional<RationalVector> combine(const std::vector<Monomial>& basis, const Monomial& monomial) {
  std::set<std::string> names;
  for (const auto& [name, exponent] : monomial) names.insert(name);
  for (const Monomial& element : basis) {
    for (const auto& [name, exponent] : element) names.insert(name);
  }
  const auto column = [&names](const Monomial& m) {
    RationalVector entries;
    for (const std::string& name : names) {
      const auto found = m.find(name);
      entries.push_back(found == m.end() ? Rational(0) : found->second);
    }
    return entries;
  };
  std::vector<RationalVector> columns;
  for (const Monomial& element : basis) columns.push_back(column(element));
  return solve(RationalMatrix::from_columns(names.size(), columns), column(monomial));
}

double value_of(const std::string& name, const Monomial& powers, const std::map<std::string, double>& values) {
  double value = 1;
  for (const auto& [variable, exponent] : powers) {
    const auto found = values.find(variable);
    if (found == values.end()) {
      throw std::invalid_argument("the group " + name + " = " + to_string(powers) + " needs the value of " + variable);
    }
    value *= std::pow(found->second, to_double(exponent));
  }
  if (!std::isfinite(value) || value <= 0) {
    char number[32];
    std::snprintf(number, sizeof number, "%.6g", value);
    throw std::invalid_argument("the group " + name + " = " + to_string(powers) + " is " + number +
                                "; it must be positive and finite");
  }
  return value;
}

}  // namespace

std::optional<Monomial> played_by(const std::string& name, const std::map<std::string, Monomial>& roles) {
  if (const auto found = roles.find(name); found != roles.end()) return found->second;
  const auto has = [&roles](const char* other) { return roles.count(other) > 0; };
  if (name == "nu" && has("mu") && has("rho")) return roles.at("mu") * power(roles.at("rho"), -1);
  if (name == "alpha" && has("k") && has("rho") && has("cp")) {
    return roles.at("k") * power(roles.at("rho") * roles.at("cp"), -1);
  }
  if (name == "mu" && has("nu") && has("rho")) return roles.at("nu") * roles.at("rho");
  if (name == "k" && has("alpha") && has("rho") && has("cp")) {
    return roles.at("alpha") * roles.at("rho") * roles.at("cp");
  }
  return std::nullopt;
}

std::vector<Monomial> pi_basis(const std::vector<Variable>& variables) {
  RationalMatrix dimensions(Dimension::base_count, variables.size());
  for (std::size_t j = 0; j < variables.size(); ++j) {
    for (std::size_t i = 0; i < Dimension::base_count; ++i) dimensions(i, j) = variables[j].dimension[i];
  }
  std::vector<Monomial> basis;
  for (const std::vector<std::int64_t>& exponents : integer_null_space(dimensions)) {
    std::int64_t sign = 0;
    Monomial monomial;
    for (std::size_t j = 0; j < exponents.size(); ++j) {
      if (exponents[j] == 0) continue;
      if (sign == 0) sign = exponents[j] > 0 ? 1 : -1;
      monomial[variables[j].name] += sign * exponents[j];
    }
    basis.push_back(std::move(monomial));
  }
  return basis;
}

std::vector<Group> named_groups(const std::vector<Monomial>& relevant, const std::map<std::string, Monomial>& roles,
                                const std::map<std::string, double>& values) {
  std::vector<Group> groups;
  std::vector<Monomial> chosen;
  const auto add = [&](const std::string& name, const Monomial& powers, const std::string& meaning) {
    groups.push_back({name, powers, value_of(name, powers, values), meaning});
    chosen.push_back(powers);
  };
  for (const NamedGroup& group : table()) {
    const std::optional<Monomial> powers = in_variables(group, roles);
    if (powers && combine(relevant, *powers) && !combine(chosen, *powers)) add(group.name, *powers, group.meaning);
  }
  int unnamed = 0;
  for (const Monomial& coefficient : relevant) {
    if (combine(chosen, coefficient)) continue;
    RationalVector exponents;
    for (const auto& [name, exponent] : coefficient) exponents.push_back(exponent);
    const std::vector<std::int64_t> integers = primitive(exponents);
    Monomial powers;
    std::size_t i = 0;
    for (const auto& [name, exponent] : coefficient) powers[name] = integers[i++];
    add("Pi_" + std::to_string(++unnamed), powers, "");
  }
  return groups;
}

std::optional<Monomial> in_groups(const Monomial& monomial, const std::vector<Group>& groups) {
  std::vector<Monomial> basis;
  for (const Group& group : groups) basis.push_back(group.powers);
  const std::optional<RationalVector> exponents = combine(basis, monomial);
  if (!exponents) return std::nullopt;
  Monomial result;
  for (std::size_t i = 0; i < exponents->size(); ++i) {
    if ((*exponents)[i] != 0) result[groups[i].name] = (*exponents)[i];
  }
  return result;
}

}  // namespace nusselt
