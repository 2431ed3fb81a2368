// What a case asks to be computed from its solution.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "physics/equation_text.hpp"
#include "physics/system.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/domain.hpp"

namespace nusselt {

/// A number such as a mean Nusselt number: a formula of constants, of integrals over faces and of extrema along lines.
struct AskedQuantity {
  std::string name;
  Formula formula;
  std::string unit;                 // "1" when dimensionless
  double unit_factor;               // SI value of one `unit`
  std::optional<double> reference;  // in `unit`
  std::string source;               // where the reference comes from; empty without one
  std::optional<double> bound;      // on its relative error, of a run in full
  /// Of a family: at which values of its inputs, SI; what is not named is where scales are taken.
  std::map<std::string, double> member = {};
};

/// A field derived from those that are solved for, such as a heat flux: written beside them, in SI.
struct DerivedField {
  std::string name;
  SpaceTensor value;  // a scalar or a vector
};

/// Reads `outputs`. Throws InputError.
std::vector<DerivedField> read_outputs(const Node& root, const System& system, const Constants& constants);

/// A reference file that is missing costs the comparison, not the run: `notes` says so. Throws InputError.
std::vector<AskedQuantity> read_quantities(const Node& root, const System& system, const Domain& domain,
                                           const Constants& constants, const std::string& folder,
                                           std::vector<std::string>& notes);

}  // namespace nusselt
