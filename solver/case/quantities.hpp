// What a case asks to be computed from its solution, and what it can be compared with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "physics/equation_text.hpp"
#include "physics/system.hpp"
#include "solver/case/box.hpp"
#include "solver/case/constants.hpp"

namespace nusselt {

/// A number such as a mean Nusselt number: a formula of constants, of integrals over faces and of extrema along lines.
struct AskedQuantity {
  std::string name;
  Formula formula;
  std::string unit;                 // "1" when dimensionless
  double unit_factor;               // SI value of one `unit`
  std::optional<double> reference;  // in `unit`
  std::string source;               // where the reference comes from; empty without one
};

/// A field derived from those that are solved for, such as a heat flux: written beside them, in SI.
struct DerivedField {
  std::string name;
  SpaceTensor value;  // a scalar or a vector
};

/// Reads `outputs`. Throws InputError.
std::vector<DerivedField> read_outputs(const Node& root, const System& system, const Constants& constants);

/// A reference file that is missing costs the comparison, not the run: `notes` says so. Throws InputError.
std::vector<AskedQuantity> read_quantities(const Node& root, const System& system, const Box& box,
                                           const Constants& constants, const std::string& folder,
                                           std::vector<std::string>& notes);

/// Fields known at points, from a CSV file of the case and formulas of its columns.
struct ReferenceFields {
  std::string source;
  std::vector<std::vector<double>> points;  // [axis of the domain][point], SI
  struct Values {
    std::string field;
    std::vector<double> si;
  };
  std::vector<Values> values;
};

/// Nothing when the case has no reference fields, their file is missing, or `reference.fields.where` does not hold for
/// the case's constants; `notes` says why. Throws InputError.
std::optional<ReferenceFields> read_reference_fields(const Node& root, const System& system, const Box& box,
                                                     const Constants& constants, const std::string& folder,
                                                     std::vector<std::string>& notes);

}  // namespace nusselt
