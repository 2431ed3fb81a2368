// Products of rational powers of named quantities, "g beta dT L^3 / nu^2", and their text.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "nondim/dimension.hpp"

namespace nusselt {

/// Power product as a value: name to exponent, zero exponents absent.
using Monomial = std::map<std::string, Rational>;

/// Power product in the order in which it is to be read.
using PowerProduct = std::vector<std::pair<std::string, Rational>>;

/// "L / t_0", "g^(1/2) L^(1/2)", "rho U L / mu", "a / (b c^2)", "1 / t_0", "1"; zero exponents are skipped.
std::string to_string(const PowerProduct& product);
std::string to_string(const Monomial& monomial);

/// Zero exponents are dropped.
Monomial operator*(const Monomial& a, const Monomial& b);
Monomial power(const Monomial& monomial, const Rational& exponent);

}  // namespace nusselt
