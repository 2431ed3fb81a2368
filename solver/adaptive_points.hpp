// Residual-adaptive points: where the residual is large more points look at it, and weights of one over the density
// keep the weighted sum an integral mean, whatever the density is.
//
// RAD: C. Wu, M. Zhu, Q. Tan, Y. Kartha & L. Lu, Comput. Methods Appl. Mech. Eng. 403, 2023, 115671, arXiv:2207.10289.
// R3: A. Daw, J. Bu, S. Wang, P. Perdikaris & A. Karpatne, ICML 2023, arXiv:2207.02338.
// Neither paper weights its points: there the density changes the objective, here it does not.
#pragma once

#include <functional>
#include <vector>

#include "solver/sampling.hpp"

namespace nusselt {

/// Size of the residual at every point of a set.
using ResidualSize = std::function<std::vector<double>(const PointSet&)>;

/// Probability of each candidate, summing to 1: |r|^power / mean(|r|^power) + floor (Wu et al., eq. 2). Even where all
/// residuals vanish.
std::vector<double> rad_density(const std::vector<double>& residuals, double power, double floor);

/// One candidate for each of `offsets` (in [0, 1), independent), each candidate as often as `density` says up to
/// rounding (stratified sampling: point i falls in the i-th of equal parts of the probability), with weights
/// proportional to its own weight over its density. One offset for all would beat with the order of a Sobol sequence.
PointSet draw_by_density(const PointSet& candidates, const std::vector<double>& density,
                         const std::vector<double>& offsets);

/// Points whose residual is above the mean of the set stay, and come first; as many fresh ones take the place of the
/// others. `fresh(n)` draws n points, `candidates` are points of even density that tell how much of the box the
/// residual is above that mean: the points of that part share its weight, those of the rest the rest.
PointSet retain_and_release(const PointSet& set, const ScaledBox& box, const ResidualSize& residual_size,
                            const std::function<PointSet(int)>& fresh, const PointSet& candidates);

}  // namespace nusselt
