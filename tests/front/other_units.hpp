// A case written anew in another system of units: every constant that is a quantity, in base units of that system.
#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "nondim/quantity.hpp"
#include "solver/case/case.hpp"

namespace nusselt {

struct UnitSystem {
  std::string name;
  std::array<const char*, 5> bases;  // length, mass, time, current, temperature difference
  const char* temperature_level;
};

inline const UnitSystem millimetres = {"mm, g, ms, degC", {"mm", "g", "ms", "mA", "delta_degC"}, "degC"};
inline const UnitSystem feet = {"ft, lb, min, degF", {"ft", "lb", "min", "kA", "delta_degF"}, "degF"};

inline std::string in_units(const Constant& constant, const UnitSystem& units) {
  // Names of levels begin with T in the cases; kelvin does not tell a level from a difference.
  const bool level = constant.dimension == Dimension::of(Dimension::temperature) && constant.name.front() == 'T';
  std::string unit;
  for (std::size_t i = 0; i < units.bases.size() && !level; ++i) {
    const Rational exponent = constant.dimension[i];
    if (exponent == 0) continue;
    unit += (unit.empty() ? "" : " ") + std::string(units.bases[i]) + "^" +
            (exponent.denominator() == 1 ? to_string(exponent) : "(" + to_string(exponent) + ")");
  }
  if (level) unit = units.temperature_level;
  const Unit parsed = parse_unit(unit);
  char number[32];
  std::snprintf(number, sizeof number, "%.17g", (constant.si - parsed.offset) / parsed.factor);
  return std::string(number) + " [" + unit + "]";
}

/// Overrides that give the constants of `c` in another system; formulas stay.
inline std::vector<std::string> constants_in(const UnitSystem& units, const Case& c) {
  std::vector<std::string> overrides;
  for (const Constant& constant : c.constants.all()) {
    if (constant.dimension.is_dimensionless()) continue;
    try {
      parse_quantity(constant.text);
    } catch (const TextError&) {
      continue;  // a formula
    }
    overrides.push_back("constants." + constant.name + "=" + in_units(constant, units));
  }
  return overrides;
}

}  // namespace nusselt
