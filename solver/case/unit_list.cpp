#include "solver/case/unit_list.hpp"

#include <algorithm>
#include <stdexcept>

#include "nondim/expression.hpp"
#include "nondim/named_dimension.hpp"
#include "nondim/quantity.hpp"
#include "nondim/did_you_mean.hpp"
#include "solver/case/input_error.hpp"

namespace nusselt {

namespace {

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t length = count_characters(text);
  return text + std::string(length < width ? width - length : 1, ' ');
}

std::string row_of(const KnownUnit& known) {
  const Unit& unit = known.unit;
  const bool plain = unit.dimension.is_dimensionless();
  std::string text = "  " + padded(known.symbol, 12) + padded(known.name, 44);
  if (unit.level()) {
    text += "a level: 20 " + known.symbol + " = " + to_string(unit.to_si(20), 10) + " K";
  } else {
    text += "= " + to_string(unit.factor, 10) + (plain ? "" : " " + unit.dimension.unit());
  }
  std::string prefixes;
  for (const std::string& prefix : known.prefixes) {
    if (prefix != "\u00b5" && prefix != "\u03bc") prefixes += (prefixes.empty() ? "" : " ") + prefix;
  }
  return text + (prefixes.empty() ? "" : "   prefixes " + prefixes) + "\n";
}

std::string units_of(const Dimension& dimension) {
  std::string text;
  for (const KnownUnit& known : known_units()) {
    if (known.unit.dimension == dimension) text += row_of(known);
  }
  return text;
}

std::string heading(const NamedDimension& named) { return named.name + ", " + named.dimension.unit() + "\n"; }

constexpr const char* closing =
    "\nHow units are written\n"
    "  W/(m K), kg m-3, kg/m^3, m^(1/2)   factors joined by *, a blank or one /; what could be read in two ways is "
    "refused\n"
    "  mm, kPa, um, \u00b5m                  a prefix stands directly before the symbol; u and \u00b5 are micro\n"
    "  20 degC                            a temperature, 293.15 K; degC and degF are levels when they are the whole "
    "unit\n"
    "  5 K, 5 delta_degC                  a difference of temperatures\n"
    "  W/(m^2 degC), 1/degC               inside a compound unit degC is the step of the scale, the kelvin\n"
    "  300 [K]                            brackets where a constant or a field has the name of the unit\n";

}  // namespace

std::string list_units(const std::string& word) {
  const std::vector<NamedDimension> quantities = named_dimensions();
  std::string text;
  if (word.empty()) {
    for (const NamedDimension& named : quantities) {
      const std::string units = units_of(named.dimension);
      if (!units.empty()) text += (text.empty() ? "" : "\n") + heading(named) + units;
    }
    return text + "\ndimensionless, 1\n" + units_of(Dimension()) + closing +
           "\nOther quantities are written with products of these: `nusselt list units viscosity` shows in which.\n";
  }
  std::vector<std::string> known;
  for (const NamedDimension& named : quantities) known.push_back(named.name);
  for (const KnownUnit& unit : known_units()) {
    known.push_back(unit.symbol);
    known.push_back(unit.name);
  }
  for (const NamedDimension& named : quantities) {
    const std::vector<KnownUnit> all = known_units();
    const bool is_unit = std::any_of(all.begin(), all.end(), [&](const KnownUnit& unit) {
      return unit.unit.dimension == named.dimension && (unit.symbol == word || unit.name == word);
    });
    if (is_unit || named.name.find(word) != std::string::npos) text += heading(named) + units_of(named.dimension);
  }
  if (!text.empty()) return text;
  try {
    const Unit unit = parse_unit(word);
    return unit.dimension.describe() + "\n  " + word + " = " + to_string(unit.factor, 10) + " " +
           unit.dimension.unit() + "\n";
  } catch (const TextError& error) {
    const std::string near = did_you_mean(word, known);
    throw std::out_of_range("no quantity is called " + quote(word) + ", and as a unit: " + error.what() +
                            (near.empty() ? "" : "; did you mean " + quote(near) + "?"));
  }
}

}  // namespace nusselt
