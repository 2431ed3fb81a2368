#include "solver/climb.hpp"

#include <stdexcept>

#include "solver/time_windows.hpp"

namespace nusselt {

namespace {

std::string why_left(Outcome outcome) {
  switch (outcome) {
    case Outcome::converged:
      return "its criteria hold";
    case Outcome::out_of_steps:
      return "its steps are used up, its criteria do not hold";
    case Outcome::stalled:
      return "no step lowers its loss, its criteria do not hold";
    case Outcome::diverged:
    case Outcome::interrupted:
    case Outcome::out_of_time:
      break;
  }
  throw std::logic_error("a rung that is not left");
}

}  // namespace

Outcome climb(std::vector<Rung>& ladder, std::unique_ptr<Trainer>& trainer, const Trainer::Observer& observer) {
  while (true) {
    const Outcome outcome = trainer->run(observer);
    const auto above = static_cast<std::size_t>(trainer->rung()) + 1;
    const bool windows = trainer->the_case().window.has_value();
    const bool ends_here = outcome == Outcome::diverged || outcome == Outcome::interrupted ||
                           outcome == Outcome::out_of_time || (windows && outcome != Outcome::converged);
    if (ends_here || above >= ladder.size()) return outcome;
    if (windows) hand_over(ladder, trainer->solved());
    const std::string event = (windows ? "window " : "rung ") + std::to_string(above) + " of " +
                              std::to_string(ladder.size()) + " (" + ladder[above - 1].name +
                              ") is left: " + why_left(outcome) + "; on to " + ladder[above].name;
    auto next = std::make_unique<Trainer>(ladder[above].the_case, trainer->problem().options());
    next->climb_from(trainer->state(), event);
    trainer = std::move(next);
  }
}

}  // namespace nusselt
