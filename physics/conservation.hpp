// What an equation conserves, found while its text is read.
#pragma once

#include <optional>

#include "nondim/expression.hpp"
#include "physics/space_tensor.hpp"

namespace nusselt {

/// What an equation conserves when every derivative in it stands in a term such as div(F), dt(d), lap(f) or a constant
/// times one: div(flux) + dt(density) = source.
struct Conservation {
  SpaceTensor flux;  // a vector
  Expression density;
  Expression source;
  bool names_divergence;  // whether div() is among the terms: the author means it as a conservation law
};

/// A vector of zeros.
SpaceTensor no_flux(const Axes& axes);
/// What has no derivatives is a source; nothing for anything else, and where there is no space.
std::optional<Conservation> as_source(const SpaceTensor& value, const Axes& axes);
/// Nothing where one of them is nothing.
std::optional<Conservation> scaled(const std::optional<Conservation>& law, const Expression& factor);
std::optional<Conservation> added(const std::optional<Conservation>& a, const std::optional<Conservation>& b);

/// The order of the highest derivative of a field in it.
int field_order(const Expression& expression);

}  // namespace nusselt
