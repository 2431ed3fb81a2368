#include "nondim/unit_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numbers>

namespace nusselt {
namespace {

// Which SI prefixes a symbol takes. `thousands` are those by powers of a thousand; `centi` adds c, d and h, which are
// usual for a few units only (cm, dL, hPa, cP) and would turn typing errors of the others into units.
enum class Prefixes { none, thousands, centi };

struct TableRow {
  const char* symbol;
  const char* name;
  double factor;
  std::array<int, Dimension::base_count> exponents;  // m kg s A K mol cd
  Prefixes prefixes;
  double offset = 0;
};

constexpr double inch = 0.0254;
constexpr double foot = 0.3048;
constexpr double pound = 0.45359237;
constexpr double gravity = 9.80665;
constexpr double btu = 1055.05585262;  // International Table
constexpr double rankine = 5.0 / 9.0;

constexpr std::array<int, Dimension::base_count> none = {0, 0, 0, 0, 0, 0, 0};
constexpr std::array<int, Dimension::base_count> length = {1, 0, 0, 0, 0, 0, 0};
constexpr std::array<int, Dimension::base_count> mass = {0, 1, 0, 0, 0, 0, 0};
constexpr std::array<int, Dimension::base_count> time = {0, 0, 1, 0, 0, 0, 0};
constexpr std::array<int, Dimension::base_count> rate = {0, 0, -1, 0, 0, 0, 0};
constexpr std::array<int, Dimension::base_count> temperature = {0, 0, 0, 0, 1, 0, 0};
constexpr std::array<int, Dimension::base_count> volume = {3, 0, 0, 0, 0, 0, 0};
constexpr std::array<int, Dimension::base_count> force = {1, 1, -2, 0, 0, 0, 0};
constexpr std::array<int, Dimension::base_count> pressure = {-1, 1, -2, 0, 0, 0, 0};
constexpr std::array<int, Dimension::base_count> energy = {2, 1, -2, 0, 0, 0, 0};

constexpr TableRow table[] = {
    {"m", "metre", 1, length, Prefixes::centi},
    {"kg", "kilogram", 1, mass, Prefixes::none},
    {"s", "second", 1, time, Prefixes::thousands},
    {"A", "ampere", 1, {0, 0, 0, 1, 0, 0, 0}, Prefixes::thousands},
    {"K", "kelvin", 1, temperature, Prefixes::thousands},
    {"mol", "mole", 1, {0, 0, 0, 0, 0, 1, 0}, Prefixes::thousands},
    {"cd", "candela", 1, {0, 0, 0, 0, 0, 0, 1}, Prefixes::none},
    {"N", "newton", 1, force, Prefixes::thousands},
    {"Pa", "pascal", 1, pressure, Prefixes::centi},
    {"J", "joule", 1, energy, Prefixes::thousands},
    {"W", "watt", 1, {2, 1, -3, 0, 0, 0, 0}, Prefixes::thousands},
    {"Hz", "hertz", 1, rate, Prefixes::thousands},
    {"V", "volt", 1, {2, 1, -3, -1, 0, 0, 0}, Prefixes::thousands},
    {"ohm", "ohm", 1, {2, 1, -3, -2, 0, 0, 0}, Prefixes::thousands},
    {"S", "siemens", 1, {-2, -1, 3, 2, 0, 0, 0}, Prefixes::thousands},
    {"T", "tesla", 1, {0, 1, -2, -1, 0, 0, 0}, Prefixes::thousands},
    {"g", "gram", 1e-3, mass, Prefixes::thousands},
    {"t", "tonne", 1000, mass, Prefixes::none},
    {"bar", "bar", 1e5, pressure, Prefixes::thousands},
    {"atm", "standard atmosphere", 101325, pressure, Prefixes::none},
    {"mmHg", "millimetre of mercury", 133.322387415, pressure, Prefixes::none},
    {"L", "litre", 1e-3, volume, Prefixes::centi},
    {"P", "poise", 0.1, {-1, 1, -1, 0, 0, 0, 0}, Prefixes::centi},
    {"St", "stokes", 1e-4, {2, 0, -1, 0, 0, 0, 0}, Prefixes::centi},
    {"min", "minute", 60, time, Prefixes::none},
    {"h", "hour", 3600, time, Prefixes::none},
    {"day", "day", 86400, time, Prefixes::none},
    {"rpm", "revolution per minute", 2 * std::numbers::pi / 60, rate, Prefixes::none},
    {"rad", "radian", 1, none, Prefixes::thousands},
    {"deg", "degree of arc", std::numbers::pi / 180, none, Prefixes::none},
    {"%", "percent", 1e-2, none, Prefixes::none},
    {"ppm", "part per million", 1e-6, none, Prefixes::none},
    {"cal", "thermochemical calorie", 4.184, energy, Prefixes::thousands},
    {"Wh", "watt hour", 3600, energy, Prefixes::thousands},
    {"degC", "degree Celsius", 1, temperature, Prefixes::none, 273.15},
    {"°C", "degree Celsius", 1, temperature, Prefixes::none, 273.15},
    {"degF", "degree Fahrenheit", rankine, temperature, Prefixes::none, 459.67 * rankine},
    {"°F", "degree Fahrenheit", rankine, temperature, Prefixes::none, 459.67 * rankine},
    {"delta_degC", "difference of a degree Celsius", 1, temperature, Prefixes::none},
    {"delta_degF", "difference of a degree Fahrenheit", rankine, temperature, Prefixes::none},
    {"in", "inch", inch, length, Prefixes::none},
    {"ft", "foot", foot, length, Prefixes::none},
    {"lb", "pound", pound, mass, Prefixes::none},
    {"lbf", "pound-force", pound* gravity, force, Prefixes::none},
    {"psi", "pound-force per square inch", pound* gravity / (inch * inch), pressure, Prefixes::none},
    {"BTU", "British thermal unit (International Table)", btu, energy, Prefixes::none},
};

struct Prefix {
  const char* symbol;
  double factor;
  bool thousands;
};
constexpr Prefix prefixes[] = {
    {"T", 1e12, true}, {"G", 1e9, true},   {"M", 1e6, true},   {"k", 1e3, true},
    {"h", 1e2, false}, {"d", 1e-1, false}, {"c", 1e-2, false}, {"m", 1e-3, true},
    {"u", 1e-6, true}, {"µ", 1e-6, true},  {"μ", 1e-6, true},  // U+00B5, U+03BC
    {"n", 1e-9, true}, {"p", 1e-12, true}, {"f", 1e-15, true},
};

// What people write for a unit of the table, and for units that stay out of it because two readings exist.
struct Advice {
  const char* written;
  const char* hint;
};
constexpr Advice advice[] = {
    {"C", "write degC for a temperature level, K or delta_degC for a difference; the coulomb is A s"},
    {"F", "write degF for a temperature level, delta_degF for a difference; the farad is A s V-1"},
    {"l", "the litre is written L"},
    {"sec", "the second is written s"},
    {"hr", "the hour is written h"},
    {"d", "the day is written day"},
    {"u", "did you mean um?"},
    {"Ω", "write ohm"},
    {"°K", "the kelvin is written K, without a degree sign"},
    {"degK", "the kelvin is written K, without a degree sign"},
    {"°", "the degree of arc is written deg, the degree Celsius degC"},
    {"lbs", "the pound is written lb"},
    {"lbm", "the pound is written lb"},
    {"cc", "write cm^3"},
};

bool takes(const TableRow& row, const Prefix& prefix) {
  return row.prefixes == Prefixes::centi || (row.prefixes == Prefixes::thousands && prefix.thousands);
}

Unit to_unit(const TableRow& row) {
  std::array<Rational, Dimension::base_count> exponents;
  std::copy(row.exponents.begin(), row.exponents.end(), exponents.begin());
  return {row.factor, row.offset, Dimension(exponents)};
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Insertions, deletions, substitutions and swaps of neighbours that turn a into b.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      const std::size_t substituted = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, substituted});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

// "Nm" and "Pas" are two units without the blank between them.
std::string split(std::string_view symbol) {
  for (std::size_t i = 1; i < symbol.size(); ++i) {
    const std::string_view left = symbol.substr(0, i);
    const std::string_view right = symbol.substr(i);
    if (find_unit(left) && find_unit(right)) return std::string(left) + " " + std::string(right);
  }
  return {};
}

}  // namespace

std::optional<Unit> find_unit(std::string_view symbol) {
  for (const TableRow& row : table) {
    if (symbol == row.symbol) return to_unit(row);
  }
  for (const Prefix& prefix : prefixes) {
    if (!symbol.starts_with(prefix.symbol)) continue;
    const std::string_view rest = symbol.substr(std::string_view(prefix.symbol).size());
    for (const TableRow& row : table) {
      const bool allowed = takes(row, prefix);
      if (!allowed || rest != row.symbol) continue;
      Unit unit = to_unit(row);
      unit.factor *= prefix.factor;
      return unit;
    }
  }
  return std::nullopt;
}

std::string unit_hint(std::string_view symbol) {
  for (const Advice& entry : advice) {
    if (symbol == entry.written) return entry.hint;
  }
  const std::string typed = lower(symbol);
  // A wrong capital is the likeliest mistake: KPa, MBar, Kg.
  for (const char* prefix : {"", "k", "m", "M", "c", "u", "h"}) {
    for (const TableRow& row : table) {
      const std::string candidate = std::string(prefix) + row.symbol;
      if (lower(candidate) == typed && find_unit(candidate)) return "did you mean " + candidate + "?";
    }
  }
  // Names in full, in the singular or plural, in either spelling: meter, pascals, gramm.
  if (typed.size() >= 4) {
    for (const TableRow& row : table) {
      if (edit_distance(typed, row.name) <= 2) return "did you mean " + std::string(row.symbol) + "?";
    }
  }
  if (const std::string two_units = split(symbol); !two_units.empty()) return "did you mean " + two_units + "?";
  // In one letter or two every symbol is close to every other, so they must at least begin alike.
  std::size_t best = typed.size() > 3 ? 2 : 1;
  std::vector<std::string> closest;
  for (const TableRow& row : table) {
    const std::size_t distance = edit_distance(typed, lower(row.symbol));
    if (distance > best || (typed.size() <= 3 && symbol.front() != row.symbol[0])) continue;
    if (distance < best) closest.clear();
    best = distance;
    closest.push_back(row.symbol);
  }
  if (closest.empty()) return "`nusselt list units` shows the units that are known";
  return "did you mean " + closest[0] + (closest.size() > 1 ? " or " + closest[1] : "") + "?";
}

std::vector<KnownUnit> known_units() {
  std::vector<KnownUnit> units;
  for (const TableRow& row : table) {
    std::vector<std::string> taken;
    for (const Prefix& prefix : prefixes) {
      if (takes(row, prefix)) taken.push_back(prefix.symbol);
    }
    units.push_back({row.symbol, row.name, to_unit(row), taken});
  }
  return units;
}

}  // namespace nusselt
