// Door one for formulas and equations: text in the language of the case file to Expressions, every node checked for
// dimension, for rank and for temperature levels while it is built.
//
//   formula    = sums, products, quotients, powers `^2` `^(1/3)` of: numbers, quantities `500 W/m^2` or `500 [W/m^2]`,
//                names, vectors `vec(0, -g)`, functions of the case `k(T)`, and
//                sqrt exp log sin cos tanh sinh cosh atan erf erfc step pow(x, 3/2) min(a, b) max(a, b),
//                dx dy dz dt dxx dxy ... lap (of any expression, to the fourth order), grad div dot transpose,
//                on a face also dn, the derivative along the outward normal, and the vector `normal`
//   equation   = formula `=` formula; a bare 0 fits any dimension and any rank
//   functional = mean(formula, face), integral(formula, face): in outputs only; in an unsteady case a face such as x-
//                is taken over all of time, t- and t+ are the domain at the start and at the end. Without a face, or
//                with `domain` for it, over the whole domain. In equations of conditions they name no face: they are
//                over the condition's own, at each moment
//   extremum   = min(formula, x = position), max(...): along the line on which all coordinates but one have the given
//                values; argmin(...), argmax(...): the remaining coordinate there; in outputs only
//   section    = mean(formula, x = position), integral(...): over what the given coordinates leave of the box, ends
//                included; at(formula, x = position, y = position): at a point; in outputs only
//
// After a number, an identifier is read as a unit unless a constant or field has that name; brackets leave no doubt.
// No text is ever executed; length, nesting, order of differentiation and size when expanded are limited.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nondim/expression.hpp"
#include "nondim/text_error.hpp"
#include "physics/conservation.hpp"
#include "physics/space_tensor.hpp"
#include "physics/temperature_kind.hpp"
#include "physics/text_cursor.hpp"

namespace nusselt {

/// What the outward unit normal of a face is called.
inline constexpr const char* normal_name = "normal";

/// A function of the case, `k(T): k0*(1 + b*(T - T0))`: its text is read anew with every call, with the arguments for
/// its parameters.
struct TextFunction {
  std::vector<std::string> parameters;
  std::string body;
};

/// What a text may name.
struct Scope {
  std::map<std::string, Expression> names;
  Axes axes{};
  /// Whether dn() has a meaning: true in conditions, and inside mean() and integral().
  bool on_face = false;
  /// Faces that mean() and integral() may name; empty where no functional and no extremum is allowed.
  std::vector<std::string> faces = {};
  /// Of a condition: the face, or `domain`, that mean() and integral() are over, at each moment; empty elsewhere.
  std::string here = {};
  std::map<std::string, SpaceTensor> vectors = {};
  std::map<std::string, TextFunction> functions = {};
  /// Of names that are temperatures; the others can be either.
  std::map<std::string, TemperatureKind> temperatures = {};
  /// Names that have a meaning elsewhere, and why they have none here.
  std::map<std::string, std::string> elsewhere = {};

  bool knows(const std::string& name) const { return names.contains(name) || vectors.contains(name); }
  void set(const std::string& name, const SpaceTensor& value, TemperatureKind kind = TemperatureKind::either);
};

/// An integral over a face, or over the whole domain, that a formula asked for. In the formula's expression it stands
/// as the parameter `symbol`.
struct SurfaceFunctional {
  enum class Kind { mean, integral } kind;
  Expression integrand;
  std::string face;  // "domain" for the whole of it
  std::string symbol;
  std::string region = {};  // of the domain, where that is divided
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

/// A mean or an integral over the part of a box on which some coordinates have given values, or, where all of them
/// have, the value there. In the formula's expression it stands as the parameter `symbol`.
struct Section {
  bool integral;
  Expression integrand;
  std::map<Axis, Expression> positions;  // formulas of constants
  std::string symbol;
  std::string region = {};  // of the domain, where that is divided
};

struct Formula {
  Expression expression;
  std::vector<SurfaceFunctional> functionals;
  std::vector<LineExtremum> extrema;
  std::vector<Section> sections = {};
  TemperatureKind temperature = TemperatureKind::either;
};

/// A scalar, vector or tensor.
struct TensorFormula {
  SpaceTensor value;
  TemperatureKind temperature = TemperatureKind::either;
};

struct TensorEquation {
  /// left - right: a scalar, or a vector of the residuals of its components.
  SpaceTensor residual;
  std::optional<Conservation> conservation = {};  // of an equation between scalars
};

/// Throws TextError with the offset of the guilty operator or name.
Formula parse_formula(std::string_view text, const Scope& scope);
TensorFormula parse_tensor(std::string_view text, const Scope& scope);
TensorEquation parse_tensor_equation(std::string_view text, const Scope& scope);
/// left - right of an equation between scalars. Throws TextError.
Expression parse_equation(std::string_view text, const Scope& scope);
/// left - right of an equation between means and integrals over `scope.here`. Throws TextError.
Formula parse_equation_of_means(std::string_view text, const Scope& scope);
/// Whether dn() went into it: on a face that is a moment in time it has no meaning.
bool mentions_normal(const Expression& expression);
/// Whether a name means something in the language itself, as dx, sin and vec do.
bool is_reserved(const std::string& name);

}  // namespace nusselt
