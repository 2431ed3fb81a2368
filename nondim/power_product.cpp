#include "nondim/power_product.hpp"

namespace nusselt {
namespace {

std::string factor(const std::string& name, const Rational& exponent) {
  if (exponent == 1) return name;
  if (exponent.denominator() == 1) return name + "^" + to_string(exponent);
  return name + "^(" + to_string(exponent) + ")";
}

}  // namespace

std::string to_string(const PowerProduct& product) {
  std::string numerator;
  std::string denominator;
  int below = 0;
  for (const auto& [name, exponent] : product) {
    if (exponent == 0) continue;
    std::string& side = exponent > 0 ? numerator : denominator;
    if (!side.empty()) side += ' ';
    side += factor(name, boost::abs(exponent));
    below += exponent < 0;
  }
  if (numerator.empty()) numerator = "1";
  if (below == 0) return numerator;
  return numerator + " / " + (below == 1 ? denominator : "(" + denominator + ")");
}

std::string to_string(const Monomial& monomial) { return to_string(PowerProduct(monomial.begin(), monomial.end())); }

Monomial operator*(const Monomial& a, const Monomial& b) {
  Monomial result = a;
  for (const auto& [name, exponent] : b) result[name] += exponent;
  std::erase_if(result, [](const auto& entry) { return entry.second == 0; });
  return result;
}

Monomial power(const Monomial& monomial, const Rational& exponent) {
  Monomial result;
  for (const auto& [name, e] : monomial) {
    if (e * exponent != 0) result[name] = e * exponent;
  }
  return result;
}

}  // namespace nusselt
