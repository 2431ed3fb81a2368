// Which constants of a case play the letters that dimensionless groups and named scalings are written in.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nondim/power_product.hpp"
#include "physics/system.hpp"

namespace nusselt {

/// rho, mu, nu, cp, k, alpha, D, beta, g, K, h, q, sigma: the constant of the equations that has the name of the letter
/// and its dimension; else the only one of its dimension, where one dimension has one letter. Viscosity and
/// diffusivities share theirs and go by name alone.
std::map<std::string, Monomial> constant_roles(const System& system);

/// The dimension of a letter, and of L, U, P, dT, t as well. Throws std::out_of_range.
Dimension role_dimension(const std::string& role);

/// Constants of the equations with the dimension of a letter, for the message that none of them is known to play it.
std::vector<std::string> candidates_for(const std::string& role, const System& system);

}  // namespace nusselt
