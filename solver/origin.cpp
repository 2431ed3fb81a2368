#include "solver/origin.hpp"

#include "solver/case/key_table.hpp"
#include "solver/case/network_choice.hpp"
#include "solver/run_folder.hpp"
#include "solver/sha256.hpp"

namespace nusselt {

namespace {

std::string shape_text(const Case& c) {
  const NetworkSettings& network = c.settings.network;
  std::string text;
  for (const Subnetwork& part : subnetworks(c)) text += (text.empty() ? "for each of " : ", ") + part.name;
  text += (text.empty() ? "" : " ") + std::to_string(network.depth) + " layers of " + std::to_string(network.width) +
          ", " + network.activation + ", norm " + network.norm;
  if (network.norm != "none") text += " with norm_eps " + to_string(network.norm_eps);
  if (network.norm == "group") text += " in " + std::to_string(network.norm_groups) + " groups";
  if (network.norm != "none" && network.norm_first) text += " from the first layer on";
  if (network.norm != "none" && !network.norm_affine) text += " without gain and shift";
  if (network.reparam != "none") text += ", reparam " + network.reparam;
  if (network.block != "plain") text += ", block " + network.block;
  if (network.block == "residual") text += " with placement " + network.placement + " and skip " + network.skip;
  if (network.fourier > 0) {
    text += ", " + std::to_string(network.fourier) + " frequencies of scale " + to_string(network.fourier_scale) +
            " drawn with seed " + std::to_string(network.fourier_seed);
  }
  if (!network.periodic.empty()) text += ", periodic along";
  for (int axis : network.periodic) text += std::string(" ") + axis_names[c.box.active_axes()[axis]];
  text += ", from";
  for (const Axis axis : c.box.active_axes()) text += std::string(" ") + axis_names[axis];
  text += " to";
  for (const TrialField& trial : c.trials) text += " " + trial.field;
  return text;
}

}  // namespace

Origin read_origin(const Case& c) {
  const std::string& run = c.settings.continue_from;
  const Place& place = require(c.document.root(), "continue_from").place;
  if (!std::filesystem::is_directory(std::filesystem::path(run) / checkpoints_folder)) {
    throw InputError(place,
                     "continue_from: " + quote(run) + " is no folder of a run: it has no folder " + checkpoints_folder,
                     "give the folder that a run printed last, relative to where you are");
  }
  const Checkpoint checkpoint = newest_checkpoint(run);
  std::vector<Rung> ladder = read_ladder(case_of_run(checkpoint.identity));
  const Case& trained_for = rung_of(checkpoint, ladder);
  const std::string theirs = shape_text(trained_for);
  const std::string ours = shape_text(c);
  if (theirs != ours) {
    throw InputError(place, "continue_from: the weights of " + run + " do not fit",
                     "its network has " + theirs + ";\n        this case's has " + ours);
  }
  const torch::Tensor theta = checkpoint.state.theta.contiguous();
  Origin origin{theta, {}};
  origin.record = {
      {"run", run},
      {"step", checkpoint.state.step},
      {"weights_sha256", sha256(std::string_view(static_cast<const char*>(theta.data_ptr()), theta.nbytes()))},
      {"constants", nlohmann::json::object()}};
  for (const Constant& constant : trained_for.constants.all()) origin.record["constants"][constant.name] = constant.si;
  return origin;
}

}  // namespace nusselt
