// Door two: the only maker of a DimensionlessResidual.
//
// Each field, coordinate and datum is replaced by scale * (dimensionless symbol), a temperature by
// level + scale * (dimensionless symbol); the residual is multiplied out and divided by the coefficient of its dominant
// term, so that the largest dimensionless coefficient of every equation is 1. That scale follows from the terms and not
// from the residual's dimension alone: W m-3 as rho U^3/L would leave the energy equation with coefficients of 1/Ec.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nondim/expression.hpp"
#include "nondim/groups.hpp"
#include "nondim/scales.hpp"

namespace nusselt {

/// Values of the named constants in SI.
struct ConstantValues : std::map<std::string, double> {
  using std::map<std::string, double>::map;
  /// Constants that are sought or are inputs: what they are divided by their value above, which is where scales are
  /// taken; a dimensionless expression of dimensionless leaves. Coefficients stay expressions in it.
  std::map<std::string, Expression> ratios = {};
};

/// c * ratio in place of every constant c that has a ratio.
Expression with_ratios(const Expression& expression, const ConstantValues& values);

class DimensionlessResidual {
 public:
  /// One term: coefficient * factor, the factor free of constants.
  struct Term {
    double coefficient;
    Expression factor;
    /// The coefficient as a power product of constants and references relative to the dominant term; absent where
    /// several constants' products were summed.
    std::optional<Monomial> ratio;
  };

  const std::string& name() const { return name_; }
  /// Sum of the terms. All leaves are dimensionless: scaled fields, scaled coordinates, normals, scaled columns.
  const Expression& expression() const { return expression_; }
  const std::vector<Term>& terms() const { return terms_; }
  /// One dimensionless unit of this residual in SI.
  double scale() const { return scale_; }
  /// The dimension of the residual before scaling.
  const Dimension& dimension() const { return dimension_; }
  /// The dominant term's coefficient as text, `rho*U^2/L`.
  const std::string& scale_formula() const { return scale_formula_; }

  friend DimensionlessResidual nondimensionalize(const std::string& name, const Expression& residual,
                                                 const Scales& scales, const ConstantValues& values);

 private:
  DimensionlessResidual(std::string name, Expression expression, std::vector<Term> terms, double scale,
                        Dimension dimension, std::string scale_formula);
  std::string name_;
  Expression expression_;
  std::vector<Term> terms_;
  double scale_;
  Dimension dimension_;
  std::string scale_formula_;
};

/// `residual` vanishes where the equation holds. Throws std::invalid_argument when it is zero everywhere, ScaleError
/// when the references do not fix a scale that it needs.
DimensionlessResidual nondimensionalize(const std::string& name, const Expression& residual, const Scales& scales,
                                        const ConstantValues& values);

/// A product of parameters and dimensionless numbers, without the numbers; nothing where the expression is none.
std::optional<Monomial> power_product_of(const Expression& expression);

/// A term as it stands before the residual is divided by its dominant term.
struct ScaledTerm {
  double value;  // of the coefficient, in SI and with its sign
  /// Exponents of the references in the coefficient.
  Monomial references;
  /// The coefficient as a power product of constants and references; absent where several were summed.
  std::optional<Monomial> powers;
  std::string text;  // "rho*g*beta*dT"
};
/// What the choice of scales rests on. Terms that no scale can part, such as what is inside of a function, are one.
/// Empty where everything cancels. Throws as `nondimensionalize` does otherwise.
std::vector<ScaledTerm> scaled_terms(const Expression& residual, const Scales& scales, const ConstantValues& values);

/// The SI value of an expression as a function of scaled fields and coordinates: every leaf dimensionless, every number
/// in SI. This is the way back, for outputs; it makes no DimensionlessResidual.
Expression in_scaled_fields(const Expression& expression, const Scales& scales, const ConstantValues& values);

/// A field's value given in SI, (value - level)/scale, as a function of scaled coordinates.
Expression scaled_value(const Expression& value, const Expression& field, const Scales& scales,
                        const ConstantValues& values);

/// What a scaled field is measured in, SI: its own scale, or that of its dimension. Throws ScaleError.
double field_scale(const Expression& field, const Scales& scales);

/// What a scaled field is measured from: the temperature level for temperatures, 0 for all others.
double field_level(const Expression& field, const Scales& scales);

}  // namespace nusselt
