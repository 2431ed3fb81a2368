// `channel - (rod + step)`: shapes put together as text.
#pragma once

#include <string_view>

#include "solver/case/shapes.hpp"

namespace nusselt {

/// Names of shapes, + - & and parentheses; & binds more strongly, else from left to right. The result has no name; of a
/// name alone `bare` is that of the shape, else it is the result with the names of its faces. Throws TextError.
Shapes::Entry parse_set(std::string_view text, const Shapes& shapes);

}  // namespace nusselt
