// What a case says of its network: sizes, nonlinearity, normalization, parametrization, blocks, embedding.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace nusselt {

struct NetworkSettings {
  int inputs = 0;
  int outputs = 0;
  int constants = 0;  ///< further outputs that are trained numbers, the same at every point
  int depth = 4;  ///< hidden linear maps, at least 1
  int width = 20;
  std::string activation = "tanh";

  std::string norm = "none";  ///< none, batch, layer, instance, group, rms
  double norm_eps = 1e-3;     ///< added to the variance; second derivatives grow as 1/eps where it matters
  int norm_groups = 2;        ///< of norm group
  bool norm_first = false;    ///< also behind the linear map that reads the coordinates
  bool norm_affine = true;    ///< a trained gain and shift per feature behind each normalization
  std::string norm_reference = "interior";  ///< the set of points whose statistics batch and instance use
  std::string norm_derivative = "frozen";  ///< of batch and instance in the coordinates; empty where a case left it out
  double first_bias = 0.0;    ///< standard deviation of the initial bias of maps that read the coordinates

  std::string reparam = "none";  ///< none, weight_norm, weight_fact
  double reparam_mean = 0.5;     ///< of the logarithms of the factors of weight_fact
  double reparam_deviation = 0.1;

  std::string block = "plain";    ///< plain, residual, dense, pirate, modified
  std::string placement = "pre";  ///< of the norm: pre, post, sandwich, none
  std::string skip = "plain";     ///< of residual blocks: plain, skipinit

  int fourier = 0;             ///< random frequencies of the embedding, 0 for none
  double fourier_scale = 1.0;  ///< their standard deviation, with the box mapped onto [-1, 1]
  std::uint64_t fourier_seed = 0;
  std::vector<int> periodic = {};  ///< axes along which every field has the period of the box

  std::vector<double> lower = {};  ///< box of the coordinates, one number per input
  std::vector<double> upper = {};
};

/// Settings that make no network. `what()` is a whole sentence; `key` is the member that is wrong, `hint` what to do.
struct SettingError : std::invalid_argument {
  SettingError(std::string wrong, const std::string& message, std::string advice = {})
      : std::invalid_argument(message), key(std::move(wrong)), hint(std::move(advice)) {}
  std::string key;
  std::string hint;
};

/// Whether the statistics of this norm are those of a set of points: they lie behind the trained parameters then.
bool normalizes_over_points(const std::string& norm);

/// Throws SettingError for values and combinations that make no sense, with or without a box (`lower`, `upper`).
void require_sensible(const NetworkSettings& settings);

/// What is allowed and probably not meant, one sentence each.
std::vector<std::string> network_warnings(const NetworkSettings& settings);

}  // namespace nusselt
