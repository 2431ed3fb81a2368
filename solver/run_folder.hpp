// The folder of a run, as other commands and other runs find it.
#pragma once

#include <filesystem>
#include <string>

#include "solver/case/ladder.hpp"
#include "solver/checkpoint.hpp"

namespace nusselt {

inline constexpr const char* checkpoints_folder = "checkpoints";

/// "results/<name>/<local time>", with a number behind it where that exists.
std::filesystem::path stamped_folder(const std::string& name);

/// The newest readable checkpoint; damaged newer ones are named on stderr. Throws CheckpointError.
Checkpoint newest_checkpoint(const std::filesystem::path& run);
/// The case of a run, from what its checkpoint holds; data files are read from the case's folder. Throws InputError.
Case case_of_run(const RunIdentity& identity);
/// The case of the rung that the checkpoint stands on; of a window of time with what it starts from. Throws
/// CheckpointError when the ladder has no such rung.
const Case& rung_of(const Checkpoint& checkpoint, std::vector<Rung>& ladder);
/// The parameters of all windows of time up to the one that the checkpoint stands on.
std::vector<torch::Tensor> solved_windows(const Checkpoint& checkpoint);

}  // namespace nusselt
