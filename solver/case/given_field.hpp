// The value of a field as a case gives it, on a face or at the start: a formula of constants and coordinates.
#pragma once

#include <string>
#include <vector>

#include "physics/equation_text.hpp"
#include "physics/system.hpp"

namespace nusselt {

struct GivenField {
  std::string field;
  Expression value;  // SI
};

/// Whether `name` is a field of the system or a vector of fields.
bool names_fields(const std::string& name, const System& system);

/// The field `name`, or every component of the vector `name`, with what `text` gives it. Throws TextError: a scalar for
/// a vector, another dimension, a difference of temperatures for a level.
std::vector<GivenField> read_given_fields(const std::string& name, const std::string& text, const Scope& scope,
                                          const System& system);

}  // namespace nusselt
