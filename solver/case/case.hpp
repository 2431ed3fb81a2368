// A case, read and checked: everything up to training, and nothing that needs LibTorch.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nondim/nondimensionalize.hpp"
#include "physics/system.hpp"
#include "solver/case/box.hpp"
#include "solver/case/case_groups.hpp"
#include "solver/case/conditions.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/document.hpp"
#include "solver/case/domain.hpp"
#include "solver/case/quantities.hpp"
#include "solver/case/references.hpp"
#include "solver/case/sensors.hpp"
#include "solver/case/settings.hpp"
#include "solver/case/start.hpp"

namespace nusselt {

/// A condition that is enforced by its residual on one face.
struct SoftCondition {
  DimensionlessResidual residual;
  Face face;
  double weight;
  bool of_mean = false;  // as of Condition
  std::optional<std::string> whole = {};
};

/// What a window of time ended with, which the next one starts from; the solver knows how (solver/time_windows.hpp).
class EarlierWindow;

struct Case {
  Document document;
  std::string name;
  std::string title;
  std::string folder;   // that the case file stands in
  std::string physics;  // by name; empty where the equations are text alone
  Settings settings;
  Constants constants;
  Box box;  // SI: around the whole domain
  Domain domain;
  System system;
  std::string scaling;  // how the scales were chosen: "auto"
  Scales scales;
  std::vector<DimensionlessResidual> equations;
  std::vector<Expression> residual_factors;  // one on each equation, of scaled coordinates
  std::vector<Condition> conditions;
  /// One for each output of the network; those of the sought constants are the last.
  std::vector<TrialField> trials;
  std::vector<SoftCondition> soft_conditions;
  std::vector<Sensors> sensors;
  Likelihoods likelihoods;  // of the sensors and of what was known before
  Start start;              // what the network is fitted to before training
  CaseGroups groups;
  std::vector<AskedQuantity> quantities;
  std::vector<DerivedField> outputs;
  std::vector<double> output_times;  // s; empty in a steady case
  std::optional<ReferenceFields> reference;
  /// What is probably not meant: more conditions than the equations ask for, pressures of unlike origin.
  std::vector<std::string> warnings;
  /// What is worth saying but wrong in nothing: a pressure known up to a constant, a condition that became soft.
  std::vector<std::string> notes;
  int windows = 1;                                   // of time (windows.hpp)
  std::optional<int> window = {};                    // that this case is, from 0
  std::shared_ptr<const EarlierWindow> before = {};  // of a window behind the first, once that is solved

  /// Fields that occur only differentiated: the solver fixes their mean at zero.
  std::vector<std::string> gauge_fields() const;
  /// Names of the constants' coordinates, inputs of the network behind those of the box.
  std::vector<std::string> input_columns() const;
  /// Box in scaled coordinates, along the active axes and the coordinates of the constants that are inputs.
  std::vector<double> scaled_lower() const;
  std::vector<double> scaled_upper() const;
  /// Scale of the coordinate along an axis, SI.
  double coordinate_scale(Axis axis) const;
};

/// Reads `path`, a case folder or a case file, with overrides such as `constants.Ra=1e5`. Throws InputError.
Case read_case(const std::string& path, const std::vector<std::string>& overrides);
/// The same from a document already read, such as the one stored with a run. `folder` is where its data files are.
/// `window`: one of the case's windows of time alone, from 0; nobody asks for quantities of a part, so it has none.
Case read_case(Document document, const std::string& folder, std::optional<int> window = std::nullopt);

/// What was understood, for people: constants, scales and why, groups, dimensionless equations with their coefficients,
/// derivatives, conditions and how many are needed, trial functions, cost, rungs, warnings, notes. Throws InputError
/// where the ladder of the case is wrong.
std::string describe(const Case& the_case);
/// A dimensionless equation with the numbers of its coefficients: `u*dx(u) + v*dy(u) + dx(p) - 0.00843*lap(u) = 0`.
std::string equation_text(const DimensionlessResidual& residual, const Case& the_case);

}  // namespace nusselt
