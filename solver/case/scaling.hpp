// How a case becomes dimensionless: the key `scaling` and the section `scales`.
#pragma once

#include <string>
#include <vector>

#include "nondim/scales.hpp"
#include "physics/system.hpp"
#include "solver/case/conditions.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/domain.hpp"

namespace nusselt {

struct Scaling {
  std::string name;  // of the choice: "auto"
  Scales scales;
  std::vector<std::string> notes;
};

/// What the choice of references rests on.
struct ScalingInput {
  const Node& root;
  const System& system;
  const Domain& domain;
  const Constants& constants;
  const std::vector<Condition>& conditions;
};

/// The choice that a case makes: `scaling`, else `balances` where scales.balances is given, `references` where
/// scales.references is, else `auto`.
std::string scaling_name(const Node& root);

/// Throws InputError: what a named scaling needs is missing or cannot be told apart, balances that decide too little or
/// too much, references that cannot serve, equations that do not fix a scale.
Scaling read_scaling(const ScalingInput& input, const std::string& name);

struct ScalingSpread {
  std::string name;
  double decades;  // largest spread of the coefficients of one equation
};
/// Every scaling that the case has all it needs for, in the order of the key table, with what it makes of the
/// equations.
std::vector<ScalingSpread> compared_scalings(const ScalingInput& input);

/// Where a mistake in the scales of a case is shown: at `scales.references`, at `scaling`, or at the case itself.
const Node& scaling_node(const Node& root);

}  // namespace nusselt
