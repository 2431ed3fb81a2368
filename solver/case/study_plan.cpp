#include "solver/case/study_plan.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "solver/case/case.hpp"
#include "solver/case/run_name.hpp"

namespace nusselt {

namespace {

constexpr std::size_t most_runs = 10000;
constexpr std::size_t longest_folder_name = 200;  // file systems end at 255 bytes

std::vector<std::string> split_outside_brackets(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '(' || c == '{') {
      ++depth;
    } else if (c == ']' || c == ')' || c == '}') {
      --depth;
    }
    if (c == ',' && depth == 0 && quote == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool is_overridden(const std::vector<std::string>& overrides, const std::string& key) {
  return std::any_of(overrides.begin(), overrides.end(),
                     [&](const std::string& text) { return text.starts_with(key + "="); });
}

}  // namespace

VariedKey parse_varied_key(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw std::invalid_argument("--vary " + text + ": write KEY=a,b,c, for example scaling=si,auto");
  }
  VariedKey varied{text.substr(0, equals), split_outside_brackets(text.substr(equals + 1))};
  std::set<std::string> seen;
  for (const std::string& value : varied.values) {
    if (value.empty()) throw std::invalid_argument("--vary " + text + ": a value is empty");
    if (!seen.insert(value).second)
      throw std::invalid_argument("--vary " + text + ": " + value + " stands there twice");
  }
  return varied;
}

std::string StudyPlan::setting_name(std::size_t setting) const {
  std::string name;
  for (std::size_t k = 0; k < varied.size(); ++k) {
    name += (name.empty() ? "" : ", ") + varied[k].key + "=" + settings[setting][k];
  }
  return name;
}

StudyPlan plan_study(const CommandLine& line, int processors) {
  StudyPlan plan;
  plan.settings = {{}};
  for (const std::string& text : line.study.vary) {
    plan.varied.push_back(parse_varied_key(text));
    const VariedKey& varied = plan.varied.back();
    const auto same = [&](const VariedKey& other) { return other.key == varied.key; };
    if (std::count_if(plan.varied.begin(), plan.varied.end(), same) > 1 || is_overridden(line.overrides, varied.key)) {
      throw std::invalid_argument("--vary " + text + ": " + varied.key + " is set twice");
    }
    if (varied.key == "seed" && line.study.seeds > 1) {
      throw std::invalid_argument("--vary " + text + " and --seeds both set the seed; leave one out");
    }
    std::vector<std::vector<std::string>> extended;
    for (const std::vector<std::string>& setting : plan.settings) {
      for (const std::string& value : varied.values) {
        extended.push_back(setting);
        extended.back().push_back(value);
      }
    }
    plan.settings = std::move(extended);
    if (plan.settings.size() * static_cast<std::size_t>(line.study.seeds) > most_runs) {
      throw std::invalid_argument("the study has more than " + std::to_string(most_runs) + " runs");
    }
  }

  std::set<std::string> folders;
  int threads = 1;
  for (std::size_t s = 0; s < plan.settings.size(); ++s) {
    std::vector<std::string> overrides = line.overrides;
    for (std::size_t k = 0; k < plan.varied.size(); ++k) {
      overrides.push_back(plan.varied[k].key + "=" + plan.settings[s][k]);
    }
    const Case the_case = read_case(line.subject, overrides);
    plan.case_name = the_case.name;
    const bool on_processor = the_case.settings.device == "cpu";
    if (the_case.settings.threads == 0 && on_processor) overrides.push_back("threads=1");
    // What a GPU is shared for is not known here.
    threads = std::max(threads, on_processor ? the_case.settings.threads : processors);
    const std::string setting = plan.setting_name(s);
    const bool names_seed = is_overridden(overrides, "seed");
    std::erase_if(overrides, [](const std::string& text) { return text.starts_with("seed="); });
    for (int i = 0; i < line.study.seeds; ++i) {
      StudyRun run{s, std::to_string(the_case.settings.seed + static_cast<std::uint64_t>(i)), overrides, ""};
      const std::string seed = "seed=" + run.seed;
      run.overrides.push_back(seed);
      run.folder = folder_name(setting.empty()                       ? seed
                                  : names_seed && line.study.seeds == 1 ? setting
                                                                        : setting + "," + seed);
      if (run.folder.size() > longest_folder_name || folders.contains(run.folder)) {
        run.folder = folder_name("setting" + std::to_string(s + 1) + "," + seed);
      }
      folders.insert(run.folder);
      plan.runs.push_back(std::move(run));
    }
  }
  plan.jobs = line.study.jobs > 0 ? line.study.jobs : std::max(1, processors / threads);
  return plan;
}

}  // namespace nusselt
