#include "nondim/scales.hpp"

#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include "nondim/rational_matrix.hpp"

namespace nusselt {
namespace {

RationalVector exponents_of(const Dimension& dimension) {
  RationalVector exponents(Dimension::base_count);
  for (std::size_t i = 0; i < exponents.size(); ++i) exponents[i] = dimension[i];
  return exponents;
}

// Exponents x with product of dimensions[i]^x[i] = dimension.
std::optional<RationalVector> combine(const std::vector<Dimension>& dimensions, const Dimension& dimension) {
  std::vector<RationalVector> columns;
  for (const Dimension& d : dimensions) columns.push_back(exponents_of(d));
  return solve(RationalMatrix::from_columns(Dimension::base_count, columns), exponents_of(dimension));
}

std::vector<Dimension> dimensions_of(const std::vector<Reference>& references) {
  std::vector<Dimension> dimensions;
  for (const Reference& reference : references) dimensions.push_back(reference.dimension);
  return dimensions;
}

PowerProduct named(const std::vector<Reference>& references, const RationalVector& exponents) {
  PowerProduct product;
  for (std::size_t i = 0; i < exponents.size(); ++i) {
    if (exponents[i] != 0) product.emplace_back(references[i].name, exponents[i]);
  }
  return product;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

// The references that would complete the set, chosen from those a case usually has.
std::vector<std::string> references_to_add(std::vector<Dimension> dimensions, const Dimension& wanted) {
  static const std::vector<std::pair<Dimension, std::string>> usual = {
      {dimension_of<Length>(), "a length"},
      {dimension_of<Density>(), "a density"},
      {dimension_of<Velocity>(), "a velocity"},
      {dimension_of<Temperature>(), "a temperature difference"},
      {dimension_of<Time>(), "a time"},
      {dimension_of<ElectricCurrent>(), "an electric current"},
      {dimension_of<Amount>(), "an amount of substance"},
      {dimension_of<LuminousIntensity>(), "a luminous intensity"},
  };
  for (const auto& [dimension, word] : usual) {
    std::vector<Dimension> with = dimensions;
    with.push_back(dimension);
    if (combine(with, wanted)) return {word};
  }
  std::vector<std::string> words;
  for (const auto& [dimension, word] : usual) {
    if (combine(dimensions, wanted)) break;
    // A reference helps when it is new to the set and shares a base unit with what is wanted.
    bool shares = false;
    for (std::size_t i = 0; i < Dimension::base_count; ++i) shares |= dimension[i] != 0 && wanted[i] != 0;
    if (!shares || combine(dimensions, dimension)) continue;
    dimensions.push_back(dimension);
    words.push_back(word);
  }
  return words;
}

[[noreturn]] void refuse_unreachable(const std::vector<Reference>& references, const Dimension& wanted) {
  const std::vector<Dimension> dimensions = dimensions_of(references);
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < Dimension::base_count; ++i) {
    const Dimension base = Dimension::of(static_cast<Dimension::Base>(i));
    if (wanted[i] != 0 && !combine(dimensions, base)) missing.push_back(base.name());
  }
  const std::string add = "; add for example " + joined(references_to_add(dimensions, wanted));
  if (missing.size() == 1) {
    const bool itself = wanted.name() == missing[0];
    throw ScaleError("no reference fixes the scale of " + missing[0] +
                     (itself ? "" : ": " + wanted.describe() + " needs it") + add);
  }
  std::vector<std::string> names;
  for (const Reference& reference : references) names.push_back(reference.name);
  const std::string set = names.empty()       ? "without references nothing fixes the scale of "
                          : names.size() == 1 ? "the reference " + names[0] + " alone does not fix the scale of "
                                              : "the references " + joined(names) + " do not fix the scale of ";
  throw ScaleError(set + wanted.describe() + add);
}

void require_positive(const Reference& reference, int index) {
  if (std::isfinite(reference.si) && reference.si > 0) return;
  throw ScaleError("the reference " + reference.name + " is " + number(reference.si) + " " +
                       reference.dimension.unit() + "; a reference must be positive and finite",
                   index);
}

}  // namespace

Scales::Scales(std::vector<Reference> references, double temperature_level, std::map<std::string, Reference> fields)
    : references_(std::move(references)), fields_(std::move(fields)), temperature_level_(temperature_level) {
  if (!std::isfinite(temperature_level_) || temperature_level_ < 0) {
    throw ScaleError("the temperature level is " + number(temperature_level_) +
                     " K; it must be finite and not below absolute zero");
  }
  std::vector<Dimension> before;
  for (std::size_t i = 0; i < references_.size(); ++i) {
    const Reference& reference = references_[i];
    const int index = static_cast<int>(i);
    require_positive(reference, index);
    if (reference.dimension.is_dimensionless()) {
      throw ScaleError("the references are dependent: " + reference.name + " is dimensionless; remove it", index);
    }
    if (const std::optional<RationalVector> exponents = combine(before, reference.dimension)) {
      throw ScaleError("the references are dependent: " + reference.name + " has the dimension of " +
                           to_string(named(references_, *exponents)) + "; remove one of them",
                       index);
    }
    before.push_back(reference.dimension);
  }
  for (const auto& [field, reference] : fields_) require_positive(reference, -1);
}

std::vector<Reference> Scales::all() const {
  std::vector<Reference> all = references_;
  for (const auto& [field, reference] : fields_) all.push_back(reference);
  return all;
}

bool Scales::reaches(const Dimension& dimension) const {
  return combine(dimensions_of(references_), dimension).has_value();
}

PowerProduct Scales::exponents(const Dimension& dimension) const {
  const std::optional<RationalVector> exponents = combine(dimensions_of(references_), dimension);
  if (!exponents) refuse_unreachable(references_, dimension);
  return named(references_, *exponents);
}

double Scales::of(const Dimension& dimension) const {
  const std::optional<RationalVector> exponents = combine(dimensions_of(references_), dimension);
  if (!exponents) refuse_unreachable(references_, dimension);
  double scale = 1;
  for (std::size_t i = 0; i < exponents->size(); ++i) scale *= std::pow(references_[i].si, to_double((*exponents)[i]));
  return scale;
}

}  // namespace nusselt
