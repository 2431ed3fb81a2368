// Reference quantities of a case and, from them, the scale of every dimension.
//
// A set of independent references (L, U, rho, dT) spans a space of dimensions; the scale of a dimension in that space
// is the one power product of the references that has it: the scale of pressure is rho U^2. The exponents are found
// exactly, in rational numbers; nothing is fitted.
//
// A field may have a scale of its own, where its dimension's would be far from its values: two concentrations of which
// one is a trace.
//
// Temperature is affine: a field T becomes (T - level) / scale, with one level for the whole case.
#pragma once

#include <cstddef>
#include <map>
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
  /// The value as a power product of constants and other references, where it is one; empty for a unit of measurement,
  /// which is no quantity of the case.
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
  /// `fields`: scales of fields that have one of their own, by the field's name. Throws ScaleError when a reference is
  /// not positive and finite, or has the dimension of a product of those before.
  explicit Scales(std::vector<Reference> references, double temperature_level = 0,
                  std::map<std::string, Reference> fields = {});

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
  const std::map<std::string, Reference>& fields() const { return fields_; }
  /// The references and, after them, the scales of the fields that have one of their own.
  std::vector<Reference> all() const;

 private:
  std::vector<Reference> references_;
  std::map<std::string, Reference> fields_;
  double temperature_level_;
};

}  // namespace nusselt
