// Scales from the equations: the references that a case does not know are chosen so that the coefficients of its
// dimensionless equations lie as close together as they can.
//
// The logarithm of each coefficient is affine in the logarithms of the free references. Wanted is the smallest largest
// spread (largest against smallest coefficient of one equation), a linear program; then, with that kept, the smallest
// largest spread of the equations that are still open, and so on; what is left is decided by the smallest 1-norm of the
// logarithms of the coefficients. Conditions that are equations come before the equations of the system. None of this
// depends on the units that the constants are given in.
//
// A reference that stands in one term of each of its equations alone, as that of pressure does, takes part in no
// spread: it makes its term as large as the largest of the others.
//
// At the optimum some coefficients are equal, or some spreads. Where these relations decide the references, they are
// solved for exactly in the exponents: the velocity of natural convection is not a number but (g beta dT L)^(1/2).
#pragma once

#include <string>
#include <vector>

#include "nondim/nondimensionalize.hpp"
#include "nondim/scales.hpp"

namespace nusselt {

struct NamedResidual {
  std::string name;
  Expression residual;
};

/// `known` with `open` after it, whose values, formulas and definitions are filled in; what they had is not used.
/// Throws ScaleError when the equations do not fix an open reference, or a known one cannot serve.
std::vector<Reference> choose_references(const std::vector<NamedResidual>& conditions,
                                         const std::vector<NamedResidual>& equations, std::vector<Reference> known,
                                         std::vector<Reference> open, double temperature_level,
                                         const ConstantValues& values);

/// One condition on the references that was declared: both sides, products of constants, references known or open, are
/// to be equal.
struct Balance {
  std::string text;
  Monomial left;
  Monomial right;
  double number = 1;  // plain number of the left side over that of the right
};

/// The open references that the balances decide alone, in the order of `open`, with values and definitions; an open
/// reference that no balance decides is left out. `values` has the constants and the known references. Throws
/// ScaleError, `reference()` the number of the balance, when one says what those before it say already, or contradicts
/// them.
std::vector<Reference> balanced_references(const std::vector<Balance>& balances, const std::vector<Reference>& open,
                                           const ConstantValues& values);

/// Decades between the largest and the smallest coefficient.
double spread(const DimensionlessResidual& residual);

}  // namespace nusselt
