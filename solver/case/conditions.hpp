// Conditions on the faces of the domain, as the case states them, and those of them that a field can satisfy exactly.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nondim/nondimensionalize.hpp"
#include "physics/system.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/domain.hpp"
#include "solver/case/formulas.hpp"

namespace nusselt {

enum class Enforcement { automatic, hard, soft };

/// One statement on one face. In SI.
struct Condition {
  std::string name;  // the field's name, or the label of the equation
  Face face;
  std::optional<std::string> field;  // set when the field's value is given there
  Expression value;                  // that value, of constants and coordinates; for an equation 0
  Expression residual;               // vanishes where the condition holds
  Enforcement enforcement = Enforcement::automatic;
  double weight = 1;
  Place place;      // where it stands, for messages
  std::string key;  // "conditions.0.T"
  /// Of an equation of means and integrals: at each moment the mean of the residual over the face vanishes, not the
  /// residual itself.
  bool of_mean = false;
  /// Of a mean over a whole region: its name. The face is then called `domain` and is none of the domain's.
  std::optional<std::string> whole = {};
};

/// Keys of a condition that are no fields: at, enforce, weight, symmetry, periodic.
const std::vector<std::string>& condition_options();

/// Reads `conditions`; `folder` is where profiles stand. Throws InputError: unknown faces and names, wrong dimensions,
/// a field given twice on a face, a face that lacks a condition for a field with second derivatives.
std::vector<Condition> read_conditions(const Node& root, const System& system, const Domain& domain,
                                       const Constants& constants, const std::string& folder);

/// A field as the network represents it, in scaled coordinates: lift + distance * output, which meets the given values
/// whatever the output is; without hard conditions the lift is the known part, if there is one, and the distance 1.
///
/// A known part is in the lift, and the values on the faces are interpolated without it: what a singular flow in a
/// corner leaves of them is continuous, also where the values themselves jump.
///
/// The lift is the Boolean sum of one-dimensional interpolants of the boundary values (W. J. Gordon, SIAM J. Numer.
/// Anal. 8, 1971, 158, doi:10.1137/0708019): it uses nothing but the values on the faces. The distance is a product of
/// 4 s (1 - s) or s over the axes with conditions, s in [0, 1], and of the distances of whole circles and spheres
/// (round_faces.hpp), at most 1.
struct TrialField {
  std::string field;
  Expression lift;
  Expression distance;
  std::vector<Face> hard_faces;
  /// Why a value that could have been hard is not; empty when there is nothing to say.
  std::string note;
  bool has_known_part = false;
  /// The unknown of a sought constant: one number, without place.
  bool is_constant = false;
  /// A field of the system that follows from this one, which is then none of the system's: u = dy(psi).
  struct Derived {
    std::string field;
    Expression value;  // scaled, of this field
  };
  std::vector<Derived> gives = {};
  bool is_hard(const Face& face) const;
  /// Whether this is the field, or it follows from this.
  bool stands_for(const std::string& name) const;
};

/// An expression of scaled fields, with those that follow from others put in terms of these.
Expression in_trial_fields(const Expression& expression, const std::vector<TrialField>& trials);

/// One trial field per field of the system. Exact are values on the whole face of the box, or of a region that is a
/// box, that the field belongs to, and on whole circles and spheres; on other surfaces and on parts of faces they are
/// soft. Throws InputError when
/// `enforce: hard` cannot be met (values that disagree where two faces meet).
std::vector<TrialField> hard_conditions(const System& system, const Domain& domain,
                                        const std::vector<Condition>& conditions, const KnownParts& known_parts,
                                        const Scales& scales, const ConstantValues& values);

}  // namespace nusselt
