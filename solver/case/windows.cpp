#include "solver/case/windows.hpp"

#include "nondim/nondimensionalize.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

constexpr const char* key = "windows";

bool at_the_start(const Condition& condition) { return condition.face.axis == axis_t && !condition.face.upper; }

void refuse_with(const Node& root, const Place& place, const std::string& section, const std::string& why) {
  if (root.find(section) != nullptr) throw InputError(place, std::string(key) + ": not together with " + section, why);
}

}  // namespace

int read_windows(const Node& root, const Box& box, const std::vector<Sensors>& sensors,
                 const std::vector<Condition>& conditions) {
  const auto count = static_cast<int>(read_integer(root, key));
  if (count == 1) return count;
  const Place& place = root.find(key)->place;
  if (!box.axes[axis_t]) {
    throw InputError(place, std::string(key) + ": the case is steady",
                     "in an unsteady one domain.box has t: [0 s, ...]");
  }
  refuse_with(root, place, "ladder", "a ladder climbs to one case, windows cut it into several");
  refuse_with(root, place, "continue_from", "each window begins where the one before it ended");
  refuse_with(root, place, "start", "each window begins where the one before it ended");
  if (!sensors.empty()) {
    throw InputError(place, std::string(key) + ": not together with sensors",
                     "constants are found from the readings of all times at once");
  }
  for (const Condition& condition : conditions) {
    if (!at_the_start(condition) || condition.field) continue;
    throw InputError(condition.place,
                     condition.key + ": windows hand over the values of fields, and on t- this is an equation",
                     "solve the case in one window");
  }
  return count;
}

Box in_window(const Box& box, int number, int windows) {
  Box result = box;
  const double length = (box.upper[axis_t] - box.lower[axis_t]) / windows;
  result.lower[axis_t] = box.lower[axis_t] + number * length;
  if (number + 1 < windows) result.upper[axis_t] = box.lower[axis_t] + (number + 1) * length;
  return result;
}

void hand_over(std::vector<Condition>& conditions, bool first, const System& system, const Scales& scales) {
  for (Condition& condition : conditions) {
    if (!at_the_start(condition)) continue;
    if (condition.enforcement == Enforcement::hard) {
      throw InputError(condition.place, condition.key + ": with windows what holds on t- can only be enforced softly",
                       "leave `enforce: hard` out, or `windows`");
    }
    condition.enforcement = Enforcement::soft;
    if (first) continue;
    const Expression& symbol = system.field_named(*condition.field).symbol;
    // A column is a difference, in scales; a temperature is counted from its level.
    condition.value = Expression::number(field_level(symbol, scales), symbol.dimension()) +
                      Expression::column(handed_over(*condition.field), symbol.dimension());
    condition.residual = symbol - condition.value;
  }
}

std::string handed_over(const std::string& field) { return field + " handed over"; }

std::string window_text(const Case& window) {
  return to_string(window.box.lower[axis_t]) + " s to " + to_string(window.box.upper[axis_t]) + " s";
}

}  // namespace nusselt
