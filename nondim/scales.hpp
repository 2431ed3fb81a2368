// Reference quantities of a case and, from them, the scale of every dimension.
//
// A set of independent references (L, U, rho, dT) spans a space of dimensions; the scale of a dimension in that space
// is the one power product of the references that has it: the scale of pressure is rho U^2. The exponents are found
// exactly, in rational numbers; nothing is fitted.
//
// Temperature is affine: a field T becomes (T - level) / scale, with one level for the whole case.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "nondim/power_product.hpp"
#include "nondim/units.hpp"

namespace nusselt {

struct Reference {
  std::string name;
  double si = 1;
  Dimension dimension;
  std::string formula;  // where the value came from, for the table of scales
  /// The value as a power product of constants and other references, times a plain number, where it is one.
  std::optional<Monomial> definition = {};
};

/// A set of references that cannot serve. `reference()` is the index of the guilty one, or -1 when one is missing.
class ScaleError : public std::runtime_error {
 public:
  explicit ScaleError(const std::string& message, int reference = -1)
      : std::runtime_error(message), reference_(reference) {}
  int reference() const { return reference_; }

 private:
  int reference_;
};

class Scales {
 public:
  /// Throws ScaleError when a reference is not positive and finite, or has the dimension of a product of those before.
  explicit Scales(std::vector<Reference> references, double temperature_level = 0);

  /// SI value of the scale; throws ScaleError when no product of the references has this dimension.
  double of(const Dimension& dimension) const;
  template <class Dim>
  double of() const {
    return of(dimension_of<Dim>());
  }
  /// The scale as a power product of the references, in their order; empty when dimensionless. Throws as `of` does.
  PowerProduct exponents(const Dimension& dimension) const;

  /// Whether a product of the references has this dimension.
  bool reaches(const Dimension& dimension) const;

  double temperature_level() const { return temperature_level_; }  // K
  const std::vector<Reference>& references() const { return references_; }

 private:
  std::vector<Reference> references_;
  double temperature_level_;
};

}  // namespace nusselt
