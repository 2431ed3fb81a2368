// What a study runs: one case under every combination of the varied keys, and each with several seeds.
#pragma once

#include <string>
#include <vector>

#include "solver/case/command_line.hpp"

namespace nusselt {

/// `--vary KEY=a,b,c`
struct VariedKey {
  std::string key;
  std::vector<std::string> values;
};

/// Commas inside brackets and quotes do not separate: `ladder.Ra=[1e3, 1e4],[1e4]` has two values. Throws
/// std::invalid_argument with a sentence for the user: no `=`, an empty or repeated value.
VariedKey parse_varied_key(const std::string& text);

/// One run of a study.
struct StudyRun {
  std::size_t setting = 0;             // index into StudyPlan::settings
  std::string seed;                    // as an override would write it
  std::vector<std::string> overrides;  // everything that differs from the case file
  std::string folder;                  // its name inside the study's folder, from what is varied
};

struct StudyPlan {
  std::string case_name;
  std::vector<VariedKey> varied;
  std::vector<std::vector<std::string>> settings;  // one value for each varied key; the last key varies fastest
  std::vector<StudyRun> runs;                      // in the order of the settings, seeds innermost
  int jobs = 1;                                    // runs at a time

  /// "scaling=si, seed=2" without the seed: how tables and figures call a setting.
  std::string setting_name(std::size_t setting) const;
};

/// Reads the case under every setting, so that a wrong value is found before the first run. Runs get one thread each,
/// and as many at a time as there are processors, unless the command line or the case says otherwise. Throws InputError
/// for a wrong case or setting, std::invalid_argument for a wrong `--vary`.
StudyPlan plan_study(const CommandLine& line, int processors);

}  // namespace nusselt
