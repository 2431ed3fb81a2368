#include "solver/case/given_field.hpp"

#include <algorithm>

#include "solver/case/constants.hpp"

namespace nusselt {

namespace {

void require_value(const System::Field& field, const Expression& value, TemperatureKind temperature,
                   const std::string& text) {
  const Dimension& wanted = field.symbol.dimension();
  if (!value.is_zero() && value.dimension() != wanted) {
    throw TextError("expected " + wanted.describe() + ", got " + quote(text) + ", " + value.dimension().describe(), 0,
                    unit_hint(value, text, wanted));
  }
  if (wanted == Dimension::of(Dimension::temperature) && temperature == TemperatureKind::difference) {
    throw TextError(field.name + " is a temperature level, and " + quote(text) + " is a difference of temperatures", 0,
                    "add it to a level, as in T_cold + dT");
  }
}

const System::Vector* vector_named(const std::string& name, const System& system) {
  const auto found = std::ranges::find(system.vectors(), name, &System::Vector::name);
  return found == system.vectors().end() ? nullptr : &*found;
}

}  // namespace

bool names_fields(const std::string& name, const System& system) {
  return system.has_field(name) || vector_named(name, system) != nullptr;
}

std::vector<GivenField> read_given_fields(const std::string& name, const std::string& text, const Scope& scope,
                                          const System& system) {
  const System::Vector* vector = vector_named(name, system);
  const TensorFormula given = parse_tensor(text, scope);
  const bool none = given.value.is_zero();
  if (!none && given.value.rank != (vector != nullptr ? 1 : 0)) {
    throw TextError(
        "expected " + std::string(vector != nullptr ? "a vector" : "a scalar") + ", got " + rank_in_words(given.value),
        0, vector != nullptr ? "write vec(...), or 0 for all components" : "");
  }
  std::vector<GivenField> fields;
  for (const std::string& field : vector != nullptr ? vector->components : std::vector<std::string>{name}) {
    const Expression value = none ? Expression::zero() : given.value.parts[fields.size()];
    require_value(system.field_named(field), value, given.temperature, text);
    fields.push_back({field, value});
  }
  return fields;
}

}  // namespace nusselt
