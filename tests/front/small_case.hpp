// A small good case for tests, its variations, and what is said of wrong ones.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "solver/case/case.hpp"

namespace nusselt {

/// Air between a hot and a cold wall in a square; line numbers of messages count from its first line.
inline const std::string small_cavity =
    "case: cavity\n"                               // 1
    "physics: boussinesq\n"                        // 2
    "constants:\n"                                 // 3
    "  T_hot: 305 K\n"                             // 4
    "  T_cold: 295 K\n"                            // 5
    "  T0: 300 K\n"                                // 6
    "  dT: T_hot - T_cold\n"                       // 7
    "  rho: 1.177 kg/m^3\n"                        // 8
    "  cp: 1005 J/(kg K)\n"                        // 9
    "  k: 0.0262 W/(m K)\n"                        // 10
    "  mu: 1.8e-5 Pa s\n"                          // 11
    "  beta: 1/T0\n"                               // 12
    "  g: 9.81 m/s^2\n"                            // 13
    "  L: 22 mm\n"                                 // 14
    "  U: sqrt(g*beta*dT*L)\n"                     // 15
    "domain:\n"                                    // 16
    "  box: {x: [0 m, L], y: [0 m, 2*L]}\n"        // 17
    "scales:\n"                                    // 18
    "  references: [L, U, rho, dT]\n"              // 19
    "  temperature_level: T0\n"                    // 20
    "conditions:\n"                                // 21
    "  - {at: [x-, x+, y-, y+], u: 0, v: 0}\n"     // 22
    "  - {at: x-, T: T_hot}\n"                     // 23
    "  - {at: x+, T: T_cold}\n"                    // 24
    "  - {at: [y-, y+], insulated: dn(T) = 0}\n";  // 25

/// `text` with one part replaced; the part must occur once.
inline std::string replaced(std::string text, const std::string& part, const std::string& by) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << "no " << part;
  EXPECT_EQ(text.find(part, at + 1), std::string::npos) << "two of " << part;
  return at == std::string::npos ? text : text.replace(at, part.size(), by);
}

inline Case case_of(const std::string& text, const std::string& folder = ".") {
  return read_case(Document("case.yaml", text), folder);
}

/// Everything that is said of a refused case; "accepted" when it is none.
inline std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

/// Value of an expression at a point, every field with the same value.
inline double at_point(const Expression& expression, double x, double y, double field = 0) {
  return evaluate(expression, [&](const Expression& leaf) {
    if (leaf.kind() == Expression::Kind::coordinate) return leaf.axis() == axis_x ? x : y;
    return field;
  });
}

}  // namespace nusselt
