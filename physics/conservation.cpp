#include "physics/conservation.hpp"

#include <algorithm>

namespace nusselt {

SpaceTensor no_flux(const Axes& axes) {
  return SpaceTensor::vector(std::vector<Expression>(space_axes(axes).size(), Expression::zero()));
}

std::optional<Conservation> as_source(const SpaceTensor& value, const Axes& axes) {
  if (!value.is_scalar() || space_axes(axes).empty()) return std::nullopt;  // a relation of constants
  if (field_order(value.expression()) > 0) return std::nullopt;
  return Conservation{no_flux(axes), Expression::zero(), -value.expression(), false};
}

std::optional<Conservation> scaled(const std::optional<Conservation>& law, const Expression& factor) {
  if (!law) return std::nullopt;
  return Conservation{SpaceTensor::scalar(factor) * law->flux, factor * law->density, factor * law->source,
                      law->names_divergence};
}

std::optional<Conservation> added(const std::optional<Conservation>& a, const std::optional<Conservation>& b) {
  if (!a || !b) return std::nullopt;
  return Conservation{a->flux + b->flux, a->density + b->density, a->source + b->source,
                      a->names_divergence || b->names_divergence};
}

int field_order(const Expression& expression) {
  int order = expression.kind() == Expression::Kind::field ? expression.order() : 0;
  for (const Expression& child : expression.children()) order = std::max(order, field_order(child));
  return order;
}

}  // namespace nusselt
