// Numbers for the leaves of an expression, by the text a leaf prints as: "rho", "x", "dx(T)", "n_x".
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include "nondim/expression.hpp"

namespace nusselt {

using LeafValues = std::map<std::string, double>;

inline double value_at(const Expression& expression, const LeafValues& values) {
  return evaluate(expression, [&](const Expression& leaf) {
    const auto known = values.find(to_string(leaf));
    if (known == values.end()) throw std::out_of_range("the test has no value for " + to_string(leaf));
    return known->second;
  });
}

/// A number between 0.3 and 1.7 that belongs to a text: different leaves, different values, on every machine.
inline double scattered(const std::string& text, unsigned seed = 0) {
  unsigned state = 2166136261u + 97u * seed;
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 16777619u;
  state = (state ^ (state >> 15)) * 2246822519u;
  return 0.3 + 1.4 * static_cast<double>((state ^ (state >> 13)) % 1000003u) / 1000003.0;
}

}  // namespace nusselt
