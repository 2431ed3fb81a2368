#include "solver/case/output_times.hpp"

#include <charconv>
#include <optional>

#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

constexpr const char* key = "output.times";
constexpr int most_times = 10000;  // the number in a file's name has four digits

/// A whole number without a unit.
std::optional<int> count_in(const std::string& text) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return count;
}

}  // namespace

std::vector<double> read_output_times(const Node& root, const Box& box, const Constants& constants) {
  const Node* node = root.find_path(key);
  if (!box.axes[axis_t]) {
    if (node == nullptr) return {};
    throw InputError(node->place, std::string(key) + ": the case is steady",
                     "in an unsteady one domain.box has t: [0 s, ...]");
  }
  const double start = box.lower[axis_t], end = box.upper[axis_t];
  const std::string text = node == nullptr ? find_key(key)->fallback : node->text;
  if (const std::optional<int> count = count_in(text); count && (node == nullptr || !node->is_list())) {
    if (*count < 2 || *count > most_times) {
      throw InputError(node->place, std::string(key) + ": expected 2 to " + std::to_string(most_times) +
                                        " moments, or a list of times, got " + text);
    }
    std::vector<double> times;
    for (int i = 0; i < *count; ++i) times.push_back(start + (end - start) * i / (*count - 1));
    return times;
  }
  std::vector<const Node*> given;
  for (const Node& item : node->items) given.push_back(&item);
  if (given.empty()) given.push_back(node);
  std::vector<double> times;
  for (const Node* one : given) {
    const double time = constants.value_of(*one, key, Dimension::of(Dimension::time));
    const double slack = 1e-9 * (end - start);
    if (time < start - slack || time > end + slack) {
      throw InputError(one->place, std::string(key) + ": " + to_string(time) + " s lies outside of the case's time, [" +
                                       to_string(start) + ", " + to_string(end) + "] s");
    }
    if (!times.empty() && time <= times.back()) {
      throw InputError(one->place, std::string(key) + ": times increase, got " + to_string(time) + " s behind " +
                                       to_string(times.back()) + " s");
    }
    times.push_back(time);
  }
  return times;
}

}  // namespace nusselt
