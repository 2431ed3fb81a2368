// The full runs of the shipped cases, in the order in which they teach: what `nusselt ladder` runs. (The section
// `ladder` of a case is something else, rungs inside one run: solver/case/ladder.hpp.)
//
//   runs:
//     - {case: heated_bar}
//     - {case: lid_driven_cavity, set: [constants.Re=400, quantities.u_min.bound=1e-2]}
//     - {case: couette/thinning.yaml}
//
// `case` is a folder or a file beside the list; `set` holds what one would write after `nusselt run CASE`. Bounds are
// those of the case; where one depends on the run, it is set like any other key.
#pragma once

#include <string>
#include <vector>

namespace nusselt {

struct FullRun {
  std::string case_name;               // as in the list: "couette/thinning.yaml"
  std::string case_path;               // as `nusselt run` takes it
  std::vector<std::string> overrides;  // `set`
  std::string name;                    // of its folder and in tables: "lid_driven_cavity,Re=400"

  /// What differs from the case file, but for bounds: "constants.Re=400 seed=2".
  std::string setting() const;
};

/// Throws InputError: no such file, unknown keys, no runs, a case that is not there.
std::vector<FullRun> read_full_runs(const std::string& list);
/// Those whose name or case is among `words`: "lid_driven_cavity", "lid_driven_cavity,Re=400", "cases/couette"; all of
/// them without words. Throws std::invalid_argument with a sentence for a word that means none.
std::vector<FullRun> chosen_full_runs(const std::vector<FullRun>& all, const std::vector<std::string>& words);

}  // namespace nusselt
