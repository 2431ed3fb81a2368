#include "solver/case/network_choice.hpp"

#include <algorithm>
#include <functional>

#include "networks/layout/network_layout.hpp"
#include "networks/layout/reference_points.hpp"
#include "solver/case/case.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

/// Where `network.key` stands, or what stands around it where the case leaves the key out.
Place place_of(const Node& root, const std::string& key) {
  if (const Node* node = root.find_path("network." + key)) return node->place;
  const Node* section = root.find("network");
  return section != nullptr ? section->place : root.place;
}

/// What `check` refuses, at its key.
void refused_at_key(const Node& root, const std::function<void()>& check) {
  try {
    check();
  } catch (const SettingError& error) {
    throw InputError(place_of(root, error.key), "network." + error.key + ": " + error.what(), error.hint);
  }
}

}  // namespace

NetworkSettings read_network(const Node& root) {
  const auto integer = [&](const char* path) { return static_cast<int>(read_integer(root, path)); };
  const auto yes = [&](const char* path) { return read_choice(root, path) == "yes"; };
  const bool derivative_said = root.find_path("network.norm_derivative") != nullptr;
  NetworkSettings network{.depth = integer("network.depth"),
                          .width = integer("network.width"),
                          .activation = read_choice(root, "network.activation"),
                          .norm = read_choice(root, "network.norm"),
                          .norm_eps = read_real(root, "network.norm_eps"),
                          .norm_groups = integer("network.norm_groups"),
                          .norm_first = yes("network.norm_first"),
                          .norm_affine = yes("network.norm_affine"),
                          .norm_reference = read_text(root, "network.norm_reference"),
                          .norm_derivative = derivative_said ? read_choice(root, "network.norm_derivative") : "",
                          .first_bias = read_real(root, "network.first_bias"),
                          .reparam = read_choice(root, "network.reparam"),
                          .reparam_mean = read_real(root, "network.reparam_mean"),
                          .reparam_deviation = read_real(root, "network.reparam_deviation"),
                          .block = read_choice(root, "network.block"),
                          .placement = read_choice(root, "network.placement"),
                          .skip = read_choice(root, "network.skip"),
                          .fourier = integer("network.fourier"),
                          .fourier_scale = read_real(root, "network.fourier_scale")};
  return network;
}

std::vector<Subnetwork> read_subnetworks(const Node& root, const System& system, const NetworkSettings& network) {
  std::vector<Subnetwork> parts;
  for (const System::Field& field : system.fields()) {
    if (parts.empty() || parts.back().name != field.region) parts.push_back({field.region});
    ++parts.back().outputs;
  }
  if (parts.size() > 1) {
    if (read_choice(root, "network.regions") == "shared") return {};
    refused_at_key(root, [&] { require_separable(network, parts); });
    return parts;
  }
  if (const Node* node = root.find_path("network.regions")) {
    throw InputError(node->place, "network.regions: the fields of the case belong to one region, and have one network",
                     "leave it out");
  }
  return {};
}

std::vector<Subnetwork> subnetworks(const Case& c) {
  std::vector<Subnetwork> parts = read_subnetworks(c.document.root(), c.system, c.settings.network);
  for (Subnetwork& part : parts) {
    const Box& box = c.domain.region_named(part.name).box;
    for (const Axis axis : box.active_axes()) {
      part.lower.push_back(box.lower[axis] / c.coordinate_scale(axis));
      part.upper.push_back(box.upper[axis] / c.coordinate_scale(axis));
    }
    for (const Constant* constant : c.constants.inputs()) {
      part.lower.push_back(constant->input->lower);
      part.upper.push_back(constant->input->upper);
    }
  }
  return parts;
}

void fit_network(NetworkSettings& network, const Node& root, const Box& box, int outputs) {
  network.inputs = box.dimensions();
  network.outputs = outputs;
  network.fourier_seed = static_cast<std::uint64_t>(read_integer(root, "seed"));
  if (const Node* node = root.find_path("network.periodic")) {
    const std::vector<Axis> axes = box.active_axes();
    std::string known;
    for (Axis axis : axes) known += std::string(known.empty() ? "" : ", ") + axis_names[axis];
    for (const std::string& name : read_names(root, "network.periodic")) {
      const auto axis = std::find_if(axes.begin(), axes.end(), [&](Axis a) { return name == axis_names[a]; });
      if (axis == axes.end()) {
        throw InputError(node->place, "network.periodic: the domain has no axis " + quote(name),
                         "its axes are " + known);
      }
      network.periodic.push_back(static_cast<int>(axis - axes.begin()));
    }
  }
  for (const Axis axis : box.active_axes()) {
    if (!box.periodic[axis]) continue;
    const std::vector<Axis> axes = box.active_axes();
    const int input = static_cast<int>(std::find(axes.begin(), axes.end(), axis) - axes.begin());
    if (std::ranges::count(network.periodic, input) == 0) network.periodic.push_back(input);
  }
  refused_at_key(root, [&] { require_sensible(network); });
}

void check_norm_reference(const NetworkSettings& network, const Node& root, const std::vector<std::string>& sets,
                          const std::vector<int>& points, std::vector<std::string>& warnings) {
  if (!normalizes_over_points(network.norm)) return;
  const Place place = place_of(root, "norm_reference");
  const auto set = std::find(sets.begin(), sets.end(), network.norm_reference);
  if (set == sets.end()) {
    std::string known;
    for (const std::string& one : sets) known += (known.empty() ? "" : ", ") + one;
    throw InputError(place, "network.norm_reference: there is no set of points " + quote(network.norm_reference),
                     "the sets of this case are " + known);
  }
  const NetworkLayout layout(network);
  if (layout.norms.empty()) return;
  const int count = points[set - sets.begin()];
  const std::string refusal = too_few_reference_points(network.norm, layout.norms.front().name, *set, count);
  if (!refusal.empty()) throw InputError(place, "network.norm: " + refusal);
  const std::string warning = few_reference_points(network.norm, *set, count);
  if (!warning.empty()) warnings.push_back("network.norm: " + warning);
}

}  // namespace nusselt
