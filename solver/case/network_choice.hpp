// The section `network` of a case as the settings of a network.
#pragma once

#include <string>
#include <vector>

#include "networks/layout/subnetwork.hpp"
#include "physics/system.hpp"
#include "solver/case/box.hpp"
#include "solver/case/document.hpp"

namespace nusselt {

struct Case;

/// What the section says by itself; the box is not known yet.
NetworkSettings read_network(const Node& root);

/// A network for each of several regions, with its fields as outputs; the boxes are not known yet. Empty where the case
/// has one region or wants one network for all. Throws InputError for a choice that has nothing to choose, and for
/// settings that would join them.
std::vector<Subnetwork> read_subnetworks(const Node& root, const System& system, const NetworkSettings& network);

/// The same of a case, with the boxes of its regions.
std::vector<Subnetwork> subnetworks(const Case& the_case);

/// Gives the network its inputs and outputs, the axes it is periodic along, and what hangs on the seed. Throws
/// InputError at the key whose value makes no sensible network.
void fit_network(NetworkSettings& network, const Node& root, const Box& box, int outputs);

/// Refuses a set of points for the statistics of batch and instance that is none of `sets`, or has too few points;
/// warns where they are few. `points[s]` belong to sets[s].
void check_norm_reference(const NetworkSettings& network, const Node& root, const std::vector<std::string>& sets,
                          const std::vector<int>& points, std::vector<std::string>& warnings);

}  // namespace nusselt
