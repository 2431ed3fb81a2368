// What is known from elsewhere of a case's solution: exact formulas and data files. The report compares with it and
// says whether errors keep to the case's bounds; no verdict rests on it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "physics/system.hpp"
#include "solver/case/domain.hpp"
#include "solver/case/constants.hpp"

namespace nusselt {

/// Fields known at points: from a CSV file of the case and formulas of its columns (`reference.fields`), or from
/// formulas of the coordinates on a grid (`reference.exact`).
struct ReferenceFields {
  std::string source;
  std::vector<std::vector<double>> points;  // [axis of the domain][point], SI
  struct Values {
    std::string field;
    std::vector<double> si;
  };
  std::vector<Values> values;
  std::optional<double> bound;  // on the relative L2 error of every field, of a run in full
};

/// Data files stand in the case's folder; nothing outside of it is read: InputError.
std::filesystem::path data_file(const Node& node, const std::string& key, const std::string& folder);

/// Nothing when the case has no reference fields, their file is missing, or `reference.fields.where` does not hold for
/// the case's constants; `notes` says why. Throws InputError.
std::optional<ReferenceFields> read_reference_fields(const Node& root, const System& system, const Domain& domain,
                                                     const Constants& constants, const std::string& folder,
                                                     std::vector<std::string>& notes);

struct ReferenceValue {
  double si;
  std::string source;
};

/// The reference of one number, in the section `key`: a formula of constants (`value`) or a cell of a CSV file. A file
/// that is missing costs the comparison, not the run: `notes` says so. Throws InputError.
std::optional<ReferenceValue> read_reference_value(const Node& root, const std::string& key, const Dimension& dimension,
                                                   const Constants& constants, const std::string& folder,
                                                   std::vector<std::string>& notes);

}  // namespace nusselt
