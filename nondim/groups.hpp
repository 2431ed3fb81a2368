// Dimensionless groups: exact Pi bases, and the groups of an equation under the names the field gave them.
//
// Buckingham's theorem says how many groups n variables have, but it does not know which of them the equations contain
// (seven variables of natural convection have three groups, its equations two). So the groups of a case are named from
// the dimensionless coefficients of its equations, and `pi_basis` serves where there is no equation.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nondim/power_product.hpp"

namespace nusselt {

struct Variable {
  std::string name;
  Dimension dimension;
};

struct Group {
  std::string name;  // "Ra", or "Pi_1" where the field has no name for it
  Monomial powers;   // in the variables of the case
  double value = 0;
  std::string meaning;  // "buoyancy against diffusion of momentum and heat"; empty for Pi_1, ...
};

/// An integer basis of all dimensionless power products of the variables: it is saturated (every dimensionless product
/// with integer exponents is a product of integer powers of the basis) and reduced to small exponents.
std::vector<Monomial> pi_basis(const std::vector<Variable>& variables);

/// Names for the space spanned by `relevant`, the dimensionless coefficients of the equations.
/// Goes through a fixed table (Ra, Pr, Re, Pe, Gr, Ri, Ec, Br, ...) and takes each group that lies in the rational span
/// of `relevant` and is independent of those taken before; what remains of the span is called Pi_1, Pi_2, ...
///
/// `roles` says which product of variables plays L, U, rho, mu, nu, cp, k, alpha (diffusivity), beta, g, dT, t, h
/// (heat transfer coefficient), D (diffusivity of a species), beta_C and dC (its expansion coefficient and its difference
/// of concentration), K (permeability), q (volumetric heat source), sigma (surface tension), a (speed of
/// sound). A group with a missing role is skipped; nu and alpha are derived from mu, rho, k, cp where only those exist.
/// Throws std::invalid_argument when `values` lacks a variable or a group has no finite positive value.
std::vector<Group> named_groups(const std::vector<Monomial>& relevant, const std::map<std::string, Monomial>& roles,
                                const std::map<std::string, double>& values);

/// The product that plays a letter; nu, alpha, mu and k are derived where their parts are known. Nothing when it is
/// played by none.
std::optional<Monomial> played_by(const std::string& role, const std::map<std::string, Monomial>& roles);

/// Exponents of the groups whose product is `monomial`, exactly: 1/Re = Ra^(-1/2) Pr^(1/2). Nothing when there is none.
std::optional<Monomial> in_groups(const Monomial& monomial, const std::vector<Group>& groups);

}  // namespace nusselt
