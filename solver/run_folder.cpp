#include "solver/run_folder.hpp"

#include <ctime>
#include <iostream>
#include <sstream>

#include "solver/time_windows.hpp"

namespace nusselt {

std::filesystem::path stamped_folder(const std::string& name) {
  namespace fs = std::filesystem;
  char stamp[32];
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  std::strftime(stamp, sizeof stamp, "%Y-%m-%d_%H%M%S", &local);
  fs::path folder = fs::path("results") / name / stamp;
  for (int i = 2; fs::exists(folder); ++i)
    folder = fs::path("results") / name / (std::string(stamp) + "_" + std::to_string(i));
  return folder;
}

Checkpoint newest_checkpoint(const std::filesystem::path& run) {
  std::vector<std::string> warnings;
  Checkpoint checkpoint = load_newest_checkpoint(run / checkpoints_folder, warnings);
  for (const std::string& warning : warnings) std::cerr << "warning: " << warning << "\n  the one before it is used\n";
  return checkpoint;
}

Case case_of_run(const RunIdentity& identity) {
  namespace fs = std::filesystem;
  const fs::path path(identity.case_path);
  Document document((fs::is_directory(path) ? path / "case.yaml" : path).string(), identity.case_text);
  std::istringstream overrides(identity.overrides);
  for (std::string one; std::getline(overrides, one);) document.override(one);
  return read_case(std::move(document), (fs::is_directory(path) ? path : path.parent_path()).string());
}

const Case& rung_of(const Checkpoint& checkpoint, std::vector<Rung>& ladder) {
  const int rung = checkpoint.state.rung;
  if (rung >= 0 && static_cast<std::size_t>(rung) < ladder.size()) {
    hand_over(ladder, checkpoint.state.solved);
    return ladder[static_cast<std::size_t>(rung)].the_case;
  }
  throw CheckpointError("the checkpoint stands on rung " + std::to_string(rung + 1) + ", the ladder of its case has " +
                        std::to_string(ladder.size()));
}

std::vector<torch::Tensor> solved_windows(const Checkpoint& checkpoint) {
  std::vector<torch::Tensor> all = checkpoint.state.solved;
  all.push_back(checkpoint.state.theta);
  return all;
}

}  // namespace nusselt
