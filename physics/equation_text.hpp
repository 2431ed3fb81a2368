// Door one for formulas and equations: text in the language of the case file to an Expression, every node checked for
// dimension while it is built.
//
//   formula    = sums, products, quotients, powers `^2` `^(1/3)` of: numbers, quantities `500 W/m^2` or `500 [W/m^2]`,
//                names, sqrt exp log sin cos tanh sinh cosh atan, the operators dx dy dz dt lap (of any expression)
//                and dxx dxy ... to the fourth order, on a face also dn, the derivative along the outward normal
//   equation   = formula `=` formula; a bare 0 fits any dimension
//   functional = mean(formula, face), integral(formula, face): in outputs only; in an unsteady case a face such as x-
//                is taken over all of time, t- and t+ are the domain at the start and at the end
//   extremum   = min(formula, x = position), max(...): along the line on which all coordinates but one have the given
//                values; argmin(...), argmax(...): the remaining coordinate there; in outputs only
//
// After a number, an identifier is read as a unit unless a constant or field has that name; brackets leave no doubt.
// No text is ever executed; length, nesting and order of differentiation are limited before anything is built.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nondim/expression.hpp"
#include "nondim/text_error.hpp"

namespace nusselt {

/// What a text may name.
struct Scope {
  std::map<std::string, Expression> names;
  Axes axes{};
  /// Whether dn() has a meaning: true in conditions, and inside mean() and integral().
  bool on_face = false;
  /// Faces that mean() and integral() may name; empty where no functional and no extremum is allowed.
  std::vector<std::string> faces;
};

/// An integral over a face that a formula asked for. In the formula's expression it stands as the parameter `symbol`.
struct SurfaceFunctional {
  enum class Kind { mean, integral } kind;
  Expression integrand;
  std::string face;
  std::string symbol;
};

/// A smallest or largest value along a line through the domain, or where it is taken. In the formula's expression it
/// stands as the parameter `symbol`.
struct LineExtremum {
  enum class Kind { smallest, largest, place_of_smallest, place_of_largest } kind;
  Expression along_line;
  Axis axis;                             // the coordinate that varies
  std::map<Axis, Expression> positions;  // of the others, formulas of constants
  std::string symbol;
};

struct Formula {
  Expression expression;
  std::vector<SurfaceFunctional> functionals;
  std::vector<LineExtremum> extrema;
};

/// Throws TextError with the offset of the guilty operator or name.
Formula parse_formula(std::string_view text, const Scope& scope);
/// `left = right` as left - right. Throws TextError.
Expression parse_equation(std::string_view text, const Scope& scope);
/// Whether dn() went into it: on a face that is a moment in time it has no meaning.
bool mentions_normal(const Expression& expression);
/// Every name that a text mentions outside of `[unit]`, in order, without judging it: the dependency order of constants
/// rests on it.
std::vector<std::string> mentioned_names(std::string_view text);

}  // namespace nusselt
