// When Levenberg-Marquardt hands over to self-scaled Broyden: a rule about losses alone.
#pragma once

#include <cstddef>
#include <span>

namespace nusselt {

struct HandOverRule {
  std::size_t window = 10;  // accepted steps
  double least_factor = 3;  // by which the loss must fall within the window
};

/// `losses`: at the start and after each accepted step, the latest last. True when the last `window` steps together
/// lowered the loss by less than `least_factor`; never before that many steps.
bool time_to_hand_over(std::span<const double> losses, const HandOverRule& rule);

}  // namespace nusselt
