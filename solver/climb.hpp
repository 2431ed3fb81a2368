// Training over the rungs of a ladder.
#pragma once

#include <memory>
#include <vector>

#include "solver/case/ladder.hpp"
#include "solver/trainer.hpp"

namespace nusselt {

/// Trains from the trainer's state to the end of the last rung; `trainer` becomes that of the rung it has reached. A
/// rung below the last is left when its criteria hold, when its steps are used up and when it stalls, each of which is
/// told in an event; a run that diverges, is interrupted or out of time stays where it is. A window of time is left
/// only when its criteria hold: what follows from a wrong state is wrong. The ladder must outlive the trainer.
Outcome climb(std::vector<Rung>& ladder, std::unique_ptr<Trainer>& trainer, const Trainer::Observer& observer);

}  // namespace nusselt
