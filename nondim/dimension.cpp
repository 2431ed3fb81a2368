#include "nondim/dimension.hpp"

#include <algorithm>

#include "nondim/named_dimension.hpp"

namespace nusselt {
namespace {

constexpr std::array<const char*, Dimension::base_count> base_symbols = {"m", "kg", "s", "A", "K", "mol", "cd"};
// Mass first, as in "kg m-1 s-1".
constexpr std::array<Dimension::Base, Dimension::base_count> print_order = {
    Dimension::mass,        Dimension::length, Dimension::time,      Dimension::current,
    Dimension::temperature, Dimension::amount, Dimension::luminosity};

struct KnownDimension {
  std::array<int, Dimension::base_count> exponents;  // m kg s A K mol cd
  const char* name;
  const char* unit;
};

// Where two quantities share a dimension the name says both, or the one that thermo-fluid equations mean.
constexpr KnownDimension known_dimensions[] = {
    {{1, 0, 0, 0, 0, 0, 0}, "length", "m"},
    {{0, 1, 0, 0, 0, 0, 0}, "mass", "kg"},
    {{0, 0, 1, 0, 0, 0, 0}, "time", "s"},
    {{0, 0, 0, 1, 0, 0, 0}, "electric current", "A"},
    {{0, 0, 0, 0, 1, 0, 0}, "temperature", "K"},
    {{0, 0, 0, 0, 0, 1, 0}, "amount of substance", "mol"},
    {{0, 0, 0, 0, 0, 0, 1}, "luminous intensity", "cd"},
    {{2, 0, 0, 0, 0, 0, 0}, "area", "m2"},
    {{3, 0, 0, 0, 0, 0, 0}, "volume", "m3"},
    {{-1, 0, 0, 0, 0, 0, 0}, "inverse length", "m-1"},
    {{0, 0, -1, 0, 0, 0, 0}, "rate", "s-1"},
    {{1, 0, -1, 0, 0, 0, 0}, "velocity", "m s-1"},
    {{1, 0, -2, 0, 0, 0, 0}, "acceleration", "m s-2"},
    {{2, 0, -1, 0, 0, 0, 0}, "kinematic viscosity or diffusivity", "m2 s-1"},
    {{3, 0, -1, 0, 0, 0, 0}, "volume flow rate", "m3 s-1"},
    {{2, 0, -2, 0, 0, 0, 0}, "specific energy", "J kg-1"},
    {{-3, 1, 0, 0, 0, 0, 0}, "density", "kg m-3"},
    {{0, 1, -1, 0, 0, 0, 0}, "mass flow rate", "kg s-1"},
    {{-2, 1, -1, 0, 0, 0, 0}, "mass flux", "kg m-2 s-1"},
    {{-3, 1, -1, 0, 0, 0, 0}, "mass source", "kg m-3 s-1"},
    {{1, 1, -2, 0, 0, 0, 0}, "force", "N"},
    {{-1, 1, -2, 0, 0, 0, 0}, "pressure", "Pa"},
    {{-2, 1, -2, 0, 0, 0, 0}, "force density", "N m-3"},
    {{0, 1, -2, 0, 0, 0, 0}, "surface tension", "N m-1"},
    {{-1, 1, -1, 0, 0, 0, 0}, "dynamic viscosity", "Pa s"},
    {{2, 1, -2, 0, 0, 0, 0}, "energy", "J"},
    {{2, 1, -3, 0, 0, 0, 0}, "power", "W"},
    {{1, 1, -3, 0, 0, 0, 0}, "power per length", "W m-1"},
    {{0, 1, -3, 0, 0, 0, 0}, "heat flux", "W m-2"},
    {{-1, 1, -3, 0, 0, 0, 0}, "power density", "W m-3"},
    {{0, 0, 0, 0, -1, 0, 0}, "thermal expansion coefficient", "K-1"},
    {{-1, 0, 0, 0, 1, 0, 0}, "temperature gradient", "K m-1"},
    {{0, 0, -1, 0, 1, 0, 0}, "temperature rate", "K s-1"},
    {{2, 0, -2, 0, -1, 0, 0}, "specific heat capacity", "J kg-1 K-1"},
    {{-1, 1, -2, 0, -1, 0, 0}, "volumetric heat capacity", "J m-3 K-1"},
    {{2, 1, -2, 0, -1, 0, 0}, "heat capacity", "J K-1"},
    {{1, 1, -3, 0, -1, 0, 0}, "thermal conductivity", "W m-1 K-1"},
    {{0, 1, -3, 0, -1, 0, 0}, "heat transfer coefficient", "W m-2 K-1"},
    {{2, 1, -3, 0, -1, 0, 0}, "thermal conductance", "W K-1"},
    {{-2, -1, 3, 0, 1, 0, 0}, "thermal resistance", "K W-1"},
    {{0, -1, 3, 0, 1, 0, 0}, "thermal insulance", "m2 K W-1"},
    {{0, 1, -3, 0, -4, 0, 0}, "radiation coefficient", "W m-2 K-4"},
    {{0, 0, 1, 1, 0, 0, 0}, "electric charge", "A s"},
    {{2, 1, -3, -1, 0, 0, 0}, "voltage", "V"},
    {{2, 1, -3, -2, 0, 0, 0}, "electric resistance", "ohm"},
    {{-2, -1, 3, 2, 0, 0, 0}, "electric conductance", "S"},
    {{-3, -1, 3, 2, 0, 0, 0}, "electric conductivity", "S m-1"},
    {{0, 1, -2, -1, 0, 0, 0}, "magnetic flux density", "T"},
    {{0, 1, 0, 0, 0, -1, 0}, "molar mass", "kg mol-1"},
    {{-3, 0, 0, 0, 0, 1, 0}, "concentration", "mol m-3"},
};

const KnownDimension* find_known(const Dimension& dimension) {
  for (const KnownDimension& known : known_dimensions) {
    bool equal = true;
    for (std::size_t i = 0; i < Dimension::base_count; ++i) equal = equal && dimension[i] == known.exponents[i];
    if (equal) return &known;
  }
  return nullptr;
}

}  // namespace

std::vector<NamedDimension> named_dimensions() {
  std::vector<NamedDimension> named;
  for (const KnownDimension& known : known_dimensions) {
    std::array<Rational, Dimension::base_count> exponents;
    std::copy(known.exponents.begin(), known.exponents.end(), exponents.begin());
    named.push_back({known.name, Dimension(exponents)});
  }
  return named;
}

std::string to_string(const Rational& value) {
  std::string text = std::to_string(value.numerator());
  if (value.denominator() != 1) text += "/" + std::to_string(value.denominator());
  return text;
}

double to_double(const Rational& value) {
  return static_cast<double>(value.numerator()) / static_cast<double>(value.denominator());
}

Dimension Dimension::of(Base base) {
  std::array<Rational, base_count> exponents{};
  exponents[base] = 1;
  return Dimension(exponents);
}

bool Dimension::is_dimensionless() const {
  return std::all_of(exponents_.begin(), exponents_.end(), [](const Rational& e) { return e == 0; });
}

Dimension Dimension::power(const Rational& exponent) const {
  Dimension result = *this;
  for (Rational& e : result.exponents_) e *= exponent;
  return result;
}

std::string Dimension::si() const {
  std::string text;
  for (const Base base : print_order) {
    const Rational& e = exponents_[base];
    if (e == 0) continue;
    if (!text.empty()) text += ' ';
    text += base_symbols[base];
    if (e != 1) text += to_string(e);
  }
  return text.empty() ? "1" : text;
}

std::string Dimension::name() const {
  const KnownDimension* known = find_known(*this);
  return known ? known->name : "";
}

std::string Dimension::unit() const {
  const KnownDimension* known = find_known(*this);
  return known ? known->unit : si();
}

std::string Dimension::describe() const {
  if (is_dimensionless()) return "a dimensionless number";
  const std::string label = "[" + unit() + "]";
  const std::string word = name();
  return word.empty() ? label : word + " " + label;
}

Dimension operator*(const Dimension& a, const Dimension& b) {
  Dimension result = a;
  for (std::size_t i = 0; i < Dimension::base_count; ++i) result.exponents_[i] += b.exponents_[i];
  return result;
}

Dimension operator/(const Dimension& a, const Dimension& b) {
  Dimension result = a;
  for (std::size_t i = 0; i < Dimension::base_count; ++i) result.exponents_[i] -= b.exponents_[i];
  return result;
}

}  // namespace nusselt
