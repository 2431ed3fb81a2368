// Whether `optimizer.layer_lr` means anything for a case: solver/layer_rates.hpp says what it does.
#pragma once

#include "solver/case/settings.hpp"

namespace nusselt {

/// `settings` with the optimizer that was chosen. Throws InputError.
void require_sensible_layer_rates(const Node& root, const Settings& settings);

}  // namespace nusselt
