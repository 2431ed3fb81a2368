// Everything a run leaves behind for people and other programs: fields for ParaView, HDF5, CSV, figures, reports.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "solver/execution.hpp"
#include "solver/field_table.hpp"
#include "solver/solution.hpp"
#include "solver/trainer.hpp"

namespace nusselt {

/// Name and value, in the order to show.
using Provenance = std::vector<std::pair<std::string, std::string>>;

/// The program and the libraries that make the numbers.
Provenance library_versions();
/// These, and when and with what a run was made.
Provenance provenance(const std::string& device, const Execution& execution);

/// The fields in SI, velocity as a vector, the dimensionless residuals, and the part of its terms that each of them is,
/// on the case's output grid: of all axes, which are three at most, or of those in space at a moment in s.
FieldGrid field_grid(const Case& the_case, const Solution& solution, std::optional<double> moment = std::nullopt);

/// Writes fields.pvd, fields_0000.vti (and on, one for each moment of output.times in an unsteady case), result.h5, history.csv, history.jsonl, report.json, report.html, figures/*.png,
/// and where the case asks for diagnostics diagnostics.csv, into `folder`, each atomically, report.json last. Throws
/// OutputError.
void write_run_files(const std::filesystem::path& folder, const Case& the_case, const Solution& solution,
                     const std::vector<HistoryRow>& history, const Diagnostics& diagnostics,
                     const nlohmann::json& report, const Provenance& provenance);

/// report.json alone, atomically: what an interrupted run leaves besides its checkpoint.
void write_report(const std::filesystem::path& folder, const nlohmann::json& report);

}  // namespace nusselt
