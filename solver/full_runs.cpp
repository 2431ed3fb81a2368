#include "solver/full_runs.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "nusselt_version.hpp"
#include "solver/case/document.hpp"
#include "solver/case/exit_code.hpp"
#include "solver/device.hpp"
#include "solver/folder_lock.hpp"
#include "solver/full_runs_table.hpp"
#include "solver/interruption.hpp"
#include "solver/machine_limits.hpp"
#include "solver/run_folder.hpp"
#include "solver/run_queue.hpp"
#include "solver/sha256.hpp"
#include "solver/write_atomically.hpp"

namespace nusselt {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

json parsed(const fs::path& file) { return json::parse(bytes_of(file), nullptr, false); }

/// Checksum of what a case may read besides its own file.
std::string data_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && extension != ".yaml" && extension != ".md" && extension != ".png") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  std::string all;
  for (const fs::path& file : files) all += fs::relative(file, folder).string() + " " + sha256(bytes_of(file)) + "\n";
  return sha256(all);
}

/// One thread each unless the case or the list says otherwise: the bits, and so what is kept, do not depend on --jobs.
std::vector<std::string> overrides_of(const FullRun& run, const CommandLine& line) {
  std::vector<std::string> overrides = run.overrides;
  overrides.insert(overrides.end(), line.overrides.begin(), line.overrides.end());
  const fs::path path(run.case_path);
  bool says_threads =
      std::ranges::any_of(overrides, [](const std::string& one) { return one.starts_with("threads="); });
  try {
    const Document document = Document::load((fs::is_directory(path) ? path / "case.yaml" : path).string());
    says_threads = says_threads || document.root().find("threads") != nullptr;
  } catch (const InputError&) {
    // The run will say it.
  }
  if (!says_threads) overrides.push_back("threads=1");
  return overrides;
}

/// What a run is: as long as this stays the same, what its folder holds is kept.
json identity_of(const FullRun& run, const std::vector<std::string>& overrides) {
  const fs::path path(run.case_path);
  const bool folder = fs::is_directory(path);
  return {{"case_file", bytes_of(folder ? path / "case.yaml" : path)},
          {"data", data_of(folder ? path : path.parent_path())},
          {"overrides", overrides},
          {"version", version}};
}

/// What a run that broke down said last.
std::string last_words(const fs::path& log) {
  std::ifstream stream(log);
  std::string error, last;
  for (std::string text; std::getline(stream, text);) {
    if (text.find_first_not_of(" \t^") == std::string::npos) continue;
    last = text;
    if (text.find("error: ") != std::string::npos) error = text.substr(text.find("error: ") + 7);
  }
  return error.empty() ? last : error;
}

std::string command_text(const CommandLine& line, const fs::path& folder) {
  std::string text = "nusselt ladder";
  for (const std::string& word : line.ladder.chosen) text += " " + word;
  for (const std::string& one : line.overrides) text += " \"" + one + "\"";
  if (line.ladder.list != CommandLine::Ladder().list) text += " --from " + line.ladder.list;
  if (line.ladder.jobs > 1) text += " --jobs " + std::to_string(line.ladder.jobs);
  if (line.ladder.strict) text += " --strict";
  return folder.empty() ? text : text + " --output " + folder.string();
}

/// The runs of the list, those that this call is to bring to an end, and their table.
class FullRuns {
 public:
  FullRuns(const CommandLine& line, fs::path folder)
      : line_(line), folder_(std::move(folder)), all_(read_full_runs(line.ladder.list)) {
    chosen_ = chosen_full_runs(all_, line.ladder.chosen);
  }

  int run() {
    std::error_code error;
    fs::create_directories(folder_ / "log", error);
    if (error) throw OutputError("cannot make the folder " + folder_.string() + ": " + error.message(), error.value());
    const FolderLock lock(folder_);
    watch_for_interruption();
    // What the last table says of the time that runs take, for the estimate of what is left.
    const json last = parsed(fs::path(line_.ladder.list).replace_extension(".json"));
    std::vector<QueuedRun> queued;
    std::vector<json> identities;
    for (const FullRun& run : chosen_) {
      const std::vector<std::string> overrides = overrides_of(run, line_);
      identities.push_back(identity_of(run, overrides));
      queued.push_back({run.name, run.case_path, overrides, !is_of(run, identities.back()), seconds_in(last, run)});
    }
    std::cout << chosen_.size() << (chosen_.size() == 1 ? " run, " : " runs, ") << line_.ladder.jobs
              << " at a time, in " << folder_.string() << "\n"
              << std::flush;
    std::vector<std::size_t> anew;
    for (std::size_t i = 0; i < queued.size(); ++i) {
      if (queued[i].anew) anew.push_back(i);
    }
    RunQueue queue(folder_, std::move(queued), line_.ladder.jobs);
    for (const std::size_t i : anew) {
      identities[i]["build"] = std::string("nusselt ") + version + " (" + git_description + ")";
    }
    codes_.assign(chosen_.size(), std::nullopt);
    const RunQueue::Observer observer = {
        .started =
            [&](std::size_t i) {
              if (identities[i].contains("build"))
                write_atomically(identity_file(chosen_[i]), identities[i].dump(2) + "\n");
              std::cout << "  " << chosen_[i].name << " runs; " << queue.log_of(i).string() << "\n" << std::flush;
            },
        .ended =
            [&](std::size_t i, int code) {
              codes_[i] = code;
              const json table = write_table();
              for (const json& run : table["runs"]) {
                if (run["name"] == chosen_[i].name) return full_run_line(run);
              }
              throw std::logic_error("a run without a row");
            }};
    const std::vector<int> codes = queue.run(observer);
    const json table = write_table();
    const BoundCount bounds = count_bounds(table);
    const auto broken = std::ranges::count_if(table["runs"], [](const json& r) { return r["status"] == "broke_down"; });
    std::cout << "\n" << bounds.met << " of " << bounds.all << " bounds are met";
    if (broken > 0) std::cout << "; " << broken << (broken == 1 ? " run" : " runs") << " broke down";
    std::cout << "\n" << (folder_ / "ladder.md").string() << "\n";
    if (std::ranges::count(codes, -1) > 0) {
      std::cout << "interrupted; go on with\n  " << command_text(line_, folder_) << "\n";
      return exit_codes::interrupted;
    }
    const bool short_of_a_bound = line_.ladder.strict && bounds.met < bounds.all;
    return broken > 0 || short_of_a_bound ? exit_code(Status::check_failed) : 0;
  }

 private:
  fs::path identity_file(const FullRun& run) const { return folder_ / "log" / (run.name + ".json"); }

  bool is_of(const FullRun& run, const json& identity) const {
    json before = parsed(identity_file(run));
    if (!before.is_object()) return false;
    before.erase("build");
    return before == identity;
  }

  static double seconds_in(const json& table, const FullRun& run) {
    if (!table.is_object() || !table.contains("runs")) return 0;
    for (const json& row : table["runs"]) {
      if (row.value("name", "") == run.name && row["wall_seconds"].is_number()) return row["wall_seconds"];
    }
    return 0;
  }

  /// A run of this call, or one that was ended in this folder before and belongs to the list as it is.
  std::optional<FullRunRow> row_of(const FullRun& run) const {
    const auto here = std::ranges::find(chosen_, run.name, &FullRun::name);
    FullRunRow row{run};
    const json known = parsed(identity_file(run));
    if (known.is_object()) row.build = known.value("build", "");
    const fs::path folder = folder_ / run.name;
    const int reported = RunQueue::ended_with(folder);
    if (here != chosen_.end()) {
      row.exit_code = codes_[static_cast<std::size_t>(here - chosen_.begin())];
      if (row.exit_code && *row.exit_code != reported) {
        row.failure = last_words(folder_ / "log" / (run.name + ".txt"));
        return row;
      }
    }
    if (reported >= 0) {
      row.exit_code = reported;
      row.report = parsed(folder / "report.json");
    }
    if (here == chosen_.end() && (reported < 0 || !is_of(run, identity_of(run, overrides_of(run, line_))))) {
      return std::nullopt;
    }
    return row;
  }

  json write_table() const {
    std::vector<FullRunRow> rows;
    for (const FullRun& run : all_) {
      if (std::optional<FullRunRow> row = row_of(run)) rows.push_back(std::move(*row));
    }
    const json table =
        full_runs_json(rows, {command_text(line_, {}), processor_name(), resolve_threads(0), line_.ladder.jobs});
    write_atomically(folder_ / "ladder.csv", full_runs_csv(table));
    write_atomically(folder_ / "ladder.md", full_runs_markdown(table));
    write_atomically(folder_ / "ladder.json", table.dump(2) + "\n");
    return table;
  }

  const CommandLine& line_;
  const fs::path folder_;
  std::vector<FullRun> all_, chosen_;
  std::vector<std::optional<int>> codes_;  // of the chosen runs that ended in this call
};

}  // namespace

int full_runs(const CommandLine& line) {
  if (!fs::exists(line.ladder.list)) {
    std::cerr << "error: there is no list of full runs " << line.ladder.list
              << "\n  call it from the folder of Nusselt, which has cases/ladder.yaml, or name a list with --from\n";
    return exit_codes::usage;
  }
  try {
    return FullRuns(line, line.output.empty() ? stamped_folder("ladder") : fs::path(line.output)).run();
  } catch (const std::invalid_argument& error) {
    std::cerr << "error: " << error.what() << "\n";
    return exit_codes::usage;
  }
}

}  // namespace nusselt
