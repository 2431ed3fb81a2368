// The moments at which an unsteady case writes its fields for ParaView.
#pragma once

#include <vector>

#include "solver/case/box.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/document.hpp"

namespace nusselt {

/// Reads `output.times`, in s, in increasing order; empty for a steady case. Throws InputError: moments of a steady
/// case, outside the case's time or out of order, a count below 2.
std::vector<double> read_output_times(const Node& root, const Box& box, const Constants& constants);

}  // namespace nusselt
