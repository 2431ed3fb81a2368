#include "solver/study.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "solver/case/case.hpp"
#include "solver/case/exit_code.hpp"
#include "solver/case/input_error.hpp"
#include "solver/case/study_plan.hpp"
#include "solver/folder_lock.hpp"
#include "solver/interruption.hpp"
#include "solver/run_queue.hpp"
#include "solver/study_report.hpp"
#include "solver/write_atomically.hpp"

namespace nusselt {

namespace {

namespace fs = std::filesystem;

/// A study's folder belongs to one case file and one set of overrides: runs of different cases do not compare.
void require_same_study(const fs::path& folder, const CommandLine& line, const std::string& case_text) {
  const nlohmann::json now = {{"case_file", case_text}, {"overrides", line.overrides}};
  const fs::path file = folder / "study_of.json";
  std::ifstream stream(file);
  if (!stream) {
    write_atomically(file, now.dump(2) + "\n");
    return;
  }
  const nlohmann::json before = nlohmann::json::parse(stream, nullptr, false);
  if (before == now) return;
  throw OutputError("the folder " + folder.string() +
                        " holds a study of another case file or with other overrides; choose another with --output, "
                        "or remove it",
                    EEXIST);
}

std::string command_text(const CommandLine& line) {
  std::string text = "nusselt study " + line.subject;
  for (const std::string& vary : line.study.vary) text += " --vary \"" + vary + "\"";
  if (line.study.seeds > 1) text += " --seeds " + std::to_string(line.study.seeds);
  for (const std::string& one : line.overrides) text += " \"" + one + "\"";
  return text;
}

}  // namespace

int study(const CommandLine& line) {
  StudyPlan plan;
  try {
    plan = plan_study(line, static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  } catch (const std::invalid_argument& error) {
    std::cerr << "error: " << error.what() << "\n";
    return exit_codes::usage;
  }
  const fs::path folder = line.output.empty() ? fs::path("results") / plan.case_name / "study" : fs::path(line.output);
  std::vector<QueuedRun> queued;
  for (const StudyRun& run : plan.runs) queued.push_back({run.folder, line.subject, run.overrides});
  RunQueue queue(folder, std::move(queued), plan.jobs);
  const FolderLock lock(folder);
  require_same_study(folder, line, read_case(line.subject, line.overrides).document.text());

  watch_for_interruption();
  std::cout << plan.settings.size() << " settings, " << plan.runs.size() << " runs, " << plan.jobs << " at a time, in "
            << folder.string() << "\n"
            << std::flush;
  const std::vector<int> codes = queue.run({.ended = [&](std::size_t i, int code) {
    const bool reported = RunQueue::ended_with(queue.folder_of(i)) == code;
    return (reported ? "exit " : "broke down, exit ") + std::to_string(code);
  }});
  if (std::count(codes.begin(), codes.end(), -1) > 0) {
    std::cout << "interrupted; the same words go on:\n  " << command_text(line)
              << (line.output.empty() ? "" : " --output " + line.output) << "\n";
    return exit_codes::interrupted;
  }

  std::vector<StudyRow> rows;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    rows.push_back(read_study_row(plan.runs[i], folder / plan.runs[i].folder, codes[i]));
  }
  const nlohmann::json result = study_json(plan, rows);
  const StudyPage page = study_page(plan, rows, result, command_text(line));
  fs::create_directories(folder / "figures");
  for (const auto& [name, png] : page.figures) write_atomically(folder / "figures" / name, png);
  write_atomically(folder / "study.csv", study_csv(plan, rows));
  write_atomically(folder / "study.html", page.html);
  write_atomically(folder / "study.json", result.dump(2) + "\n");
  std::cout << "\n" << study_table(result) << "\n" << (folder / "study.html").string() << "\n";
  const bool broken = std::any_of(rows.begin(), rows.end(), [](const StudyRow& row) { return row.report.is_null(); });
  return broken ? exit_code(Status::check_failed) : 0;
}

}  // namespace nusselt
