// The units that may be written in a case, a formula or a CSV header, with their values in SI.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nondim/quantity.hpp"

namespace nusselt {

/// A unit symbol with or without an SI prefix ("W", "mW", "um", "µm"); nothing when it is not in the table. An exact
/// symbol wins over a prefixed one: `min` is the minute, `cd` the candela, `Pa` the pascal.
std::optional<Unit> find_unit(std::string_view symbol);

/// A sentence about what to write instead of an unknown symbol ("did you mean kg?"); empty when nothing is close.
std::string unit_hint(std::string_view symbol);

}  // namespace nusselt
