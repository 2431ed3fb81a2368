#include "networks/layout/network_settings.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace nusselt {

namespace {

using Names = std::vector<std::string>;

void require_positive(const char* key, const char* what, int number) {
  if (number < 1) {
    throw SettingError(key, std::string("a network needs at least one ") + what + ", got " + std::to_string(number));
  }
}

void require_known(const char* key, const std::string& name, const Names& known) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  throw SettingError(key, std::string("unknown ") + key + " \"" + name + "\"; known are: " + list);
}

void require_number(const char* key, double number, bool zero_allowed) {
  if (std::isfinite(number) && (number > 0.0 || (zero_allowed && number == 0.0))) return;
  throw SettingError(key, std::string(key) + " must be " + (zero_allowed ? "zero or positive" : "positive") + ", got " +
                              std::to_string(number));
}

/// The numbers of features that a norm of these settings may meet.
std::set<int> normed_features(const NetworkSettings& s) {
  std::set<int> sizes{s.width};
  if (s.block == "pirate") sizes.insert(2 * s.fourier);
  return sizes;
}

std::string groups_of(const NetworkSettings& s, int features) {
  return std::to_string(s.norm_groups) + (s.norm_groups == 1 ? " group" : " groups") + " of " +
         std::to_string(features / s.norm_groups);
}

void require_groups(const NetworkSettings& s) {
  if (s.norm != "group") return;
  require_positive("norm_groups", "group of neurons (norm_groups)", s.norm_groups);
  for (int features : normed_features(s)) {
    if (features % s.norm_groups != 0) {
      throw SettingError("norm_groups",
                         "norm group divides neurons into equal groups, and " + std::to_string(features) +
                             " neurons make no " + std::to_string(s.norm_groups) + " of them",
                         "choose norm_groups among the divisors of " + std::to_string(features));
    }
    if (features / s.norm_groups <= 2) {
      throw SettingError(
          "norm_groups",
          groups_of(s, features) +
              " leave nothing of a field: normalized to mean 0 and variance 1, a neuron alone is always 0 "
              "and two are always -1 and 1, so that every derivative vanishes",
          "of a group of g neurons g - 2 directions remain; take groups of 8 or more, here norm_groups "
          "of at most " +
              std::to_string(std::max(1, features / 8)));
    }
  }
}

void require_direction_and_size(const NetworkSettings& s) {
  const bool of_features = s.norm == "layer" || s.norm == "rms" || s.norm == "group";
  if (!of_features || !s.norm_first || s.first_bias > 0.0 || s.fourier > 0 || !s.periodic.empty()) return;
  throw SettingError("norm_first",
                     "norm " + s.norm +
                         " right behind the first linear map sees only the direction of a point from the middle of the "
                         "box: without a bias u(x) = u(2 x)",
                     "leave norm_first out, or give the first layer a random bias: first_bias=1");
}

void require_block(const NetworkSettings& s) {
  require_known("block", s.block, {"plain", "residual", "dense", "pirate", "modified"});
  require_known("placement", s.placement, {"pre", "post", "sandwich", "none"});
  require_known("skip", s.skip, {"plain", "skipinit"});
  const bool residual = s.block == "residual";
  if (!residual && s.placement != "pre" && !(s.placement == "none" && s.norm == "none")) {
    throw SettingError(
        "placement",
        "placement " + s.placement + " is a place around the skip of a residual block, and block is " + s.block +
            ": its normalization stands between linear map and activation",
        s.placement == "none" ? "leave placement out and say norm=none" : "leave placement out, or say block=residual");
  }
  if (!residual && s.skip != "plain") {
    throw SettingError("skip", "skip " + s.skip + " scales the branch of a residual block, and block is " + s.block,
                       s.block == "pirate" ? "leave skip out: the blocks of pirate have a gate alpha of their own"
                                           : "leave skip out, or say block=residual");
  }
  if (s.block != "pirate") return;
  if (s.depth % 3 != 0) {
    throw SettingError("depth",
                       "block pirate has three hidden maps in each block, so depth must be a multiple of 3, got " +
                           std::to_string(s.depth),
                       "take depth=" + std::to_string(std::max(3, (s.depth + 1) / 3 * 3)));
  }
  if (s.fourier < 1) {
    throw SettingError("fourier",
                       "block pirate starts as a linear function of its embedding and carries it from block to block; "
                       "it needs random frequencies",
                       "take fourier=" + std::to_string(std::max(1, s.width / 2)) + ", half the width");
  }
}

void require_embedding(const NetworkSettings& s) {
  if (s.fourier < 0) {
    throw SettingError("fourier", "fourier is a number of frequencies, got " + std::to_string(s.fourier));
  }
  if (s.fourier > 0) require_number("fourier_scale", s.fourier_scale, false);
  std::set<int> seen;
  for (int axis : s.periodic) {
    if (axis < 0 || axis >= s.inputs) {
      throw SettingError("periodic", "periodic names axis " + std::to_string(axis) + ", and the network has " +
                                         std::to_string(s.inputs) + " inputs");
    }
    if (!seen.insert(axis).second) {
      throw SettingError("periodic", "periodic names axis " + std::to_string(axis) + " twice");
    }
  }
}

}  // namespace

bool normalizes_over_points(const std::string& norm) { return norm == "batch" || norm == "instance"; }

void require_sensible(const NetworkSettings& s) {
  require_positive("inputs", "input", s.inputs);
  require_positive("outputs", "output", s.outputs);
  require_positive("depth", "hidden layer (depth)", s.depth);
  require_positive("width", "neuron per layer (width)", s.width);
  require_number("norm_eps", s.norm_eps, true);
  require_number("first_bias", s.first_bias, true);
  require_number("reparam_deviation", s.reparam_deviation, true);
  if (!std::isfinite(s.reparam_mean)) throw SettingError("reparam_mean", "reparam_mean must be a finite number");
  require_block(s);
  require_embedding(s);
  require_groups(s);
  require_direction_and_size(s);
  if (s.norm == "instance" && s.norm_derivative != "frozen") {
    throw SettingError("norm_derivative",
                       "norm instance couples all points of the one instance that a run is, so that its derivative in "
                       "the coordinates has to be agreed on",
                       "say norm_derivative=frozen: statistics are constants in the coordinates and functions of the "
                       "parameters; or take norm=layer, which is pointwise");
  }
}

std::vector<std::string> network_warnings(const NetworkSettings& s) {
  std::vector<std::string> warnings;
  if (s.norm == "group") {
    for (int features : normed_features(s)) {
      if (features / s.norm_groups >= 8) continue;
      warnings.push_back(
          "network.norm_groups: " + groups_of(s, features) +
          " are few: mean and variance take 2 directions from each group, and their estimate from so few "
          "neurons is noise; groups of 8 or more are usual");
    }
  }
  if (s.norm != "none" && s.block == "residual" && s.placement == "none" && !s.norm_first) {
    warnings.push_back("network.norm: placement none leaves no place for norm " + s.norm);
  }
  if (s.norm != "none" && s.norm_eps < 1e-6) {
    warnings.push_back(
        "network.norm_eps: second derivatives grow as 1/eps where the neurons of a layer agree; 1e-3 is usual");
  }
  return warnings;
}

}  // namespace nusselt
