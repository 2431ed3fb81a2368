// Continuation in the constants: a hard case is reached over easier ones, each solved from the weights of the one
// before (E. L. Allgower & K. Georg, Numerical Continuation Methods, Springer 1990).
//
// What one rung leaves to the next is the dimensionless output of the network over the unit box. Scales, coefficients
// and the lifts that meet the hard conditions are those of the next rung.
//
// The windows of time of a case (windows.hpp) are rungs as well: the weights are handed on in the same way, and the
// fields at the end besides.
#pragma once

#include <string>
#include <vector>

#include "solver/case/case.hpp"

namespace nusselt {

struct Rung {
  std::string name;  // "Ra = 1000, Pr = 0.71", the constants that the ladder moves; of a window "0 s to 2.5 s"
  Case the_case;     // its steps and criteria are those of the rung
};

/// The rungs from the bottom, or the windows from the first. The last rung is the case itself, whether the lists of the
/// ladder end with its own values or not, and the only one where the case has no ladder. Throws InputError: no such
/// constant, lists of unlike length, a value that the case refuses.
std::vector<Rung> read_ladder(const Case& the_case);

}  // namespace nusselt
