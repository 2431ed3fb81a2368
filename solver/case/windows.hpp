// Windows of time: a long unsteady case as several short ones that are solved one after another. Each has a network of
// its own, which starts from what the window before it ended with (A. Krishnapriyan et al., NeurIPS 34, 2021,
// arXiv:2109.01050, section 5; there "sequence-to-sequence").
//
// All windows have the scales, the equations and the conditions of the whole case; what differs is the extent of time
// and what is given on t-. There the values of the case hold in the first window, and those that the window before
// ended with in the others, as residuals in all of them, so that all have the same.
#pragma once

#include <string>
#include <vector>

#include "solver/case/case.hpp"

namespace nusselt {

/// Reads `windows`, 1 without. Throws InputError for what cannot be handed over: a steady case, an equation on t-,
/// sensors, a ladder, weights of another run.
int read_windows(const Node& root, const Box& box, const std::vector<Sensors>& sensors,
                 const std::vector<Condition>& conditions);

/// The extent of time of one of several windows, of equal length; `number` from 0.
Box in_window(const Box& box, int number, int windows);

/// Values on t- become soft, and in a window behind the first those of the window before, in the column
/// `handed_over(field)`.
void hand_over(std::vector<Condition>& conditions, bool first, const System& system, const Scales& scales);

/// The column that holds what the window before ended with.
std::string handed_over(const std::string& field);

/// "0 s to 2.5 s"
std::string window_text(const Case& window);

}  // namespace nusselt
