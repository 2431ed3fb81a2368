#include "solver/case/balancing_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

constexpr std::array<std::string_view, 3> first_order_optimizers = {"adam", "sgd", "soap"};
// Where each residual's gradient is needed an update costs about as many gradients as there are residuals.
constexpr int every_for_gradients = 100;
// Above it the smallest residual takes the most of the loss; see conditioning.hpp.
constexpr double largest_exponent_without_floor = 0.5;

using LooksAt = BalancingMethod::LooksAt;

const std::vector<BalancingMethod>& methods() {
  static const std::vector<BalancingMethod> all = {{"static", LooksAt::nothing, false, 0},
                                                   {"grad_norm", LooksAt::gradients, false, 0},
                                                   {"lra", LooksAt::gradients, false, 0},
                                                   {"gradnorm", LooksAt::gradients, false, 0.025},
                                                   {"ntk", LooksAt::gradients, false, 0},
                                                   {"softadapt", LooksAt::residuals, false, 0},
                                                   {"relobralo", LooksAt::residuals, false, 0},
                                                   {"homoscedastic", LooksAt::residuals, false, 1e-3},
                                                   {"self_adaptive", LooksAt::residuals, true, 5e-3},
                                                   {"rba", LooksAt::residuals, true, 0},
                                                   {"brdr", LooksAt::residuals, true, 0},
                                                   {"causal", LooksAt::residuals, false, 0},
                                                   {"inverse_dirichlet", LooksAt::gradients, false, 0},
                                                   {"config", LooksAt::directions, false, 0},
                                                   {"pcgrad", LooksAt::directions, false, 0},
                                                   {"row_scaling", LooksAt::residuals, false, 0}};
  return all;
}

/// Where a key stands, or would stand.
Place place_of(const Node& root, const char* key) {
  const Node* const node = root.find_path(key);
  return node != nullptr ? node->place : root.place;
}

/// "N m^-3" for "N m-3".
std::string with_carets(const std::string& unit) {
  std::string text;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const bool exponent = unit[i] == '-' || (unit[i] >= '0' && unit[i] <= '9');
    if (exponent && i > 0 && std::isalpha(static_cast<unsigned char>(unit[i - 1])) != 0) text += '^';
    text += unit[i];
  }
  return text;
}

/// With scales of one SI unit each the residuals are numbers in SI: only those of one dimension can be averaged.
void require_one_unit(const Case& c, const Place& place, const std::string& key) {
  if (c.scaling != "si") return;
  const DimensionlessResidual& first = c.equations.front();
  for (const DimensionlessResidual& other : c.equations) {
    if (other.dimension() == first.dimension()) continue;
    throw InputError(place,
                     key + ": " + cannot_average(first.name(), first.dimension(), other.name(), other.dimension()),
                     "scaling: si leaves every residual in its own unit; use scaling: auto, or leave conditioning out");
  }
}

}  // namespace

const BalancingMethod& balancing_method(const std::string& name) {
  const auto found = std::ranges::find(methods(), name, &BalancingMethod::name);
  if (found == methods().end()) throw std::invalid_argument("unknown balancing '" + name + "'");
  return *found;
}

std::string cannot_average(const std::string& one, const Dimension& its_dimension, const std::string& other,
                           const Dimension& other_dimension) {
  return "cannot average " + one + " [" + with_carets(its_dimension.unit()) + "] with " + other + " [" +
         with_carets(other_dimension.unit()) + "]; nondimensionalize first";
}

bool is_first_order(const std::string& optimizer) { return std::ranges::count(first_order_optimizers, optimizer) > 0; }

Settings::Balancing read_balancing(const Node& root) {
  const auto real = [&](const char* path) { return read_real(root, path); };
  Settings::Balancing balancing{.name = read_choice(root, "balancing.name"),
                                .every = static_cast<int>(read_integer(root, "balancing.every")),
                                .average = real("balancing.average"),
                                .memory = real("balancing.memory"),
                                .lra = read_choice(root, "balancing.lra"),
                                .rate = real("balancing.rate"),
                                .asymmetry = real("balancing.asymmetry"),
                                .sharpness = real("balancing.sharpness"),
                                .temperature = real("balancing.temperature"),
                                .lookback = real("balancing.lookback"),
                                .causality = real("balancing.causality"),
                                .parts = static_cast<int>(read_integer(root, "balancing.parts")),
                                .floor = real("balancing.floor")};
  const BalancingMethod& method = balancing_method(balancing.name);
  if (balancing.every == 0) balancing.every = method.looks_at == LooksAt::gradients ? every_for_gradients : 1;
  if (balancing.rate == 0) balancing.rate = method.rate;
  return balancing;
}

void require_possible_balancing(const Case& c) {
  const Node& root = c.document.root();
  const Settings& settings = c.settings;
  const Settings::Conditioning& conditioning = settings.conditioning;
  if (conditioning.name != "none") require_one_unit(c, place_of(root, "conditioning.name"), "conditioning.name");
  if (conditioning.name == "rms" && conditioning.exponent > largest_exponent_without_floor && conditioning.floor == 0) {
    throw InputError(place_of(root, "conditioning.exponent"),
                     "conditioning.exponent: above " + to_string(largest_exponent_without_floor) +
                         " the equation that is solved best gets the most weight, and the others stay unsolved; got " +
                         to_string(conditioning.exponent),
                     "give the tolerance as conditioning.floor, for example 1e-3, or take an exponent of 0.25");
  }
  const std::string& name = settings.balancing.name;
  const BalancingMethod& method = balancing_method(name);
  const Place place = place_of(root, "balancing.name");
  if (method.looks_at == LooksAt::directions && !is_first_order(settings.optimizer.name)) {
    throw InputError(
        place,
        "balancing.name: " + name + " makes a direction that is the gradient of no function, and " +
            settings.optimizer.name + " needs a function",
        "use it with optimizer.name=adam, soap or sgd; grad_norm gives weights that serve every optimizer");
  }
  if (method.remembers_points && settings.points.redraw > 0) {
    throw InputError(place,
                     "balancing.name: " + name + " learns a weight for every training point, and points.redraw=" +
                         std::to_string(settings.points.redraw) + " throws the points away",
                     "leave points.redraw out, or balance residuals as a whole with relobralo or grad_norm");
  }
  if (name == "causal" && !c.box.axes[axis_t]) {
    throw InputError(place, "balancing.name: causal weighs later times by earlier ones, and this case has no time",
                     "it belongs to cases with domain.box.t");
  }
}

std::string weight_moments(const Settings& settings) {
  std::string text;
  const std::string evaluations = "every evaluation, every " + std::to_string(settings.criteria.every) + " steps";
  if (settings.conditioning.name != "none") {
    text += "  conditioning " + settings.conditioning.name + ": new after " + evaluations + "\n";
  }
  const Settings::Balancing& balancing = settings.balancing;
  const BalancingMethod& method = balancing_method(balancing.name);
  if (method.looks_at == LooksAt::nothing) return text;
  text += "  balancing " + balancing.name + ": ";
  if (method.looks_at == LooksAt::directions) {
    text += "a direction from the gradients of all residuals at every step of " + settings.optimizer.name;
  } else if (is_first_order(settings.optimizer.name)) {
    text += "new before the first step and every " + std::to_string(balancing.every) +
            (balancing.every == 1 ? " step" : " steps") + " of " + settings.optimizer.name;
  } else {
    text += "new before the first step and after " + evaluations + "; in between " + settings.optimizer.name +
            " sees one loss";
  }
  return text + "\n";
}

}  // namespace nusselt
