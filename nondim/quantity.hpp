// Door one for numbers: the strict reader of "0.025 W/(m K)", "20 degC", "1e-5 m^2/s".
//
//   quantity = number [unit] | number "[" unit "]"
//   unit     = factor { ("*" | "·" | " " | "/") factor }      factor = symbol [power] | "(" unit ")" [power] | "1"
//   power    = "^2" | "^-1" | "^(1/2)" | "**2" | "2" | "-1" | "1/2" | "²" | "⁻¹"       (digits directly at the symbol)
//
// What two people could read differently is refused, never guessed: `W/m K`, `m^1/2`, `m^0.5`, `C` (Celsius or
// coulomb), `F`, a unit that is not in the table. degC and degF are temperature levels when they are the whole unit
// (20 degC is 293.15 K) and differences inside a compound unit (1/degC is 1/K); a difference alone is written in K or
// delta_degC.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nondim/dimension.hpp"
#include "nondim/text_error.hpp"

namespace nusselt {

/// A value given in this unit is `value * factor + offset` in SI. Only a temperature level has an offset.
struct Unit {
  double factor = 1;
  double offset = 0;
  Dimension dimension;

  bool level() const { return offset != 0; }
  double to_si(double value) const { return value * factor + offset; }
};

/// A number with its unit, in SI. `level` is true for a reading on the Celsius or Fahrenheit scale, which can never be
/// a temperature difference; kelvin can be either and is not flagged.
struct Quantity {
  double si = 0;
  Dimension dimension;
  bool level = false;
  std::string text;  // as the user wrote it, without surrounding blanks
};

/// Throws TextError with the byte offset of the mistake in `text`. Without a unit the quantity is dimensionless.
Quantity parse_quantity(std::string_view text);

/// The unit alone, as in the header of a CSV column; optional brackets, "1" or "-" for dimensionless. Throws TextError.
Unit parse_unit(std::string_view text);

/// A row of `list units`.
struct KnownUnit {
  std::string symbol;
  std::string name;
  Unit unit;
  std::vector<std::string> prefixes;  // "k", "m", ...: those that it takes
};
std::vector<KnownUnit> known_units();

}  // namespace nusselt
