// When Levenberg-Marquardt hands over to self-scaled Broyden: a rule about losses alone.
#pragma once

#include <cstddef>
#include <span>

namespace nusselt {

struct HandOverRule {
  std::size_t window = 10;    // accepted steps
  double least_factor = 3;    // by which the loss must fall within the window
  double fallen = 1e-3;       // of the first loss: above it the valley is not found, and slow steps are still searching
  std::size_t patience = 40;  // accepted steps after which it counts as found all the same
};

/// `first`: the loss at the start. `losses`: at the start and after each accepted step, the latest last; older ones
/// than `patience` steps may be left out. True when the last `window` steps together lowered the loss by less than
/// `least_factor`, once it has fallen far; before that when the last `patience` steps did.
bool time_to_hand_over(double first, std::span<const double> losses, const HandOverRule& rule);

}  // namespace nusselt
