#include "solver/case/layer_rate_rule.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "networks/layout/normalized_maps.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

constexpr std::array<std::string_view, 3> with_a_rate = {"adam", "sgd", "soap"};

}  // namespace

void require_sensible_layer_rates(const Node& root, const Settings& settings) {
  const Settings::Optimizer& optimizer = settings.optimizer;
  if (optimizer.layer_lr == "none") return;
  const Place& place = require(root, "optimizer.layer_lr").place;
  const std::string key = "optimizer.layer_lr: ";
  if (std::ranges::count(with_a_rate, optimizer.name) == 0) {
    throw InputError(place, key + optimizer.name + " finds the sizes of its steps itself and has no learning rate",
                     "leave the key out, or name optimizer.name=adam, sgd or soap");
  }
  if (optimizer.layer_lr != "normalization") return;
  if (settings.network.reparam != "none") {
    throw InputError(place,
                     key + "normalization measures plain weights, but network.reparam is " + settings.network.reparam,
                     "choose one of the two, or layer_lr: lars");
  }
  if (normalized_maps(NetworkLayout(settings.network)).empty()) {
    throw InputError(place,
                     key + "normalization is about weights that a norm follows directly, and this network has none",
                     "set network.norm, or use layer_lr: lars, which needs no norm");
  }
}

}  // namespace nusselt
