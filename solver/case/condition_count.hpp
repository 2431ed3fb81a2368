// How many conditions each field needs on each face, by the highest derivatives in the equations, and how many a case
// gives. Continuity alone asks for none: what counts is the order of differentiation of a field along the face's axis.
#pragma once

#include <string>
#include <vector>

#include "physics/system.hpp"
#include "solver/case/conditions.hpp"
#include "solver/case/domain.hpp"

namespace nusselt {

/// The derivatives of one field that the equations contain, as operators: "dx", "dxx", "dxt"; "lap" does not occur.
struct NeededDerivatives {
  std::string field;
  std::vector<std::string> operators;  // in order of first appearance; empty where only the value is needed
};
std::vector<NeededDerivatives> needed_derivatives(const System& system);

/// The highest order in which the equations differentiate a field along an axis.
int highest_derivative(const System& system, const std::string& field, Axis axis);

struct ConditionCount {
  std::string field;
  Face face;
  int needed;  // order/2 on a face in space, the order on t-
  int given;   // statements on the face that name the field
};
/// For every field and every face of its region but t+ and periodic ones.
std::vector<ConditionCount> count_conditions(const System& system, const Domain& domain,
                                             const std::vector<Condition>& conditions);

/// Throws InputError at `conditions`, with an example, where a face lacks a condition.
void require_conditions(const Node& root, const System& system, const Domain& domain,
                        const std::vector<Condition>& conditions);

}  // namespace nusselt
