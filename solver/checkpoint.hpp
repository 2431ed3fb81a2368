// Checkpoints: the whole state of a trainer in one safetensors file, with the case it belongs to.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "solver/execution.hpp"
#include "solver/safetensors.hpp"
#include "solver/trainer.hpp"

namespace nusselt {

/// What a state must be continued with to give the same bits, and what it belongs to.
struct RunIdentity {
  std::string case_text;  // verbatim
  std::string overrides;  // one per line
  std::string case_path;
  std::string device;  // as resolved: cpu, cuda
  Execution execution;
  std::string origin;  // what the report says of the run this one continues from, as JSON; empty without one
};

struct Checkpoint {
  TrainerState state;
  RunIdentity identity;
};

/// The file's bytes. Throws std::logic_error when a tensor of the state is neither float32 nor float64.
std::string checkpoint_bytes(const Checkpoint& checkpoint);
/// Throws CheckpointError: of another kind, incomplete, of another format version.
Checkpoint checkpoint_of(const Safetensors& file, const std::string& file_name);

/// `folder/step_0000000120.safetensors`, atomically; of the others the one before it is kept.
void save_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint);
/// Removes the checkpoints of a folder and nothing else that stands there.
void remove_checkpoints(const std::filesystem::path& folder);
/// The newest readable checkpoint of the folder. `warnings` gets a sentence for each newer one that is damaged. Throws
/// CheckpointError when there is none.
Checkpoint load_newest_checkpoint(const std::filesystem::path& folder, std::vector<std::string>& warnings);

}  // namespace nusselt
