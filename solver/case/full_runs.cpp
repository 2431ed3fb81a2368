#include "solver/case/full_runs.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "nondim/did_you_mean.hpp"
#include "solver/case/document.hpp"
#include "solver/case/run_name.hpp"

namespace nusselt {

namespace {

namespace fs = std::filesystem;

const char* const form = "a run reads like `- {case: lid_driven_cavity, set: [constants.Re=400]}`";

std::string key_of(const std::string& override_text) { return override_text.substr(0, override_text.find('=')); }

/// "couette/thinning.yaml" -> "couette,thinning"; what changes the problem itself is named as well, "Re=400".
std::string name_of(const FullRun& run) {
  fs::path path(run.case_name);
  std::string name = path.extension() == ".yaml" ? path.parent_path().string() : path.string();
  if (path.extension() == ".yaml") name += (name.empty() ? "" : ",") + path.stem().string();
  for (const std::string& one : run.overrides) {
    if (one.starts_with("constants.")) name += "," + one.substr(std::string("constants.").size());
    if (one.starts_with("seed=")) name += "," + one;
  }
  return folder_name(name);
}

FullRun read_full_run(const Node& node, const fs::path& folder) {
  if (!node.is_map()) throw InputError(node.place, "runs: expected a run", form);
  FullRun run;
  for (const Entry& entry : node.entries) {
    if (entry.key == "case") {
      if (!entry.value.is_scalar()) throw InputError(entry.value.place, "case: expected a folder or a file", form);
      run.case_name = entry.value.text;
      run.case_path = (folder / run.case_name).lexically_normal().string();
      const fs::path path(run.case_path);
      if (!fs::is_regular_file(path) && !fs::is_regular_file(path / "case.yaml")) {
        throw InputError(entry.value.place, "case: there is no case " + quote(run.case_path),
                         "a folder with a case.yaml, or a case file, beside this list");
      }
    } else if (entry.key == "set") {
      if (!entry.value.is_list()) throw InputError(entry.value.place, "set: expected a list", form);
      std::set<std::string> keys;
      for (const Node& item : entry.value.items) {
        if (!item.is_scalar() || item.text.find('=') == std::string::npos) {
          throw InputError(item.place, "set: expected KEY=VALUE", form);
        }
        if (!keys.insert(key_of(item.text)).second) {
          throw InputError(item.place, "set: " + key_of(item.text) + " is set twice");
        }
        run.overrides.push_back(item.text);
      }
    } else {
      const std::string near = did_you_mean(entry.key, {"case", "set"});
      throw InputError(
          entry.key_place,
          "runs: " + quote(entry.key) + " is no key of a run" + (near.empty() ? "" : "; did you mean " + near + "?"),
          form);
    }
  }
  if (run.case_name.empty()) throw InputError(node.place, "runs: a run without a case", form);
  run.name = name_of(run);
  return run;
}

}  // namespace

std::string FullRun::setting() const {
  std::string text;
  for (const std::string& one : overrides) {
    if (!key_of(one).ends_with(".bound")) text += (text.empty() ? "" : " ") + one;
  }
  return text;
}

std::vector<FullRun> read_full_runs(const std::string& list) {
  const Document document = Document::load(list);
  const Node* items = document.root().find("runs");
  for (const Entry& entry : document.root().entries) {
    if (entry.key != "runs") {
      throw InputError(entry.key_place, quote(entry.key) + " is no key of a list of full runs", "it has one, `runs`");
    }
  }
  if (items == nullptr || !items->is_list() || items->items.empty()) {
    throw InputError(items == nullptr ? document.root().place : items->place, "runs: expected a list of full runs",
                     form);
  }
  std::vector<FullRun> runs;
  std::set<std::string> names;
  for (const Node& item : items->items) {
    FullRun run = read_full_run(item, fs::path(list).parent_path());
    const std::string stem = run.name;
    for (int i = 2; !names.insert(run.name).second; ++i) run.name = stem + "," + std::to_string(i);
    runs.push_back(std::move(run));
  }
  return runs;
}

std::vector<FullRun> chosen_full_runs(const std::vector<FullRun>& all, const std::vector<std::string>& words) {
  if (words.empty()) return all;
  std::set<std::string> meant;
  for (const std::string& word : words) {
    const std::string path = fs::path(word).lexically_normal().string();
    const std::string plain = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
    std::vector<std::string> known;
    bool found = false;
    for (const FullRun& run : all) {
      known.push_back(run.name);
      const bool inside = run.case_name.starts_with(plain + "/") || run.case_path.starts_with(plain + "/");
      if (word != run.name && plain != run.case_name && plain != run.case_path && !inside) continue;
      meant.insert(run.name);
      found = true;
    }
    if (found) continue;
    const std::string near = did_you_mean(word, known);
    throw std::invalid_argument("there is no full run " + quote(word) +
                                (near.empty() ? "" : "; did you mean " + near + "?"));
  }
  std::vector<FullRun> chosen;
  std::ranges::copy_if(all, std::back_inserter(chosen), [&](const FullRun& run) { return meant.contains(run.name); });
  return chosen;
}

}  // namespace nusselt
